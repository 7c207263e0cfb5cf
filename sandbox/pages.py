"""The rest of the stage: the start page, the telephones, the mailbox and the faults."""
from flask import Blueprint, abort, redirect, render_template, request, url_for

from sandbox.faults import FAULTS
from sandbox.mailbox import read
from sandbox.personas import KAJSA
from sandbox.stage import stage

MAIL_POLICY = ("default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
               "frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation")

bp = Blueprint("pages", __name__)


@bp.get("/")
def index():
    return render_template("index.html", kajsa=KAJSA)


@bp.get("/telefon")
def telephones():
    search = request.args.get("nummer", "")
    return render_template("phones/index.html", phones=stage().phones.phones(search),
                           search=search)


@bp.get("/telefon/<number>")
def telephone(number):
    return render_template("phones/show.html", number=f"+{number}",
                           messages=stage().phones.messages(f"+{number}"))


@bp.get("/post")
def mails():
    search = request.args.get("till", "")
    rows = [(row, read(row)) for row in stage().mailbox.rows(search)]
    return render_template("mails/index.html", mails=rows, search=search)


@bp.get("/post/<int:id>")
def mail(id):
    row, message = _mail(id)
    return render_template("mails/show.html", row=row, mail=message, text=_part(message, "plain"),
                           html=_part(message, "html"))


@bp.get("/post/<int:id>/html")
def mail_html(id):
    """The HTML part alone, for a frame: its links open in the whole window."""
    html = _part(_mail(id)[1], "html") or abort(404)
    return f'<base target="_top">{html}', {"Content-Security-Policy": MAIL_POLICY}


@bp.get("/fel")
def faults():
    return render_template("faults.html", faults=FAULTS, on=stage().faults.on())


@bp.post("/fel")
def change_fault():
    name = request.form["name"]
    if name not in FAULTS:
        abort(404)
    change = stage().faults.turn_off if name in stage().faults.on() else stage().faults.turn_on
    change(name)
    return redirect(url_for(".faults"), 303)


def _mail(id):
    row = stage().mailbox.row(id) or abort(404)
    return row, read(row)


def _part(message, kind):
    part = message.get_body((kind,))
    return part.get_content() if part else None

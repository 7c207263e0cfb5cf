"""The start page with its three doors, and the choice of language."""
from urllib.parse import urlsplit

from flask import Blueprint, redirect, url_for
from htmx_flask import request

from blueprints.guard import local_path, public
from blueprints.language import choose
from blueprints.web import db, page, rules, transaction, visitor
from domain import customers, people
from translations import LANGUAGES

bp = Blueprint("start", __name__)


@bp.get("/")
@public
def index():
    return page("start.html", rules=rules())


@bp.post("/sprak")
@public
def choose_language():
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        choose(chosen)
        if visitor():
            with transaction():
                speaker = customers if visitor().customer_id else people
                speaker.speak(db, visitor().person_id, chosen)
    return redirect(_page_before(), 303)


def _page_before() -> str:
    """Where the person was, if it was here."""
    before = urlsplit(request.referrer or "")
    path = before._replace(scheme="", netloc="", fragment="").geturl()
    here = before.netloc == request.host
    return (here and local_path(path)) or url_for(".index")

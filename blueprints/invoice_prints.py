"""Invoices on paper: what waits, printed together, and marked as posted."""
from io import BytesIO
from uuid import UUID

from flask import Blueprint, send_file, url_for
from htmx_flask import request

from blueprints.guard import needs
from blueprints.language import _, ngettext
from blueprints.web import actor, db, done, now, page, transaction
from domain import invoice_prints
from domain.access import Right
from domain.errors import NotFound

bp = Blueprint("invoice_prints", __name__, url_prefix="/intern/utskrifter")

LOOKS = 300
"""A page that waits for a file looks so many times, every other second."""


@bp.get("/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    prints, look = invoice_prints.listed(db), request.args.get("look", 0, type=int)
    being_made = any(not each.written_at for each in prints)
    return page("invoice_prints/index.html", "prints", prints=prints,
                to_print=invoice_prints.waiting(db),
                look=look + 1 if being_made and look < LOOKS else None)


@bp.post("/")
@needs(Right.SERVE_CUSTOMERS)
def make():
    with transaction():
        made = invoice_prints.make(db, by=actor(), now=now())
    return done(url_for(".index"), ngettext(
        "Utskriften med en faktura görs i ordning.",
        "Utskriften med %(count)d fakturor görs i ordning.", made.size)
        % {"count": made.size})


@bp.get("/<uuid:print_id>")
@needs(Right.SERVE_CUSTOMERS)
def show(print_id: UUID):
    made = invoice_prints.find(db, print_id)
    return page("invoice_prints/show.html", made=made,
                deliveries=invoice_prints.in_it(db, made.id))


@bp.get("/<uuid:print_id>/fakturor.pdf")
@needs(Right.SERVE_CUSTOMERS)
def file(print_id: UUID):
    made = invoice_prints.find(db, print_id)
    if made.content is None:
        raise NotFound("Filen är inte färdig än, eller redan postad.")
    return send_file(BytesIO(made.content), "application/pdf", as_attachment=True,
                     download_name=f"fakturor-{made.made_at:%Y-%m-%d}.pdf")


@bp.post("/<uuid:print_id>/postning")
@needs(Right.SERVE_CUSTOMERS)
def post(print_id: UUID):
    with transaction():
        invoice_prints.post(db, invoice_prints.find(db, print_id), by=actor(), now=now())
    return done(url_for(".index"), _("Fakturorna är markerade som postade."))


@bp.post("/<uuid:print_id>/angra")
@needs(Right.SERVE_CUSTOMERS)
def undo(print_id: UUID):
    with transaction():
        invoice_prints.undo(db, invoice_prints.find(db, print_id), by=actor(), now=now())
    return done(url_for(".index"), _("Utskriften är borttagen. Fakturorna väntar igen."))

"""The first login of a traveller whom the company's own system has registered."""
import secrets
from uuid import UUID

from flask import Blueprint, flash, url_for

from blueprints.guard import needs, public
from blueprints.language import _
from blueprints.web import actor, db, done, now, page, transaction
from domain import travellers, welcomes
from domain.access import Right
from domain.months import today

bp = Blueprint("welcomes", __name__)


@bp.get("/resa/valkommen/<secret>")
@public
def show(secret: str):
    welcome = welcomes.with_secret(db, secret)
    return page("welcomes/show.html", welcome=welcome, secret=secret,
                company=welcomes.company(db, welcome), is_open=welcome.is_open(today(now())))


@bp.post("/resa/valkommen/<secret>/ja")
@needs(Right.BE_SIGNED_IN, before_terms=True)
def accept(secret: str):
    with transaction():
        welcome = welcomes.with_secret(db, secret, lock=True)
        welcomes.accept(db, welcome, by=actor(), now=now())
        company = welcomes.company(db, welcome)
    return done(url_for("phone.tickets"), _("Välkommen. Nu är du resenär hos %(company)s.",
                                            company=company.name))


@bp.post("/foretag/resenarer/<uuid:traveller_id>/valkommen")
@needs(Right.MANAGE_TRAVELLERS)
def send(traveller_id: UUID):
    traveller = travellers.find(db, traveller_id, within=actor().scope)
    with transaction():
        sent = welcomes.send(db, traveller, secret=secrets.token_urlsafe(16), by=actor(),
                             now=now())
    back = url_for("travellers.show", traveller_id=traveller_id)
    if sent is None:
        flash(_("Skriv in en e-postadress eller ett mobilnummer först."), "warn")
        return done(back, _("Ingen inbjudan skickades."))
    return done(back, _("Inbjudan är skickad till %(name)s.", name=traveller.name))

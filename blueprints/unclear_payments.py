"""What a clerk sees of payments that nobody has got to know the end of."""
from uuid import UUID

from flask import Blueprint, url_for

from blueprints import payment_calls
from blueprints.guard import needs
from blueprints.language import _
from blueprints.web import actor, db, done, now, page, transaction
from domain import unclear_payments
from domain.access import Right
from domain.payments import State

bp = Blueprint("unclear_payments", __name__, url_prefix="/intern/betalningar")


@bp.get("/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    return page("unclear_payments/index.html", payments=unclear_payments.listed(db, now=now()))


@bp.post("/<uuid:payment_id>/fraga")
@needs(Right.SERVE_CUSTOMERS)
def ask(payment_id: UUID):
    payment = unclear_payments.find(db, payment_id)
    payment_calls.look(payment, at_once=True)
    db.refresh(payment)
    if payment.state == State.UNKNOWN:
        return done(url_for(".index"), _("Det finns inget besked än."))
    return done(url_for(".index"), _("Beskedet har kommit."))


@bp.post("/<uuid:payment_id>/avslut")
@needs(Right.SERVE_CUSTOMERS)
def close(payment_id: UUID):
    payment = unclear_payments.find(db, payment_id)
    with transaction():
        unclear_payments.close(db, payment, by=actor(), now=now())
    return done(url_for(".index"), _("Betalningen är avslutad som obetald."))

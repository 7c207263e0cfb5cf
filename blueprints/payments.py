"""Paying: the way to Swish or to the card's page, waiting for how it went, and being told."""
from uuid import UUID

import segno
from flask import Blueprint, redirect, url_for
from htmx_flask import make_response, request

from blueprints import payment_calls
from blueprints.doorway import on_phone
from blueprints.guard import needs
from blueprints.payment_words import said
from blueprints.web import actor, db, now, page, world
from domain import payments
from domain.access import Right
from domain.payments import Means, Payment, State

ASKED_AGAIN = ((30, 2), (180, 5), (900, 15))
"""So many seconds after it began the page asks again each so many seconds; then each minute."""

bp = Blueprint("payments", __name__, url_prefix="/mina-sidor/betalning")


@bp.get("/<uuid:payment_id>")
@needs(Right.KEEP_ACCOUNT)
def show(payment_id: UUID):
    """Whoever comes here first is led on to where it is paid; a page that waits asks here."""
    payment = _found(payment_id)
    if payment_calls.open_payment(payment) and payment.means == Means.CARD:
        return _lead_on(payment)
    if payment.is_unsettled:
        payment_calls.look(payment)
    return _told(payment)


@bp.get("/<uuid:payment_id>/ater")
@needs(Right.KEEP_ACCOUNT)
def come_back(payment_id: UUID):
    """From the app or from the card's page. That somebody comes here tells nothing by itself."""
    payment_calls.look(_found(payment_id), at_once=True)
    return redirect(url_for(".show", payment_id=payment_id), 303)


@bp.get("/<uuid:payment_id>/avbruten")
@needs(Right.KEEP_ACCOUNT)
def turn_back(payment_id: UUID):
    """From the card's page, without having paid."""
    return _cancel(payment_id)


@bp.post("/<uuid:payment_id>/avbrott")
@needs(Right.KEEP_ACCOUNT)
def cancel(payment_id: UUID):
    return _cancel(payment_id)


def _cancel(payment_id: UUID):
    payment = _found(payment_id)
    if payment.state == State.OPEN:
        payment_calls.cancel(payment)
    return redirect(url_for(".show", payment_id=payment_id), 303)


def _found(payment_id: UUID) -> Payment:
    return payments.find(db, payment_id, customer_id=actor().customer_id)


def _lead_on(payment: Payment):
    """A redirect out of a form is not let through by the page's policy, so the page itself goes."""
    if request.htmx:
        return make_response("", redirect=payment.entrance)
    return page("payments/onward.html", payment=payment)


def _told(payment: Payment):
    payment = _found(payment.id)
    if payment.state == State.PAID:
        there = url_for("customer_orders.show", shop_order_id=payment.order_id)
        return make_response("", redirect=there) if request.htmx else redirect(there, 303)
    shown = f"{payment.state}.{payment.code}.{_wait(payment)}"
    if request.htmx and request.args.get("shown") == shown:
        return "", 204
    return page("payments/show.html", "payment", payment=payment, said=said(payment), shown=shown,
                qr=_qr(payment), app_url=_app_url(payment), wait=_wait(payment),
                on_phone=on_phone())


def _wait(payment: Payment) -> int:
    """Seconds until the page asks again."""
    long = (now() - payment.begun_at).total_seconds()
    return next((wait for until, wait in ASKED_AGAIN if long < until), 60)


def _qr(payment: Payment) -> str | None:
    if payment.means != Means.SWISH or payment.state != State.OPEN:
        return None
    code = segno.make_qr(world().swish.qr_content(payment.entrance), error="m")
    return code.svg_data_uri(border=0, svgclass=None, lineclass=None)


def _app_url(payment: Payment) -> str | None:
    if payment.means != Means.SWISH or payment.state != State.OPEN:
        return None
    return world().swish.app_url(payment.entrance, payment_calls.return_url(payment))

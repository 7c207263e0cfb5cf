"""Where Swish and Nets tell how payments and refunds go. What they tell is only a reason to ask: a
stranger who knows the address and the word that goes with it can make us ask, and nothing else."""
from collections.abc import Callable

from flask import Blueprint, abort
from htmx_flask import request

from blueprints import payment_calls
from blueprints.guard import public
from blueprints.web import db, now, transaction, world
from domain import callbacks, payments, refunds
from domain.payments import Payment, State
from integrations.errors import OutsideError

REFUSED = {"payment.reservation.failed", "payment.charge.failed"}
"""What a card's page tells of a bank that says no."""

bp = Blueprint("payment_callbacks", __name__, url_prefix="/betalning")


@bp.post("/swish/<key>")
@public
def swish(key: str):
    payment = payments.called(db, key)
    _check(payment, request.headers.get("callbackIdentifier") or _body().get("callbackIdentifier"))
    return _hear(payment)


@bp.post("/nets/<key>")
@public
def nets(key: str):
    payment = payments.called(db, key)
    _check(payment, request.headers.get("Authorization"))
    if payment.state == State.PAID:  # it is about its refunds, or nothing new
        with transaction():
            refunds.wake(db, payment, now=now())
        return "", 200
    if _body().get("event") in REFUSED:
        with transaction():
            payments.refused(payments.hold(db, payment.id))
    return _hear(payment)


@bp.post("/swish/aterbetalning/<key>")
@public
def swish_refund(key: str):
    refund = refunds.called(db, key)
    _check(refund, request.headers.get("callbackIdentifier") or _body().get("callbackIdentifier"))
    refund_id, provider_id = refund.id, refund.instruction_id
    db.rollback()

    def hear() -> None:
        heard = world().swish.look_refund(provider_id)
        with transaction():
            refunds.settle(db, refund_id, heard, now=now())
    return _answer(hear)


@bp.record_once
def _has_no_token(state) -> None:
    """They prove themselves by the address and the word that goes with it."""
    state.app.extensions["csrf"].exempt(bp)


def _body() -> dict:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


def _check(thing, given: str | None) -> None:
    if not callbacks.is_proof(db, thing.id, str(given or "")):
        abort(404)


def _hear(payment: Payment):
    """A payment that we have not been told of ourselves yet is one to come back about."""
    if payment.state == State.PAID:
        return "", 200
    if payment.provider_id is None:
        return "", 503 if payment.state == State.BEGUN else 200
    return _answer(lambda: payment_calls.hear(payment))


def _answer(hear: Callable[[], None]):
    """They tell again of what was not heard."""
    try:
        hear()
    except OutsideError:
        return "", 503
    return "", 200

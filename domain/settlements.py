"""What a payment's provider says of it, and what comes of that: goods, or the money back.

`heard` is what the provider answers when it is asked, never what somebody says it has said. It has
`outcome` (the values of `payments.State`), `ore`, `currency`, `to_us`, `reference`, `code` and
`paid_with`.
"""
import logging
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from domain import messages, payments, refunds, shop_deliveries
from domain.payments import ASKED_AFTER, Payment, State
from domain.refunds import Reason
from domain.shop_orders import State as OrderState

MISMATCH = "mismatch"
"""As code: something was paid, but not what was asked for. A clerk must look at it."""

log = logging.getLogger(__name__)


def settle(session: Session, payment_id: UUID, heard, *, now: datetime) -> Payment:
    """Once for each outcome, however often it is told. What was paid after all is paid, whatever
    was believed before; nothing else changes what is settled."""
    payment, outcome = payments.hold(session, payment_id), State(heard.outcome)
    if outcome == State.PAID and not _as_agreed(payment, heard):
        return _unclear(payment, now=now)
    if payment.state == State.PAID or outcome in (payment.state, State.OPEN):
        return payment
    if not payment.is_unsettled and outcome != State.PAID:
        return payment
    was, payment.state = payment.state, outcome
    payment.code = heard.code or payment.code
    if outcome == State.UNKNOWN:
        payment.looks = 0
        return payment
    payment.settled_at, payment.next_look_at, payment.entrance = now, None, None
    if outcome == State.PAID:
        payment.reference, payment.paid_with = heard.reference, heard.paid_with
        payment.code = ""
        _deliver(session, payment, now=now)
    elif was == State.UNKNOWN:
        _tell_unpaid(session, payment, now=now)
    return payment


def end(session: Session, payment_id: UUID, state: State, code: str, *,
        now: datetime) -> Payment:
    """Nobody can pay it: the provider never had it, or said no, or nobody was let in there."""
    payment = payments.hold(session, payment_id)
    if payment.is_unsettled:
        payment.state, payment.code, payment.settled_at = state, code, now
        payment.next_look_at = payment.entrance = None
    return payment


def _tell_unpaid(session: Session, payment: Payment, *, now: datetime) -> None:
    """Whoever was asked to wait, and not to pay again, may now."""
    customer = payment.order.customer
    if not customer.deleted_at:
        messages.put_email(session, "payment_not_made", to=customer.email, about_id=customer.id,
                           language=customer.language, now=now, number=payment.order.number,
                           amount_ore=payment.amount_ore, order_id=str(payment.order_id))


def _deliver(session: Session, payment: Payment, *, now: datetime) -> None:
    if shop_deliveries.paid(session, payment.order, payment, now=now):
        return
    twice = payment.order.state == OrderState.PAID
    refunds.ask(session, payment, payment.amount_ore,
                reason=Reason.PAID_TWICE if twice else Reason.ORDER_CLOSED, by=None, now=now)


def _as_agreed(payment: Payment, heard) -> bool:
    return (heard.ore, heard.currency, heard.to_us) == (payment.amount_ore, "SEK", True)


def _unclear(payment: Payment, *, now: datetime) -> Payment:
    log.error("payment %s is paid otherwise than agreed", payment.id)
    if payment.state != State.PAID:
        payment.state, payment.code = State.UNKNOWN, MISMATCH
        payment.looks, payment.next_look_at = len(ASKED_AFTER), now + ASKED_AFTER[-1]
    return payment

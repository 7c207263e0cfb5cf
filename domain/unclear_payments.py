"""Payments that nobody has got to know the end of: a clerk finds out about them at the provider."""
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from domain import audit, payments, settlements
from domain.access import Actor
from domain.audit import Act
from domain.errors import Conflict, NotFound
from domain.payments import Payment, State
from domain.settlements import MISMATCH

SOON_KNOWN = timedelta(hours=1)
"""Most banks have answered by then."""
CLOSED = "closed_by_clerk"
"""As code: a clerk knows that it was not paid."""


def listed(session: Session, *, now: datetime) -> Sequence[Payment]:
    """The oldest first."""
    return session.scalars(
        select(Payment).options(joinedload(Payment.order)).where(_unclear(now))
        .order_by(Payment.begun_at).limit(200)).all()


def count(session: Session, *, now: datetime) -> int:
    return session.scalar(select(func.count()).select_from(Payment).where(_unclear(now)))


def find(session: Session, payment_id: UUID) -> Payment:
    payment = session.get(Payment, payment_id)
    if payment is None or payment.state != State.UNKNOWN:
        raise NotFound("Betalningen utreds inte.")
    return payment


def close(session: Session, payment: Payment, *, by: Actor, now: datetime) -> None:
    """It was not paid, says the provider or the bank. Should it turn out to be paid all the same,
    the order is delivered, or the money goes back."""
    if payments.hold(session, payment.id).state != State.UNKNOWN:
        raise Conflict("Betalningen är redan avgjord.")
    settlements.end(session, payment.id, State.ERROR, CLOSED, now=now)
    audit.record(session, Act.PAYMENT_CLOSED, payment.id, company_id=payment.order.customer_id,
                 by=by, now=now, number=payment.order.number, amount_ore=payment.amount_ore)


def _unclear(now: datetime):
    """Of the few that are still asked about, which an index has."""
    late = (Payment.code == MISMATCH) | (Payment.begun_at <= now - SOON_KNOWN)
    return Payment.next_look_at.is_not(None) & (Payment.state == State.UNKNOWN) & late

"""How far invoices have come: made, sent, paid, or where they stopped."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import invoice_deliveries
from domain.companies import InvoiceChannel
from domain.invoice_deliveries import InvoiceDelivery
from domain.invoices import Invoice
from domain.months import today
from domain.receivables import Receivable

STOPPED = (invoice_deliveries.State.REFUSED, invoice_deliveries.State.FAILED)


class State(StrEnum):
    MADE = "made"
    SENT = "sent"
    REFUSED = "refused"
    """It did not reach whom it was sent to."""
    PARTLY = "partly"
    OVERDUE = "overdue"
    PAID = "paid"
    SETTLED = "settled"
    """A credit note that has been set off, or paid out."""


@dataclass(frozen=True)
class Standing:
    state: State
    channel: InvoiceChannel | None
    sent_at: datetime | None
    stopped_at: datetime | None
    """When it came back."""
    settled_at: datetime | None
    left_ore: int
    """Below zero on a credit note."""
    reminders: int = 0


def of(session: Session, found: Sequence[Invoice], *, now: datetime) -> dict[UUID, Standing]:
    ids = [each.id for each in found]
    deliveries = {each.invoice_id: each for each in session.scalars(
        select(InvoiceDelivery).where(InvoiceDelivery.invoice_id.in_(ids))
        .order_by(InvoiceDelivery.attempt))}
    owed = {each.invoice_id: each for each in session.scalars(
        select(Receivable).where(Receivable.invoice_id.in_(ids)))}
    return {each.id: _standing(each, deliveries.get(each.id), owed.get(each.id), now)
            for each in found}


def _standing(invoice: Invoice, delivery: InvoiceDelivery | None, owed: Receivable | None,
              now: datetime) -> Standing:
    left = owed.left_ore if owed else invoice.gross_ore
    stopped = delivery is not None and delivery.state in STOPPED
    sent_at = delivery.sent_at if delivery and not stopped else None
    return Standing(
        _state(invoice, left, sent_at is not None, stopped, now),
        delivery.channel if delivery else None, sent_at,
        (delivery.answered_at or delivery.put_at) if delivery and stopped else None,
        owed.settled_at if owed else None, left, owed.reminders if owed else 0)


def _state(invoice: Invoice, left: int, sent: bool, stopped: bool, now: datetime) -> State:
    if not left:
        return State.SETTLED if invoice.is_credit else State.PAID
    if not invoice.is_credit and invoice.due_on < today(now):
        return State.OVERDUE
    if stopped:
        return State.REFUSED
    if left != invoice.gross_ore:
        return State.PARTLY
    return State.SENT if sent else State.MADE

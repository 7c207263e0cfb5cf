"""Reminders of invoices that are not paid in time."""
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import audit, messages, people, receivables
from domain.access import Actor
from domain.errors import Conflict
from domain.invoice_deliveries import TROUBLED, InvoiceDelivery, State
from domain.invoices import Invoice
from domain.months import today
from domain.receivables import OPEN, Receivable
from domain.rules import rules
from domain.store import Row


class InvoiceReminder(Row):
    __tablename__ = "invoice_reminders"
    __table_args__ = (UniqueConstraint("invoice_id", "number"),)

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"))
    number: Mapped[int]
    """1, 2 …"""
    left_ore: Mapped[int] = mapped_column(BigInteger)
    """What was left to pay."""
    pay_by: Mapped[date]
    sent_at: Mapped[datetime]
    to: Mapped[str]
    """The addresses that it was sent to."""
    by_name: Mapped[str] = mapped_column(default="")
    """Empty when the clock did it."""


def due(session: Session, *, now: datetime, most: int) -> list[UUID]:
    """Invoices that have been sent, and not paid so long after their day, or after the last
    reminder."""
    limits = rules(session)
    before = today(now) - timedelta(days=limits.invoice_reminder_days)
    return list(session.scalars(
        select(Receivable.invoice_id)
        .where(OPEN, Receivable.left_ore > 0, Receivable.due_on <= before,
               Receivable.reminders < limits.invoice_reminders_max,
               or_(Receivable.reminded_on.is_(None), Receivable.reminded_on <= before), ~_UNSENT)
        .order_by(Receivable.due_on, Receivable.invoice_id).limit(most)))


def remind(session: Session, invoice: Invoice, *, by: Actor | None = None,
           now: datetime) -> InvoiceReminder:
    """To the invoice's own address and each of the company's administrators. Once a day, whoever
    asks."""
    owed = receivables.hold(session, [invoice], now=now)[0]
    day = today(now)
    if owed.left_ore <= 0 or owed.due_on >= day:
        raise Conflict("Fakturan är inte förfallen, så det finns inget att påminna om.")
    if owed.reminded_on == day:
        raise Conflict("En påminnelse är redan skickad i dag.")
    owed.reminded_on, owed.reminders = day, owed.reminders + 1
    addresses = _addresses(session, invoice)
    reminder = InvoiceReminder(
        invoice_id=invoice.id, number=owed.reminders, left_ore=owed.left_ore, sent_at=now,
        pay_by=day + timedelta(days=rules(session).invoice_reminder_days),
        to=", ".join(addresses), by_name=by.name if by else "")
    session.add(reminder)
    for to, language in addresses.items():
        messages.put_email(session, "invoice_reminder", to=to, language=language,
                           about_id=invoice.id, now=now, company=invoice.name,
                           number=invoice.number, ocr=invoice.ocr, left_ore=owed.left_ore,
                           due_on=owed.due_on.isoformat(), pay_by=reminder.pay_by.isoformat(),
                           invoice_id=str(invoice.id))
    audit.record(session, audit.Act.INVOICE_REMINDED, invoice.id, company_id=invoice.company_id,
                 by=by, now=now, number=invoice.number, amount_ore=owed.left_ore)
    session.flush()
    return reminder


def _addresses(session: Session, invoice: Invoice) -> dict[str, str]:
    """With the language of each."""
    known = {invoice.email: "sv"} if invoice.email else {}
    return known | {admin.email: admin.language
                    for admin in people.administrators(session, invoice.company_id)
                    if admin.email}


def of_invoice(session: Session, invoice: Invoice) -> list[InvoiceReminder]:
    return list(session.scalars(
        select(InvoiceReminder).where(InvoiceReminder.invoice_id == invoice.id)
        .order_by(InvoiceReminder.number)))


_UNSENT = select(InvoiceDelivery.id).where(
    InvoiceDelivery.invoice_id == Receivable.invoice_id, InvoiceDelivery.replaced_at.is_(None),
    InvoiceDelivery.state.in_(TROUBLED | {State.WAITING})).exists()
"""It has not come as far as whoever is to pay: that is a clerk's to mend first."""

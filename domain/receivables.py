"""What each invoice has left to pay: its sum, less the entries of what settles it."""
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain.invoices import Invoice
from domain.months import today
from domain.store import Base, insert_missing, partial_index


class Receivable(Base):
    """Below zero it is of a credit note that has not been set off or paid out yet."""

    __tablename__ = "receivables"
    __table_args__ = (
        partial_index("ix_receivables_open", "due_on", where="left_ore <> 0"),
        partial_index("ix_receivables_open_of", "company_id", "due_on", where="left_ore <> 0"),
    )

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), primary_key=True)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    due_on: Mapped[date]
    left_ore: Mapped[int] = mapped_column(BigInteger)
    settled_at: Mapped[datetime | None]
    """When nothing was left."""
    reminded_on: Mapped[date | None]
    """The last time."""
    reminders: Mapped[int] = mapped_column(default=0)

    invoice: Mapped[Invoice] = relationship()


def open_of(session: Session, invoice: Invoice, *, now: datetime) -> None:
    """Harmless when it is there already."""
    insert_missing(session, Receivable, invoice_id=invoice.id, company_id=invoice.company_id,
                   due_on=invoice.due_on, left_ore=invoice.gross_ore, reminders=0,
                   settled_at=None if invoice.gross_ore else now)


def hold(session: Session, some: Collection[Invoice], *, now: datetime) -> list[Receivable]:
    """Of each, in their order, and nobody else settles them until the commit."""
    for invoice in some:
        open_of(session, invoice, now=now)
    found = {each.invoice_id: each for each in session.scalars(
        select(Receivable).where(Receivable.invoice_id.in_({each.id for each in some}))
        .order_by(Receivable.invoice_id).with_for_update()
        .execution_options(populate_existing=True))}
    return [found[invoice.id] for invoice in some]


def overdue_ore(session: Session, company_id: UUID, *, now: datetime) -> int:
    """What the company should have paid by now."""
    return int(session.scalar(select(func.coalesce(func.sum(Receivable.left_ore), 0)).where(
        OPEN, Receivable.left_ore > 0, Receivable.company_id == company_id,
        Receivable.due_on < today(now))))


def open_credits(session: Session, company_id: UUID) -> list[Receivable]:
    """Of credit notes with something left, the oldest first."""
    return list(session.scalars(
        select(Receivable).join(Receivable.invoice)
        .where(OPEN, Receivable.left_ore < 0, Receivable.company_id == company_id)
        .order_by(Invoice.number)))


OPEN = Receivable.left_ore != 0

"""Invoices on paper: printed together as one file, and marked as posted."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, func, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column

from domain import audit, outbox
from domain.access import Actor
from domain.companies import InvoiceChannel
from domain.errors import Conflict, NotFound
from domain.invoice_deliveries import InvoiceDelivery, State
from domain.invoices import Invoice
from domain.store import Row, partial_index


class InvoicePrint(Row):
    """Invoices that are printed and posted together."""

    __tablename__ = "invoice_prints"
    __table_args__ = (
        partial_index("ix_invoice_prints_open", "made_at", where="posted_at IS NULL"),)

    made_at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    by_name: Mapped[str]
    size: Mapped[int]
    """How many they are."""
    content: Mapped[bytes | None] = mapped_column(deferred=True)
    """One PDF of all of them, until they are posted."""
    pages: Mapped[int] = mapped_column(default=0)
    written_at: Mapped[datetime | None]
    posted_at: Mapped[datetime | None]
    posted_by_name: Mapped[str] = mapped_column(default="")


def waiting(session: Session) -> list[InvoiceDelivery]:
    """Those that are in no print yet, in the order of their numbers."""
    return list(session.scalars(
        select(InvoiceDelivery).join(InvoiceDelivery.invoice).where(_WAITING)
        .options(joinedload(InvoiceDelivery.invoice)).order_by(Invoice.number)))


def waiting_count(session: Session) -> int:
    """Also of those that are printed, and not posted."""
    return session.scalar(select(func.count()).select_from(InvoiceDelivery).where(
        InvoiceDelivery.channel == InvoiceChannel.PAPER, InvoiceDelivery.state == State.WAITING,
        InvoiceDelivery.replaced_at.is_(None)))


def make(session: Session, *, by: Actor, now: datetime) -> InvoicePrint:
    """All that waits, as one file, which a worker writes."""
    rows = list(session.scalars(
        select(InvoiceDelivery).where(_WAITING).order_by(InvoiceDelivery.id).with_for_update()
        .execution_options(populate_existing=True)))
    if not rows:
        raise Conflict("Det finns inget att skriva ut.")
    made = InvoicePrint(made_at=now, by_id=by.person_id, by_name=by.name, size=len(rows))
    session.add(made)
    session.flush()
    for delivery in rows:
        delivery.print_id = made.id
    outbox.put(session, outbox.Task.WRITE_PRINT, print_id=str(made.id), now=now)
    return made


def write(session: Session, print_id: UUID, content: bytes, pages: int, *, now: datetime) -> None:
    session.execute(update(InvoicePrint)
                    .where(InvoicePrint.id == print_id, InvoicePrint.posted_at.is_(None))
                    .values(content=content, pages=pages, written_at=now))


def post(session: Session, made: InvoicePrint, *, by: Actor, now: datetime) -> None:
    """They are in the letter box. The file is made again from what it was made of, if needed."""
    session.flush()
    session.refresh(made, with_for_update=True)
    if made.posted_at:
        raise Conflict("Utskriften är redan markerad som postad.")
    if not made.written_at:
        raise Conflict("Utskriften är inte klar än.")
    made.posted_at, made.posted_by_name, made.content = now, by.name, None
    session.execute(update(InvoiceDelivery)
                    .where(InvoiceDelivery.print_id == made.id,
                           InvoiceDelivery.state == State.WAITING)
                    .values(state=State.SENT, sent_at=now))
    audit.record(session, audit.Act.INVOICES_POSTED, made.id, company_id=None, by=by, now=now,
                 count=made.size)


def undo(session: Session, made: InvoicePrint, *, by: Actor, now: datetime) -> None:
    """Nothing of it was posted: what is in it waits again."""
    session.flush()
    session.refresh(made, with_for_update=True)
    if made.posted_at:
        raise Conflict("Utskriften är redan markerad som postad.")
    session.execute(update(InvoiceDelivery).where(InvoiceDelivery.print_id == made.id)
                    .values(print_id=None))
    session.delete(made)


def in_it(session: Session, print_id: UUID) -> list[InvoiceDelivery]:
    """In the order of their numbers, which is that of the sheets."""
    return list(session.scalars(
        select(InvoiceDelivery).join(InvoiceDelivery.invoice)
        .where(InvoiceDelivery.print_id == print_id)
        .options(joinedload(InvoiceDelivery.invoice)).order_by(Invoice.number)))


def listed(session: Session, *, most: int = 25) -> list[InvoicePrint]:
    """The latest first, those to be posted before the others."""
    return list(session.scalars(
        select(InvoicePrint).order_by(InvoicePrint.posted_at.is_not(None),
                                      InvoicePrint.made_at.desc()).limit(most)))


def find(session: Session, print_id: UUID) -> InvoicePrint:
    made = session.get(InvoicePrint, print_id)
    if made is None:
        raise NotFound("Utskriften finns inte.")
    return made


_WAITING = ((InvoiceDelivery.channel == InvoiceChannel.PAPER)
            & (InvoiceDelivery.state == State.WAITING) & InvoiceDelivery.print_id.is_(None)
            & InvoiceDelivery.replaced_at.is_(None))

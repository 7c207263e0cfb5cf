"""How an invoice is sent: by Peppol, by e-mail or on paper, and what became of it.

What was refused or failed is not sent another way by itself: a clerk decides.
"""
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain import audit, companies, invoice_payments, outbox, receivables
from domain.access import Actor
from domain.companies import InvoiceChannel
from domain.errors import Conflict, Invalid, NotFound
from domain.invoices import Invoice
from domain.rules import rules
from domain.store import Row, partial_index

LOOKS_APART = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 60, 240)]
"""So long it is waited, each time longer, before the access point is asked again."""


class State(StrEnum):
    WAITING = "waiting"
    """For the worker, or for a clerk who prints it."""
    SENT = "sent"
    """The access point, the mail server or the post has it."""
    DELIVERED = "delivered"
    """The receiver's own access point has it."""
    ACCEPTED = "accepted"
    """The receiver has said yes to it."""
    REFUSED = "refused"
    """The receiver has said no to it."""
    FAILED = "failed"
    """It could not be sent."""


TROUBLED = frozenset({State.REFUSED, State.FAILED})
ENDED = TROUBLED | {State.ACCEPTED}


class InvoiceDelivery(Row):
    __tablename__ = "invoice_deliveries"
    __table_args__ = (
        UniqueConstraint("invoice_id", "attempt"),  # nobody is sent the same twice by mistake
        partial_index("ix_invoice_deliveries_to_print", "put_at",
                      where="channel = 'paper' AND state = 'waiting' AND print_id IS NULL"),
        partial_index("ix_invoice_deliveries_asked", "next_look_at",
                      where="next_look_at IS NOT NULL"),
        partial_index("ix_invoice_deliveries_troubled", "put_at",
                      where="state IN ('refused', 'failed') AND replaced_at IS NULL"),
    )

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"))
    attempt: Mapped[int] = mapped_column(default=1)
    channel: Mapped[InvoiceChannel]
    to: Mapped[str]
    """A Peppol id, an e-mail address, or a postal one on one line."""
    state: Mapped[State] = mapped_column(default=State.WAITING)
    put_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    """When the receiver's side was heard of."""
    provider_id: Mapped[str | None] = mapped_column(unique=True)
    """What the access point knows it by."""
    problem: Mapped[str] = mapped_column(default="", server_default="")
    """In the other side's own words."""
    looks: Mapped[int] = mapped_column(default=0)
    next_look_at: Mapped[datetime | None]
    """When the access point is asked what became of it."""
    print_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoice_prints.id"), index=True)
    replaced_at: Mapped[datetime | None]
    """When it was sent once more, or another way."""

    invoice: Mapped[Invoice] = relationship()

    @property
    def is_troubled(self) -> bool:
        return self.state in TROUBLED and self.replaced_at is None


def put(session: Session, invoice: Invoice, now: datetime) -> InvoiceDelivery:
    """Called when an invoice's files are made; a second time it gives what is there."""
    receivables.open_of(session, invoice, now=now)
    invoice_payments.set_off_by_itself(session, invoice, now=now)
    latest = of_invoice(session, invoice)
    return latest[-1] if latest else _add(session, invoice, channels(session, invoice)[0], 1,
                                          now=now)


def again(session: Session, invoice: Invoice, channel: InvoiceChannel, *, by: Actor,
          now: datetime) -> InvoiceDelivery:
    """Once more, or another way. What lies with the worker or in a print is on its way already."""
    last = of_invoice(session, invoice, held=True)[-1:]
    if last and last[0].state == State.WAITING and (last[0].print_id
                                                    or last[0].channel == channel):
        raise Conflict("Fakturan är redan på väg. Vänta tills den är skickad.")
    if channel not in channels(session, invoice):
        raise Invalid("Företaget hade ingen sådan adress när fakturan gjordes. Välj ett annat "
                      "sätt.", "channel")
    for each in last:
        each.replaced_at, each.next_look_at = now, None
    delivery = _add(session, invoice, channel, last[0].attempt + 1 if last else 1, now=now)
    audit.record(session, audit.Act.INVOICE_RESENT, invoice.id, company_id=invoice.company_id,
                 by=by, now=now, number=invoice.number, channel=channel)
    return delivery


def channels(session: Session, invoice: Invoice) -> list[InvoiceChannel]:
    """The ways that it can be sent, the one that the company has chosen first."""
    known = {InvoiceChannel.PEPPOL: invoice.peppol_id, InvoiceChannel.EMAIL: invoice.email,
             InvoiceChannel.PAPER: True}
    chosen = companies.find(session, invoice.company_id).invoice_channel
    if chosen is None:
        chosen = InvoiceChannel.PEPPOL if invoice.peppol_id else InvoiceChannel.PAPER
    return sorted((each for each in InvoiceChannel if known[each]),
                  key=lambda each: (each != chosen, list(InvoiceChannel).index(each)))


def _add(session: Session, invoice: Invoice, channel: InvoiceChannel, attempt: int, *,
         now: datetime) -> InvoiceDelivery:
    to = {InvoiceChannel.PEPPOL: invoice.peppol_id or "", InvoiceChannel.EMAIL: invoice.email,
          InvoiceChannel.PAPER: f"{invoice.street}, {invoice.postcode} {invoice.city}"}[channel]
    delivery = InvoiceDelivery(invoice_id=invoice.id, attempt=attempt, channel=channel, to=to,
                               state=State.WAITING, put_at=now, looks=0)
    session.add(delivery)
    session.flush()
    if channel != InvoiceChannel.PAPER:
        outbox.put(session, outbox.Task.DELIVER_INVOICE, delivery_id=str(delivery.id), now=now)
    return delivery


def of_invoice(session: Session, invoice: Invoice, *, held: bool = False) -> list[InvoiceDelivery]:
    """The first attempt first."""
    found = (select(InvoiceDelivery).where(InvoiceDelivery.invoice_id == invoice.id)
             .order_by(InvoiceDelivery.attempt))
    if held:
        found = found.with_for_update().execution_options(populate_existing=True)
    return list(session.scalars(found))


def find(session: Session, delivery_id: UUID) -> InvoiceDelivery:
    delivery = session.get(InvoiceDelivery, delivery_id, populate_existing=True)
    if delivery is None:
        raise NotFound("Försändelsen finns inte.")
    return delivery


def sent(session: Session, delivery_id: UUID, *, provider_id: str | None = None,
         answers: bool = False, now: datetime) -> None:
    """The other side has it. `answers`: it will tell what becomes of it, when asked."""
    session.execute(
        update(InvoiceDelivery)
        .where(InvoiceDelivery.id == delivery_id, InvoiceDelivery.state == State.WAITING)
        .values(state=State.SENT, sent_at=now, provider_id=provider_id, problem="",
                next_look_at=now + LOOKS_APART[0] if answers else None))


def failed(session: Session, delivery_id: UUID, problem: str, *, now: datetime) -> None:
    """It never will arrive as it is: a clerk is shown it."""
    session.execute(
        update(InvoiceDelivery)
        .where(InvoiceDelivery.id == delivery_id, InvoiceDelivery.state.not_in(ENDED))
        .values(state=State.FAILED, answered_at=now, problem=problem, next_look_at=None))


def due(session: Session, *, now: datetime, most: int) -> list[UUID]:
    """Those whose access point is to be asked."""
    return list(session.scalars(
        select(InvoiceDelivery.id).where(InvoiceDelivery.next_look_at <= now)
        .order_by(InvoiceDelivery.next_look_at).limit(most)))


def take_look(session: Session, delivery: InvoiceDelivery, *, now: datetime) -> bool:
    """Only one of those who would ask at once does."""
    apart = LOOKS_APART[min(delivery.looks, len(LOOKS_APART) - 1)]
    return bool(session.execute(
        update(InvoiceDelivery)
        .where(InvoiceDelivery.id == delivery.id, InvoiceDelivery.next_look_at <= now)
        .values(next_look_at=now + apart, looks=InvoiceDelivery.looks + 1)).rowcount)


def heard(session: Session, delivery_id: UUID, state: State, problem: str = "", *,
          now: datetime) -> None:
    """What the access point says of it. Nothing that it has ended with is changed back, and one
    that nobody has answered for days is not asked about any more."""
    delivery = session.get_one(InvoiceDelivery, delivery_id, with_for_update=True,
                               populate_existing=True)
    if delivery.state in ENDED:
        return
    if state != delivery.state and state != State.SENT:
        delivery.state, delivery.answered_at, delivery.problem = state, now, problem
    if delivery.state in ENDED:
        delivery.next_look_at = None
    elif now - delivery.put_at > timedelta(days=rules(session).peppol_answer_days):
        delivery.next_look_at = None
        if delivery.state == State.SENT:
            delivery.state, delivery.answered_at = State.FAILED, now
            delivery.problem = "no answer"


def troubled_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(InvoiceDelivery).where(IN_TROUBLE))


IN_TROUBLE = (InvoiceDelivery.state.in_(TROUBLED)) & InvoiceDelivery.replaced_at.is_(None)

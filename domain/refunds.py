"""Money that goes back to whoever paid, by the means that it came: never more than came."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain import audit, callbacks, messages, outbox
from domain.access import Actor
from domain.audit import Act
from domain.errors import Conflict, NotFound
from domain.identity import token_hash
from domain.money import vat_of
from domain.payments import ASKED_AFTER, Payment
from domain.payments import State as PaymentState
from domain.shop_orders import ShopOrderLine
from domain.store import Row, partial_index


class Reason(StrEnum):
    PAID_TWICE = "paid_twice"
    """The order had been paid by another payment."""
    ORDER_CLOSED = "order_closed"
    """It was cancelled before it was paid."""
    NOT_DELIVERED = "not_delivered"
    NOT_USED = "not_used"
    """What was loaded on a card and never activated."""
    GOODWILL = "goodwill"
    """A clerk has decided it."""


@dataclass(frozen=True)
class Part:
    """What is paid back of things of one rate of VAT, `vat_ore` of it VAT."""

    ore: int
    vat_ore: int
    vat_basis_points: int


class State(StrEnum):
    ASKED = "asked"
    SENT = "sent"
    """The provider has it."""
    DEBITED = "debited"
    """It has left our account, and is not on theirs yet."""
    UNKNOWN = "unknown"
    """The provider does not know whether it went through."""
    PAID = "paid"
    FAILED = "failed"


ORDER = {State.ASKED: 0, State.SENT: 1, State.UNKNOWN: 2, State.DEBITED: 3, State.FAILED: 4,
         State.PAID: 5}
"""It goes one way only, in whatever order it is told."""


class Refund(Row):
    __tablename__ = "refunds"
    __table_args__ = (
        partial_index("ix_refunds_due", "next_look_at", where="next_look_at IS NOT NULL"),)

    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"), index=True)
    line_id: Mapped[UUID | None] = mapped_column(ForeignKey("shop_order_lines.id"), index=True)
    amount_ore: Mapped[int]
    reason: Mapped[Reason]
    state: Mapped[State] = mapped_column(default=State.ASKED)
    instruction_id: Mapped[str] = mapped_column(unique=True)
    """What we call it towards the provider, so that sending it twice is sending it once: 32 of
    0-9A-F. Another when it is tried anew after it has failed."""
    callback_hash: Mapped[bytes] = mapped_column(unique=True)
    provider_id: Mapped[str | None]
    code: Mapped[str] = mapped_column(default="")
    """The provider's own word for why it failed."""
    asked_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    looks: Mapped[int] = mapped_column(default=0)
    next_look_at: Mapped[datetime | None]
    message_id: Mapped[UUID]
    """In the outbox."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    payment: Mapped[Payment] = relationship()


def ask(session: Session, payment: Payment, amount_ore: int, *, reason: Reason,
        line_id: UUID | None = None, by: Actor | None, now: datetime) -> Refund:
    """So much of the payment goes back, and is counted on the line when it is for one. Raises
    `Conflict` when that would be more than was paid, or than the line cost."""
    _take(session, payment, amount_ore, line_id)
    refund = Refund(id=uuid4(), payment_id=payment.id, payment=payment, line_id=line_id,
                    amount_ore=amount_ore, reason=reason, asked_at=now,
                    instruction_id=uuid4().hex.upper())
    refund.callback_hash = callbacks.key_hash(session, refund.id)
    refund.message_id = outbox.put(session, outbox.Task.SEND_REFUND, refund_id=str(refund.id),
                                   now=now).id
    session.add(refund)
    customer = payment.order.customer
    if not customer.deleted_at:
        messages.put_email(session, "refund", to=customer.email, language=customer.language,
                           about_id=customer.id, now=now, amount_ore=amount_ore, reason=reason,
                           number=payment.order.number, means=payment.means)
    audit.record(session, Act.REFUND_ASKED, refund.id, company_id=customer.id, by=by, now=now,
                 amount_ore=amount_ore, reason=reason, order=payment.order.number)
    session.flush()
    return refund


def hold(session: Session, refund_id: UUID) -> Refund:
    return session.get_one(Refund, refund_id, with_for_update=True, populate_existing=True)


def called(session: Session, key: str) -> Refund:
    refund = session.scalar(select(Refund).where(Refund.callback_hash == token_hash(key)))
    if refund is None:
        raise NotFound("Återbetalningen finns inte.")
    return refund


def of_order(session: Session, order_id: UUID) -> Sequence[Refund]:
    """The oldest first."""
    return session.scalars(
        select(Refund).join(Refund.payment).where(Payment.order_id == order_id)
        .order_by(Refund.asked_at, Refund.id)).all()


def parts(session: Session, refund: Refund) -> list[Part]:
    """By rate of VAT: of the line, of the whole order, or else as most of the order is."""
    lines = refund.payment.order.lines
    if refund.line_id:
        line = session.get_one(ShopOrderLine, refund.line_id)
        return [_part(refund.amount_ore, line.vat_basis_points)]
    if refund.amount_ore == sum(line.amount_ore for line in lines):
        return [Part(line.amount_ore, line.vat_ore, line.vat_basis_points)
                for line in lines if line.amount_ore]
    dearest = max(lines, key=lambda line: line.amount_ore)
    return [_part(refund.amount_ore, dearest.vat_basis_points)]


def _part(ore: int, basis_points: int) -> Part:
    return Part(ore, vat_of(ore, basis_points), basis_points)


def take_up(session: Session, refund_id: UUID) -> Refund | None:
    """To be sent, or sent anew after it has failed; None when the provider has it."""
    refund = hold(session, refund_id)
    if refund.state == State.FAILED:
        refund.state, refund.instruction_id = State.ASKED, uuid4().hex.upper()
        refund.code, refund.provider_id, refund.settled_at = "", None, None
    return refund if refund.state == State.ASKED else None


def sent(session: Session, refund_id: UUID, provider_id: str, *, now: datetime) -> None:
    """The provider has it. It may already have told how it goes."""
    refund = hold(session, refund_id)
    refund.provider_id, refund.sent_at = provider_id, now
    if refund.state == State.ASKED:
        refund.state, refund.looks, refund.next_look_at = State.SENT, 0, now + ASKED_AFTER[1]


def settle(session: Session, refund_id: UUID, heard, *, now: datetime) -> None:
    """How it goes, as the provider says. `heard` has `outcome`, `ore` and `code`."""
    refund = hold(session, refund_id)
    state = State(heard.outcome)
    if state == State.PAID and heard.ore != refund.amount_ore:
        state = State.UNKNOWN
    if ORDER[state] <= ORDER[refund.state]:
        return
    refund.state, refund.code = state, heard.code
    if state in (State.PAID, State.FAILED):
        refund.settled_at, refund.next_look_at = now, None
    if state == State.FAILED:
        _bring_before_a_clerk(session, refund, now=now)


def refused(session: Session, refund_id: UUID, code: str, *, now: datetime) -> None:
    """The provider never took it. Whoever sends it tells a clerk."""
    refund = hold(session, refund_id)
    refund.state, refund.code, refund.settled_at = State.FAILED, code, now


def due(session: Session, *, now: datetime, most: int) -> Sequence[UUID]:
    return session.scalars(select(Refund.id).where(Refund.next_look_at <= now)
                           .order_by(Refund.next_look_at).limit(most)).all()


def take_look(session: Session, refund: Refund, *, now: datetime) -> bool:
    """Whether it is time to ask the provider, and nobody else is about to."""
    waits = ASKED_AFTER[min(refund.looks + 1, len(ASKED_AFTER) - 1)]
    taken = session.execute(
        update(Refund).where(Refund.id == refund.id, Refund.next_look_at <= now)
        .values(next_look_at=now + waits, looks=Refund.looks + 1)
        .execution_options(synchronize_session=False))
    return taken.rowcount == 1


def wake(session: Session, payment: Payment, *, now: datetime) -> None:
    """Something is told of its refunds: the provider is asked at once."""
    session.execute(update(Refund)
                    .where(Refund.payment_id == payment.id, Refund.next_look_at > now)
                    .values(next_look_at=now, looks=0)
                    .execution_options(synchronize_session=False))


def _take(session: Session, payment: Payment, amount_ore: int, line_id: UUID | None) -> None:
    if amount_ore <= 0:
        raise ValueError("nothing to pay back")
    session.flush()
    guarded = [(payment, Payment, Payment.amount_ore, [Payment.state == PaymentState.PAID])]
    if line_id:
        line = session.get_one(ShopOrderLine, line_id)
        guarded.append((line, ShopOrderLine, ShopOrderLine.amount_ore,
                        [ShopOrderLine.order_id == payment.order_id]))
    for thing, table, whole, wanted in guarded:
        taken = session.execute(
            update(table).where(table.id == thing.id, *wanted,
                                table.refunded_ore + amount_ore <= whole)
            .values(refunded_ore=table.refunded_ore + amount_ore)
            .execution_options(synchronize_session=False))
        if not taken.rowcount:
            raise Conflict("Det är mer än vad som är kvar att betala tillbaka.")
        session.refresh(thing, ["refunded_ore"])


def _bring_before_a_clerk(session: Session, refund: Refund, *, now: datetime) -> None:
    """It was sent, and failed later: a person must look at it and try again."""
    message = outbox.find(session, refund.message_id)
    message.done_at = None
    outbox.give_up(message, refund.code or "failed", now=now)

"""Payments of what a private customer has ordered: by bank card at Nets, or by Swish.

A payment is in the database before its provider is asked for it, so that none is lost on the way.
How it went is told by the provider alone, and is written by `settlements`.
"""
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from domain import callbacks
from domain.errors import Conflict, NotFound
from domain.identity import token_hash
from domain.shop_orders import ShopOrder
from domain.store import FIRST, Row, partial_index


class Means(StrEnum):
    CARD = "card"
    SWISH = "swish"


class State(StrEnum):
    BEGUN = "begun"
    """Written down; the provider has not said that it knows of it."""
    OPEN = "open"
    PAID = "paid"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    ERROR = "error"
    UNKNOWN = "unknown"
    """The provider itself does not know yet: nothing is delivered, and nothing is paid anew."""


UNSETTLED = frozenset({State.BEGUN, State.OPEN, State.UNKNOWN})
OPEN_FOR = {Means.CARD: timedelta(minutes=60), Means.SWISH: timedelta(minutes=3)}
"""So long somebody may be about to pay."""
REFUSED = "refused"
"""As code: the last card that was tried was refused."""
ANSWERED_WITHIN = timedelta(seconds=60)
"""A provider that was asked has got it by now, or never will."""
ASKED_AFTER = tuple(timedelta(seconds=s) for s in (2, 5, 10, 20, 30, 60, 120, 300, 900, 3_600))
"""How long after it was last asked the provider is asked again, unless it tells before."""


class Payment(Row):
    __tablename__ = "payments"
    __table_args__ = (
        partial_index("ix_payments_due", "next_look_at", where="next_look_at IS NOT NULL"),)

    order_id: Mapped[UUID] = mapped_column(ForeignKey("shop_orders.id"), index=True)
    means: Mapped[Means]
    state: Mapped[State] = mapped_column(default=State.BEGUN)
    amount_ore: Mapped[int]
    refunded_ore: Mapped[int] = mapped_column(default=0)
    """What has been asked to go back of it: never more than was paid."""
    callback_hash: Mapped[bytes] = mapped_column(unique=True)
    """Of the address where the provider tells how it goes."""
    provider_id: Mapped[str | None]
    """What the provider calls it."""
    reference: Mapped[str | None]
    """What the provider calls the money, once it is paid: what a refund is taken of."""
    entrance: Mapped[str | None]
    """Swish's token, or the address of Nets's page. Forgotten when it is settled."""
    paid_with: Mapped[str] = mapped_column(default="")
    """The card, masked, as a receipt says it."""
    code: Mapped[str] = mapped_column(default="")
    """The provider's own word for why it was not paid."""
    begun_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    looks: Mapped[int] = mapped_column(default=0)
    """How many times the provider has been asked."""
    next_look_at: Mapped[datetime | None]
    """When the provider is asked next; None when there is nothing more to know."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    order: Mapped[ShopOrder] = relationship()

    @property
    def instruction_id(self) -> str:
        """What we call it towards the provider, so that asking twice is asking once."""
        return self.id.hex.upper()

    @property
    def is_unsettled(self) -> bool:
        return self.state in UNSETTLED


def begin(session: Session, order: ShopOrder, means: Means, *, now: datetime) -> Payment:
    """A payment for the provider to be asked for, or the one that is open already."""
    _hold_open(session, order)
    others = list(of_order(session, order.id))
    if any(each.state == State.UNKNOWN for each in others):
        raise Conflict("Vi väntar på besked om en betalning som du redan har gjort. "
                       "Betala inte igen innan det har kommit.")
    for each in others:
        if each.state == State.OPEN and each.means == means and not is_stale(each, now=now):
            return each
    payment = Payment(id=uuid4(), order_id=order.id, order=order, means=means,
                      amount_ore=order.total_ore, begun_at=now,
                      next_look_at=now + ANSWERED_WITHIN)
    payment.callback_hash = callbacks.key_hash(session, payment.id)
    session.add(payment)
    session.flush()
    return payment


def take_opening(session: Session, payment: Payment, *, now: datetime) -> bool:
    """Whether the provider is to be asked for it: once, and by one."""
    taken = session.execute(
        update(Payment).where(Payment.id == payment.id, Payment.state == State.BEGUN,
                              Payment.looks == 0)
        .values(looks=1, next_look_at=now + ANSWERED_WITHIN)
        .execution_options(synchronize_session=False))
    return taken.rowcount == 1


def opened(session: Session, payment: Payment, *, provider_id: str, entrance: str,
           now: datetime) -> None:
    """The provider knows of it, and whoever pays can go there."""
    held = hold(session, payment.id)
    if held.state != State.BEGUN:
        raise Conflict(FIRST)
    held.state, held.provider_id, held.entrance = State.OPEN, provider_id, entrance
    held.looks, held.next_look_at = 0, now + ASKED_AFTER[0]


def find(session: Session, payment_id: UUID, *, customer_id: UUID) -> Payment:
    payment = session.scalar(
        select(Payment).join(Payment.order).options(joinedload(Payment.order))
        .where(Payment.id == payment_id, ShopOrder.customer_id == customer_id))
    if payment is None:
        raise NotFound("Betalningen finns inte.")
    return payment


def refused(payment: Payment) -> None:
    """A bank has said no to a card. The payment is open still: another card may be taken."""
    if payment.state == State.OPEN:
        payment.code = REFUSED


def called(session: Session, key: str) -> Payment:
    """The payment that the provider tells of at the address which ends so."""
    payment = session.scalar(select(Payment).where(Payment.callback_hash == token_hash(key)))
    if payment is None:
        raise NotFound("Betalningen finns inte.")
    return payment


def of_order(session: Session, order_id: UUID) -> Sequence[Payment]:
    """The newest first."""
    return session.scalars(select(Payment).where(Payment.order_id == order_id)
                           .order_by(Payment.begun_at.desc(), Payment.id)).all()


def hold(session: Session, payment_id: UUID) -> Payment:
    """The row, for the one who changes it: a callback, a browser and a worker can meet in it."""
    return session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)


def due(session: Session, *, now: datetime, most: int) -> Sequence[UUID]:
    """Those whose provider it is time to ask."""
    return session.scalars(select(Payment.id).where(Payment.next_look_at <= now)
                           .order_by(Payment.next_look_at).limit(most)).all()


def take_look(session: Session, payment: Payment, *, now: datetime) -> bool:
    """Whether it is time to ask the provider, and nobody else is about to."""
    waits = ASKED_AFTER[min(payment.looks + 1, len(ASKED_AFTER) - 1)]
    taken = session.execute(
        update(Payment).where(Payment.id == payment.id, Payment.next_look_at <= now)
        .values(next_look_at=now + waits, looks=Payment.looks + 1)
        .execution_options(synchronize_session=False))
    return taken.rowcount == 1


def is_stale(payment: Payment, *, now: datetime) -> bool:
    """Nobody is about to pay it any more."""
    return now >= payment.begun_at + OPEN_FOR[payment.means]


def _hold_open(session: Session, order: ShopOrder) -> None:
    session.refresh(order, with_for_update=True)
    if not order.awaits_payment:
        raise Conflict("Beställningen kan inte betalas. Den är redan betald eller avslutad.")
    if order.total_ore <= 0:
        raise Conflict("Beställningen kostar ingenting.")

"""What a private customer has ordered in the shop: its lines as they were agreed on, each priced,
and how far the order has come.

It is placed in `checkouts` (`place`, `cancel`), from a cart; it is paid, and what was bought is
carried out, in `shop_deliveries` (`paid`, `fill`).
"""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, select, update
from sqlalchemy.orm import (
    Mapped,
    Session,
    contains_eager,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)

from domain.customers import Child, Customer
from domain.errors import DomainError, NotFound
from domain.products import Area, Extent, Product, Trip
from domain.store import Row, partial_index
from domain.texts import sv
from domain.tickets import Ticket
from domain.travel_cards import TravelCard


class State(StrEnum):
    OPEN = "open"
    """Nobody has paid it yet."""
    PAID = "paid"
    CANCELLED = "cancelled"
    """By the customer. What is paid for it all the same is paid back."""
    EXPIRED = "expired"
    """Nobody paid it in time. What is paid for it all the same is delivered."""


class Kind(StrEnum):
    NEW_CARD = "new_card"
    PURSE = "purse"
    PERIOD = "period"
    TICKET = "ticket"
    CHANGE = "change"
    POSTAGE = "postage"


KIND_NAMES = {
    Kind.NEW_CARD: sv("Nytt resekort"), Kind.PURSE: sv("Reskassa"),
    Kind.PERIOD: sv("Period på resekort"), Kind.TICKET: sv("Biljett i mobilen"),
    Kind.CHANGE: sv("Ändring av biljett"), Kind.POSTAGE: sv("Porto"),
}


def new_number() -> str:
    """Eight characters that are hard to misread, for a person to read out: F-K7QF2M9X."""
    alphabet, value = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ", uuid4().int
    return "F-" + "".join(alphabet[(value >> shift) % 32] for shift in range(0, 40, 5))


class ShopOrder(Row):
    __tablename__ = "shop_orders"
    __table_args__ = (
        partial_index("ix_shop_orders_open", "pay_by", where="state = 'open'"),)

    number: Mapped[str] = mapped_column(unique=True, default=new_number)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)
    state: Mapped[State] = mapped_column(default=State.OPEN)
    total_ore: Mapped[int]
    vat_ore: Mapped[int]
    name: Mapped[str] = mapped_column(default="")
    """Where something is posted, as it was agreed on; empty where nothing is. Forgotten with the
    account."""
    street: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    city: Mapped[str] = mapped_column(default="")
    placed_at: Mapped[datetime]
    pay_by: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    payment_id: Mapped[UUID | None] = mapped_column(unique=True)
    """The one payment that it is delivered for."""
    closed_at: Mapped[datetime | None]
    """When it was cancelled or expired."""

    customer: Mapped[Customer] = relationship()
    lines: Mapped[list["ShopOrderLine"]] = relationship(
        order_by="ShopOrderLine.position", back_populates="order")

    @property
    def awaits_payment(self) -> bool:
        return self.state == State.OPEN

    @property
    def refunded_ore(self) -> int:
        return sum(line.refunded_ore for line in self.lines)


class ShopOrderLine(Row):
    """One thing: two cards alike are two lines."""

    __tablename__ = "shop_order_lines"

    order_id: Mapped[UUID] = mapped_column(ForeignKey("shop_orders.id"), index=True)
    position: Mapped[int]
    kind: Mapped[Kind]
    within_id: Mapped[UUID | None] = mapped_column(ForeignKey("shop_order_lines.id"))
    """The new card that the purse or the period lies on: put there when the card is packed."""
    card_id: Mapped[UUID | None] = mapped_column(ForeignKey("travel_cards.id"), index=True)
    """The card that is loaded; of a new card None, until its parcel is packed."""
    child_id: Mapped[UUID | None] = mapped_column(ForeignKey("children.id"), index=True)
    """Whom a new card is for, when it is not for the customer."""
    label: Mapped[str] = mapped_column(default="")
    """What the customer calls a new card."""
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"))
    """The ticket that is changed into what the line says."""
    product: Mapped[Product | None]
    extent: Mapped[Extent | None]
    zones: Mapped[str] = mapped_column(default="")
    area: Mapped[Area | None]
    valid_from: Mapped[date | None]
    price_list_id: Mapped[UUID | None] = mapped_column(ForeignKey("price_lists.id"))
    amount_ore: Mapped[int]
    """What it costs. Of a purse also what is put in it."""
    vat_ore: Mapped[int]
    vat_basis_points: Mapped[int]
    done_at: Mapped[datetime | None]
    """When it was carried out: the parcel ordered, the purse loaded, the ticket sold."""
    done_id: Mapped[UUID | None]
    """The parcel, the load or the ticket that came of it."""
    refused_because: Mapped[str] = mapped_column(default="")
    """Why it could not be delivered though it was paid. Its money goes back."""
    refused_values: Mapped[dict | None] = mapped_column(JSON)
    refunded_ore: Mapped[int] = mapped_column(default=0)
    """What has been asked to go back of it."""

    order: Mapped[ShopOrder] = relationship(back_populates="lines")
    card: Mapped[TravelCard | None] = relationship()
    child: Mapped[Child | None] = relationship()
    ticket: Mapped[Ticket | None] = relationship()

    @property
    def refusal(self) -> DomainError | None:
        return (DomainError(self.refused_because, **self.refused_values or {})
                if self.refused_because else None)

    @property
    def trip(self) -> Trip | None:
        return self.extent and Trip(self.extent, tuple(map(int, self.zones.split())), self.area)


def find(session: Session, shop_order_id: UUID, *, customer_id: UUID) -> ShopOrder:
    order = session.scalar(select(ShopOrder).options(*_LINES).where(
        ShopOrder.id == shop_order_id, ShopOrder.customer_id == customer_id))
    if order is None:
        raise NotFound("Köpet finns inte.")
    return order


@dataclass(frozen=True)
class Page:
    rows: list[ShopOrder]
    after: str | None
    """Where the older ones begin; None when there are none."""


def listed(session: Session, customer_id: UUID, *, after: str = "", most: int = 20) -> Page:
    """The newest first; `after` is the last page's `after`."""
    found = (select(ShopOrder).options(*_LINES).where(ShopOrder.customer_id == customer_id)
             .order_by(ShopOrder.placed_at.desc(), ShopOrder.id))
    if after:
        found = found.where(ShopOrder.placed_at < _moment(after))
    rows = list(session.scalars(found.limit(most + 1)))
    more = len(rows) > most
    return Page(rows[:most], rows[most - 1].placed_at.isoformat() if more else None)


def awaiting(session: Session, customer_id: UUID) -> list[ShopOrder]:
    """Those that are to be paid, the newest first."""
    return list(session.scalars(
        select(ShopOrder).options(*_LINES)
        .where(ShopOrder.customer_id == customer_id, ShopOrder.state == State.OPEN)
        .order_by(ShopOrder.placed_at.desc(), ShopOrder.id)))


def of_card(session: Session, card_id: UUID, *, most: int = 10) -> list[ShopOrderLine]:
    """What has been bought for it and paid, the newest first."""
    return list(session.scalars(
        select(ShopOrderLine).join(ShopOrderLine.order).options(
            contains_eager(ShopOrderLine.order))
        .where(ShopOrderLine.card_id == card_id, ShopOrder.state == State.PAID)
        .order_by(ShopOrder.paid_at.desc(), ShopOrderLine.position).limit(most)))


def contents(line: ShopOrderLine) -> Sequence[ShopOrderLine]:
    """What lies on a new card."""
    return [each for each in line.order.lines if each.within_id == line.id]


def forget_person(session: Session, customer_id: UUID) -> None:
    """What bookkeeping needs is kept: what was bought, when and for how much, and not by whom. What
    is on its way to be posted has an address of its own."""
    orders = select(ShopOrder.id).where(ShopOrder.customer_id == customer_id)
    session.execute(update(ShopOrderLine).where(ShopOrderLine.order_id.in_(orders))
                    .values(label="", child_id=None))
    session.execute(update(ShopOrder).where(ShopOrder.customer_id == customer_id)
                    .values(name="", street="", postcode="", city=""))


def forget_child(session: Session, child_id: UUID) -> None:
    """Whom a card was for, of a child that is no longer on the account."""
    session.execute(update(ShopOrderLine).where(ShopOrderLine.child_id == child_id)
                    .values(child_id=None))


def _moment(mark: str) -> datetime:
    """A place in the list as an address gives it."""
    try:
        return datetime.fromisoformat(mark).astimezone(UTC)
    except (ValueError, OverflowError) as wrong:
        raise NotFound("Sidan finns inte.") from wrong


_LINES = (selectinload(ShopOrder.lines).options(
    joinedload(ShopOrderLine.card), joinedload(ShopOrderLine.child)),)

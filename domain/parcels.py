"""Parcels with travel cards: ordered in the shop, or in the place of one that was blocked or lost.

A parcel has no card until it is packed. What is to lie on the card waits meanwhile: money in the
parcel, tickets on the card that it replaces, what was bought for a new card in its order's lines.
They are packed in `packing` and posted in `postings`; those that never came are `parcel_cases`.
"""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from domain import audit
from domain.access import Actor
from domain.customers import Child, Customer
from domain.errors import Conflict, NotFound
from domain.months import working_days_later
from domain.rules import rules
from domain.store import Row, partial_index
from domain.tickets import Ticket
from domain.travel_cards import TravelCard


class Kind(StrEnum):
    NEW = "new"
    REPLACEMENT = "replacement"
    """In the place of a card that its owner blocked."""
    LOST = "lost"
    """In the place of one that was lost or damaged on its way."""


class State(StrEnum):
    ORDERED = "ordered"
    PACKED = "packed"
    POSTED = "posted"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Address:
    name: str
    street: str
    postcode: str
    city: str

    @classmethod
    def of(cls, customer: Customer) -> "Address":
        return cls(customer.name, customer.street, customer.postcode, customer.city)

    @property
    def lines(self) -> list[str]:
        """As it is written on a letter."""
        return [self.name, self.street, f"{self.postcode} {self.city}"]


class Posting(Row):
    """Parcels that were handed to the post together."""

    __tablename__ = "postings"

    posted_at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    by_name: Mapped[str]
    size: Mapped[int]
    """How many they were."""


class Parcel(Row):
    __tablename__ = "parcels"
    __table_args__ = (
        partial_index("ix_parcels_waiting", "ordered_at",
                      where="posted_at IS NULL AND cancelled_at IS NULL"),)

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)
    kind: Mapped[Kind]
    order_line_id: Mapped[UUID | None] = mapped_column(unique=True)
    """The line of the shop's order that the card was bought with."""
    old_card_id: Mapped[UUID | None] = mapped_column(ForeignKey("travel_cards.id"), index=True)
    """The card whose place the new one takes."""
    replaces_id: Mapped[UUID | None] = mapped_column(ForeignKey("parcels.id"), unique=True)
    """The parcel that never came as it should."""
    name: Mapped[str]
    street: Mapped[str]
    postcode: Mapped[str]
    city: Mapped[str]
    label: Mapped[str] = mapped_column(default="")
    """What the customer calls the card."""
    child_id: Mapped[UUID | None] = mapped_column(ForeignKey("children.id"))
    purse_ore: Mapped[int] = mapped_column(default=0)
    """Taken from the old card, on its way to the new one."""
    ordered_at: Mapped[datetime]
    promised_days: Mapped[int]
    """Working days within which it is posted, and the last of them:"""
    promised_on: Mapped[date]
    readdressed_at: Mapped[datetime | None]
    labelled_at: Mapped[datetime | None]
    """When its address was last printed."""
    card_id: Mapped[UUID | None] = mapped_column(ForeignKey("travel_cards.id"), unique=True)
    packed_at: Mapped[datetime | None]
    posting_id: Mapped[UUID | None] = mapped_column(ForeignKey("postings.id"), index=True)
    posted_at: Mapped[datetime | None] = mapped_column(index=True)
    waited_days: Mapped[int | None]
    """So many working days after the order it was posted."""
    cancelled_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    customer: Mapped[Customer] = relationship()
    child: Mapped[Child | None] = relationship()
    card: Mapped[TravelCard | None] = relationship(foreign_keys=card_id)

    __mapper_args__ = {"version_id_col": version}

    @property
    def address(self) -> Address:
        return Address(self.name, self.street, self.postcode, self.city)

    @property
    def state(self) -> State:
        if self.cancelled_at:
            return State.CANCELLED
        if self.posted_at:
            return State.POSTED
        return State.PACKED if self.packed_at else State.ORDERED


class Line(Protocol):
    """The line of an order that a new card was bought with."""

    id: UUID


def put_new(session: Session, customer: Customer, line: Line, *, label: str, child: Child | None,
            address: Address | None = None, now: datetime) -> Parcel:
    """A card that was bought. Posted within three working days, to the customer's own address when
    no other is given."""
    return _put(session, customer, Kind.NEW, address, order_line_id=line.id, label=label,
                child_id=child and child.id, now=now)


def put_replacement(session: Session, card: TravelCard, customer: Customer, *, purse_ore: int,
                    tickets: Sequence[Ticket], address: Address | None = None,
                    replaces: Parcel | None = None, by: Actor | None, now: datetime) -> Parcel:
    """In the place of a card that has just been blocked; `replaces` is the parcel that it was lost
    with. `purse_ore` has been taken from the card; the tickets stay on it, where nobody can use
    them, until the new one is packed."""
    made = _put(session, customer, Kind.LOST if replaces else Kind.REPLACEMENT, address,
                old_card_id=card.id, replaces_id=replaces and replaces.id, label=card.label,
                child_id=card.child_id, purse_ore=purse_ore, now=now)
    audit.record(session, audit.Act.PARCEL_ORDERED, made.id, company_id=customer.id, by=by,
                 now=now, tickets=len(tickets))
    return made


def _put(session: Session, customer: Customer, kind: Kind, address: Address | None, *,
         now: datetime, **values) -> Parcel:
    to, days = address or Address.of(customer), _days(session, kind)
    made = Parcel(customer_id=customer.id, kind=kind, ordered_at=now, name=to.name,
                  street=to.street, postcode=to.postcode, city=to.city,
                  promised_days=days, promised_on=working_days_later(now, days), **values)
    session.add(made)
    session.flush()
    return made


def _days(session: Session, kind: Kind) -> int:
    new, other = rules(session).new_card_working_days, rules(session).replacement_working_days
    return new if kind == Kind.NEW else other


def find(session: Session, parcel_id: UUID) -> Parcel:
    parcel = session.get(Parcel, parcel_id)
    if parcel is None:
        raise NotFound("Försändelsen finns inte.")
    return parcel


def find_own(session: Session, parcel_id: UUID, *, customer_id: UUID) -> Parcel:
    parcel = find(session, parcel_id)
    if parcel.customer_id != customer_id:
        raise NotFound("Försändelsen finns inte.")
    return parcel


def of_customer(session: Session, customer_id: UUID, *, most: int = 50) -> list[Parcel]:
    """The newest first."""
    return list(session.scalars(
        select(Parcel).where(Parcel.customer_id == customer_id)
        .options(joinedload(Parcel.card), joinedload(Parcel.child))
        .order_by(Parcel.ordered_at.desc(), Parcel.id).limit(most)))


def change_address(session: Session, parcel: Parcel, to: Address, *, by: Actor,
                   now: datetime) -> None:
    """The address stays as it was when the card was ordered, unless it is changed here."""
    check_unpacked(parcel)
    parcel.name, parcel.street = to.name, to.street
    parcel.postcode, parcel.city, parcel.readdressed_at = to.postcode, to.city, now
    audit.record(session, audit.Act.PARCEL_READDRESSED, parcel.id,
                 company_id=parcel.customer_id, by=by, now=now)


def cancel(session: Session, parcel: Parcel, *, by: Actor | None, now: datetime) -> None:
    """Nothing is posted: what it was to carry is paid back."""
    check_unpacked(parcel)
    if parcel.old_card_id:
        raise Conflict("Försändelsen ersätter ett spärrat kort och kan inte avbeställas.")
    parcel.cancelled_at = now
    audit.record(session, audit.Act.PARCEL_CANCELLED, parcel.id, company_id=parcel.customer_id,
                 by=by, now=now)


def forget(session: Session, customer_id: UUID) -> None:
    """Of a customer who is no more: nothing tells to whom it went."""
    session.execute(
        update(Parcel).where(Parcel.customer_id == customer_id)
        .values(name="", street="", postcode="", city="", label="", child_id=None,
                version=Parcel.version + 1))


def forget_child(session: Session, child_id: UUID) -> None:
    session.execute(update(Parcel).where(Parcel.child_id == child_id)
                    .values(child_id=None, version=Parcel.version + 1))


def check_unpacked(parcel: Parcel) -> None:
    if parcel.cancelled_at:
        raise Conflict("Försändelsen är avbeställd.")
    if parcel.packed_at:
        raise Conflict("Försändelsen är redan packad och kan inte ändras.")

"""The packing list: parcels that wait for a card, the oldest order first.

A card that is put in a parcel is the customer's from that moment, and so is what it carries.
"""
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, joinedload

from domain import (
    audit,
    card_blocks,
    customer_cards,
    parcels,
    private_sales,
    purses,
    shop_deliveries,
)
from domain.access import Actor
from domain.card_numbers import mask_card, parse_card
from domain.errors import Conflict, DomainError, Invalid
from domain.parcels import Parcel, State, check_unpacked
from domain.purse_entries import Kind
from domain.rules import rules
from domain.shop_orders import ShopOrderLine
from domain.travel_cards import TravelCard, numbered

_WAITS = Parcel.posted_at.is_(None) & Parcel.cancelled_at.is_(None)
UNPACKED: ColumnElement[bool] = _WAITS & Parcel.packed_at.is_(None)
PACKED: ColumnElement[bool] = _WAITS & Parcel.packed_at.is_not(None)
MOST = 72
"""Shown at once: three sheets of labels. Those that come after are shown as these are done."""


def listed(session: Session, which: ColumnElement[bool], *, most: int = MOST) -> list[Parcel]:
    """In the order that they were ordered."""
    return list(session.scalars(
        select(Parcel).where(which).options(joinedload(Parcel.card))
        .order_by(Parcel.ordered_at, Parcel.id).limit(most)))


def chosen(session: Session, parcel_ids: list[UUID]) -> list[Parcel]:
    """Those of them that are not posted."""
    return list(session.scalars(
        select(Parcel).where(_WAITS, Parcel.id.in_(parcel_ids))
        .order_by(Parcel.ordered_at, Parcel.id)))


@dataclass(frozen=True)
class Counts:
    unpacked: int
    packed: int
    overdue: int
    due_today: int


def counts(session: Session, today: date) -> Counts:
    """What is not posted yet, and how much of it should have been, or should be today."""
    return Counts(*session.execute(select(
        func.count().filter(Parcel.packed_at.is_(None)),
        func.count().filter(Parcel.packed_at.is_not(None)),
        func.count().filter(Parcel.promised_on < today),
        func.count().filter(Parcel.promised_on == today)).where(_WAITS)).one())


def labelled(session: Session, rows: list[Parcel], *, now: datetime) -> None:
    """Their addresses are printed."""
    session.execute(update(Parcel).where(Parcel.id.in_([each.id for each in rows]))
                    .values(labelled_at=now))


@dataclass(frozen=True)
class Packed:
    done: list[Parcel]
    refused: dict[UUID, DomainError]
    """By the parcel, why its number was not taken."""


def pack_each(session: Session, typed: Mapping[UUID, str], *, by: Actor, now: datetime) -> Packed:
    """What was typed or scanned beside each parcel. What is right is done, whatever else is
    wrong."""
    done, refused = [], {}
    for parcel_id, text in typed.items():
        try:
            parcel, number = parcels.find(session, parcel_id), parse_card(text, rules(session))
            _check(session, parcel, number)
        except DomainError as refusal:
            refused[parcel_id] = refusal
            continue
        pack(session, parcel, number, by=by, now=now)
        done.append(parcel)
    return Packed(done, refused)


def _check(session: Session, parcel: Parcel, number: str) -> None:
    if _lies_in(parcel, number):
        return
    check_unpacked(parcel)
    if numbered(session, number):
        raise Invalid("Kortet %(card)s är redan registrerat. Ta ett annat kort.",
                      card=mask_card(number))


def _lies_in(parcel: Parcel, number: str) -> bool:
    return parcel.card is not None and parcel.card.number == number


def pack(session: Session, parcel: Parcel, number: str, *, by: Actor, now: datetime) -> TravelCard:
    """The card with that number lies in it. The same number twice is once; `Invalid` when the
    card is somebody's already."""
    if _lies_in(parcel, number):
        return parcel.card
    check_unpacked(parcel)
    card = customer_cards.add_new(session, parcel.customer, number, label=parcel.label,
                                  child=parcel.child, by=by, now=now)
    parcel.card, parcel.packed_at = card, now
    session.flush()  # who packs the same one at the same time stops here
    _fill(session, parcel, card, by=by, now=now)
    audit.record(session, audit.Act.PARCEL_PACKED, parcel.id, company_id=parcel.customer_id,
                 by=by, now=now, card=mask_card(number))
    return card


def exchange(session: Session, parcel: Parcel, number: str, *, by: Actor,
             now: datetime) -> TravelCard:
    """Another card lies in it than was said, and it is not posted. The one that was said is blocked
    and nobody's, and what had been put on it is on this."""
    if parcel.state != State.PACKED:
        raise Conflict("Kortet kan bara bytas när försändelsen är packad och inte postad.")
    wrong, card = parcel.card, customer_cards.add_new(
        session, parcel.customer, number, label=parcel.label, child=parcel.child, by=by, now=now)
    parcel.card, parcel.packed_at = card, now
    session.flush()
    card_blocks.close(session, wrong, now=now)
    taken = purses.take_all(session, wrong, kind=Kind.MOVED_OUT, source_id=card.id, now=now)
    purses.put(session, card, taken, kind=Kind.MOVED_IN, source_id=card.id, now=now)
    private_sales.move_all(session, wrong, to_card=card, to_mobile=None, by=by, now=now)
    session.execute(update(ShopOrderLine).where(ShopOrderLine.card_id == wrong.id)
                    .values(card_id=card.id))
    wrong.customer_id = wrong.child_id = wrong.mobile = None
    wrong.label = ""
    audit.record(session, audit.Act.PARCEL_PACKED, parcel.id, company_id=parcel.customer_id,
                 by=by, now=now, card=mask_card(number))
    return card


def _fill(session: Session, parcel: Parcel, card: TravelCard, *, by: Actor,
          now: datetime) -> None:
    if parcel.order_line_id:
        line = session.get_one(ShopOrderLine, parcel.order_line_id)
        shop_deliveries.fill(session, line, card, by=by, now=now)
    if parcel.purse_ore:
        purses.put(session, card, parcel.purse_ore, kind=Kind.MOVED_IN,
                   source_id=parcel.id, now=now)
    if parcel.old_card_id:
        old = session.get_one(TravelCard, parcel.old_card_id)
        private_sales.move_all(session, old, to_card=card, to_mobile=None, by=by, now=now)

"""The purse of a travel card: money to pay with on board. What it holds, and what waits for it.

A payment with the purse activates the loads that wait. A bus that was without a net tells late, and
never takes more than is there: what is missing is written down, for the customer and the clerks.
"""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import NAMESPACE_OID, UUID, uuid5

from sqlalchemy import ForeignKey, bindparam, func, select, update
from sqlalchemy import Row as SqlRow
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from domain import purse_entries, purse_loads
from domain.months import Month
from domain.purse_entries import Kind, Purse, PurseEntry
from domain.purse_loads import PurseLoad
from domain.rules import rules
from domain.store import Row
from domain.travel_cards import TravelCard


class Lack(StrEnum):
    """Why a payment that a bus had accepted could not be taken."""

    EMPTY = "empty"
    FROZEN = "frozen"
    BLOCKED = "blocked"


class Shortfall(Row):
    """What a bus without a net let somebody travel for, and was not in the purse."""

    __tablename__ = "purse_shortfalls"

    card_id: Mapped[UUID] = mapped_column(ForeignKey("travel_cards.id"), index=True)
    source_id: Mapped[UUID] = mapped_column(unique=True)
    price_ore: Mapped[int]
    missing_ore: Mapped[int]
    """Of the price; the rest was taken."""
    because: Mapped[Lack]
    month_on: Mapped[date]
    at: Mapped[datetime | None] = mapped_column(index=True)
    """None once it is not to be known when somebody travelled."""

    card: Mapped[TravelCard] = relationship()


def balance(session: Session, card_id: UUID) -> int:
    return purse_entries.balance(session, card_id)


def content(session: Session, card_id: UUID, *, now: datetime) -> int:
    """What `take_all` would take now: what is in the purse, and the loads that wait."""
    return balance(session, card_id) + sum(
        load.amount_ore for load in purse_loads.waiting(session, card_id, now=now))


def put(session: Session, card: TravelCard, amount_ore: int, *, kind: Kind, source_id: UUID,
        now: datetime) -> None:
    """At once, with no load that waits: what is moved from another card, or recharged by a clerk.
    Harmless twice with the same source."""
    _held(session, card)
    if amount_ore and not purse_entries.has(session, card.id, kind, source_id):
        purse_entries.add(session, card.id, kind, amount_ore, source_id=source_id, now=now)


def take_all(session: Session, card: TravelCard, *, kind: Kind, source_id: UUID,
             now: datetime) -> int:
    """All that is there and all that waits, in öre, to be put somewhere else. A second time with
    the same source there is nothing left."""
    _held(session, card)
    purse_loads.activate(session, card.id, at=now, now=now)
    there = balance(session, card.id)
    if there:
        purse_entries.add(session, card.id, kind, -there, source_id=source_id, now=now)
    return there


@dataclass(frozen=True)
class Charged:
    """What became of a payment."""

    taken_ore: int
    loaded_ore: int
    """What waited on the card, and was activated by it."""
    balance_ore: int
    lack: Lack | None = None
    """Why not all of it was taken."""


def charge(session: Session, card: TravelCard, amount_ore: int, event_id: str, at: datetime,
           zone: int | None = None, *, late: bool = False, now: datetime) -> Charged:
    """A payment on board, for what was done there at that moment. One that is asked for is taken
    whole or not at all; a `late` one has been accepted by a bus without a net, and takes what is
    there. An event is taken once, whoever tells of it and how often: the next is refused as
    `Conflict` at the commit."""
    card, source_id = _held(session, card), source_of(event_id)
    then = at if late else now
    if lack := _refused(card, then):
        return _short(session, card, Charged(0, 0, balance(session, card.id), lack), amount_ore,
                      source_id, at, late)
    there = balance(session, card.id) + purse_loads.worth(session, card.id, at=then)
    taken = min(there, amount_ore) if late else amount_ore
    if taken > there:
        return Charged(0, 0, balance(session, card.id), Lack.EMPTY)
    loaded = purse_loads.activate(session, card.id, at=then, now=now)
    if taken:
        purse_entries.add(session, card.id, Kind.CHARGED, -taken, source_id=source_id, now=at)
    done = Charged(taken, loaded, balance(session, card.id),
                   Lack.EMPTY if taken < amount_ore else None)
    return _short(session, card, done, amount_ore, source_id, at, late)


def source_of(event_id: str) -> UUID:
    """What a reading is known by in the ledger, also when it is not known any more that it came."""
    return uuid5(NAMESPACE_OID, event_id)


def _held(session: Session, card: TravelCard) -> TravelCard:
    """As it is now, and nobody blocks it or pays with it until the commit."""
    session.flush()
    return session.scalars(
        select(TravelCard).where(TravelCard.id == card.id).with_for_update(
            of=TravelCard, key_share=True)
        .execution_options(populate_existing=True)).one()


def _refused(card: TravelCard, at: datetime) -> Lack | None:
    if card.blocked_at and card.blocked_at <= at:
        return Lack.BLOCKED
    return Lack.FROZEN if card.frozen_at and card.frozen_at <= at else None


def _short(session: Session, card: TravelCard, done: Charged, amount_ore: int, source_id: UUID,
           at: datetime, late: bool) -> Charged:
    if late and done.lack:
        session.add(Shortfall(card_id=card.id, source_id=source_id, price_ore=amount_ore,
                              missing_ore=amount_ore - done.taken_ore, because=done.lack,
                              month_on=Month.of(at).first_day, at=at))
    return done


# What was missing.


def shortfalls(session: Session, *, most: int = 50) -> list[Shortfall]:
    """Of all cards, the newest first, as a clerk sees them."""
    return list(session.scalars(
        select(Shortfall).options(joinedload(Shortfall.card))
        .order_by(Shortfall.month_on.desc(), Shortfall.at.desc(), Shortfall.id).limit(most)))


def latest_shortfalls(session: Session, card: TravelCard, *, now: datetime) -> Sequence[SqlRow]:
    """As whoever has the card sees them: as long as trips are told, and none from before it was
    theirs."""
    since = max(card.registered_at, now - timedelta(days=rules(session).trip_days))
    return session.execute(_LATEST_SHORT, {
        "card": card.id, "since": since, "most": rules(session).trips_most}).all()


_SHORT = Shortfall.__table__.c
_LATEST_SHORT = (  # asked on page after page, and therefore made once, of the table alone
    select(_SHORT.at, _SHORT.because, _SHORT.price_ore, _SHORT.missing_ore)
    .where(_SHORT.card_id == bindparam("card"), _SHORT.at > bindparam("since"))
    .order_by(_SHORT.at.desc(), _SHORT.id).limit(bindparam("most")))


def forget(session: Session, *, now: datetime) -> int:
    """When somebody paid on board, as `card_trips` does, and what they paid for, once it is over.
    Says of how many purses and payments."""
    before = now - timedelta(days=rules(session).trip_days)
    return purse_loads.forget(session, before=before) + sum(
        session.execute(forgotten.execution_options(synchronize_session=False)).rowcount
        for forgotten in (
            update(Shortfall).where(Shortfall.at < before).values(at=None),
            update(Purse).where(Purse.paid_until < now)
            .values(paid_at=None, paid_until=None, paid_zones="")))


# The proof.


@dataclass(frozen=True)
class Difference:
    """So many öre more in the card's purse, or in its loads, than the entries say."""

    card_id: UUID
    ore: int
    of_loads: bool = False


def verify(session: Session) -> list[Difference]:
    """The purses that are not the sum of their entries, and the loads that were activated and are
    not there, or are there and were not. There are none, at any time."""
    return [*(Difference(*each) for each in purse_entries.differences(session).items()),
            *_unlike_loads(session)]


def _unlike_loads(session: Session) -> list[Difference]:
    entered = func.coalesce(PurseEntry.amount_ore, 0)
    used = PurseLoad.activated_at.is_not(None)
    rows = session.execute(
        select(PurseLoad.card_id, PurseLoad.amount_ore, used, entered)
        .outerjoin(PurseEntry, (PurseEntry.source_id == PurseLoad.id)
                   & (PurseEntry.kind == Kind.LOADED) & (PurseEntry.card_id == PurseLoad.card_id))
        .where(used & (entered != PurseLoad.amount_ore) | ~used & (entered != 0)))
    return [Difference(card_id, (ore if was_used else 0) - entry, of_loads=True)
            for card_id, ore, was_used, entry in rows]

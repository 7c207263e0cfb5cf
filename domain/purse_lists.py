"""What purses hold, as a list that the ticket system fetches: so a bus without a net knows what may
be paid with.

As in the list of what cards carry, each entry says how a purse is now, and one that changes is put
anew at the end. Whoever asks from an entry on has all before it: so a load has reached its card.
"""
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import purse_loads
from domain.purse_entries import Purse
from domain.purse_loads import PurseLoad
from domain.purses import Lack
from domain.store import Base, insert_missing
from domain.travel_cards import TravelCard


class PurseListEnd(Base):
    """Where the next entry goes. Whoever adds to the list holds this row until the commit."""

    __tablename__ = "purse_list_end"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


THE_ONE = 1
AT_ONCE = 5_000


@dataclass(frozen=True)
class Listed:
    entry: int
    number: str
    """The card's."""
    balance_ore: int
    loads: tuple[PurseLoad, ...]
    """Those that wait."""
    refused: Lack | None
    """Why it is not to be paid with."""


@dataclass(frozen=True)
class Entries:
    rows: list[Listed]
    last: int
    """From where to ask the next time."""


def fetch(session: Session, *, after: int, now: datetime, most: int = 1_000) -> Entries:
    """What has come after the entry with that number. Who asks so has all up to it."""
    _acknowledge(session, after, now)
    end = _extend(session)
    purses = session.execute(
        select(Purse, TravelCard).join(TravelCard, TravelCard.id == Purse.card_id)
        .where(Purse.entry > after).order_by(Purse.entry)
        .limit(most).execution_options(populate_existing=True)).all()
    loads = _waiting(session, [card.id for _, card in purses], now)
    rows = [_listed(purse, card, tuple(loads[card.id])) for purse, card in purses]
    return Entries(rows, rows[-1].entry if len(rows) == most else end)


def _listed(purse: Purse, card: TravelCard, loads: tuple[PurseLoad, ...]) -> Listed:
    refused = Lack.BLOCKED if card.blocked_at else Lack.FROZEN if card.frozen_at else None
    return Listed(purse.entry or 0, card.number, purse.balance_ore, loads, refused)


def _waiting(session: Session, card_ids: list[UUID],
             now: datetime) -> defaultdict[UUID, list[PurseLoad]]:
    found = defaultdict(list)
    for load in session.scalars(
            select(PurseLoad).where(PurseLoad.card_id.in_(card_ids), purse_loads.OPEN,
                                    PurseLoad.expires_at > now)
            .order_by(PurseLoad.paid_at, PurseLoad.id)):
        found[load.card_id].append(load)
    return found


def _acknowledge(session: Session, after: int, now: datetime) -> None:
    session.execute(
        update(PurseLoad).where(PurseLoad.available_at.is_(None), PurseLoad.entry <= after)
        .values(available_at=now).execution_options(synchronize_session=False))


def _extend(session: Session) -> int:
    """Number what is not listed as it is, and say where the list ends. What somebody is changing is
    listed the next time: nobody waits for another here."""
    insert_missing(session, PurseListEnd, key=THE_ONE, last=0)
    last = session.scalar(select(PurseListEnd.last).where(PurseListEnd.key == THE_ONE)
                          .with_for_update())
    unlisted = session.scalars(
        select(Purse.card_id).where(Purse.entry.is_(None))
        .order_by(Purse.card_id).limit(AT_ONCE).with_for_update(skip_locked=True))
    places = [{"of": card_id, "place": place} for place, card_id in enumerate(unlisted, last + 1)]
    if places:
        session.execute(_PLACE, places)
        last += len(places)
        session.execute(update(PurseListEnd).values(last=last))
    _tell(session)
    return last


def _tell(session: Session) -> None:
    """A load is told of where its purse stands."""
    untold = session.scalars(
        select(PurseLoad.id).where(PurseLoad.entry.is_(None), PurseLoad.available_at.is_(None))
        .limit(AT_ONCE).with_for_update(skip_locked=True)).all()
    session.execute(
        update(PurseLoad).where(PurseLoad.id.in_(untold))
        .values(entry=select(Purse.entry).where(Purse.card_id == PurseLoad.card_id)
                .scalar_subquery())
        .execution_options(synchronize_session=False))


_PURSES = Purse.__table__
_PLACE = (update(_PURSES).where(_PURSES.c.card_id == bindparam("of"))
          .values(entry=bindparam("place")))

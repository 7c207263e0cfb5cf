"""What travel cards carry, as a list that the ticket system fetches: a card knows nothing itself.

Each entry says how a ticket is now, and one that changes is put anew at the end. So whoever has
read to the end knows all, and asks the next time for what has come since.
"""
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import travel_cards
from domain.access import Scope
from domain.errors import Invalid
from domain.products import Product, Trip
from domain.rules import rules
from domain.services import Service
from domain.store import Base, insert_missing
from domain.tickets import Ticket
from domain.travel_cards import TravelCard


class Stage(StrEnum):
    """How far a ticket has come, to those who may not know whether it is used."""

    LATER = "later"
    ON_ITS_WAY = "on_its_way"
    LATE = "late"
    """It should have been there by now."""
    ON_CARD = "on_card"
    BLOCKED = "blocked"
    RECALLED = "recalled"


class CardListEnd(Base):
    """Where the next entry goes. Whoever adds to the list holds this row until the commit."""

    __tablename__ = "card_list_end"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


THE_ONE = 1
AT_ONCE = 5_000


def check(session: Session, card: TravelCard, service: Service | None, product: Product,
          valid: Trip, *, besides: UUID | None = None, now: datetime) -> None:
    """Whether the ticket may be put on the card, or be changed there when it is `besides`. Who
    asks holds the card until the commit."""
    if service == Service.BUSINESS_TRAVEL:
        raise Invalid("Tjänsteresor finns bara i mobilen. De kan inte läggas på ett resekort.",
                      "card")
    travel_cards.hold(session, card.id)
    if refusal := refused(session, [card.id], product, valid, besides=besides,
                          now=now).get(card.id):
        raise refusal


def refused(session: Session, card_ids: Sequence[UUID], product: Product, valid: Trip, *,
            besides: UUID | None = None, now: datetime) -> dict[UUID, Invalid]:
    """The cards that such a ticket may not be put on, and why."""
    found: dict[UUID, Invalid] = {}
    for start in range(0, len(card_ids), 1_000):
        some = card_ids[start:start + 1_000]
        found |= {card: other_kind() for card in session.scalars(
            select(Ticket.card_id).where(
                Ticket.card_id.in_(some), Ticket.id.is_distinct_from(besides),
                _unused_of_other_kind(product, valid, now)))}
        found |= {card: Invalid("Kortet är spärrat. Välj ett annat kort.", "card")
                  for card in session.scalars(select(TravelCard.id).where(
                      TravelCard.id.in_(some), TravelCard.blocked_at.is_not(None)))}
    return found


def other_kind() -> Invalid:
    return Invalid("På kortet finns oanvända biljetter av ett annat slag eller för ett annat "
                   "område. Ett kort kan bara ha likadana oanvända biljetter.", "card")


def find_each_for_sending(session: Session, numbers: list[str], product: Product, valid: Trip, *,
                          within: Scope, now: datetime) -> dict[str, TravelCard | Invalid]:
    """By what was typed, the card that such a ticket may be sent to, or why it may not."""
    found = travel_cards.find_each_for_sending(session, numbers, within=within)
    cards = [each.id for each in found.values() if isinstance(each, TravelCard)]
    no = refused(session, cards, product, valid, now=now)
    return {text: no.get(each.id, each) if isinstance(each, TravelCard) else each
            for text, each in found.items()}


def _unused_of_other_kind(product: Product, valid: Trip, now: datetime) -> ColumnElement[bool]:
    unused = (Ticket.activated_at.is_(None) & Ticket.recalled_at.is_(None)
              & (Ticket.activate_by > now))
    return unused & or_(Ticket.product != product, Ticket.extent != valid.extent,
                        Ticket.zones != " ".join(map(str, valid.zones)),
                        Ticket.area.is_distinct_from(valid.area))


def stage(session: Session, ticket: Ticket, card: TravelCard, *, now: datetime) -> Stage:
    goes_at = max(ticket.sold_at, ticket.send_at or ticket.sold_at)
    if ticket.recalled_at:
        return Stage.RECALLED
    if card.blocked_at:
        return Stage.BLOCKED
    if ticket.available_at:
        return Stage.ON_CARD
    if now < goes_at:
        return Stage.LATER
    late = now > goes_at + timedelta(hours=rules(session).card_hours)
    return Stage.LATE if late else Stage.ON_ITS_WAY


def of_card(session: Session, card: TravelCard, *, most: int = 50) -> list[Ticket]:
    """What has been sent to it, the newest first."""
    return list(session.scalars(
        select(Ticket).where(Ticket.card_id == card.id)
        .order_by(Ticket.sold_at.desc(), Ticket.id).limit(most)))


# The list.


@dataclass(frozen=True)
class Entries:
    rows: list[tuple[Ticket, str]]
    """Each ticket and its card's number."""
    frozen: frozenset[str]
    """The numbers among them of cards that are not accepted for now."""
    last: int
    """From where to ask the next time."""


def fetch(session: Session, *, after: int, now: datetime, most: int = 1_000) -> Entries:
    """What has come after the entry with that number. Who asks so has all up to it."""
    _acknowledge(session, after, now)
    end = _extend(session, now)
    rows = session.execute(
        select(Ticket, TravelCard.number, TravelCard.frozen_at)
        .join(TravelCard, TravelCard.id == Ticket.card_id)
        .where(Ticket.card_entry > after, TravelCard.blocked_at.is_(None), worth_something(now))
        .order_by(Ticket.card_entry)
        .limit(most).execution_options(populate_existing=True)).all()
    return Entries([(ticket, number) for ticket, number, _ in rows],
                   frozenset(number for _, number, frozen_at in rows if frozen_at),
                   rows[-1][0].card_entry if len(rows) == most else end)


def worth_something(now: datetime) -> ColumnElement[bool]:
    unused = Ticket.activated_at.is_(None) & (Ticket.activate_by > now)
    return Ticket.recalled_at.is_(None) & or_(unused, Ticket.active_until > now,
                                              Ticket.use_by > now)


def put_anew(ticket: Ticket) -> None:
    """It is not as it was listed. That a reader has found it on the card is not noted as when it
    came there, for that would tell when it was used."""
    ticket.card_entry = None


def put_all_anew(session: Session, card: TravelCard) -> None:
    """The card is not as it was listed."""
    session.execute(update(Ticket).where(Ticket.card_id == card.id).values(card_entry=None))


def _acknowledge(session: Session, after: int, now: datetime) -> None:
    session.execute(
        update(Ticket)
        .where(Ticket.card_id.is_not(None), Ticket.available_at.is_(None),
               Ticket.card_entry <= after)
        .values(available_at=now).execution_options(synchronize_session=False))


def _extend(session: Session, now: datetime) -> int:
    """Number what is not listed yet, and say where the list ends."""
    insert_missing(session, CardListEnd, key=THE_ONE, last=0)
    last = session.scalar(select(CardListEnd.last).where(CardListEnd.key == THE_ONE)
                          .with_for_update())
    if entries := list(_new_entries(session, last, now)):
        table = Ticket.__table__
        session.execute(update(table).where(table.c.id == bindparam("ticket"))
                        .values(card_entry=bindparam("entry")), entries)
        last += len(entries)
        session.execute(update(CardListEnd).values(last=last))
    return last


def _new_entries(session: Session, last: int, now: datetime) -> Iterator[dict]:
    unlisted = session.scalars(
        select(Ticket.id).join(TravelCard, TravelCard.id == Ticket.card_id)
        .where(TravelCard.blocked_at.is_(None), Ticket.card_id.is_not(None),
               Ticket.card_entry.is_(None), Ticket.recalled_at.is_(None),
               or_(Ticket.send_at.is_(None), Ticket.send_at <= now))
        .order_by(Ticket.sold_at, Ticket.id).limit(AT_ONCE))
    return ({"ticket": ticket, "entry": entry} for entry, ticket in enumerate(unlisted, last + 1))

"""Readings of tickets on board: a card's ticket is started by the first that finds it valid.

Of a reading nothing is kept but its id and what was answered, so that it may be sent twice. Where a
ticket was read, and how often, is nobody's business but the customer's whose account the card is
on: to them, the latest few trips are told.
"""
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any

from sqlalchemy import JSON, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import activations, block_list, card_tickets, card_trips, reissues
from domain.card_trips import Means
from domain.errors import Conflict, Invalid, NotFound
from domain.products import Trip, zones
from domain.rules import rules
from domain.store import Base, insert_missing
from domain.tickets import State, Ticket
from domain.travel_cards import TravelCard

AHEAD = timedelta(minutes=5)
"""So much a reader's clock may be before ours."""


class Result(IntEnum):
    """`eventResult` in BoB's validation API."""

    OK = 0
    OTHER = 1
    SPATIAL = 2
    TIME = 3
    BLACKLIST = 7


@dataclass(frozen=True)
class Reading:
    """Each part already parsed."""

    event_id: str
    """The reader's own, by which it is known if it comes again."""
    number: str
    """The ticket's."""
    at: datetime
    result: int | None = None
    """What the reader answered when it had no contact; None: it asks."""
    zone: int | None = None


@dataclass(frozen=True)
class Answer:
    result: int
    reason: str
    activated: bool = False
    """Whether this was what started the ticket, or one of its travel days."""
    active_until: str | None = None


class Validation(Base):
    __tablename__ = "validations"

    event_id: Mapped[str] = mapped_column(primary_key=True)
    said: Mapped[bytes]
    """A keyed hash of what was reported, to tell it from another with the same id."""
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
    received_at: Mapped[datetime] = mapped_column(index=True)


def take(session: Session, reading: Reading, *, now: datetime) -> tuple[Answer, bool]:
    """The answer, and whether the reading is new; one that has come before is answered as then."""
    check_time(session, reading.at, now)
    known = begin(session, reading.event_id, reading.number, reading.at, reading.result,
                  reading.zone, now=now)
    if known is not None:
        return Answer(**known), False
    ticket = _locked(session, reading.number)
    answer = _judged(session, ticket, reading, now)
    if answer.result == Result.OK:
        _travelled(session, ticket, reading, now)
    keep(session, reading.event_id, answer)
    return answer, True


def begin(session: Session, event_id: str, number: str, at: datetime, *said: int | None,
          now: datetime) -> dict[str, Any] | None:
    """What was answered when the reading came before; None when it is new, and whoever judges it is
    to `keep` the answer."""
    told = " ".join(map(str, (number, at.isoformat(), *said)))
    hashed = session.info["vault"].code_hash(told, event_id)
    if insert_missing(session, Validation, event_id=event_id, said=hashed, answer={},
                      received_at=now):
        return None
    known = session.get_one(Validation, event_id)
    if known.said != hashed:
        raise Conflict("En annan läsning har samma eventId.")
    return known.answer


def keep(session: Session, event_id: str, answer: Any) -> None:
    """`answer`: a dataclass of plain values."""
    session.execute(update(Validation).where(Validation.event_id == event_id)
                    .values(answer=asdict(answer)))


def forget(session: Session, *, before: datetime) -> None:
    session.execute(delete(Validation).where(Validation.received_at < before))


def covers(valid: Trip, zone: int) -> bool:
    """A ticket for the county, or across its border, holds in all its zones."""
    return zone in (valid.zones or zones())


def check_time(session: Session, at: datetime, now: datetime) -> None:
    if at > now + AHEAD:
        raise Invalid("Läsarens klocka går före.", "time")
    if at < now - timedelta(days=rules(session).card_report_days):
        raise Invalid("Läsningen är för gammal för att rapporteras.", "time")


def _travelled(session: Session, ticket: Ticket, reading: Reading, now: datetime) -> None:
    if ticket.card_id:
        card_trips.record(session, session.get_one(TravelCard, ticket.card_id),
                          min(reading.at, now), zone=reading.zone, means=Means.TICKET,
                          product=ticket.product, now=now)


def _locked(session: Session, number: str) -> Ticket:
    """A recall at the same moment waits, or has been: one of the two wins."""
    ticket = session.scalar(select(Ticket).where(Ticket.number == number).with_for_update()
                            .execution_options(populate_existing=True))
    former = None if ticket else reissues.formerly(session, number)
    if former:
        ticket = session.get(Ticket, former.ticket_id, with_for_update=True, populate_existing=True)
    if ticket is None:
        raise NotFound("Biljetten %(number)s finns inte.", number=number)
    return ticket


def _made_anew(session: Session, reading: Reading) -> bool:
    """Whether it had another number already when it was read. A bus that was offline may tell of a
    reading from before."""
    former = reissues.formerly(session, reading.number)
    return former is not None and reading.at >= former.made_at


def _judged(session: Session, ticket: Ticket, reading: Reading, now: datetime) -> Answer:
    if reading.result:
        return Answer(reading.result, "noted")
    if ticket.recalled_at:
        return Answer(Result.BLACKLIST, "recalled")
    if block_list.is_blocked(session, ticket.number) or (
            reading.number != ticket.number and _made_anew(session, reading)):
        return Answer(Result.BLACKLIST, "blocked")
    if refused := _card_refused(session, ticket, min(reading.at, now)):
        return Answer(Result.BLACKLIST, refused)
    if ticket.trial:
        return Answer(Result.OTHER, "trial")
    if reading.zone and not covers(ticket.trip, reading.zone):
        return Answer(Result.SPATIAL, "zone")
    return _started(session, ticket, min(reading.at, now))


def _card_refused(session: Session, ticket: Ticket, at: datetime) -> str | None:
    """One that was sold at the moment when its card was blocked may be on no list."""
    card = ticket.card_id and session.get(TravelCard, ticket.card_id, populate_existing=True)
    return card.refused(at) if card else None


def _started(session: Session, ticket: Ticket, at: datetime) -> Answer:
    """Started as of when it was read. What has been started already stays as it was, also when an
    earlier reading comes late."""
    state = ticket.state(at)
    if state == State.EXPIRED:
        return Answer(Result.TIME, "expired")
    if state == State.ACTIVE:
        return Answer(Result.OK, "ok", active_until=_until(ticket))
    if at < ticket.sold_at or not ticket.has_begun(at):
        return Answer(Result.TIME, "not_begun")
    if ticket.card_id is None:
        return Answer(Result.TIME, "not_activated")
    activations.activate(session, ticket, now=at)
    card_tickets.put_anew(ticket)
    return Answer(Result.OK, "ok", activated=True, active_until=_until(ticket))


def _until(ticket: Ticket) -> str:
    return ticket.active_until.isoformat()

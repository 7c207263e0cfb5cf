"""A traveller leaves the company: everything that should stop, stops in one transaction. It is done
now, or when the last day has passed."""
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import (
    audit,
    business_travel,
    deductions,
    leaver_deductions,
    offer_recalls,
    offers,
    people,
    recalls,
    tickets,
    travel_cards,
    travellers,
)
from domain.access import Actor
from domain.business_travel import Connection
from domain.deductions import Left
from domain.errors import Conflict, Invalid
from domain.months import Month, days_later, today
from domain.offers import OfferApplication
from domain.products import FLEX, PERIOD_DAYS
from domain.tickets import Ticket
from domain.travel_cards import TravelCard
from domain.travellers import Traveller


@dataclass(frozen=True)
class Stopping:
    """What stops with a traveller."""

    connection: Connection | None
    applications: list[OfferApplication]
    recallable: list[Ticket]
    """Those that are recalled, if that is wished and nobody has used them."""


@dataclass(frozen=True)
class Remaining:
    """What does not: the history stays too, for the books."""

    tickets: list[Ticket]
    """Those bought for a longer time, which may hold still."""
    deductions: list[Left]
    administers: bool
    """Whether the person holds a post in the company, or stands in for somebody who does."""
    cards: list[TravelCard]
    """The company's, which the person should hand in."""


def stopping(session: Session, traveller: Traveller, *, now: datetime) -> Stopping:
    return Stopping(
        business_travel.of_traveller(session, traveller),
        [application for application in offers.of_travellers(session, [traveller.id])
         if application.is_open],
        recalls.recent(session, [traveller.id], now=now))


def remaining(session: Session, traveller: Traveller, *, now: datetime) -> Remaining:
    """Told by what was bought: when it is used is the traveller's own business."""
    lasting = [ticket for ticket in tickets.of_travellers(session, [traveller.id])
               if ticket.product in (*PERIOD_DAYS, *FLEX) and not ticket.recalled_at
               and now < days_later(ticket.starts_at, ticket.lasts_days)]
    return Remaining(lasting, deductions.left(session, traveller, Month.of(now)),
                     people.serves(session, traveller.personnummer_index, traveller.company_id,
                                   on=today(now)),
                     travel_cards.of_travellers(session, [traveller.id]))


def leave(session: Session, *leaving: Traveller, recall: bool = False, takes_rest: bool = True,
          by: Actor | None, now: datetime) -> None:
    """`by` is None when a day that was set beforehand has come. With `takes_rest` the last salary
    pays what is left of a staff offer."""
    for traveller in leaving:
        travellers.end(session, traveller, by=by, now=now)
    ids = [traveller.id for traveller in leaving]
    business_travel.end(session, *business_travel.connections(session, ids).values(), by=by,
                        now=now)
    for application in offers.of_travellers(session, ids):
        if application.is_open:
            offers.withdraw(session, application, by=by, now=now)
    if recall:
        _recall(session, recalls.recent(session, ids, now=now), by=by, now=now)
    leaver_deductions.settle(session, ids, today(now), takes_rest=takes_rest, by=by, now=now)


def _recall(session: Session, recent: list[Ticket], *, by: Actor | None, now: datetime) -> None:
    """The salary pays nothing for a ticket that is recalled."""
    for ticket in recalls.recall_each(session, recent, by=by, now=now):
        application = offers.giving(session, ticket)
        if application:
            offer_recalls.settle(session, application, by=by, now=now)


def plan(session: Session, traveller: Traveller, last_day: date, *, recall: bool,
         takes_rest: bool = True, by: Actor, now: datetime) -> None:
    """They leave by themselves when the day has passed. Said again, it is the new day that
    holds. What is left of a staff offer is put on the last salary already, for its file is made
    before the day has come."""
    travellers.check_employed(traveller)
    if last_day < today(now):
        raise Invalid("Dagen har redan varit. Välj i dag eller senare, eller avsluta genast.",
                      "last_day")
    leaver_deductions.unsettle(session, traveller, tell=False, by=by, now=now)
    traveller.leaves_on, traveller.leaving_recalls = last_day, recall
    traveller.leaving_takes_rest = takes_rest
    leaver_deductions.settle(session, [traveller.id], last_day, takes_rest=takes_rest, by=by,
                             now=now)
    _record(session, audit.Act.LEAVING_PLANNED, traveller, by=by, now=now,
            day=last_day.isoformat())


def stay(session: Session, traveller: Traveller, *, by: Actor, now: datetime) -> None:
    """They do not leave after all."""
    if traveller.ended_at or traveller.leaves_on is None:
        raise Conflict("Ingen sista dag är bestämd för resenären.")
    traveller.leaves_on, traveller.leaving_recalls = None, False
    traveller.leaving_takes_rest = True
    leaver_deductions.unsettle(session, traveller, by=by, now=now)
    _record(session, audit.Act.LEAVING_CANCELLED, traveller, by=by, now=now)


def due(session: Session, *, now: datetime) -> list[UUID]:
    """Those whose last day has passed in Sweden."""
    return list(session.scalars(
        select(Traveller.id).where(Traveller.leaves_on < today(now), Traveller.ended_at.is_(None))
        .order_by(Traveller.leaves_on, Traveller.id)))


def carry_out(session: Session, traveller_id: UUID, *, now: datetime) -> None:
    """Harmless when they have left already, or stay after all."""
    traveller = session.get_one(Traveller, traveller_id, with_for_update=True)
    if traveller.ended_at or traveller.leaves_on is None or traveller.leaves_on >= today(now):
        return
    leave(session, traveller, recall=traveller.leaving_recalls,
          takes_rest=traveller.leaving_takes_rest, by=None, now=now)


def _record(session: Session, act: audit.Act, traveller: Traveller, *, by: Actor, now: datetime,
            **words: str) -> None:
    audit.record(session, act, traveller.id, company_id=traveller.company_id,
                 department_id=traveller.department_id, by=by, now=now, traveller=traveller.name,
                 **words)

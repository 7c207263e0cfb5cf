"""Period tickets that end soon, and renewing them: the same ticket again, for the same person, from
the day after.

When a ticket was activated is the traveller's own business. So it is said when it ends at the
earliest, by the purchase: as if it had been activated on its first day.
"""
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased, defer

from domain import assortment, price_lists, sales
from domain.access import Actor, Scope
from domain.companies import Company
from domain.departments import Department
from domain.errors import Invalid
from domain.months import midnight, today
from domain.price_lists import Ware
from domain.products import COMPANY_PRODUCTS, PERIOD_DAYS, Product, trips
from domain.rules import rules
from domain.sales import Recipient
from domain.services import Service
from domain.store import Row
from domain.tickets import Ticket
from domain.travel_cards import TravelCard
from domain.travellers import Traveller


class Why(StrEnum):
    """Why a ticket is not renewed."""

    LEFT = "left"
    NOT_ALLOWED = "not_allowed"
    NOT_SOLD = "not_sold"


@dataclass(frozen=True)
class Renewal:
    ticket: Ticket
    to: Recipient
    department: Department
    price_ore: int
    """At the price list that is in force now."""

    @property
    def starts_on(self) -> date:
        return last_day(self.ticket) + timedelta(days=1)


@dataclass(frozen=True)
class Plan:
    renewals: Sequence[Renewal]
    left_out: dict[Why, list[Ticket]]

    @property
    def sum_ore(self) -> int:
        return sum(renewal.price_ore for renewal in self.renewals)

    @property
    def mark(self) -> str:
        """The same as long as the same tickets are renewed at the same prices."""
        said = ";".join(sorted(f"{each.ticket.id} {each.price_ore}" for each in self.renewals))
        return sha256(said.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class Ending:
    tickets: Sequence[Ticket]
    """As many as are renewed at once."""
    total: int


def last_day(ticket: Ticket) -> date:
    """Of one that was activated on its first."""
    return _last_day(ticket.product, ticket.valid_from, ticket.sold_at)


def _last_day(product: Product, valid_from: date | None, sold_at: datetime) -> date:
    return (valid_from or today(sold_at)) + timedelta(days=PERIOD_DAYS[product] - 1)


def of(session: Session, ticket: Ticket) -> Ticket | None:
    """The one that follows it."""
    return session.scalar(select(Ticket).where(Ticket.renews_id == ticket.id))


def ending(session: Session, *, within: Scope, now: datetime,
           among: list[UUID] | None = None) -> Ending:
    """Those of the company's own that nobody has renewed, the first to end first; `among` some
    that are named, if any are."""
    wanted = _ends_within(rules(session).ending_days, within=within, now=now)
    if among is not None:
        wanted.append(Ticket.id.in_(among))
    found = session.execute(select(Ticket.id, Ticket.product, Ticket.valid_from, Ticket.sold_at)
                            .where(*wanted)).all()
    first = sorted(found, key=lambda row: (_last_day(*row[1:]), row.id))
    ids = [row.id for row in first[:rules(session).renewals_at_once_max]]
    tickets = session.scalars(select(Ticket).options(defer(Ticket.bundle))
                              .where(Ticket.id.in_(ids)))
    return Ending(sorted(tickets, key=lambda ticket: ids.index(ticket.id)), len(found))


def urgent(session: Session, *, within: Scope, now: datetime) -> int:
    """How many of them have less than half of their time left: one of thirty days is no news the
    day after it was bought."""
    return session.scalar(select(func.count()).select_from(Ticket).where(
        *_ends_within(rules(session).ending_days, within=within, now=now, share=2))) or 0


def _ends_within(days: int, *, within: Scope, now: datetime,
                 share: int = 1) -> list[ColumnElement[bool]]:
    """`share` is the part of its own time that a ticket may have left at most: half of it when
    that is 2."""
    following = aliased(Ticket)
    renewed = select(following.id).where(following.renews_id == Ticket.id).exists()
    return [within.holds(Ticket.company_id, Ticket.department_id),
            Ticket.service == Service.SEND_TICKET, Ticket.recalled_at.is_(None), ~renewed,
            or_(*(and_(Ticket.product == product, _first_day_between(
                today(now) - timedelta(days=lasts - 1),
                today(now) - timedelta(days=lasts - 1 - min(days, lasts // share))))
                for product, lasts in PERIOD_DAYS.items()
                if product in COMPANY_PRODUCTS))]


def _first_day_between(first: date, last: date) -> ColumnElement[bool]:
    bought = and_(Ticket.valid_from.is_(None), Ticket.sold_at >= midnight(first),
                  Ticket.sold_at < midnight(last + timedelta(days=1)))
    return or_(bought, and_(Ticket.valid_from >= first, Ticket.valid_from <= last))


def plan(session: Session, tickets: Sequence[Ticket], *, now: datetime) -> Plan:
    known = _known(session, tickets)
    prices = {each.ware: each.price_ore for each in price_lists.prices(session, now=now)}
    renewals, left_out = [], defaultdict(list)
    for ticket in tickets:
        planned = _planned(session, ticket, known, prices)
        if isinstance(planned, Why):
            left_out[planned].append(ticket)
        else:
            renewals.append(planned)
    return Plan(renewals, {each: left_out[each] for each in Why if each in left_out})


def _known(session: Session, tickets: Sequence[Ticket]) -> dict[UUID | None, Row]:
    """The travellers, cards, departments and company of the tickets, by their ids."""
    found: dict[UUID | None, Row] = {}

    def get(kind: type[Row], ids: Iterable[UUID | None]) -> list[Row]:
        rows = session.scalars(select(kind).where(kind.id.in_(set(ids) - {None}))).all()
        found.update({row.id: row for row in rows})
        return rows

    people = get(Traveller, (ticket.traveller_id for ticket in tickets))
    get(TravelCard, (ticket.card_id for ticket in tickets))
    get(Department, (each.department_id for each in (*tickets, *people)))
    get(Company, (ticket.company_id for ticket in tickets))
    return found


def _planned(session: Session, ticket: Ticket, known: dict[UUID | None, Row],
             prices: dict[Ware, int]) -> Renewal | Why:
    department, card = known[ticket.department_id], known.get(ticket.card_id)
    traveller = known.get(ticket.traveller_id)
    if department.archived_at or (traveller and traveller.ended_at) or (card and card.blocked_at):
        return Why.LEFT
    try:
        assortment.check(session, Service.SEND_TICKET, ticket.product, department=department,
                         traveller=traveller)
    except Invalid:
        return Why.NOT_ALLOWED
    price_ore = prices.get((ticket.product, ticket.extent, ticket.area))
    if price_ore is None or ticket.trip.key not in trips():
        return Why.NOT_SOLD
    mobile = traveller.mobile if traveller and traveller.mobile and not card else ticket.mobile
    to = Recipient(ticket.holder, mobile, traveller, card, ticket.language)
    return Renewal(ticket, to, department, price_ore)


def renew(session: Session, plan: Plan, *, by: Actor, now: datetime) -> None:
    """Each once: two who renew the same ticket break a constraint, and one of them is told so."""
    for renewal in plan.renewals:
        ticket = renewal.ticket
        following = sales.send(
            session, ticket.product, ticket.trip, to=renewal.to,
            department=renewal.department, valid_from=renewal.starts_on, by=by, now=now)
        following.renews_id = ticket.id
        following.cost_centre, following.note = ticket.cost_centre, ticket.note

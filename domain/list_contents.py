"""What stands in the lists that are written to files, row by row, as the domain has it."""
from collections.abc import Callable, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from domain import running_tickets, statistic_lists, unused_limits
from domain.access import Scope
from domain.list_files import What
from domain.products import Area, Extent, Trip
from domain.statistic_groups import Per, Wish
from domain.tickets import Ticket

PER = {What.BY_MONTH: Per.MONTH, What.BY_DEPARTMENT: Per.DEPARTMENT, What.BY_PRODUCT: Per.PRODUCT,
       What.BY_PERSON: Per.PERSON, What.BY_PURPOSE: Per.PURPOSE, What.BY_SERVICE: Per.SERVICE}
T = Ticket.__table__.c
Rows = Iterator[tuple]


def number(session: Session, what: What, wish: Wish, *, within: Scope, now: datetime) -> int:
    """How many rows there will be, of a list that may be long; 0 where nobody has to wait."""
    if what is What.PURCHASES:
        return session.scalar(select(func.count()).where(*_bought(wish, within))) or 0
    return 0


def rows(session: Session, what: What, wish: Wish, *, within: Scope, now: datetime) -> Rows:
    if what in PER:
        return _groups(session, PER[what], wish, within)
    made: dict[What, Callable[..., Rows]] = {
        What.PURCHASES: _purchases, What.RUNNING: _running, What.UNUSED_LIMITS: _unused_limits}
    return made[what](session, wish, within, now)


def _groups(session: Session, per: Per, wish: Wish, within: Scope) -> Rows:
    for group in statistic_lists.listed(session, wish, per, within=within):
        its = group.sum
        yield ((group.key if group.name is None else group.name), its.tickets, its.gross_ore,
               its.vat_ore, its.tickets_before, its.gross_before_ore)


def _bought(wish: Wish, within: Scope) -> list[ColumnElement[bool]]:
    equal = {"department_id": wish.department_id, "service": wish.service}
    return [within.holds(T.company_id, T.department_id), T.trial.is_(False),
            T.sold_at >= wish.first.start, T.sold_at < wish.last.next.start,
            *(T[name] == value for name, value in equal.items() if value)]


def _purchases(session: Session, wish: Wish, within: Scope, _now: datetime) -> Rows:
    for (sold_at, number, service, reference, centre, room, holder, product, extent, zones, area,
         purpose, note, price_ore, vat_ore, recalled_at) in session.execute(
            select(T.sold_at, T.number, T.service, T.reference_number, T.cost_centre,
                   T.department_name, T.holder, T.product, T.extent, T.zones, T.area, T.purpose,
                   T.note, T.price_ore, T.vat_ore, T.recalled_at)
            .where(*_bought(wish, within)).order_by(T.sold_at, T.id)
            .execution_options(yield_per=1_000)):
        yield (sold_at, number, service, reference, centre, room, holder, product,
               _trip(extent, zones, area), purpose, note, price_ore, vat_ore, recalled_at)


def _trip(extent: Extent, zones: str, area: Area | None) -> Trip:
    return Trip(extent, tuple(map(int, zones.split())), area)


def _running(session: Session, wish: Wish, within: Scope, now: datetime) -> Rows:
    for each in running_tickets.listed(session, within=within, now=now,
                                       department_id=wish.department_id):
        row = each.ticket
        yield (row.holder, row.department_name, row.service, row.product,
               _trip(row.extent, row.zones, row.area), each.first_on, each.last_on, row.price_ore,
               row.number)


def _unused_limits(session: Session, wish: Wish, within: Scope, now: datetime) -> Rows:
    for each in unused_limits.listed(session, within=within, now=now,
                                     department_id=wish.department_id):
        yield (each.name, each.department_name, each.limit_ore, each.connected_at,
               each.last_month_on)

"""What travellers have bought themselves, put together by who, what, why or when."""
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from statistics import median
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from domain import purchase_searches
from domain.access import Scope
from domain.months import Month, midnight, today
from domain.products import Product
from domain.purchase_searches import FIRST, Search, T

FAR, FROM_SO_MANY = 3, 5
"""A person stands out whose sum is more than so many times the median in the department, where so
many have bought something."""
DAYS = 62
"""A longer period is told by month."""


class Per(StrEnum):
    DEPARTMENT = "department"
    PERSON = "person"
    PRODUCT = "product"
    PURPOSE = "purpose"
    DAY = "day"


@dataclass(frozen=True)
class Group:
    key: UUID | Product | str | date
    name: str | None
    """Where the key does not tell."""
    department_name: str | None
    purchases: int
    refunded: int
    gross_ore: int
    """Less what was paid back."""
    far: bool = False
    last: date | None = None
    """When the key is a day: up to which day."""


REFUNDED = T.recalled_at.is_not(None)
SUMS = (func.count(), func.count().filter(REFUNDED),
        func.coalesce(func.sum(case((REFUNDED, 0), else_=T.price_ore)), 0).label("gross_ore"))
NAMED: dict[Per, tuple[ColumnElement, ColumnElement, ColumnElement]] = {
    Per.DEPARTMENT: (T.department_id, func.max(T.department_name), literal(None)),
    Per.PERSON: (T.traveller_id, func.max(T.holder), func.max(T.department_name)),
    Per.PRODUCT: (T.product, literal(None), literal(None)),
    Per.PURPOSE: (T.purpose, literal(None), literal(None)),
}


def grouped(session: Session, per: Per, search: Search, *, within: Scope, now: datetime,
            most: int | None = None) -> list[Group]:
    """The greatest sum first; days and months by time."""
    wanted = [*purchase_searches.usual(within, tuple(search.equal)),
              *purchase_searches.further(session, search, within=within, now=now)]
    values = search.between | search.equal
    if per is Per.DAY:
        spans = _spans(session, search, wanted, values, now)
        return _by_time(session, spans[-most if most else 0:], wanted, values)
    parts = [T.department_id] if per is Per.PERSON else []
    found = (select(*NAMED[per], *SUMS, *parts).where(*wanted)
             .group_by(NAMED[per][0], *parts)
             .order_by(SUMS[2].desc(), NAMED[per][0]))
    if per is Per.PERSON:
        return _people(session.execute(found, values).all())[:most]
    return [Group(key, name, room, count, refunded, int(ore)) for key, name, room, count, refunded,
            ore in session.execute(found.limit(most), values)]


def _people(rows: Sequence) -> list[Group]:
    """Each in a department, and whether they stand out in it."""
    sums = defaultdict(list)
    for *_group, ore, department_id in rows:
        sums[department_id].append(int(ore))
    far = {department_id: FAR * median(each) for department_id, each in sums.items()
           if len(each) >= FROM_SO_MANY}
    return [Group(key, name, room, count, refunded, int(ore),
                  far=department_id in far and ore > far[department_id] > 0)
            for key, name, room, count, refunded, ore, department_id in rows]


Span = tuple[date, date, datetime, datetime]
"""The first and the last day, and from the first moment to before the last."""


def _spans(session: Session, search: Search, wanted: list, values: dict,
           now: datetime) -> list[Span]:
    """Each day that is asked for, until now, or each month."""
    day, end = search.first, min(search.last or today(now), today(now))
    if day is None or day.year < FIRST.year:
        first = session.scalar(select(func.min(T.sold_at)).where(*wanted), values)
        day = today(first or now)
    if (end - day).days < DAYS:
        days = [day + timedelta(days=number) for number in range((end - day).days + 1)]
        return [(each, each, midnight(each), midnight(each + timedelta(days=1))) for each in days]
    months = [Month.on(end)]
    while months[-1] > Month.on(day):
        months.append(months[-1].previous)
    return [(each.first_day, each.last_day, each.start, each.next.start)
            for each in reversed(months)]


def _by_time(session: Session, spans: list[Span], wanted: list, values: dict) -> list[Group]:
    if not spans:
        return []
    parts: list[Select] = [
        select(literal(place).label("place"), *SUMS).where(
            *wanted, T.sold_at >= start, T.sold_at < end)
        for place, (_first, _last, start, end) in enumerate(spans)]
    rows = session.execute(union_all(*parts).order_by("place"), values)
    return [Group(spans[place][0], None, None, count, refunded, int(ore), last=spans[place][1])
            for place, count, refunded, ore in rows]

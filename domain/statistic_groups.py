"""What was spent, put together by month, department, service, ticket, person or purpose, beside the
same months of the year before: what is counted already and what is not, asked in one statement, so
that it is exact at any moment."""
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    Uuid,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from domain.access import Scope
from domain.months import Month
from domain.services import Service
from domain.specification_lines import RECALL, SpecificationLine
from domain.statistics import (
    NEW_RECALL,
    NEW_SALE,
    NOBODY,
    Counted,
    PersonStatistic,
    PurposeStatistic,
    Statistic,
)
from domain.store import UtcDateTime
from domain.tickets import Ticket


class Per(StrEnum):
    MONTH = "month"
    DEPARTMENT = "department"
    SERVICE = "service"
    PRODUCT = "product"
    PERSON = "person"
    PURPOSE = "purpose"


@dataclass(frozen=True)
class Wish:
    """From the first month to the last, perhaps of one department or one service alone."""

    first: Month
    last: Month
    department_id: UUID | None = None
    service: Service | None = None

    @property
    def months(self) -> tuple[Month, ...]:
        found = [self.first]
        while found[-1] < self.last:
            found.append(found[-1].next)
        return tuple(found)

    @property
    def kept(self) -> dict[str, str]:
        """As a row can keep it."""
        found = {"first": self.first, "last": self.last, "department_id": self.department_id,
                 "service": self.service}
        return {name: str(value) for name, value in found.items() if value}

    @classmethod
    def of(cls, kept: Mapping[str, str]) -> "Wish":
        first, last = (Month(*map(int, kept[name].split("-"))) for name in ("first", "last"))
        room, service = kept.get("department_id"), kept.get("service")
        return cls(first, last, UUID(room) if room else None,
                   Service(service) if service else None)

    @property
    def before(self) -> tuple[Month, ...]:
        return tuple(Month(each.year - 1, each.month) for each in self.months)


@dataclass(frozen=True)
class Sum:
    tickets: int = 0
    gross_ore: int = 0
    vat_ore: int = 0
    tickets_before: int = 0
    gross_before_ore: int = 0
    """The same months of the year before."""


Key = date | UUID | str
Groups = Mapping[Key, Sum]
T, L = Ticket.__table__.c, SpecificationLine.__table__.c
KINDS: dict[Per, type[Counted]] = dict.fromkeys(Per, Statistic) | {
    Per.PERSON: PersonStatistic, Per.PURPOSE: PurposeStatistic}
TYPES = {Per.MONTH: Date, Per.DEPARTMENT: Uuid, Per.SERVICE: String, Per.PRODUCT: String,
         Per.PERSON: Uuid, Per.PURPOSE: String}
NAMES = {Per.MONTH: "month_on", Per.DEPARTMENT: "department_id", Per.SERVICE: "service",
         Per.PRODUCT: "product", Per.PERSON: "traveller_id", Per.PURPOSE: "purpose"}
FILTERS = ("department_id", "service")


def grouped(session: Session, wish: Wish, *pers: Per, within: Scope) -> dict[Per, Groups]:
    """All by one statement, so that they are told of the same moment. Of at most a year, or the
    period and the one before it would run into each other."""
    if len(wish.months) > 12:
        raise ValueError("a period is at most a year")
    months = Wish(wish.before[0], wish.last).months
    filters = tuple(name for name in FILTERS if getattr(wish, name))
    asked = _asked(pers, filters, within.is_whole, len(months))
    rows = session.execute(asked, {
        "company_id": within.company_id, "departments": list(within.departments or ()),
        "begins": wish.first.first_day, "ends": wish.last.first_day,
        "before_begins": wish.before[0].first_day, "before_ends": wish.before[-1].first_day,
        "end_at": months[-1].next.start, **{name: getattr(wish, name) for name in filters},
        **{f"at_{place}": month.start for place, month in enumerate(months)},
        **{f"on_{place}": month.first_day for place, month in enumerate(months)}})
    found: dict[Per, dict[Key, Sum]] = {per: {} for per in pers}
    for which, *keys, is_now, tickets, gross, vat in rows:
        groups, key = found[pers[which]], keys[which]
        its, tickets, gross = groups.get(key, Sum()), int(tickets), int(gross)
        groups[key] = (replace(its, tickets=tickets, gross_ore=gross, vat_ore=int(vat)) if is_now
                       else replace(its, tickets_before=tickets, gross_before_ore=gross))
    return found


def total(groups: Groups) -> Sum:
    return Sum(*(sum(getattr(each, name) for each in groups.values())
                 for name in Sum.__dataclass_fields__))


@lru_cache(maxsize=100)
def _asked(pers: tuple[Per, ...], filters: tuple[str, ...], whole: bool, months: int) -> Select:
    """Made once: putting it together takes longer than asking it."""
    kinds = {per: KINDS[per] for per in pers}
    parts = {kind: _parts(kind, [per for per in pers if kinds[per] is kind], filters, whole, months)
             for kind in set(kinds.values())}
    return union_all(*(_sums(place, pers, parts[kinds[per]]) for place, per in enumerate(pers)))


def _sums(place: int, pers: tuple[Per, ...], parts: CTE) -> Select:
    """Of each key, in the period and in the year before."""
    month, key = parts.c.month_on, parts.c[NAMES[pers[place]]]
    is_now = month >= _day("begins")
    return (select(literal_column(str(place), Integer),
                   *(key if number == place else cast(null(), TYPES[per])
                     for number, per in enumerate(pers)),
                   is_now, func.sum(parts.c.tickets), func.sum(parts.c.gross_ore),
                   func.sum(parts.c.vat_ore))
            .where(or_(month.between(_day("begins"), _day("ends")),
                       month.between(_day("before_begins"), _day("before_ends"))))
            .group_by(key, is_now))


def _parts(kind: type[Counted], pers: list[Per], filters: tuple[str, ...], whole: bool,
           months: int) -> CTE:
    """What is counted, and each thing that is not. The corrections of what was invoiced are few,
    and are never counted. What is recalled later is credited for no more than what they left."""
    names = dict.fromkeys(NAMES[per] for per in pers if per is not Per.MONTH)
    scope = Scope(bindparam("company_id"), None if whole else bindparam(
        "departments", expanding=True))
    ours = [scope.holds(T.company_id, T.department_id), T.trial.is_(False)] + [
        T[name] == bindparam(name) for name in filters]
    corrected = [scope.holds(L.company_id, L.department_id), L.entry > literal_column(str(RECALL))
                 ] + [L[name] == bindparam(name) for name in filters]

    def part(at: ColumnElement, of, tickets, sign: int) -> Select:
        return select(_month(at, months), *(_key(of[name]) for name in names), tickets,
                      sign * of.price_ore, sign * of.vat_ore).where(
            at >= _at("at_0"), at < _at("end_at"))

    same = _month(T.sold_at, months) == _month(T.recalled_at, months)
    K = kind.__table__.c
    return union_all(
        select(K.month_on, *(_key(K[name]).label(name) for name in names), K.tickets, K.gross_ore,
               K.vat_ore)
        .where(scope.holds(K.company_id, K.department_id),
               K.month_on.between(_day("before_begins"), _day("ends")),
               *(K[name] == bindparam(name) for name in filters)),
        part(T.sold_at, T, literal_column("1"), 1).where(*ours, NEW_SALE),
        part(T.recalled_at, T, case((same, -1), else_=0), -1).where(*ours, NEW_RECALL),
        part(L.counted_at, L, literal_column("0"), 1).where(*corrected),
        part(T.recalled_at, L, literal_column("0"), -1).join_from(
            SpecificationLine.__table__, Ticket.__table__, T.id == L.ticket_id).where(*corrected),
    ).cte(f"parts_of_{kind.__tablename__}")


def _month(at: ColumnElement, months: int) -> ColumnElement:
    """The first day of the Swedish month that a moment is in."""
    return case(*((at >= _at(f"at_{place}"), _day(f"on_{place}"))
                  for place in reversed(range(months))))


def _key(column: ColumnElement) -> ColumnElement:
    if column.name == "traveller_id":
        return func.coalesce(column, literal(NOBODY))
    return column if isinstance(column.type, Uuid) else type_coerce(column, String)


def _day(name: str) -> ColumnElement:
    return bindparam(name, type_=Date)


def _at(name: str) -> ColumnElement:
    return bindparam(name, type_=UtcDateTime)

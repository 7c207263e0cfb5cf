"""The list of a company's travellers, page by page. A page begins beside a row of another, so that
nobody is missed or seen twice when somebody is added meanwhile."""
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Result,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from domain import raises, travel_states, traveller_searches
from domain.access import Asked, Scope
from domain.departments import Department
from domain.errors import NotFound
from domain.months import Month
from domain.rules import rules
from domain.spendings import Spending
from domain.traveller_searches import EVERYONE, Search, Whom
from domain.travellers import Traveller

T, D = Traveller.__table__.c, Department.__table__.c
LINE = (
    select(T.id, T.given_name, T.surname,
           (T.given_name + " " + T.surname).label("name"),
           T.mobile, T.employee_number, T.registered_at, D.name.label("department_name"),
           travel_states.state.label("state"), T.sort_name, D.name_key)
    .select_from(travel_states.joined(Traveller.__table__.join(Department.__table__))))
"""What a row of the list tells of a traveller, and last what it may be ordered by."""

C, O, USED = travel_states.CONNECTIONS.c, travel_states.CODES.c, Spending.__table__.c  # noqa: E741
WHOLE = (
    select(T.surname, T.given_name,
           case((T.protected, ""), else_=T.personnummer_masked).label("personnummer"),
           D.name.label("department_name"), D.reference_number, T.mobile, T.email,
           T.employee_number, T.invoice_mark, T.employment_form,
            travel_states.state.label("state"), C.limit_ore,
           case((C.id.is_not(None), func.coalesce(USED.spent_ore, 0))).label("spent_ore"),
           T.registered_at, T.leaves_on, T.ended_at, C.connected_at,
           C.registered_at.label("joined_at"), O.ordered_at, O.expires_at,
           case((C.id.is_not(None), raises.limit)).label("raised_ore"))
    .select_from(travel_states.joined(Traveller.__table__.join(Department.__table__)).outerjoin(
        Spending.__table__, and_(USED.connection_id == C.id,
                                 USED.month_on == bindparam("month_on")))))
"""What a file tells of one; `spent_ore` in the month, None when not connected, and `raised_ore` the
limit with what it has been raised by."""


class Sort(StrEnum):
    NAME = "name"
    DEPARTMENT = "department"
    NUMBER = "number"
    REGISTERED = "registered"


_number = func.coalesce(T.employee_number, "")
_KEYS: dict[Sort, tuple[ColumnElement, ...]] = {
    Sort.NAME: (T.sort_name, T.id),
    Sort.DEPARTMENT: (D.name_key, T.sort_name, T.id),
    Sort.NUMBER: (func.length(_number, type_=Integer), _number, T.id),  # 9 comes before 10
    Sort.REGISTERED: (T.registered_at, T.id),
}
_KINDS: dict[Sort, tuple[type, ...]] = {
    Sort.NAME: (str, UUID), Sort.DEPARTMENT: (str, str, UUID), Sort.NUMBER: (int, str, UUID),
    Sort.REGISTERED: (datetime, UUID),
}


@dataclass(frozen=True)
class Order:
    sort: Sort = Sort.NAME
    falling: bool = False


BY_NAME = Order()


@dataclass(frozen=True)
class Page:
    """`first` is the number of the first row in the whole list, whose length is `total`; `before`
    and `after` lead to the pages beside this one, None where there is none."""

    rows: Sequence[Row]
    first: int
    total: int
    before: str | None
    after: str | None

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def listed(session: Session, search: Search = EVERYONE, order: Order = BY_NAME, *, within: Scope,
           now: datetime, after: str | None = None, before: str | None = None,
           most: int = 40) -> Page:
    """One page; `after` and `before` are what another page says of its neighbours."""
    names = traveller_searches.patterns(search.words)
    shape = order.sort, search.whom, search.department_id is not None, len(names)
    further = traveller_searches.further(session, search, within=within, now=now)

    def ask(asked: Asked, place: tuple = ()) -> Result:
        statement, scope = asked.of(within)
        return session.execute(statement.where(*further) if further else statement, {
            "department_id": search.department_id, "most": most + 1, "now": now,
            "code_tries": rules(session).code_tries, **scope, **_numbered("name", names),
            **_numbered("place", place)})

    mark = before or after
    place = _place(mark, order.sort) if mark else ()
    rows = ask(_lines(*shape, order.falling != bool(before), bool(mark)), place).all()
    more, rows = len(rows) > most, rows[:most][::-1 if before else 1]
    first, last = (_key(rows[end], order.sort) if rows else () for end in (0, -1))
    begun = bool(mark and rows)
    skipped, total = ask(_numbers(*shape, order.falling, begun), first if begun else ()).one()
    return Page(rows, skipped + 1, total, before=_mark(first) if skipped else None,
                after=_mark(last) if rows and (more or before) else None)


@lru_cache(maxsize=200)
def _lines(sort: Sort, whom: Whom, in_department: bool, names: int, falling: bool,
           begun: bool) -> Asked:
    """The rows, or those after a place. Made once: putting a statement together takes longer than
    asking it."""
    keys = _KEYS[sort]
    lines = LINE.order_by(*(key.desc() if falling else key for key in keys)).limit(
        bindparam("most"))
    return _asked(lines.where(_beyond(keys, falling)) if begun else lines, whom, in_department,
                  names)


@lru_cache(maxsize=200)
def _numbers(sort: Sort, whom: Whom, in_department: bool, names: int, falling: bool,
             begun: bool) -> Asked:
    """How many come before a place, and how many there are in all."""
    people = Traveller.__table__
    earlier = func.count().filter(_beyond(_KEYS[sort], not falling)) if begun else literal(0)
    return _asked(select(earlier, func.count()).select_from(
        people.join(Department.__table__) if begun and sort == Sort.DEPARTMENT else people),
        whom, in_department, names)


def _asked(found: Select, whom: Whom, in_department: bool, names: int) -> Asked:
    department = bindparam("department_id") if in_department else None
    patterns = [bindparam(f"name_{number}") for number in range(names)]
    return Asked(lambda within: found.where(
        *traveller_searches.usual(within, whom, department, patterns)))


def _beyond(keys: tuple[ColumnElement, ...], falling: bool) -> ColumnElement[bool]:
    """After the place in the list that is given."""
    place = tuple_(*(bindparam(f"place_{number}", type_=key.type)
                     for number, key in enumerate(keys)))
    return tuple_(*keys) < place if falling else tuple_(*keys) > place


def _numbered(name: str, values: Sequence) -> dict[str, Any]:
    return {f"{name}_{number}": value for number, value in enumerate(values)}


def _key(row: Row, sort: Sort) -> tuple:
    """The row's place in the list, as `_KEYS` has it."""
    match sort:
        case Sort.NAME:
            return row.sort_name, row.id
        case Sort.DEPARTMENT:
            return row.name_key, row.sort_name, row.id
        case Sort.NUMBER:
            number = row.employee_number or ""
            return len(number), number, row.id
        case Sort.REGISTERED:
            return row.registered_at, row.id


def whole(session: Session, search: Search = EVERYONE, order: Order = BY_NAME, *, within: Scope,
          now: datetime) -> Select:
    """The list without pages, each row with all that a file tells."""
    wanted = traveller_searches.wanted(session, search, within=within, now=now)
    keys = (key.desc() if order.falling else key for key in _KEYS[order.sort])
    return WHOLE.where(*wanted).order_by(*keys).params(
        now=now, code_tries=rules(session).code_tries, month_on=Month.of(now).first_day,
        **raises.values(session, now))


def ids(session: Session, search: Search, *, within: Scope, now: datetime,
        among: list[UUID] | None = None) -> Select[tuple[UUID]]:
    """Those of all the travellers that are asked for, on every page; `among` some that are named,
    if any are."""
    wanted = traveller_searches.wanted(session, search, within=within, now=now)
    return select(T.id).where(*wanted, *([] if among is None else [T.id.in_(among)]))


def number(session: Session, chosen: Select[tuple[UUID]]) -> int:
    return session.scalar(select(func.count()).select_from(chosen.subquery()))


def departments(session: Session, *, within: Scope) -> Sequence[Row[tuple[UUID, str]]]:
    """Those to choose among, each with its name, in the order of those."""
    return session.execute(*_DEPARTMENTS.of(within)).all()


_DEPARTMENTS = Asked(lambda within: (
    select(D.id, D.name).where(within.holds(D.company_id, D.id), D.archived_at.is_(None))
    .order_by(D.name_key)))


def _mark(place: tuple) -> str:
    """A place in the list, as an address can hold it."""
    return urlsafe_b64encode(json.dumps(place, default=_plain).encode()).decode()


def _plain(value: UUID | datetime) -> str:
    return value.hex if isinstance(value, UUID) else value.isoformat()


def _place(mark: str, sort: Sort) -> tuple:
    try:
        values = json.loads(urlsafe_b64decode(mark))
        return tuple(_read(kind, value) for kind, value in zip(_KINDS[sort], values, strict=True))
    except (ValueError, TypeError, RecursionError) as wrong:
        raise NotFound("Sidan finns inte.") from wrong


def _read(kind: type, value: Any) -> Any:
    if kind is int:
        return min(int(value), 1_000)
    text = str(value).replace("\0", "")
    text.encode()  # half a character is no text
    return datetime.fromisoformat(text).astimezone(UTC) if kind is datetime else kind(text)

"""The list of what travellers have bought themselves, page by page, and what it comes to. A page
begins after a row of another, so that nothing is missed or seen twice when somebody buys
meanwhile."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    bindparam,
    case,
    func,
    literal_column,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.orm import Session

from domain import purchase_months, purchase_searches
from domain.access import Asked, Scope
from domain.errors import NotFound
from domain.purchase_months import Total
from domain.purchase_searches import BOUGHT, Search
from domain.tickets import Ticket

T = Ticket.__table__.c
LINE = select(T.id, T.sold_at, T.holder,
              *(type_coerce(column, String).label(column.key)
                for column in (T.product, T.extent, T.zones, T.area)),
              T.department_id, T.department_name, T.purpose, T.price_ore, T.recalled_at)
"""What a row of the list tells, with words in the place of what they name. When a ticket is used is
the traveller's own business."""
WHOLE = LINE.add_columns(T.reference_number, T.cost_centre, T.vat_ore, T.number)
"""What a file tells."""


class Sort(StrEnum):
    TIME = "time"
    PRICE = "price"


@dataclass(frozen=True)
class Order:
    sort: Sort = Sort.TIME
    falling: bool = True


NEWEST = Order()
_KEYS: dict[Sort, tuple[ColumnElement, ...]] = {
    Sort.TIME: (T.sold_at, T.id), Sort.PRICE: (T.price_ore, T.sold_at, T.id)}


@dataclass(frozen=True)
class Page:
    rows: Sequence[Row]
    after: str | None
    """Where the next page begins; None on the last."""


@dataclass(frozen=True)
class Sum:
    purchases: int
    gross_ore: int
    """Also of those that have been paid back."""
    refunded_ore: int
    charged_ore: int | None = None
    """What the specifications of whole months say. What is paid back counts there in the month in
    which it is done, and else as a part of what is listed."""


def listed(session: Session, search: Search, order: Order = NEWEST, *, within: Scope,
           now: datetime, after: str | None = None, most: int = 40) -> Page:
    """`after` is the last page's `after`."""
    place = _place(after, order.sort) if after else ()
    asked = _lines(order, bool(after), tuple(search.equal))
    statement, values = _narrowed(session, asked, search, within, now)
    rows = session.execute(statement, values | {"most": most + 1} | {
        f"place_{number}": value for number, value in enumerate(place)}).all()
    last = rows[most - 1] if len(rows) > most else None
    return Page(rows[:most], last and _mark(last, order.sort))


def whole(session: Session, search: Search, order: Order = NEWEST, *, within: Scope,
          now: datetime) -> Select:
    """All of them, each with all that a file tells."""
    statement = WHOLE.where(
        *purchase_searches.usual(within, tuple(search.equal)),
        *purchase_searches.further(session, search, within=within, now=now))
    return _ordered(statement, order).params(**search.between, **search.equal)


def summed(session: Session, search: Search, *, within: Scope, now: datetime) -> Sum:
    if search.months:
        return of_months(purchase_months.total(session, *search.months, within=within,
                                               department_id=search.department_id))
    asked = _sums(tuple(search.equal))
    return Sum(*map(int, session.execute(*_narrowed(session, asked, search, within, now)).one()))


def of_months(total: Total) -> Sum:
    return Sum(total.bought, total.bought_ore, total.refunded_ore, total.charged_ore)


def find(session: Session, purchase_id: UUID, *, within: Scope) -> Ticket:
    ticket = session.scalar(select(Ticket).where(
        Ticket.id == purchase_id, BOUGHT,
        within.holds(Ticket.company_id, Ticket.department_id)))
    if ticket is None:
        raise NotFound("Köpet finns inte.")
    return ticket


def _narrowed(session: Session, asked: Asked, search: Search, within: Scope,
              now: datetime) -> tuple[Select, dict]:
    statement, scope = asked.of(within)
    further = purchase_searches.further(session, search, within=within, now=now)
    return (statement.where(*further) if further else statement,
            scope | search.between | search.equal)


@lru_cache(maxsize=100)
def _lines(order: Order, begun: bool, names: tuple[str, ...]) -> Asked:
    """The rows, or those after a place. Made once: putting a statement together takes longer than
    asking it."""
    lines = _ordered(LINE, order).limit(bindparam("most"))
    if begun:
        keys = _KEYS[order.sort]
        place = tuple_(*(bindparam(f"place_{number}", type_=key.type)
                         for number, key in enumerate(keys)))
        lines = lines.where(tuple_(*keys) < place if order.falling else tuple_(*keys) > place)
    return Asked(lambda within: lines.where(*purchase_searches.usual(within, names)))


@lru_cache(maxsize=100)
def _sums(names: tuple[str, ...]) -> Asked:
    refunded = T.recalled_at.is_not(None)
    zero = literal_column("0")
    sums = select(func.count(), func.coalesce(func.sum(T.price_ore), zero),
                  func.coalesce(func.sum(case((refunded, T.price_ore))), zero))
    return Asked(lambda within: sums.where(*purchase_searches.usual(within, names)))


def _ordered(statement: Select, order: Order) -> Select:
    return statement.order_by(*(key.desc() if order.falling else key for key in _KEYS[order.sort]))


def _mark(row: Row, sort: Sort) -> str:
    """The row's place in the list, as an address can hold it."""
    place = f"{row.sold_at.isoformat()}|{row.id}"
    return place if sort is Sort.TIME else f"{place}|{row.price_ore}"


def _place(mark: str, sort: Sort) -> tuple:
    """As `_KEYS` has it."""
    try:
        moment, ticket_id, *price = mark.split("|")
        place = datetime.fromisoformat(moment).astimezone(UTC), UUID(ticket_id)
        [*key] = map(int, price[:1])
    except (ValueError, OverflowError) as wrong:
        raise NotFound("Sidan finns inte.") from wrong
    if len(key) != (sort is Sort.PRICE):
        raise NotFound("Sidan finns inte.")
    return *(min(ore, 2**31 - 1) for ore in key), *place

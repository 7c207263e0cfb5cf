"""Who has what running: tickets for several days that are not over, by their purchase.

When a ticket was activated is the traveller's own business. So each is told of as if it had been
activated on its first day, and ends on that day's terms, or later.
"""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from domain.access import Scope
from domain.months import midnight, today
from domain.products import COMPANY_PRODUCTS, FLEX, PERIOD_DAYS, Product
from domain.tickets import Ticket

LASTS = {product: PERIOD_DAYS.get(product) or FLEX[product][1] for product in COMPANY_PRODUCTS
         if product in PERIOD_DAYS or product in FLEX}
"""Days, from the first."""
T = Ticket.__table__.c


@dataclass(frozen=True)
class Running:
    ticket: Row
    first_on: date
    last_on: date


def number(session: Session, *, within: Scope, now: datetime,
           department_id: UUID | None = None) -> tuple[int, int]:
    """How many there are, and how many have them."""
    return tuple(session.execute(
        select(func.count(), func.count(func.distinct(func.coalesce(T.traveller_id, T.id))))
        .where(*_wanted(within, now, department_id))).one())


def listed(session: Session, *, within: Scope, now: datetime, department_id: UUID | None = None,
           most: int | None = None) -> Iterator[Running]:
    """By holder."""
    for row in session.execute(_found(within, now, department_id).limit(most).execution_options(
            yield_per=500)):
        first_on = row.valid_from or today(row.sold_at)
        yield Running(row, first_on, first_on + timedelta(days=LASTS[row.product] - 1))


def _found(within: Scope, now: datetime, department_id: UUID | None) -> Select:
    return (select(T.id, T.holder, T.department_name, T.cost_centre, T.service, T.product,
                   T.extent, T.zones, T.area, T.price_ore, T.sold_at, T.valid_from, T.number,
                   T.traveller_id)
            .where(*_wanted(within, now, department_id))
            .order_by(func.lower(T.holder), T.sold_at, T.id))


def _wanted(within: Scope, now: datetime,
            department_id: UUID | None) -> list[ColumnElement[bool]]:
    return [within.holds(T.company_id, T.department_id), T.recalled_at.is_(None),
            T.trial.is_(False), *([T.department_id == department_id] if department_id else []),
            or_(*(_still(product, lasts, now) for product, lasts in LASTS.items()))]


def _still(product: Product, lasts: int, now: datetime) -> ColumnElement[bool]:
    first = today(now) - timedelta(days=lasts - 1)
    return and_(T.product == product, case(
        (T.valid_from.is_(None), T.sold_at >= midnight(first)), else_=T.valid_from >= first))

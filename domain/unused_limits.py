"""Limits of Tjänsteresor that nobody uses: those who are connected, and have bought nothing for
some months. It is told by what the company pays for."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from domain.access import Scope
from domain.business_travel import Connection
from domain.departments import Department
from domain.months import Month
from domain.spendings import Spending
from domain.travellers import Traveller

MONTHS = 3
"""So many whole months, and the one that goes on."""


@dataclass(frozen=True)
class Unused:
    traveller_id: UUID
    name: str
    department_name: str
    limit_ore: int
    connected_at: datetime
    registered: bool
    last_month_on: date | None
    """In which they bought something; None when they never have."""


def since(now: datetime) -> Month:
    month = Month.of(now)
    for _ in range(MONTHS):
        month = month.previous
    return month


def summed(session: Session, *, within: Scope, now: datetime,
           department_id: UUID | None = None) -> tuple[int, int]:
    """How many there are, and what their limits come to each month."""
    return tuple(map(int, session.execute(
        select(func.count(), func.coalesce(func.sum(Connection.limit_ore), 0))
        .join(Connection.traveller).where(*_wanted(within, now, department_id))).one()))


def listed(session: Session, *, within: Scope, now: datetime, department_id: UUID | None = None,
           most: int | None = None) -> Iterator[Unused]:
    """The highest limit first."""
    last = (select(func.max(Spending.month_on))
            .where(Spending.owner_id == Connection.id, Spending.spent_ore > 0)
            .correlate(Connection).scalar_subquery())
    for traveller, room, limit_ore, connected_at, registered_at, month_on in session.execute(
            select(Traveller, Department.name, Connection.limit_ore, Connection.connected_at,
                   Connection.registered_at, last)
            .join(Connection.traveller).join(Traveller.department)
            .where(*_wanted(within, now, department_id))
            .order_by(Connection.limit_ore.desc(), Traveller.sort_name, Traveller.id)
            .limit(most).execution_options(yield_per=500)):
        yield Unused(traveller.id, traveller.name, room, limit_ore, connected_at,
                     registered_at is not None, month_on)


def _wanted(within: Scope, now: datetime,
            department_id: UUID | None) -> list[ColumnElement[bool]]:
    begun = since(now)
    bought = select(Spending.owner_id).where(
        Spending.owner_id == Connection.id, Spending.spent_ore > 0,
        Spending.month_on >= begun.first_day).correlate(Connection).exists()
    return [within.holds(Traveller.company_id, Traveller.department_id),
            Connection.ended_at.is_(None), Connection.connected_at < begun.start, ~bought,
            *([Traveller.department_id == department_id] if department_id else [])]

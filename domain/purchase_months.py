"""What each department's travellers have bought in a month, and been paid back: kept as it happens,
so that a page which tells of a year need not count a million purchases. Less what was paid back it
is what the month's specification says, to the öre."""
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from uuid import UUID

from sqlalchemy import Executable, ForeignKey, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.access import Asked, Scope
from domain.authorisations import Authorisation
from domain.months import Month
from domain.store import Base

MONTHS = 12
"""So many that have ended are shown beside the one that goes on."""
FAR, FROM_SO_MANY = 3, 20
"""A purchase stands out when it costs more than so many times what the department's have cost on
average in those months, of which there have to be so many."""


class Change(StrEnum):
    BOUGHT = "bought"
    REFUNDED = "refunded"


class PurchaseMonth(Base):
    """Of what is paid back in a month some may have been bought in an earlier one, whose
    specification stands."""

    __tablename__ = "purchase_months"

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), primary_key=True)
    month_on: Mapped[date] = mapped_column(primary_key=True)
    department_id: Mapped[UUID] = mapped_column(ForeignKey("departments.id"), primary_key=True)
    bought: Mapped[int] = mapped_column(default=0)
    bought_ore: Mapped[int] = mapped_column(default=0)
    refunded: Mapped[int] = mapped_column(default=0)
    refunded_ore: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True)
class Total:
    """Of some departments, in a month or several."""

    bought: int = 0
    bought_ore: int = 0
    refunded_ore: int = 0

    @property
    def charged_ore(self) -> int:
        """What the specification says."""
        return self.bought_ore - self.refunded_ore

    @property
    def mark(self) -> str:
        """Another after each purchase, and each that is paid back."""
        return f"{self.bought}.{self.refunded_ore}"


def count(session: Session, change: Change, authorisation: Authorisation, *,
          now: datetime) -> None:
    """In the month that is charged or credited, which goes on. One statement, and the last that a
    purchase takes of what others wait for."""
    connection = session.connection()  # whatever else is to be written may be so later
    connection.execute(_counting(connection.dialect.name, change), {
        "company_id": authorisation.company_id, "month_on": Month.of(now).first_day,
        "department_id": authorisation.department_id, "number": 1, "ore": authorisation.price_ore})


@cache
def _counting(database: str, change: Change) -> Executable:
    """Insert the row, or add to it."""
    dialect = postgresql if database == "postgresql" else sqlite
    table, number, ore = PurchaseMonth.__table__, change.value, f"{change}_ore"
    zeros = {column.name: 0 for column in table.c if not column.primary_key}
    key = {column.name: bindparam(column.name) for column in table.primary_key}
    row = dialect.insert(table).values(
        key | zeros | {number: bindparam("number"), ore: bindparam("ore")})
    return row.on_conflict_do_update(index_elements=list(table.primary_key), set_={
        number: table.c[number] + row.excluded[number], ore: table.c[ore] + row.excluded[ore]})


M = PurchaseMonth.__table__.c
_sums = [func.sum(column) for column in (M.bought, M.bought_ore, M.refunded_ore)]
_between = M.month_on.between(bindparam("first_on"), bindparam("last_on"))
_BY_MONTH = Asked(lambda within: (
    select(M.month_on, *_sums).where(within.holds(M.company_id, M.department_id), _between)
    .group_by(M.month_on)))
_OF_ALL = Asked(lambda within: (
    select(*_sums).where(within.holds(M.company_id, M.department_id), _between)))
_OF_ONE = Asked(lambda within: (
    select(*_sums).where(within.holds(M.company_id, M.department_id), _between,
                         M.department_id == bindparam("department_id"))))
_BY_DEPARTMENT = Asked(lambda within: (
    select(M.department_id, func.sum(M.bought), func.sum(M.bought_ore))
    .where(within.holds(M.company_id, M.department_id), _between).group_by(M.department_id)))


def latest(session: Session, *, within: Scope, now: datetime) -> dict[Month, Total]:
    """Each of the months that are shown."""
    months = shown(now)
    statement, scope = _BY_MONTH.of(within)
    rows = session.execute(statement, scope | {"first_on": months[0].first_day,
                                               "last_on": months[-1].first_day})
    found = {month_on: Total(*map(int, sums)) for month_on, *sums in rows}
    return {month: found.get(month.first_day, Total()) for month in months}


def shown(now: datetime) -> list[Month]:
    """Those that have ended, the oldest first, and the one that goes on."""
    months = [Month.of(now)]
    while len(months) <= MONTHS:
        months.append(months[-1].previous)
    return months[::-1]


def total(session: Session, first: Month, last: Month, *, within: Scope,
          department_id: UUID | None = None) -> Total:
    """Of the months from the first to the last, perhaps of one department alone."""
    statement, scope = (_OF_ONE if department_id else _OF_ALL).of(within)
    sums = session.execute(statement, scope | {
        "first_on": first.first_day, "last_on": last.first_day,
        "department_id": department_id}).one()
    return Total(*(int(each or 0) for each in sums))


def far(session: Session, *, within: Scope, now: datetime) -> dict[UUID, int]:
    """Above so many öre a purchase stands out, by department; one that has bought little yet is not
    there."""
    *ended, _now = shown(now)
    statement, scope = _BY_DEPARTMENT.of(within)
    rows = session.execute(statement, scope | {"first_on": ended[0].first_day,
                                               "last_on": ended[-1].first_day})
    return {department_id: int(FAR * ore // bought) for department_id, bought, ore in rows
            if bought >= FROM_SO_MANY}

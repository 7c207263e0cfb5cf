"""What has been used in a Swedish month: of a connection to Tjänsteresor's limit, and of a
department's budget. Guarded counters: each is always the sum of its entries in the ledger."""
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Executable,
    ForeignKey,
    Integer,
    ScalarSelect,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.months import Month
from domain.store import Base, insert_missing


class Spending(Base):
    __tablename__ = "business_travel_spendings"

    owner_id: Mapped[UUID] = mapped_column(
        "connection_id", ForeignKey("business_travel_connections.id"), primary_key=True)
    month_on: Mapped[date] = mapped_column(primary_key=True)
    spent_ore: Mapped[int]


class DepartmentSpending(Base):
    __tablename__ = "department_spendings"

    owner_id: Mapped[UUID] = mapped_column(
        "department_id", ForeignKey("departments.id"), primary_key=True)
    month_on: Mapped[date] = mapped_column(primary_key=True)
    spent_ore: Mapped[int]


Counter = type[Spending] | type[DepartmentSpending]
UNLIMITED = 2**31 - 1
"""More than a counter holds."""


@dataclass(frozen=True)
class Limit:
    """How it is asked for, and with what: the asking is made once, and is one of few."""

    asked: ScalarSelect[int | None]
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Taken:
    """What has been used once something was taken, and the limit that it was taken of."""

    spent_ore: int
    limit_ore: int | None


def spent(session: Session, counter: Counter, owner_ids: list[UUID], *,
          now: datetime) -> dict[UUID, int]:
    """Öre in this month, what is reserved among them; who has used nothing is not there."""
    return dict(session.execute(
        select(counter.owner_id, counter.spent_ore)
        .where(counter.owner_id.in_(owner_ids),
               counter.month_on == Month.of(now).first_day)).all())


def take(session: Session, counter: Counter, owner_id: UUID, price_ore: int, *, limit: Limit,
         now: datetime) -> Taken | None:
    """Count what is reserved, if it is within the limit or there is none. One conditional UPDATE
    does both, so that no two purchases pass it together."""
    session.flush()
    taking, month_on = _taking(counter, limit.asked), Month.of(now).first_day
    values = {"of": owner_id, "of_month": month_on, "price_ore": price_ore, **limit.values}
    taken = session.execute(taking, values).one_or_none()
    if taken is None:  # it is over the limit, or the first of the month
        insert_missing(session, counter, owner_id=owner_id, month_on=month_on, spent_ore=0)
        taken = session.execute(taking, values).one_or_none()
    return taken and Taken(*taken)


@cache
def _taking(counter: Counter, limit: ScalarSelect[int | None]) -> Executable:
    of, price_ore = counter.__mapper__.c, bindparam("price_ore", type_=Integer)
    return (
        update(counter.__table__)
        .where(of.owner_id == bindparam("of"), of.month_on == bindparam("of_month"),
               of.spent_ore + price_ore <= func.coalesce(limit, UNLIMITED))
        .values({of.spent_ore: of.spent_ore + price_ore})
        .returning(of.spent_ore, limit))


def give_back(session: Session, counter: Counter, parts: Mapping[tuple[UUID, date], int]) -> None:
    """So many öre of each owner and month, in one order: two who give back much at once do not
    wait for each other."""
    for (owner_id, month_on), ore in sorted(parts.items()):
        session.execute(
            update(counter)
            .where(counter.owner_id == owner_id, counter.month_on == month_on)
            .values(spent_ore=counter.spent_ore - ore)
            .execution_options(synchronize_session=False))

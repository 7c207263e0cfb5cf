"""What has been used in a Swedish month: of a connection to Tjänsteresor's limit, and of a
department's budget. Guarded counters: each is always the sum of its entries in the ledger."""
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ScalarSelect, or_, select, update
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


def spent(session: Session, counter: Counter, owner_ids: list[UUID], *,
          now: datetime) -> dict[UUID, int]:
    """Öre in this month, what is reserved among them; who has used nothing is not there."""
    return dict(session.execute(
        select(counter.owner_id, counter.spent_ore)
        .where(counter.owner_id.in_(owner_ids),
               counter.month_on == Month.of(now).first_day)).all())


def take(session: Session, counter: Counter, owner_id: UUID, price_ore: int, *,
         limit: ScalarSelect[int | None], now: datetime) -> bool:
    """Count what is reserved, if it is within the limit or there is none. One conditional UPDATE
    does both, so that no two purchases pass it together."""
    month_on = Month.of(now).first_day
    insert_missing(session, counter, owner_id=owner_id, month_on=month_on, spent_ore=0)
    taken = session.execute(
        update(counter)
        .where(counter.owner_id == owner_id, counter.month_on == month_on,
               or_(limit.is_(None), counter.spent_ore + price_ore <= limit))
        .values(spent_ore=counter.spent_ore + price_ore)
        .execution_options(synchronize_session=False))
    return taken.rowcount == 1


def give_back(session: Session, counter: Counter, parts: Mapping[tuple[UUID, date], int]) -> None:
    """So many öre of each owner and month, in one order: two who give back much at once do not
    wait for each other."""
    for (owner_id, month_on), ore in sorted(parts.items()):
        session.execute(
            update(counter)
            .where(counter.owner_id == owner_id, counter.month_on == month_on)
            .values(spent_ore=counter.spent_ore - ore)
            .execution_options(synchronize_session=False))

"""What a connection to Tjänsteresor has used of its limit in a Swedish month: a guarded counter."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, ScalarSelect, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.months import Month
from domain.store import Base, insert_missing


class Spending(Base):
    __tablename__ = "business_travel_spendings"

    connection_id: Mapped[UUID] = mapped_column(
        ForeignKey("business_travel_connections.id"), primary_key=True)
    month_on: Mapped[date] = mapped_column(primary_key=True)
    spent_ore: Mapped[int]


def spent(session: Session, connection_ids: list[UUID], *, now: datetime) -> dict[UUID, int]:
    """Öre in this month; a connection that has spent nothing is not there."""
    return dict(session.execute(
        select(Spending.connection_id, Spending.spent_ore)
        .where(Spending.connection_id.in_(connection_ids),
               Spending.month_on == Month.of(now).first_day)).all())


def take(session: Session, connection_id: UUID, price_ore: int, *, limit: ScalarSelect[int],
         now: datetime) -> bool:
    """Count a purchase, if it is within the limit. One conditional UPDATE does both, so that no two
    purchases pass it together."""
    month_on = Month.of(now).first_day
    insert_missing(session, Spending, connection_id=connection_id, month_on=month_on, spent_ore=0)
    taken = session.execute(
        update(Spending)
        .where(Spending.connection_id == connection_id, Spending.month_on == month_on,
               Spending.spent_ore + price_ore <= limit)
        .values(spent_ore=Spending.spent_ore + price_ore)
        .execution_options(synchronize_session=False))
    return taken.rowcount == 1

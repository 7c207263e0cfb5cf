"""From which day, and until which, somebody has Tjänsteresor. When the last day has passed it ends
by itself."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import audit, business_travel
from domain.access import Actor
from domain.business_travel import Connection
from domain.months import today


def change(session: Session, connection: Connection, from_on: date | None, to_on: date | None, *,
           by: Actor, now: datetime) -> None:
    if (from_on, to_on) == (connection.from_on, connection.to_on):
        return
    business_travel.check_days(from_on, to_on, now=now)
    connection.from_on, connection.to_on = from_on, to_on
    business_travel.record(session, audit.Act.TRAVEL_DAYS_CHANGED, connection, by=by, now=now)


def due(session: Session, *, now: datetime) -> list[UUID]:
    """Those whose last day has passed in Sweden."""
    return list(session.scalars(
        select(Connection.id).where(Connection.to_on < today(now), Connection.ended_at.is_(None))
        .order_by(Connection.to_on, Connection.id)))


def carry_out(session: Session, connection_id: UUID, *, now: datetime) -> None:
    """Harmless when it has ended already, or has got another last day."""
    connection = session.get_one(Connection, connection_id, with_for_update={"of": Connection},
                                 populate_existing=True)
    if connection.ended_at or connection.to_on is None or connection.to_on >= today(now):
        return
    business_travel.end(session, connection, by=None, now=now)

"""Tjänsteresor is paused for a while: nothing can be bought, and nothing has to be set up anew when
it is resumed."""
from datetime import datetime

from sqlalchemy.orm import Session

from domain import audit, business_travel, webhooks
from domain.access import Actor
from domain.business_travel import Connection
from domain.errors import Conflict
from domain.webhooks import Kind


def pause(session: Session, connection: Connection, *, by: Actor, now: datetime) -> None:
    """What is reserved is released; what is bought stays."""
    if connection.paused_at:
        raise Conflict("Tjänsteresor är redan pausat för resenären.")
    connection.paused_at = now
    business_travel.record(session, audit.Act.TRAVEL_PAUSED, connection, by=by, now=now)
    business_travel.release(session, [connection.id], now=now)
    webhooks.tell(session, Kind.PAUSED, [connection.id], now=now)


def resume(session: Session, connection: Connection, *, by: Actor, now: datetime) -> None:
    if connection.paused_at is None:
        raise Conflict("Tjänsteresor är inte pausat för resenären.")
    connection.paused_at = None
    business_travel.record(session, audit.Act.TRAVEL_RESUMED, connection, by=by, now=now)
    webhooks.tell(session, Kind.RESUMED, [connection.id], now=now)

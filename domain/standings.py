"""How far those who are connected to Tjänsteresor have come, and what is left of their limits.

What is left is the limit less what has been spent in the Swedish month, so no job is needed to
start it over on the 1st.
"""
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, contains_eager

from domain import business_travel, codes, messages, raises
from domain.access import Scope
from domain.business_travel import Connection
from domain.codes import OneTimeCode
from domain.messages import Sms
from domain.months import days_later
from domain.raises import Room
from domain.rules import rules
from domain.travellers import Traveller

LAST_DAYS = 2
"""A code with so few days left is told of."""


class State(StrEnum):
    CODE_WAITING = "code_waiting"
    CODE_SENT = "code_sent"
    CODE_FAILED = "code_failed"
    CODE_EXPIRED = "code_expired"
    CODE_LOCKED = "code_locked"
    REGISTERED = "registered"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True)
class Standing:
    """A connection with what is known of its code and its month."""

    connection: Connection
    code: OneTimeCode | None
    sms: Sms | None
    room: Room
    """This month's, with what the limit has been raised by."""
    tries: int

    @property
    def spent_ore(self) -> int:
        return self.room.spent_ore

    @property
    def left_ore(self) -> int:
        return self.room.left_ore

    def state(self, now: datetime) -> State:
        if self.connection.ended_at:
            return State.ENDED
        if self.connection.paused_at:
            return State.PAUSED
        return self.code_state(now)

    def code_state(self, now: datetime) -> State:
        """The same, but for a pause."""
        if self.connection.registered_at:
            return State.REGISTERED
        if self.sms and self.sms.state == messages.State.FAILED:
            return State.CODE_FAILED
        if self.code is None or self.code.expires_at is None or self._on_its_way:
            return State.CODE_WAITING
        if self.code.wrong_tries >= self.tries:
            return State.CODE_LOCKED
        return State.CODE_EXPIRED if now >= self.code.expires_at else State.CODE_SENT

    @property
    def _on_its_way(self) -> bool:
        return bool(self.sms) and self.sms.state in (messages.State.WAITING, messages.State.SENDING)

    @property
    def ordered_at(self) -> datetime:
        """When the traveller was last sent, or is to be sent, a code."""
        return self.code.ordered_at if self.code else self.connection.connected_at


def of_connections(session: Session, connections: list[Connection], *,
                   now: datetime) -> list[Standing]:
    ids = [connection.id for connection in connections]
    code_of = codes.current(session, ids)
    sms_of = messages.about(session, [code.id for code in code_of.values()])
    room_of = raises.rooms(session, ids, now=now)
    return [Standing(connection, code := code_of.get(connection.id), code and sms_of.get(code.id),
                     room_of[connection.id], rules(session).code_tries)
            for connection in connections]


def of_travellers(session: Session, traveller_ids: list[UUID], *,
                  now: datetime) -> dict[UUID, Standing]:
    """The standing of each of them who is connected."""
    return _each(session, business_travel.connections(session, traveller_ids), now=now)


def latest_of_travellers(session: Session, traveller_ids: list[UUID], *,
                         now: datetime) -> dict[UUID, Standing]:
    """The same, also of those whose connection has ended."""
    return _each(session, business_travel.latest(session, traveller_ids), now=now)


def _each(session: Session, connections: dict[UUID, Connection], *,
          now: datetime) -> dict[UUID, Standing]:
    found = list(connections.values())
    return {standing.connection.traveller_id: standing
            for standing in of_connections(session, found, now=now)}


def troubled(session: Session, *, within: Scope, now: datetime,
             most: int = 20) -> list[Standing]:
    """Those whose code did not arrive, or cannot or soon cannot be used, the oldest code first."""
    undelivered = select(Sms.id).where(Sms.about_id == OneTimeCode.id,
                                       Sms.state == messages.State.FAILED).exists()
    found = session.scalars(
        select(Connection).join(Connection.traveller)
        .options(contains_eager(Connection.traveller))
        .join(OneTimeCode, and_(OneTimeCode.connection_id == Connection.id,
                                OneTimeCode.voided_at.is_(None)))
        .where(within.holds(Connection.company_id, Traveller.department_id),
               Connection.ended_at.is_(None), Connection.registered_at.is_(None),
               Connection.paused_at.is_(None),
               or_(OneTimeCode.expires_at <= days_later(now, LAST_DAYS), undelivered,
                   OneTimeCode.wrong_tries >= rules(session).code_tries))
        .order_by(OneTimeCode.ordered_at, Connection.id).limit(most))
    return of_connections(session, list(found), now=now)

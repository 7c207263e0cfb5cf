"""How far many travellers have come with Tjänsteresor, told by the database: the same as
`standings.Standing.state` tells of one."""
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, and_, bindparam, case, or_, select
from sqlalchemy.sql.selectable import FromClause

from domain import business_travel, codes, messages, travellers
from domain.standings import State
from domain.store import UtcDateTime

TRAVELLERS = travellers.Traveller.__table__
CONNECTIONS, CODES = business_travel.Connection.__table__, codes.OneTimeCode.__table__
SMS = messages.Sms.__table__

Reach = StrEnum("Reach", {
    "NOT_CONNECTED": "not_connected", "CONNECTED": "connected", "UNREGISTERED": "unregistered",
    **{state.name: state.value for state in State}})
"""What one may ask for: not connected at all, connected in whatever state, connected and not
registered yet, or one of the states."""

ON_ITS_WAY = (messages.State.WAITING, messages.State.SENDING)

state: ColumnElement[str | None] = case(
    (CONNECTIONS.c.id.is_(None), None),
    (CONNECTIONS.c.paused_at.is_not(None), State.PAUSED.value),
    (CONNECTIONS.c.registered_at.is_not(None), State.REGISTERED.value),
    (SMS.c.state == messages.State.FAILED, State.CODE_FAILED.value),
    (or_(CODES.c.expires_at.is_(None), *(SMS.c.state == each for each in ON_ITS_WAY)),
     State.CODE_WAITING.value),
    (CODES.c.wrong_tries >= bindparam("code_tries"), State.CODE_LOCKED.value),
    (CODES.c.expires_at <= bindparam("now", type_=UtcDateTime()), State.CODE_EXPIRED.value),
    else_=State.CODE_SENT.value)
"""Of what `joined` joins; None when not connected. `code_tries` and `now` are given when asked."""


def joined(people: FromClause) -> FromClause:
    """Each traveller's open connection, if any, with its code and the text message about that."""
    connected = and_(CONNECTIONS.c.traveller_id == TRAVELLERS.c.id,
                     CONNECTIONS.c.ended_at.is_(None))
    return _with_code(people.outerjoin(CONNECTIONS, connected))


def _with_code(connections: FromClause) -> FromClause:
    current = and_(CODES.c.connection_id == CONNECTIONS.c.id, CODES.c.voided_at.is_(None))
    return connections.outerjoin(CODES, current).outerjoin(SMS, SMS.c.about_id == CODES.c.id)


def reached(reach: Reach, company_id: UUID, *, code_tries: int,
            now: datetime) -> ColumnElement[bool]:
    """Whether a traveller of the company has come so far."""
    connected = select(CONNECTIONS.c.traveller_id).where(
        CONNECTIONS.c.company_id == company_id, CONNECTIONS.c.ended_at.is_(None))
    if reach is Reach.NOT_CONNECTED:
        return TRAVELLERS.c.id.not_in(connected)
    if reach is Reach.CONNECTED:
        return TRAVELLERS.c.id.in_(connected)
    if reach is Reach.UNREGISTERED:
        return TRAVELLERS.c.id.in_(connected.where(CONNECTIONS.c.registered_at.is_(None)))
    if reach is Reach.ENDED:
        ended = select(CONNECTIONS.c.traveller_id).where(
            CONNECTIONS.c.company_id == company_id, CONNECTIONS.c.ended_at.is_not(None))
        return and_(TRAVELLERS.c.id.in_(ended), TRAVELLERS.c.id.not_in(connected))
    so_far = connected.select_from(_with_code(CONNECTIONS)).where(state == reach.value)
    return TRAVELLERS.c.id.in_(so_far.params(code_tries=code_tries, now=now))

"""Those who are connected to Tjänsteresor and have never registered Allpay, whoever has waited
longest first."""
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session, contains_eager

from domain import business_travel, standings, traveller_lists
from domain.access import Scope
from domain.business_travel import Connection
from domain.standings import Standing
from domain.travel_states import CONNECTIONS, Reach
from domain.traveller_searches import Search
from domain.travellers import Traveller

PLACE = (Connection.connected_at, Connection.id)


@dataclass(frozen=True)
class Page:
    standings: list[Standing]
    after: UUID | None
    """The connection that the next page begins after; None on the last."""


def number(session: Session, *, within: Scope) -> int:
    return session.scalar(select(func.count()).select_from(Connection).join(Connection.traveller)
                          .where(*_wanted(within))) or 0


def listed(session: Session, *, within: Scope, after: UUID | None = None, most: int = 40,
           now: datetime) -> Page:
    asked = (select(Connection).join(Connection.traveller)
             .options(contains_eager(Connection.traveller).joinedload(Traveller.department))
             .where(*_wanted(within)).order_by(*PLACE).limit(most + 1))
    if after:
        connection = business_travel.find(session, after, within=within)
        asked = asked.where(tuple_(*PLACE) > (connection.connected_at, connection.id))
    rows = list(session.scalars(asked))
    return Page(standings.of_connections(session, rows[:most], now=now),
                rows[most - 1].id if len(rows) > most else None)


def whole(session: Session, *, within: Scope, now: datetime) -> Select:
    """The list without pages, each row with all that a file tells."""
    found = traveller_lists.whole(session, Search(reach=Reach.UNREGISTERED), within=within, now=now)
    return found.order_by(None).order_by(CONNECTIONS.c.connected_at, CONNECTIONS.c.id)


def _wanted(within: Scope) -> list[ColumnElement[bool]]:
    return [within.holds(Connection.company_id, Traveller.department_id),
            Connection.ended_at.is_(None), Connection.registered_at.is_(None),
            Traveller.ended_at.is_(None)]

"""Raises of a traveller's limit, and what the limit is with them. They are asked for and decided in
`raise_requests`.

A raise holds for what is bought from the decision to the end of its last day, in whichever months
those are, and ends by itself: no job is needed. Limit and raises together never pass what the rules
allow anybody; what is above that does not count.
"""
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Integer,
    Uuid,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain.access import Actor
from domain.business_travel import Connection
from domain.months import Month, today
from domain.people import Person
from domain.rules import rules
from domain.spendings import Limit, Spending
from domain.store import Row, partial_index
from domain.travellers import Traveller


class State(StrEnum):
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OVER = "over"
    """Also told of what was asked or granted, once its day has passed."""


class Raise(Row):
    __tablename__ = "limit_raises"
    __table_args__ = (
        partial_index("ix_limit_raises_asked", "company_id", where="state = 'asked'"),
        partial_index("ix_limit_raises_granted", "connection_id", where="state = 'granted'"),
    )

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), index=True)
    connection_id: Mapped[UUID] = mapped_column(ForeignKey("business_travel_connections.id"),
                                                index=True)
    asked_ore: Mapped[int]
    asked_until_on: Mapped[date]
    reason: Mapped[str]
    asked_at: Mapped[datetime]
    state: Mapped[State] = mapped_column(default=State.ASKED)
    granted_ore: Mapped[int | None]
    granted_until_on: Mapped[date | None]
    """The last day that it holds."""
    answer: Mapped[str | None]
    """Why it was refused."""
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    version: Mapped[int] = mapped_column()

    connection: Mapped[Connection] = relationship()
    decided_by: Mapped[Person | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def traveller(self) -> Traveller:
        return self.connection.traveller

    @property
    def ore(self) -> int:
        return self.granted_ore or self.asked_ore

    @property
    def until_on(self) -> date:
        return self.granted_until_on or self.asked_until_on

    def state_at(self, now: datetime) -> State:
        ends = self.state in (State.ASKED, State.GRANTED) and self.until_on < today(now)
        return State.OVER if ends else self.state

    def is_own(self, actor: Actor) -> bool:
        """Also of the one whom a deputy stands in for."""
        return actor.acts_as(self.traveller.personnummer_index)


@dataclass(frozen=True)
class Room:
    """What a connection has in a month."""

    limit_ore: int
    """With the raises that are in force."""
    spent_ore: int

    @property
    def left_ore(self) -> int:
        return max(0, self.limit_ore - self.spent_ore)


C, R, S = Connection.__table__.c, Raise.__table__.c, Spending.__table__.c
_raised = (  # in a literal: of a parameter SQLite would plan it anew each time, for the index
    select(func.coalesce(func.sum(R.granted_ore), 0))
    .where(R.connection_id == C.id, R.state == literal_column("'granted'"),
           R.granted_until_on >= bindparam("today"))
    .correlate(Connection.__table__).scalar_subquery())
_most = bindparam("most_ore", type_=Integer)
limit = case((C.limit_ore + _raised > _most, _most), else_=C.limit_ore + _raised)
"""Of a connection, with its raises; asked with `values`."""
_LIMIT = select(limit).where(C.id == bindparam("limit_of")).scalar_subquery()
_ROOMS = (  # both are asked at each purchase, and therefore made once
    select(C.id, limit, func.coalesce(S.spent_ore, 0))
    .outerjoin_from(Connection.__table__, Spending.__table__, and_(
        S.connection_id == C.id, S.month_on == bindparam("month_on")))
    .where(C.id.in_(bindparam("ids", type_=Uuid, expanding=True))))


def limit_of(session: Session, connection_id: UUID, *, now: datetime) -> Limit:
    """To be asked within the statement that takes of it."""
    return Limit(_LIMIT, {"limit_of": connection_id, **values(session, now)})


def rooms(session: Session, connection_ids: list[UUID], *, now: datetime) -> dict[UUID, Room]:
    """In the month of this moment, with the limit of this moment."""
    session.flush()
    found = session.execute(_ROOMS, {"ids": connection_ids, "month_on": Month.of(now).first_day,
                                     **values(session, now)})
    return {key: Room(limit_ore, spent_ore) for key, limit_ore, spent_ore in found}


def values(session: Session, now: datetime) -> dict[str, date | int]:
    return {"today": today(now), "most_ore": rules(session).credit_limit_max_ore}

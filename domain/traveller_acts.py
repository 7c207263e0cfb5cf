"""Acts on many travellers at once. A plan tells what would happen to whom, and who is left out and
why; what is carried out is what was agreed to, and each traveller has an event of their own."""
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.orm import Session

from domain import audit, leavers, moves
from domain.access import Actor
from domain.business_travel import Connection
from domain.departments import Department
from domain.errors import Conflict, Invalid
from domain.store import FIRST
from domain.travellers import Traveller

MOST = 20_000
"""So many ids are within what either database takes in one statement."""


class Why(StrEnum):
    """Why somebody is left out."""

    THERE = "there"
    CONNECTED = "connected"
    NOT_ALLOWED = "not_allowed"
    NO_MOBILE = "no_mobile"
    NOT_CONNECTED = "not_connected"
    REGISTERED = "registered"
    PAUSED = "paused"
    NOT_PAUSED = "not_paused"
    SAME_LIMIT = "same_limit"
    SAME_POLICY = "same_policy"


@dataclass(frozen=True)
class Plan:
    people: Sequence[Row]
    """Those whom it is done to."""
    left_out: dict[Why, list[Row]]

    @property
    def ids(self) -> list[UUID]:
        return [person.id for person in self.people]

    @property
    def connection_ids(self) -> list[UUID]:
        return [person.connection_id for person in self.people]

    @property
    def mark(self) -> str:
        """The same as long as the same would happen to the same people."""
        said = b"".join(person.id.bytes for person in sorted(self.people, key=lambda row: row.id))
        return sha256(said).hexdigest()[:32]


def to_move(session: Session, chosen: Select, department: Department) -> Plan:
    return planned(session, chosen, lambda person: (
        Why.THERE if person.department_id == department.id else None))


def move(session: Session, chosen: Select, plan: Plan, department: Department, *, by: Actor,
         now: datetime) -> None:
    if moves.move(session, chosen, department, by=by, now=now) != len(plan.people):
        raise Conflict(FIRST)


def to_leave(session: Session, chosen: Select) -> Plan:
    return planned(session, chosen, lambda person: None)


def leave(session: Session, plan: Plan, last_day: date | None, *, recall: bool, by: Actor,
          now: datetime) -> None:
    """At once, or when the last day has passed."""
    people = session.scalars(select(Traveller).where(Traveller.id.in_(plan.ids))).all()
    if last_day is None:
        leavers.leave(session, *people, recall=recall, by=by, now=now)
    for traveller in people if last_day else []:
        leavers.plan(session, traveller, last_day, recall=recall, by=by, now=now)


def planned(session: Session, chosen: Select, why: Callable[[Row], Why | None]) -> Plan:
    """`chosen` selects the ids of travellers who are there; `why` tells who is left out."""
    people = session.execute(
        select(Traveller.id, (Traveller.given_name + " " + Traveller.surname).label("name"),
               Traveller.mobile, Traveller.department_id, Traveller.services,
               Connection.id.label("connection_id"), Connection.limit_ore, Connection.user_name,
               Connection.policy_group_id,
               Connection.registered_at.label("allpay_at"), Connection.paused_at)
        .outerjoin(Connection, and_(Connection.traveller_id == Traveller.id,
                                    Connection.ended_at.is_(None)))
        .where(Traveller.id.in_(chosen)).order_by(Traveller.sort_name, Traveller.id)).all()
    if len(people) > MOST:
        raise Invalid("Välj högst %(most)s resenärer åt gången.", most=MOST)
    sorted_out: dict[Why | None, list[Row]] = defaultdict(list)
    for person in people:
        sorted_out[why(person)].append(person)
    return Plan(sorted_out.pop(None, []), {each: sorted_out[each] for each in Why
                                           if each in sorted_out})


def record(session: Session, act: audit.Act, plan: Plan, *, by: Actor, now: datetime,
           **words: str | int) -> None:
    for person in plan.people:
        audit.record(session, act, person.id, company_id=by.company_id,
                     department_id=person.department_id, by=by, now=now, traveller=person.name,
                     **words)

"""Acts on many travellers at once. A plan tells what would happen to whom, and who is left out and
why; what is carried out is what was agreed to, and each traveller has an event of their own."""
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID, uuid4

from sqlalchemy import Row, Select, and_, insert, select, update
from sqlalchemy.orm import Session

from domain import assortment, audit, business_travel, codes, leavers, messages, moves
from domain.access import Actor
from domain.business_travel import Connection, new_user_names
from domain.companies import Company
from domain.departments import Department
from domain.errors import Conflict, Invalid
from domain.rules import rules
from domain.services import Service
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
    SAME_LIMIT = "same_limit"


@dataclass(frozen=True)
class Plan:
    people: Sequence[Row]
    """Those whom it is done to."""
    left_out: dict[Why, list[Row]]

    @property
    def ids(self) -> list[UUID]:
        return [person.id for person in self.people]

    @property
    def mark(self) -> str:
        """The same as long as the same would happen to the same people."""
        said = b"".join(person.id.bytes for person in sorted(self.people, key=lambda row: row.id))
        return sha256(said).hexdigest()[:32]


def to_move(session: Session, chosen: Select, department: Department) -> Plan:
    return _planned(session, chosen, lambda person: (
        Why.THERE if person.department_id == department.id else None))


def move(session: Session, chosen: Select, plan: Plan, department: Department, *, by: Actor,
         now: datetime) -> None:
    if moves.move(session, chosen, department, by=by, now=now) != len(plan.people):
        raise Conflict(FIRST)


def to_connect(session: Session, chosen: Select, company_id: UUID) -> Plan:
    may_use = _allowed(session, Service.BUSINESS_TRAVEL, company_id)

    def why(person: Row) -> Why | None:
        if person.connection_id:
            return Why.CONNECTED
        if not may_use(person):
            return Why.NOT_ALLOWED
        return None if person.mobile else Why.NO_MOBILE
    return _planned(session, chosen, why)


def connect(session: Session, plan: Plan, *, limit_ore: int, by: Actor, now: datetime) -> None:
    """As `business_travel.connect` does with one; the text messages go by the workers."""
    business_travel.check_limit(session, limit_ore)
    names = new_user_names(session, len(plan.people))
    rows = [{"id": uuid4(), "company_id": by.company_id, "traveller_id": person.id,
             "user_name": name, "limit_ore": limit_ore, "connected_at": now}
            for person, name in zip(plan.people, names, strict=True)]
    session.execute(insert(Connection), rows)
    code_of = codes.order_each(session, [row["id"] for row in rows], now=now)
    messages.put_each_sms(
        session, "allpay_code",
        [{"to": person.mobile, "about_id": code_of[row["id"]], "company": by.company_name,
          "user_name": row["user_name"], "days": rules(session).code_days}
         for person, row in zip(plan.people, rows, strict=True)],
        company_id=by.company_id, now=now)
    _record(session, audit.Act.TRAVEL_CONNECTED, plan, by=by, now=now, limit_ore=limit_ore)


def to_limit(session: Session, chosen: Select, limit_ore: int) -> Plan:
    def why(person: Row) -> Why | None:
        if person.connection_id is None:
            return Why.NOT_CONNECTED
        return Why.SAME_LIMIT if person.limit_ore == limit_ore else None
    return _planned(session, chosen, why)


def change_limit(session: Session, plan: Plan, *, limit_ore: int, by: Actor,
                 now: datetime) -> None:
    business_travel.check_limit(session, limit_ore)
    session.execute(
        update(Connection)
        .where(Connection.id.in_([person.connection_id for person in plan.people]))
        .values(limit_ore=limit_ore).execution_options(synchronize_session=False))
    _record(session, audit.Act.TRAVEL_LIMIT_CHANGED, plan, by=by, now=now, limit_ore=limit_ore)


def to_leave(session: Session, chosen: Select) -> Plan:
    return _planned(session, chosen, lambda person: None)


def leave(session: Session, plan: Plan, last_day: date | None, *, recall: bool, by: Actor,
          now: datetime) -> None:
    """At once, or when the last day has passed."""
    people = session.scalars(select(Traveller).where(Traveller.id.in_(plan.ids))).all()
    if last_day is None:
        leavers.leave(session, *people, recall=recall, by=by, now=now)
    for traveller in people if last_day else []:
        leavers.plan(session, traveller, last_day, recall=recall, by=by, now=now)


def _planned(session: Session, chosen: Select, why: Callable[[Row], Why | None]) -> Plan:
    """`chosen` selects the ids of travellers who are there."""
    people = session.execute(
        select(Traveller.id, (Traveller.given_name + " " + Traveller.surname).label("name"),
               Traveller.mobile, Traveller.department_id, Traveller.services,
               Connection.id.label("connection_id"), Connection.limit_ore)
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


def _allowed(session: Session, service: Service, company_id: UUID) -> Callable[[Row], bool]:
    company = session.get_one(Company, company_id)
    home_of = {each.id: each for each in session.scalars(
        select(Department).where(Department.company_id == company_id))}
    return lambda person: service in assortment.given(
        company, home_of[person.department_id], person.services).services


def _record(session: Session, act: audit.Act, plan: Plan, *, by: Actor, now: datetime,
            **words: int) -> None:
    for person in plan.people:
        audit.record(session, act, person.id, company_id=by.company_id,
                     department_id=person.department_id, by=by, now=now, traveller=person.name,
                     **words)

"""Moving travellers to another department, however many: what would happen, and doing it."""
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, func, select, update
from sqlalchemy.orm import Session

from domain import assortment, audit, departments
from domain.access import Actor
from domain.companies import Company
from domain.departments import Department
from domain.products import Product
from domain.services import Service
from domain.travellers import Traveller

AT_ONCE = 5_000
"""Ids in one statement."""


@dataclass(frozen=True)
class Preview:
    """What a move would do."""

    moving: int
    staying: int
    """Those who are in the department already."""
    services: dict[Service, int]
    """How many lose each, of those that anybody loses."""
    products: dict[Product, int]


def preview(session: Session, chosen: Select, department: Department) -> Preview:
    """`chosen` selects the ids of travellers of the department's company."""
    company = session.get_one(Company, department.company_id)
    home_of = {each.id: each for each in session.scalars(
        select(Department).where(Department.company_id == company.id))}
    services: Counter[Service] = Counter()
    products: Counter[Product] = Counter()
    groups = session.execute(
        select(Traveller.department_id, Traveller.services, func.count())
        .where(_current(chosen, department)).group_by(Traveller.department_id, Traveller.services))
    total = Counter()
    for home_id, own, number in groups:
        total[home_id] += number
        before = assortment.given(company, home_of[home_id], own)
        after = assortment.given(company, department, own)
        services.update(dict.fromkeys(set(before.services) - set(after.services), number))
        products.update(dict.fromkeys(set(before.products) - set(after.products), number))
    staying = total.pop(department.id, 0)
    return Preview(total.total(), staying, _in_order(Service, services),
                   _in_order(Product, products))


def move(session: Session, chosen: Select, department: Department, *, by: Actor,
         now: datetime) -> int:
    """Says how many were moved. What they buy from now on goes on the department's reference
    number; what they have bought stays where it is."""
    departments.hold_open(session, department)
    moving = session.execute(
        select(Traveller.id, Traveller.given_name, Traveller.surname, Department.name)
        .join(Traveller.department)
        .where(_current(chosen, department), Traveller.department_id != department.id)
        .order_by(Traveller.sort_name, Traveller.id).with_for_update(of=Traveller)).all()
    ids = [row.id for row in moving]
    for first in range(0, len(ids), AT_ONCE):
        session.execute(update(Traveller).where(Traveller.id.in_(ids[first:first + AT_ONCE]))
                        .values(department_id=department.id))
    for row in moving:
        _record(session, row, department, by=by, now=now)
    return len(moving)


def of_department(department: Department) -> Select[tuple[UUID]]:
    """The ids of its travellers."""
    return select(Traveller.id).where(Traveller.department_id == department.id,
                                      Traveller.ended_at.is_(None))


def _current(chosen: Select, department: Department) -> ColumnElement[bool]:
    return (Traveller.id.in_(chosen) & (Traveller.company_id == department.company_id)
            & Traveller.ended_at.is_(None))


def _in_order(kind: type[StrEnum], lost: Counter) -> dict:
    return {member: lost[member] for member in kind if lost[member]}


def _record(session: Session, row: Row, department: Department, *, by: Actor,
            now: datetime) -> None:
    audit.record(session, audit.Act.TRAVELLER_MOVED, row.id, company_id=department.company_id,
                 department_id=department.id, by=by, now=now, department=department.name,
                 left=row.name, traveller=f"{row.given_name} {row.surname}")

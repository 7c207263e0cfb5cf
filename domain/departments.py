"""Departments. Each has the reference number that its invoice is marked with."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import audit
from domain.access import Actor
from domain.errors import Invalid, NotFound
from domain.store import Row

FIRST = "Huvudavdelning"


class Department(Row):
    __tablename__ = "departments"
    __table_args__ = (Index("uq_departments_name", "company_id", "name_key", unique=True),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    name: Mapped[str]
    name_key: Mapped[str]
    """The name as it is compared: two departments may not differ by case alone."""
    reference_number: Mapped[str]
    cost_centre: Mapped[str | None]
    created_at: Mapped[datetime]


def of_company(session: Session, company_id: UUID) -> list[Department]:
    return list(session.scalars(
        select(Department).where(Department.company_id == company_id)
        .order_by(Department.name_key)
    ))


def find(session: Session, department_id: UUID, *, company_id: UUID) -> Department:
    department = session.get(Department, department_id)
    if department is None or department.company_id != company_id:
        raise NotFound("Avdelningen finns inte.")
    return department


def add(session: Session, company_id: UUID, *, name: str, reference_number: str,
        cost_centre: str | None = None, by: Actor | None, now: datetime) -> Department:
    _check_name(session, company_id, name)
    department = Department(company_id=company_id, name=name.strip(), name_key=_key(name),
                            reference_number=reference_number, cost_centre=cost_centre,
                            created_at=now)
    session.add(department)
    session.flush()
    audit.record(session, audit.Act.DEPARTMENT_ADDED, department.id, company_id=company_id,
                 by=by, now=now, department=department.name)
    return department


def change(session: Session, department: Department, *, name: str, reference_number: str,
           cost_centre: str | None, by: Actor, now: datetime) -> None:
    """A new reference number holds for what is bought from now on."""
    if _key(name) != department.name_key:
        _check_name(session, department.company_id, name)
    department.name, department.name_key = name.strip(), _key(name)
    department.reference_number, department.cost_centre = reference_number, cost_centre
    audit.record(session, audit.Act.DEPARTMENT_CHANGED, department.id,
                 company_id=department.company_id, by=by, now=now, department=department.name)


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _check_name(session: Session, company_id: UUID, name: str) -> None:
    taken = select(func.count()).where(Department.company_id == company_id,
                                       Department.name_key == _key(name))
    if session.scalar(taken):
        raise Invalid("Det finns redan en avdelning som heter så.", "name")

"""Departments. Each has the reference number that its invoice is marked with, and says what its
travellers may use."""
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Select, exists, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import audit
from domain.access import Actor, Scope
from domain.errors import Conflict, Invalid, NotFound
from domain.money import kr
from domain.products import Product, Products
from domain.services import Service, Services
from domain.store import Row, partial_index

FIRST = "Huvudavdelning"
MOST_BUDGET_ORE = 1_000_000_000
"""What fits beside a price in a column of whole öre."""


@dataclass(frozen=True)
class Details:
    """What is decided about a department, each already parsed."""

    name: str
    reference_number: str
    cost_centre: str | None = None
    services: tuple[Service, ...] | None = None
    """Those that its travellers may use; None: all that the company uses."""
    products: tuple[Product, ...] | None = None
    """None: all."""
    monthly_budget_ore: int | None = None
    """For Tjänsteresor, in a Swedish month, VAT included; None: no budget."""
    invoice_street: str | None = None
    invoice_postcode: str | None = None
    invoice_city: str | None = None
    invoice_email: str | None = None
    """Its own invoice address; None: the company's."""


class Department(Row):
    __tablename__ = "departments"
    __table_args__ = (partial_index("uq_departments_open_name", "company_id", "name_key",
                                    where="archived_at IS NULL", unique=True),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), index=True)
    name: Mapped[str]
    name_key: Mapped[str]
    """The name as it is compared: two departments may not differ by case alone."""
    reference_number: Mapped[str]
    cost_centre: Mapped[str | None]
    legal_employer_id: Mapped[UUID | None] = mapped_column(ForeignKey("legal_employers.id"))
    """Who pays the salaries in it; None: the company itself."""
    services: Mapped[list[Service] | None] = mapped_column(Services)
    products: Mapped[list[Product] | None] = mapped_column(Products)
    monthly_budget_ore: Mapped[int | None]
    invoice_street: Mapped[str | None]
    invoice_postcode: Mapped[str | None]
    invoice_city: Mapped[str | None]
    invoice_email: Mapped[str | None]
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


def listed(within: Scope) -> Select[tuple[Department]]:
    """Those that are open, in the order of their names."""
    return (select(Department)
            .where(within.holds(Department.company_id, Department.id),
                   Department.archived_at.is_(None))
            .order_by(Department.name_key))


def archived(session: Session, *, within: Scope) -> list[Department]:
    """The last archived first."""
    return list(session.scalars(
        select(Department)
        .where(within.holds(Department.company_id, Department.id),
               Department.archived_at.is_not(None))
        .order_by(Department.archived_at.desc(), Department.name_key)))


def of_company(session: Session, *, within: Scope) -> list[Department]:
    return list(session.scalars(listed(within)))


def find(session: Session, department_id: UUID, *, within: Scope) -> Department:
    department = session.get(Department, department_id)
    if department is None or not within.covers(department.company_id, department.id):
        raise NotFound("Avdelningen finns inte.")
    return department


def add(session: Session, company_id: UUID, details: Details, *, by: Actor | None,
        now: datetime) -> Department:
    _check_name(session, company_id, details.name)
    department = Department(company_id=company_id, created_at=now)
    _write(department, details)
    session.add(department)
    session.flush()
    _record(session, audit.Act.DEPARTMENT_ADDED, department, by=by, now=now)
    return department


def change(session: Session, department: Department, details: Details, *, by: Actor,
           now: datetime) -> None:
    """A new reference number holds for what is bought from now on. A budget below what is used
    already only stops further purchases."""
    if department.archived_at:
        raise Conflict("Avdelningen är arkiverad. Öppna den igen först.")
    if _key(details.name) != department.name_key:
        _check_name(session, department.company_id, details.name)
    _write(department, details)
    _record(session, audit.Act.DEPARTMENT_CHANGED, department, by=by, now=now)


def archive(session: Session, department: Department, *, by: Actor, now: datetime) -> None:
    """It is not among those to choose any more; what it has bought stays where it is."""
    rooms = _lock(session, department.company_id)
    if department not in rooms:
        raise Conflict("Avdelningen är redan arkiverad.")
    if _has_travellers(session, department):
        raise Conflict("Avdelningen har resenärer. Flytta eller avsluta dem först.")
    if len(rooms) == 1:
        raise Conflict("Företaget behöver minst en avdelning.")
    department.archived_at = now
    _record(session, audit.Act.DEPARTMENT_ARCHIVED, department, by=by, now=now)


def reopen(session: Session, department: Department, *, by: Actor, now: datetime) -> None:
    if department in _lock(session, department.company_id):
        raise Conflict("Avdelningen är redan öppen.")
    if _named(session, department.company_id, department.name):
        raise Conflict("Det finns redan en öppen avdelning som heter %(name)s. Byt namn på den "
                       "först.", name=department.name)
    department.archived_at = None
    _record(session, audit.Act.DEPARTMENT_REOPENED, department, by=by, now=now)


def hold_open(session: Session, department: Department) -> None:
    """Whoever archives it waits until whoever puts somebody in it is done."""
    if session.scalar(
            select(Department.id)
            .where(Department.id == department.id, Department.archived_at.is_(None))
            .with_for_update(read=True, key_share=True)) is None:
        raise Conflict("Avdelningen är arkiverad. Välj en annan.")


def _lock(session: Session, company_id: UUID) -> list[Department]:
    """Those that are open, as they are when nobody else is changing them."""
    return list(session.scalars(
        listed(Scope(company_id)).order_by(None).order_by(Department.id).with_for_update()
        .execution_options(populate_existing=True)))


def _has_travellers(session: Session, department: Department) -> bool:
    """Asked of the table: the module of travellers stands on this one."""
    travellers = Department.metadata.tables["travellers"].c
    return session.scalar(select(exists().where(travellers.department_id == department.id,
                                                travellers.ended_at.is_(None))))


def _write(department: Department, details: Details) -> None:
    _check(details)
    for field, value in vars(details).items():
        setattr(department, field, value)
    department.name = " ".join(details.name.split())
    department.name_key = _key(details.name)


def _check(details: Details) -> None:
    if details.services == ():
        raise Invalid("Välj minst en tjänst.", "services")
    if details.products == ():
        raise Invalid("Välj minst en biljett.", "products")
    if (details.monthly_budget_ore or 0) > MOST_BUDGET_ORE:
        raise Invalid("Budgeten kan vara högst %(most)s.", "monthly_budget",
                      most=kr(MOST_BUDGET_ORE))


def _record(session: Session, act: audit.Act, department: Department, *, by: Actor | None,
            now: datetime) -> None:
    audit.record(session, act, department.id, company_id=department.company_id,
                 department_id=department.id, by=by, now=now, department=department.name)


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _check_name(session: Session, company_id: UUID, name: str) -> None:
    if _named(session, company_id, name):
        raise Invalid("Det finns redan en avdelning som heter så.", "name")


def _named(session: Session, company_id: UUID, name: str) -> Department | None:
    return session.scalar(listed(Scope(company_id)).where(Department.name_key == _key(name)))

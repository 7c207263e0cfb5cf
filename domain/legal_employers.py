"""The legal employers of a company that has several: each pays the salaries of some departments,
and gets a payroll file of its own. The departments that have none are the company's."""
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, select, true, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import audit
from domain.access import Actor, Scope
from domain.departments import Department, listed
from domain.errors import Conflict, Invalid, NotFound
from domain.store import Row


class LegalEmployer(Row):
    __tablename__ = "legal_employers"
    __table_args__ = (UniqueConstraint("company_id", "organisation_number"),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    name: Mapped[str]
    organisation_number: Mapped[str]
    payroll_id: Mapped[str | None]
    """What the payroll program calls it."""
    added_at: Mapped[datetime]


@dataclass(frozen=True)
class Details:
    """Each already parsed."""

    name: str
    organisation_number: str
    payroll_id: str | None = None


def of_company(session: Session, company_id: UUID) -> list[LegalEmployer]:
    return list(session.scalars(
        select(LegalEmployer).where(LegalEmployer.company_id == company_id)
        .order_by(LegalEmployer.name, LegalEmployer.id)))


def find(session: Session, legal_employer_id: UUID, *, company_id: UUID) -> LegalEmployer:
    employer = session.get(LegalEmployer, legal_employer_id)
    if employer is None or employer.company_id != company_id:
        raise NotFound("Arbetsgivaren finns inte.")
    return employer


def departments(session: Session, company_id: UUID) -> dict[UUID | None, list[Department]]:
    """Those that are open, by their employer; None is the company itself."""
    found: dict[UUID | None, list[Department]] = {}
    for department in session.scalars(listed(Scope(company_id))):
        found.setdefault(department.legal_employer_id, []).append(department)
    return found


def add(session: Session, company_id: UUID, details: Details, pays: Collection[UUID], *, by: Actor,
        now: datetime) -> LegalEmployer:
    """`pays` are the departments whose salaries it pays."""
    employer = LegalEmployer(company_id=company_id, added_at=now)
    _write(session, employer, details)
    session.add(employer)
    session.flush()
    _pay(session, employer, pays)
    _record(session, audit.Act.LEGAL_EMPLOYER_ADDED, employer, by=by, now=now)
    return employer


def change(session: Session, employer: LegalEmployer, details: Details, pays: Collection[UUID], *,
           by: Actor, now: datetime) -> None:
    """Holds for what goes to the payroll from now on."""
    _write(session, employer, details)
    _pay(session, employer, pays)
    _record(session, audit.Act.LEGAL_EMPLOYER_CHANGED, employer, by=by, now=now)


def remove(session: Session, employer: LegalEmployer, *, by: Actor, now: datetime) -> None:
    """Its departments are the company's again. One that has been sent a file stays."""
    exports = LegalEmployer.metadata.tables["payroll_exports"].c
    if session.scalar(select(exports.id).where(exports.legal_employer_id == employer.id).limit(1)):
        raise Conflict("Arbetsgivaren har fått lönefiler och kan inte tas bort. Flytta "
                       "avdelningarna till en annan arbetsgivare i stället.")
    _pay(session, employer, ())
    session.delete(employer)
    _record(session, audit.Act.LEGAL_EMPLOYER_REMOVED, employer, by=by, now=now)


def _write(session: Session, employer: LegalEmployer, details: Details) -> None:
    same = select(LegalEmployer.id).where(
        LegalEmployer.company_id == employer.company_id,
        LegalEmployer.organisation_number == details.organisation_number,
        LegalEmployer.id != employer.id if employer.id else true())
    with session.no_autoflush:
        if session.scalar(same):
            raise Invalid("Det finns redan en arbetsgivare med det numret.", "organisation_number")
    for name, value in vars(details).items():
        setattr(employer, name, value)


def _pay(session: Session, employer: LegalEmployer, pays: Collection[UUID]) -> None:
    ours = Department.company_id == employer.company_id
    session.execute(update(Department).where(
        ours, Department.legal_employer_id == employer.id).values(legal_employer_id=None))
    session.execute(update(Department).where(
        ours, Department.id.in_(pays)).values(legal_employer_id=employer.id))


def _record(session: Session, act: audit.Act, employer: LegalEmployer, *, by: Actor,
            now: datetime) -> None:
    audit.record(session, act, employer.id, company_id=employer.company_id, by=by, now=now,
                 employer=employer.name)

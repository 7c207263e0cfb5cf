"""The deductions of a month, as whoever runs the payroll reads them: who, how much, what is new."""
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from domain.access import Scope
from domain.deductions import Kind, Mark, SalaryDeduction
from domain.departments import Department
from domain.legal_employers import LegalEmployer
from domain.months import Month
from domain.offers import OfferApplication
from domain.payroll_exports import PayrollExport
from domain.payroll_settings import Identity
from domain.travellers import Traveller

D, E = SalaryDeduction, PayrollExport


def _edge(which) -> ColumnElement:
    """The first or the last month of the row's application."""
    same = aliased(SalaryDeduction)
    return (select(which(same.month_on)).where(same.application_id == D.application_id)
            .correlate(D).scalar_subquery())


mark = case((D.mark.is_not(None), D.mark), (D.kind == Kind.CORRECTION, Mark.CORRECTED),
            (D.month_on == _edge(func.min), Mark.NEW),
            (D.month_on == _edge(func.max), Mark.ENDING), else_=Mark.RUNNING).label("mark")
"""As the payroll was told, or would be now."""
known_by = {
    Identity.EMPLOYEE_NUMBER: func.coalesce(Traveller.employee_number, "") != "",
    Identity.PERSONNUMMER: or_(
        and_(Traveller.personnummer_sealed.is_not(None), ~Traveller.protected),
        func.coalesce(Traveller.employee_number, "") != "")}
"""Whether the payroll can tell who it is. The personnummer of somebody whose identity is protected
is in no file: they go by their employee number."""


def waiting(within: Scope, month: Month) -> Select:
    """What would go to the payroll with the month's next file: the month's own, and what has come
    since to months that the payroll has had. Months that never had a file were seen to by hand."""
    had = exists().where(
        E.company_id == D.company_id, E.month_on == D.month_on,
        E.legal_employer_id.is_not_distinct_from(Department.legal_employer_id))
    first = month.first_day
    months = union_all(select(literal(first)), select(E.month_on).where(
        E.company_id == within.company_id, E.month_on < first))
    return _joined(within).where(D.export_id.is_(None), D.month_on.in_(months),
                                 or_(D.month_on == first, had))


def of_month(within: Scope, month: Month) -> Select:
    """What waits, and what has gone with the month's files."""
    gone = (select(D.id).join(E, E.id == D.export_id)
            .where(E.company_id == within.company_id, E.month_on == month.first_day))
    waits = waiting(within, month).with_only_columns(D.id)
    return _joined(within).where(D.id.in_(union_all(gone, waits)))


def of_export(export: PayrollExport) -> Select:
    return _joined(Scope(export.company_id)).where(D.export_id == export.id)


def _joined(within: Scope) -> Select:
    return _JOINED.where(within.holds(D.company_id, Traveller.department_id))


_JOINED = (select(D).join(Traveller, Traveller.id == D.traveller_id)
           .join(Department, Department.id == Traveller.department_id)
           .join(OfferApplication, OfferApplication.id == D.application_id))
_ORDER = Traveller.sort_name, Traveller.id, D.month_on, D.id


def lines(found: Select) -> Select:
    """All that is told of each, in the order of names."""
    return (found.outerjoin(LegalEmployer, LegalEmployer.id == Department.legal_employer_id)
            .with_only_columns(
                D.id, D.application_id, D.month_on, D.kind, D.amount_ore,
                D.employer_ore, D.deduction, D.export_id, mark, Traveller.given_name,
                Traveller.surname, (Traveller.given_name + " " + Traveller.surname).label("name"),
                Traveller.employee_number, Traveller.protected, Traveller.personnummer_sealed,
                Department.name.label("department"), Department.cost_centre,
                LegalEmployer.name.label("employer"), OfferApplication.product,
                OfferApplication.price_ore, OfferApplication.employee_ore,
                OfferApplication.employer_ore.label("whole_employer_ore"),
                OfferApplication.months, OfferApplication.starts_on)
            .order_by(*_ORDER))


@dataclass(frozen=True)
class Page:
    rows: Sequence[Row]
    first: int
    total: int
    before: int | None
    after: int | None
    """The numbers of the pages beside this one."""

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def page(session: Session, found: Select, *, number: int = 1, most: int = 40) -> Page:
    total = session.scalar(select(func.count()).select_from(
        found.with_only_columns(D.id).subquery()))
    number = max(1, min(number, -(-total // most)))
    ids = session.scalars(found.with_only_columns(D.id).order_by(*_ORDER)
                          .limit(most).offset((number - 1) * most)).all()
    rows = session.execute(lines(_JOINED.where(D.id.in_(ids)))).all()
    return Page(rows, (number - 1) * most + 1, total, number - 1 or None,
                number + 1 if total > number * most else None)


@dataclass(frozen=True)
class Sum:
    """What one legal employer's next file would have, and what cannot be in it."""

    legal_employer_id: UUID | None
    rows: int
    people: int
    amount_ore: int
    unknown: int
    """How many rows are of somebody whom the payroll cannot tell."""

    @property
    def mark(self) -> str:
        """The same as long as the same would be in the file."""
        return f"{self.rows}:{self.amount_ore}"


def sums(session: Session, waits: Select, identity: Identity) -> dict[UUID | None, Sum]:
    known = known_by[identity]
    return {employer: Sum(employer, rows, people, int(amount or 0), unknown)
            for employer, rows, people, amount, unknown in session.execute(
                waits.with_only_columns(
                    Department.legal_employer_id, func.count().filter(known),
                    func.count(Traveller.id.distinct()).filter(known),
                    func.sum(D.amount_ore).filter(known), func.count().filter(~known))
                .group_by(Department.legal_employer_id))}


def unknown(session: Session, waits: Select, identity: Identity, *,
            most: int = 20) -> Sequence[Row[tuple[UUID, str]]]:
    """The travellers whom the payroll cannot tell, each with the name."""
    return session.execute(
        waits.with_only_columns(Traveller.id, Traveller.given_name + " " + Traveller.surname)
        .where(~known_by[identity]).distinct().limit(most)).all()


def marks(session: Session, found: Select) -> dict[Mark, tuple[int, int]]:
    """How many rows of each mark, and their öre."""
    each = found.with_only_columns(mark, D.amount_ore).subquery().c
    told = {name: (rows, int(amount)) for name, rows, amount in session.execute(
        select(each.mark, func.count(), func.sum(each.amount_ore)).group_by(each.mark))}
    return {name: told[name] for name in Mark if name in told}

"""The files that the payroll takes: each has the deductions up to a month that no earlier file has,
of one legal employer. What is in a file stays as it is."""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from domain.errors import NotFound
from domain.legal_employers import LegalEmployer
from domain.months import Month
from domain.people import Person
from domain.store import Row


class PayrollExport(Row):
    __tablename__ = "payroll_exports"
    __table_args__ = (Index("ix_payroll_exports_month", "company_id", "month_on"),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    legal_employer_id: Mapped[UUID | None] = mapped_column(ForeignKey("legal_employers.id"))
    """None: the company itself."""
    month_on: Mapped[date]
    rows: Mapped[int]
    sum_ore: Mapped[int]
    made_at: Mapped[datetime]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))

    legal_employer: Mapped[LegalEmployer | None] = relationship()
    made_by: Mapped[Person] = relationship()


def of_month(session: Session, company_id: UUID, month: Month) -> list[PayrollExport]:
    """The last made first."""
    return list(session.scalars(_told().where(
        PayrollExport.company_id == company_id, PayrollExport.month_on == month.first_day)))


def of_company(session: Session, company_id: UUID, *, most: int = 36) -> list[PayrollExport]:
    return list(session.scalars(_told().where(PayrollExport.company_id == company_id).limit(most)))


def find(session: Session, export_id: UUID, *, company_id: UUID) -> PayrollExport:
    export = session.scalar(_told().where(PayrollExport.id == export_id,
                                          PayrollExport.company_id == company_id))
    if export is None:
        raise NotFound("Lönefilen finns inte.")
    return export


def _told() -> Select[tuple[PayrollExport]]:
    return (select(PayrollExport)
            .options(joinedload(PayrollExport.legal_employer), joinedload(PayrollExport.made_by))
            .order_by(PayrollExport.month_on.desc(), PayrollExport.made_at.desc(),
                      PayrollExport.id))

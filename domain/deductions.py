"""What a granted staff offer takes from the salary, month by month."""
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import companies
from domain.companies import Deduction
from domain.months import Month
from domain.store import Row
from domain.travellers import Traveller


class SalaryDeduction(Row):
    __tablename__ = "salary_deductions"
    __table_args__ = (UniqueConstraint("application_id", "month_on"),
                      Index("ix_salary_deductions_month", "company_id", "month_on"))

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    traveller_id: Mapped[UUID] = mapped_column(ForeignKey("travellers.id"), index=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("offer_applications.id"))
    month_on: Mapped[date]
    amount_ore: Mapped[int]
    deduction: Mapped[Deduction]


def write(session: Session, application_id: UUID, traveller: Traveller, parts: list[int],
          month: Month) -> None:
    """One part each month, from this one on, gross or net as the company has it now."""
    deduction = companies.find(session, traveller.company_id).deduction
    for part in parts:
        session.add(SalaryDeduction(
            company_id=traveller.company_id, traveller_id=traveller.id, amount_ore=part,
            application_id=application_id, month_on=month.first_day, deduction=deduction))
        month = month.next


def of_applications(session: Session, ids: list[UUID]) -> dict[UUID, list[SalaryDeduction]]:
    """Each application's, the first month first."""
    rows = session.scalars(
        select(SalaryDeduction).where(SalaryDeduction.application_id.in_(ids))
        .order_by(SalaryDeduction.application_id, SalaryDeduction.month_on))
    return {key: list(each) for key, each in groupby(rows, lambda row: row.application_id)}


@dataclass(frozen=True)
class Left:
    """What remains of a deduction: so many months, the last of them, and öre in all."""

    application_id: UUID
    months: int
    last_on: date
    sum_ore: int


def left(session: Session, traveller: Traveller, month: Month) -> list[Left]:
    """Of each deduction that the traveller still pays in this month or later."""
    return [Left(application_id, months, last_on, int(total))
            for application_id, months, last_on, total in session.execute(
                select(SalaryDeduction.application_id, func.count(),
                       func.max(SalaryDeduction.month_on), func.sum(SalaryDeduction.amount_ore))
                .where(SalaryDeduction.traveller_id == traveller.id,
                       SalaryDeduction.month_on >= month.first_day)
                .group_by(SalaryDeduction.application_id)
                .order_by(func.max(SalaryDeduction.month_on), SalaryDeduction.application_id))]


def stop(session: Session, application_id: UUID, month: Month) -> None:
    """Nothing is taken from this month on."""
    session.execute(delete(SalaryDeduction).where(
        SalaryDeduction.application_id == application_id,
        SalaryDeduction.month_on >= month.first_day))

"""What a granted staff offer takes from the salary, month by month.

A row that has gone to the payroll with a file is locked: the database refuses to change it. What
happens later is put right by further rows, so that all of an application's rows together are what
its traveller owes, at any time.
"""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import groupby
from typing import Protocol
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.companies import Deduction
from domain.many import insert_rows, new_ids
from domain.money import equal_parts
from domain.months import Month, today
from domain.store import Row, partial_index
from domain.travellers import Traveller


class Kind(StrEnum):
    INSTALMENT = "instalment"
    CORRECTION = "correction"


class Mark(StrEnum):
    """What a row is to whoever runs the payroll."""

    NEW = "new"
    RUNNING = "running"
    ENDING = "ending"
    CORRECTED = "corrected"


class SalaryDeduction(Row):
    __tablename__ = "salary_deductions"
    __table_args__ = (partial_index("uq_salary_deductions_instalment", "application_id", "month_on",
                                    where="kind = 'instalment'", unique=True),
                      Index("ix_salary_deductions_application", "application_id", "month_on"),
                      Index("ix_salary_deductions_month", "company_id", "month_on"))

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    traveller_id: Mapped[UUID] = mapped_column(ForeignKey("travellers.id"), index=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("offer_applications.id"))
    month_on: Mapped[date]
    kind: Mapped[Kind] = mapped_column(default=Kind.INSTALMENT, server_default=Kind.INSTALMENT)
    amount_ore: Mapped[int]
    """What the salary pays; below zero what it gets back."""
    employer_ore: Mapped[int] = mapped_column(default=0, server_default="0")
    """What the employer pays beside it."""
    deduction: Mapped[Deduction]
    export_id: Mapped[UUID | None] = mapped_column(ForeignKey("payroll_exports.id"), index=True)
    """The file that it went to the payroll with; from then on it is locked."""
    mark: Mapped[Mark | None]
    """What it was called in that file."""

    @property
    def benefit_ore(self) -> int:
        """The part of the ticket's value that the employer gives. What is deducted before tax is
        given too; what is deducted after tax is the traveller's own money."""
        return self.employer_ore + (self.amount_ore if self.deduction == Deduction.GROSS else 0)


class Owing(Protocol):
    """What is asked of an application, whose module stands on this one."""

    id: UUID
    company_id: UUID
    traveller_id: UUID
    starts_on: date
    employer_ore: int
    employee_ore: int
    months: int
    deduction: Deduction


def write(session: Session, application: Owing, *, now: datetime) -> None:
    write_many(session, [application], now=now)


def write_many(session: Session, applications: Sequence[Owing], *, now: datetime) -> None:
    """Of each a part each month, as many as it says, from the month in which its ticket begins."""
    session.flush()
    ids = new_ids()
    insert_rows(session, SalaryDeduction.__table__, ("id", *WRITTEN), [
        (next(ids), each.company_id.hex, each.traveller_id.hex, each.id.hex,
         row["month_on"].isoformat(), row["amount_ore"], row["employer_ore"], each.deduction.value)
        for each in applications for row in instalments(each, now=now)], kind=Kind.INSTALMENT)


WRITTEN = ("company_id", "traveller_id", "application_id", "month_on", "amount_ore",
           "employer_ore", "deduction")


def instalments(application: Owing, *, now: datetime) -> list[dict]:
    month = Month.on(max(application.starts_on, today(now)))
    rows = []
    for amount_ore, employer_ore in zip(equal_parts(application.employee_ore, application.months),
                                        equal_parts(application.employer_ore, application.months),
                                        strict=True):
        rows.append({
            "company_id": application.company_id, "traveller_id": application.traveller_id,
            "application_id": application.id, "month_on": month.first_day,
            "amount_ore": amount_ore, "employer_ore": employer_ore,
            "deduction": application.deduction})
        month = month.next
    return rows


def of_applications(session: Session, ids: list[UUID]) -> dict[UUID, list[SalaryDeduction]]:
    """Each application's, the first month first."""
    rows = session.scalars(
        select(SalaryDeduction).where(SalaryDeduction.application_id.in_(ids))
        .order_by(SalaryDeduction.application_id, SalaryDeduction.month_on,
                  SalaryDeduction.kind.desc(), SalaryDeduction.id))
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
                select(SalaryDeduction.application_id,
                       func.count(SalaryDeduction.month_on.distinct()),
                       func.max(SalaryDeduction.month_on), func.sum(SalaryDeduction.amount_ore))
                .where(SalaryDeduction.traveller_id == traveller.id,
                       SalaryDeduction.month_on >= month.first_day,
                       SalaryDeduction.export_id.is_(None))
                .group_by(SalaryDeduction.application_id)
                .order_by(func.max(SalaryDeduction.month_on), SalaryDeduction.application_id))]

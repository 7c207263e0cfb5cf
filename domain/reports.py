"""The month: what a company has bought, line by line, frozen when the month has ended."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Select, UniqueConstraint, func, select
from sqlalchemy import Row as RowOf
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import (
    audit,
    invoice_making,
    invoice_plans,
    invoices,
    messages,
    month_lines,
    month_totals,
    outbox,
    people,
    vat_evening,
)
from domain.access import Scope
from domain.companies import Company
from domain.errors import NotFound
from domain.invoice_plans import Planned
from domain.months import Month, today
from domain.services import Service
from domain.specification_lines import SALE, SpecificationLine
from domain.store import Base, Row

ROWS_AT_ONCE = 2_000
LOOK_BACK = 12
"""A month that was missed is made up for as long as this many months later."""


class FileKind(StrEnum):
    PDF = "pdf"
    XLSX = "xlsx"


class MonthlyReport(Row):
    __tablename__ = "monthly_reports"
    __table_args__ = (UniqueConstraint("company_id", "month_on"),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    month_on: Mapped[date]
    tickets: Mapped[int]
    gross_ore: Mapped[int]
    vat_ore: Mapped[int]
    made_at: Mapped[datetime]
    invoiced_at: Mapped[datetime | None]
    """When its invoices were made; None of a month from before this portal made any."""

    @property
    def month(self) -> Month:
        return Month.on(self.month_on)


class ReportFile(Base):
    __tablename__ = "report_files"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("monthly_reports.id"), primary_key=True)
    kind: Mapped[FileKind] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(deferred=True)
    written_at: Mapped[datetime]


@dataclass(frozen=True)
class Sum:
    service: Service
    reference_number: str
    vat_basis_points: int
    tickets: int
    gross_ore: int
    vat_ore: int

    @property
    def net_ore(self) -> int:
        return self.gross_ore - self.vat_ore


def missing(session: Session, *, now: datetime) -> list[tuple[UUID, Month]]:
    """Each company's ended months that have no report, from the month it was approved in."""
    months = [Month.of(now).previous]
    while len(months) < LOOK_BACK:
        months.append(months[-1].previous)
    made = set(session.execute(select(MonthlyReport.company_id, MonthlyReport.month_on)
                               .where(MonthlyReport.month_on >= months[-1].first_day)).all())
    companies = session.execute(select(Company.id, Company.approved_at)
                                .where(Company.approved_at.is_not(None))).all()
    return [(company_id, month) for month in reversed(months) for company_id, approved in companies
            if month >= Month.of(approved) and (company_id, month.first_day) not in made]


def make(session: Session, company_id: UUID, month: Month, *, now: datetime) -> MonthlyReport:
    """Freeze the month's purchases into lines, and make its invoices. A second one for the month
    breaks a constraint."""
    report = MonthlyReport(company_id=company_id, month_on=month.first_day, tickets=0, gross_ore=0,
                           vat_ore=0, made_at=now, invoiced_at=now)
    session.add(report)
    session.flush()
    planned = _freeze(session, report, now=now)
    for total in month_totals.keep(session, report.id, month):
        report.tickets += total.tickets
        report.gross_ore += total.gross_ore
        report.vat_ore += total.vat_ore
    audit.record(session, audit.Act.REPORT_MADE, report.id, company_id=company_id, by=None,
                 now=now, month=str(month))
    outbox.put(session, outbox.Task.WRITE_REPORT, report_id=str(report.id), now=now)
    invoice_making.make_all(session, company_id, planned, now=now)
    return report


def _freeze(session: Session, report: MonthlyReport, *, now: datetime) -> list[Planned]:
    """The lines, each on its invoice; says which invoices there are to be."""
    company_id, month = report.company_id, report.month
    after_closed = is_closed(session, company_id, month.previous)
    planned = [each for each in invoice_plans.plan(
        session, company_id, month, after_closed=after_closed, issued_on=today(now))
        if not each.rolled_on]
    invoice_of = {each.reference_number: each.id for each in planned}
    month_lines.copy(session, month_lines.asked(company_id, month, after_closed=after_closed),
                     report_id=report.id, invoice_of=invoice_of)
    month_lines.take(session, company_id, invoice_of, report_id=report.id, until=month.next.start)
    vat_evening.even(session, report.id, planned)
    return planned


def is_closed(session: Session, company_id: UUID, month: Month) -> bool:
    return session.scalar(select(MonthlyReport.id).where(
        MonthlyReport.company_id == company_id,
        MonthlyReport.month_on == month.first_day)) is not None


def announce(session: Session, report: MonthlyReport, *, now: datetime) -> None:
    made = [each for each in invoices.of_month(session, report.company_id, report.month)
            if not each.is_credit]
    for admin in people.administrators(session, report.company_id):
        if admin.email:
            messages.put_email(session, "report_made", to=admin.email, language=admin.language,
                               now=now, name=admin.given_name, month=str(report.month),
                               tickets=report.tickets, gross_ore=report.gross_ore,
                               invoices=len(made))


def of_company(session: Session, company_id: UUID, *, most: int | None = 24) -> list[MonthlyReport]:
    return list(session.scalars(
        select(MonthlyReport).where(MonthlyReport.company_id == company_id)
        .order_by(MonthlyReport.month_on.desc()).limit(most)))


def find(session: Session, month: Month, *, company_id: UUID) -> MonthlyReport:
    report = session.scalar(select(MonthlyReport).where(
        MonthlyReport.company_id == company_id, MonthlyReport.month_on == month.first_day))
    if report is None:
        raise NotFound("Det finns ingen rapport för månaden.")
    return report


def _seen(report: MonthlyReport, within: Scope | None) -> ColumnElement[bool]:
    ours = SpecificationLine.report_id == report.id
    if within is None or within.departments is None:
        return ours
    return ours & SpecificationLine.department_id.in_(within.departments)


def sums(session: Session, report: MonthlyReport, *, within: Scope | None = None) -> list[Sum]:
    """Per service, reference number and VAT rate. A credit is no ticket."""
    line = SpecificationLine
    group = (line.service, line.reference_number, line.vat_basis_points)
    rows = session.execute(
        select(*group, func.count().filter(line.entry == SALE), func.sum(line.price_ore),
               func.sum(line.vat_ore))
        .where(_seen(report, within)).group_by(*group))
    services = list(Service)
    return sorted((Sum(service, reference, rate, count, int(gross), int(vat))
                   for service, reference, rate, count, gross, vat in rows),
                  key=lambda each: (services.index(each.service), each.reference_number,
                                    each.vat_basis_points))


def listed(report: MonthlyReport, *,
           within: Scope | None = None) -> Select[tuple[SpecificationLine]]:
    return (select(SpecificationLine).where(_seen(report, within))
            .order_by(SpecificationLine.counted_at, SpecificationLine.id))


def lines(session: Session, report: MonthlyReport, *, within: Scope | None = None,
          most: int | None = None) -> list[SpecificationLine]:
    return list(session.scalars(listed(report, within=within).limit(most)))


def count(session: Session, report: MonthlyReport) -> int:
    return session.scalar(select(func.count()).select_from(SpecificationLine)
                          .where(_seen(report, None)))


def rows(session: Session, report: MonthlyReport) -> Iterator[RowOf]:
    """The lines for its files, a few at a time."""
    asked = listed(report).with_only_columns(*SpecificationLine.__table__.c)
    yield from session.execute(asked, execution_options={"yield_per": ROWS_AT_ONCE})


def files(session: Session, report: MonthlyReport) -> list[FileKind]:
    return list(session.scalars(
        select(ReportFile.kind).where(ReportFile.report_id == report.id).order_by(ReportFile.kind)))


def written(session: Session, report_ids: list[UUID]) -> set[UUID]:
    """Which of the reports have all their files."""
    return set(session.scalars(
        select(ReportFile.report_id).where(ReportFile.report_id.in_(report_ids))
        .group_by(ReportFile.report_id).having(func.count() == len(FileKind))))


def file(session: Session, report: MonthlyReport, kind: FileKind) -> bytes:
    content = session.scalar(select(ReportFile.content).where(
        ReportFile.report_id == report.id, ReportFile.kind == kind))
    if content is None:
        raise NotFound("Filen är inte färdig än. Försök igen om en stund.")
    return content

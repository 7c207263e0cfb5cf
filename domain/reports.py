"""The month: what a company has bought, line by line, frozen when the month has ended."""
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Select,
    UniqueConstraint,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import audit, messages, outbox, people, tickets
from domain.access import Scope
from domain.companies import Company
from domain.errors import NotFound
from domain.months import Month
from domain.products import Area, Extent, Product, Trip
from domain.services import Service
from domain.store import Base, Row
from domain.tickets import Ticket

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

    @property
    def month(self) -> Month:
        return Month.on(self.month_on)


class ReportLine(Base):
    """A purchase as it stood when the month was closed; or, below zero, the credit of one that was
    charged in an earlier month and has been recalled."""

    __tablename__ = "report_lines"

    report_id: Mapped[UUID] = mapped_column(ForeignKey("monthly_reports.id"), primary_key=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    sold_at: Mapped[datetime]
    ticket_number: Mapped[str]
    service: Mapped[Service]
    reference_number: Mapped[str]
    department_id: Mapped[UUID | None]
    department_name: Mapped[str]
    holder: Mapped[str]
    purpose: Mapped[str] = mapped_column(default="", server_default="")
    product: Mapped[Product]
    extent: Mapped[Extent]
    zones: Mapped[str]
    area: Mapped[Area | None]
    price_ore: Mapped[int]
    vat_ore: Mapped[int]
    vat_basis_points: Mapped[int]

    @property
    def is_credit(self) -> bool:
        return self.price_ore < 0

    @property
    def trip(self) -> Trip:
        return Trip(self.extent, tuple(map(int, self.zones.split())), self.area)


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
    """Freeze the month's purchases into lines. A second one for the month breaks a constraint."""
    report = MonthlyReport(company_id=company_id, month_on=month.first_day, tickets=0, gross_ore=0,
                           vat_ore=0, made_at=now)
    session.add(report)
    session.flush()
    _copy(session, report, tickets.sold_in(month), sign=1)
    _copy(session, report, tickets.credited_in(month), sign=-1)
    for total in sums(session, report):
        report.tickets += total.tickets
        report.gross_ore += total.gross_ore
        report.vat_ore += total.vat_ore
    audit.record(session, audit.Act.REPORT_MADE, report.id, company_id=company_id, by=None,
                 now=now, month=str(month))
    outbox.put(session, outbox.Task.WRITE_REPORT, report_id=str(report.id), now=now)
    return report


def _copy(session: Session, report: MonthlyReport, which: ColumnElement[bool], *,
          sign: int) -> None:
    copied = ["sold_at", "service", "reference_number", "department_id", "department_name",
              "holder", "purpose", "product", "extent", "zones", "area", "vat_basis_points"]
    session.execute(insert(ReportLine).from_select(
        ["report_id", "ticket_id", "ticket_number", "price_ore", "vat_ore", *copied],
        select(literal(report.id, ReportLine.report_id.type), Ticket.id, Ticket.number,
               sign * Ticket.price_ore, sign * Ticket.vat_ore,
               *(getattr(Ticket, column) for column in copied))
        .where(Ticket.company_id == report.company_id, Ticket.trial.is_(False), which)))


def announce(session: Session, report: MonthlyReport, *, now: datetime) -> None:
    for admin in people.administrators(session, report.company_id):
        if admin.email:
            messages.put_email(session, "report_made", to=admin.email, language=admin.language,
                               now=now, name=admin.given_name, month=str(report.month),
                               tickets=report.tickets, gross_ore=report.gross_ore)


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
    ours = ReportLine.report_id == report.id
    if within is None or within.departments is None:
        return ours
    return ours & ReportLine.department_id.in_(within.departments)


def sums(session: Session, report: MonthlyReport, *, within: Scope | None = None) -> list[Sum]:
    """Per service, reference number and VAT rate. A credit is no ticket."""
    group = (ReportLine.service, ReportLine.reference_number, ReportLine.vat_basis_points)
    rows = session.execute(
        select(*group, func.count().filter(ReportLine.price_ore >= 0),
               func.sum(ReportLine.price_ore), func.sum(ReportLine.vat_ore))
        .where(_seen(report, within)).group_by(*group))
    services = list(Service)
    return sorted((Sum(service, reference, rate, count, int(gross), int(vat))
                   for service, reference, rate, count, gross, vat in rows),
                  key=lambda each: (services.index(each.service), each.reference_number,
                                    each.vat_basis_points))


def listed(report: MonthlyReport, *, within: Scope | None = None) -> Select[tuple[ReportLine]]:
    return (select(ReportLine).where(_seen(report, within))
            .order_by(ReportLine.sold_at, ReportLine.ticket_id))


def lines(session: Session, report: MonthlyReport, *, within: Scope | None = None,
          most: int | None = None) -> list[ReportLine]:
    return list(session.scalars(listed(report, within=within).limit(most)))


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

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
from domain.services import Service
from domain.specification_lines import RECALL, SALE, SpecificationLine
from domain.store import Base, Row
from domain.tickets import Ticket
from domain.travel_cards import TravelCard

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
    """Freeze the month's purchases into lines. A second one for the month breaks a constraint."""
    report = MonthlyReport(company_id=company_id, month_on=month.first_day, tickets=0, gross_ore=0,
                           vat_ore=0, made_at=now)
    session.add(report)
    session.flush()
    _copy(session, report, tickets.sold_in(month), sign=1, entry=SALE)
    _copy(session, report, tickets.credited_in(month), sign=-1, entry=RECALL)
    for total in sums(session, report):
        report.tickets += total.tickets
        report.gross_ore += total.gross_ore
        report.vat_ore += total.vat_ore
    audit.record(session, audit.Act.REPORT_MADE, report.id, company_id=company_id, by=None,
                 now=now, month=str(month))
    outbox.put(session, outbox.Task.WRITE_REPORT, report_id=str(report.id), now=now)
    return report


def _copy(session: Session, report: MonthlyReport, which: ColumnElement[bool], *, sign: int,
          entry: int) -> None:
    """Straight from the tickets: a month may have a million of them."""
    copied = ["sold_at", "service", "reference_number", "cost_centre", "department_id",
              "department_name", "traveller_id", "holder", "purpose", "note", "product", "extent",
              "zones", "area", "vat_basis_points"]
    carried_by = func.coalesce(TravelCard.number, Ticket.mobile)
    session.execute(insert(SpecificationLine).from_select(
        ["report_id", "company_id", "ticket_id", "entry", "counted_at", "ticket_number",
         "carrier", "price_ore", "vat_ore", *copied],
        select(literal(report.id, SpecificationLine.report_id.type), Ticket.company_id, Ticket.id,
               literal(entry), Ticket.recalled_at if entry == RECALL else Ticket.sold_at,
               Ticket.number, func.substr(carried_by, func.length(carried_by) - 3),
               sign * Ticket.price_ore, sign * Ticket.vat_ore,
               *(getattr(Ticket, column) for column in copied))
        .outerjoin(TravelCard, TravelCard.id == Ticket.card_id)
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
    ours = SpecificationLine.report_id == report.id
    if within is None or within.departments is None:
        return ours
    return ours & SpecificationLine.department_id.in_(within.departments)


def sums(session: Session, report: MonthlyReport, *, within: Scope | None = None) -> list[Sum]:
    """Per service, reference number and VAT rate. A credit is no ticket."""
    line = SpecificationLine
    group = (line.service, line.reference_number, line.vat_basis_points)
    rows = session.execute(
        select(*group, func.count().filter(line.price_ore >= 0), func.sum(line.price_ore),
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

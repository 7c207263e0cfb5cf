"""The month: closed for whoever still lacks it, and its files written."""
from collections.abc import Iterator
from functools import cache, partial
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from documents import pdf, specification, spreadsheet
from domain import companies, month_runs, reports
from domain.errors import DomainError
from domain.identity import show_organisation_number
from domain.products import NAMES, Area, Extent, Trip, place
from domain.reports import FileKind, MonthlyReport, ReportFile
from domain.services import SERVICE_NAMES
from domain.store import insert_missing
from domain.texts import sv
from jobs import Portal, invoices
from translations import formats

CREDIT = sv("Kreditering: %(product)s")
WRITERS = {FileKind.PDF: partial(pdf.specification, typesetter=invoices.typesetter),
           FileKind.XLSX: spreadsheet.specification}


def make_missing(portal: Portal) -> None:
    """Hand each company that lacks a month to whichever worker is free. Safe to run any night, any
    number of times, and by two at once."""
    now = portal.world.clock.now()
    with portal.store.session() as session:
        missing = reports.missing(session, now=now)
        if missing:
            with portal.store.transaction(session):
                month_runs.hand_out(session, missing, now=now)


def close(portal: Portal, session: Session, *, company_id: UUID) -> None:
    """The months that the company lacks, the earliest first, each in a transaction of its own.
    Whoever comes second waits for the first and finds the month closed."""
    try:
        while _closed_one(portal, session, company_id):
            pass
    except Exception as error:
        why = str(error) if isinstance(error, DomainError) else type(error).__name__
        with portal.store.transaction(session):
            month_runs.failed(session, company_id, why, now=portal.world.clock.now())
        raise


def _closed_one(portal: Portal, session: Session, company_id: UUID) -> bool:
    now = portal.world.clock.now()
    with portal.store.transaction(session):
        closing = month_runs.next_of(session, company_id)
        if closing is None:
            return False
        if not reports.is_closed(session, company_id, closing.month):
            report = reports.make(session, company_id, closing.month, now=now)
            if report.tickets or report.gross_ore:
                reports.announce(session, report, now=now)
        month_runs.done(closing, now=now)
    return True


def write(portal: Portal, session: Session, *, report_id: UUID) -> None:
    """Harmless the second time."""
    report = session.get_one(MonthlyReport, report_id)
    written = reports.files(session, report)
    spec = _specification(portal, session, report)
    for kind in (kind for kind in FileKind if kind not in written):
        content = WRITERS[kind](spec)
        with portal.store.transaction(session):
            insert_missing(session, ReportFile, report_id=report_id, kind=kind, content=content,
                           written_at=portal.world.clock.now())


class Lines:
    """Of a report, a few at a time: there may be a hundred thousand."""

    def __init__(self, session: Session, report: MonthlyReport):
        self._session, self._report = session, report

    def __len__(self) -> int:
        return reports.count(self._session, self._report)

    def __iter__(self) -> Iterator[specification.Line]:
        for line in reports.rows(self._session, self._report):
            yield specification.Line(
                line.sold_at, line.ticket_number, SERVICE_NAMES[line.service],
                line.reference_number, line.department_name, line.holder, _name(line),
                place(trip(line.extent, line.zones, line.area)), line.price_ore, line.vat_ore,
                line.vat_basis_points, line.purpose)


@cache
def trip(extent: Extent, zones: str, area: Area | None) -> Trip:
    return Trip(extent, tuple(map(int, zones.split())), area)


def _name(line: Row) -> str:
    name = NAMES[line.product]
    return CREDIT % {"product": name} if line.price_ore < 0 else name


def _specification(portal: Portal, session: Session,
                   report: MonthlyReport) -> specification.Specification:
    company = companies.find(session, report.company_id)
    sums = [specification.Sum(
        SERVICE_NAMES[each.service], each.reference_number, each.tickets, each.gross_ore,
        each.vat_ore, each.vat_basis_points) for each in reports.sums(session, report)]
    return specification.Specification(
        authority=portal.brand_name,
        authority_contact=f"{portal.brand_phone} · {portal.brand_email}",
        company=company.name,
        organisation_number=show_organisation_number(company.organisation_number),
        month_name=formats.month(report.month), period_start=report.month.first_day,
        period_end=report.month.last_day, made_at=report.made_at, lines=Lines(session, report),
        sums=sums)

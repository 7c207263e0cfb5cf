"""The month: reports made for whoever still lacks one, and their files written."""
import logging
from uuid import UUID

from sqlalchemy.orm import Session

from documents import pdf, specification, spreadsheet
from domain import companies, reports
from domain.errors import Conflict
from domain.identity import show_organisation_number
from domain.products import NAMES, place
from domain.reports import FileKind, MonthlyReport, ReportFile
from domain.services import SERVICE_NAMES
from domain.specification_lines import SpecificationLine
from domain.store import insert_missing
from domain.texts import sv
from jobs import Portal
from translations import formats

log = logging.getLogger(__name__)

CREDIT = sv("Kreditering: %(product)s")
WRITERS = {FileKind.PDF: pdf.specification, FileKind.XLSX: spreadsheet.specification}


def make_missing(portal: Portal) -> None:
    """Safe to run any night, any number of times, and by two at once."""
    now = portal.world.clock.now()
    with portal.store.session() as session:
        for company_id, month in reports.missing(session, now=now):
            try:
                with portal.store.transaction(session):
                    report = reports.make(session, company_id, month, now=now)
                    if report.tickets or report.gross_ore:
                        reports.announce(session, report, now=now)
            except Conflict:
                log.info("somebody else has made the report of %s", month)


def write(portal: Portal, session: Session, *, report_id: UUID) -> None:
    """Typst keeps its memory, so this runs only where the process ends with the job."""
    report = session.get_one(MonthlyReport, report_id)
    written = reports.files(session, report)
    spec = _specification(portal, session, report)
    session.rollback()
    for kind in (kind for kind in FileKind if kind not in written):
        content = WRITERS[kind](spec)
        with portal.store.transaction(session):
            insert_missing(session, ReportFile, report_id=report_id, kind=kind, content=content,
                           written_at=portal.world.clock.now())


def _name(line: SpecificationLine) -> str:
    name = NAMES[line.product]
    return CREDIT % {"product": name} if line.is_credit else name


def _specification(portal: Portal, session: Session,
                   report: MonthlyReport) -> specification.Specification:
    company = companies.find(session, report.company_id)
    lines = [specification.Line(
        line.sold_at, line.ticket_number, SERVICE_NAMES[line.service], line.reference_number,
        line.department_name, line.holder, _name(line), place(line.trip), line.price_ore,
        line.vat_ore, line.vat_basis_points, line.purpose)
        for line in reports.lines(session, report)]
    sums = [specification.Sum(
        SERVICE_NAMES[each.service], each.reference_number, each.tickets, each.gross_ore,
        each.vat_ore, each.vat_basis_points) for each in reports.sums(session, report)]
    return specification.Specification(
        authority=portal.brand_name,
        authority_contact=f"{portal.brand_phone} · {portal.brand_email}",
        company=company.name,
        organisation_number=show_organisation_number(company.organisation_number),
        month_name=formats.month(report.month), period_start=report.month.first_day,
        period_end=report.month.last_day, made_at=report.made_at, lines=lines, sums=sums)

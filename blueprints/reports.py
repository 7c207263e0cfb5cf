"""Statistik och rapporter: the months that have ended, and the one that goes on; each with its
course from the purchases to the money."""
from io import BytesIO

from flask import Blueprint, abort, send_file, url_for
from htmx_flask import request

from blueprints import exports, month_stops
from blueprints.formats import place
from blueprints.guard import needs
from blueprints.language import _
from blueprints.seller import seller
from blueprints.web import actor, db, done, now, page, transaction
from blueprints.words import word
from documents import invoice_downloads
from documents.listing import Column, Kind
from domain import (
    companies,
    month_checks,
    month_courses,
    month_previews,
    report_totals,
    reports,
    tickets,
)
from domain.access import Right
from domain.month_courses import Course
from domain.months import Month
from domain.reports import FileKind, MonthlyReport
from domain.specification_lines import SpecificationLine

bp = Blueprint("reports", __name__, url_prefix="/foretag/rapporter")

MONTH = "/<int(fixed_digits=4, min=2000):year>-<int(fixed_digits=2, min=1, max=12):month>"
MONTHS_IN_CHART = 12
LINES_SHOWN = 100
LOOKS = 60
"""A page that waits for the files looks so many times, every other second."""
MIME = {FileKind.PDF: "application/pdf",
        FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


@bp.get("/")
@needs(Right.READ_REPORTS)
def index():
    made = report_totals.latest(db, within=actor().scope)
    written = reports.written(db, [each.report_id for each in made])
    return page("reports/index.html", reports=made, whole=actor().scope.is_whole,
                written=written, charted=made[:MONTHS_IN_CHART][::-1], this_month=Month.of(now()),
                so_far=tickets.month_so_far(db, within=actor().scope, now=now()))


@bp.get(f"/manader.{exports.KINDS}")
@needs(Right.READ_REPORTS)
def months(kind: str):
    columns = [Column(_("Månad")), Column(_("Biljetter"), Kind.NUMBER),
               Column(_("Varav moms"), Kind.MONEY), Column(_("Inkl. moms"), Kind.MONEY)]
    made = report_totals.latest(db, within=actor().scope, most=None)
    return exports.file(kind, _("Ekonomirapporter"), columns, lambda: (
        (str(each.month), each.tickets, each.vat_ore, each.gross_ore) for each in made))


@bp.get(MONTH)
@needs(Right.READ_REPORTS)
def show(year: int, month: int):
    course = month_courses.of(db, Month(year, month), within=actor().scope, now=now())
    shown = {"course": course, "month": course.month, "stops": month_stops.of(course),
             "whole": actor().scope.is_whole}
    return _closed(course, shown) if course.report else _open(course, shown)


def _open(course: Course, shown: dict):
    """What the invoices would be now."""
    return page("reports/open.html", **shown, found=month_previews.preview(
        db, actor().scope, course.month, now=now()))


def _closed(course: Course, shown: dict):
    report, scope, look = course.report, actor().scope, request.args.get("look", 0, type=int)
    return page("reports/show.html", block="files", **shown, report=course.total, kinds=FileKind,
                files=reports.files(db, report), look=look + 1 if look < LOOKS else None,
                sums=reports.sums(db, report, within=scope),
                lines=reports.lines(db, report, within=scope, most=LINES_SHOWN))


@bp.post(f"{MONTH}/granskning")
@needs(Right.READ_REPORTS)
def check(year: int, month: int):
    course = month_courses.of(db, Month(year, month), within=actor().scope, now=now())
    with transaction():
        month_checks.check(db, course.month, by=actor(), now=now())
    return done(url_for(".show", year=year, month=month), _("Köpen är granskade."))


@bp.get(f"{MONTH}/specification.<any(pdf, xlsx):kind>")
@needs(Right.READ_REPORTS)
def specification(year: int, month: int, kind: str):
    """The company's, as it was written when the month was closed."""
    report = _report(year, month)
    if not actor().scope.is_whole:
        abort(404)
    company = companies.find(db, report.company_id)
    content = reports.file(db, report, FileKind(kind))
    return send_file(BytesIO(content), MIME[FileKind(kind)], as_attachment=True,
                     download_name=f"{_('Specifikation')} {company.name} {report.month}.{kind}")


@bp.get(f"{MONTH}/bokforing.si")
@needs(Right.READ_REPORTS)
def books(year: int, month: int):
    """All the month's invoices, for the company's own bookkeeping."""
    report = _report(year, month)
    if not actor().scope.is_whole:
        abort(404)
    return exports.download(invoice_downloads.company_books(
        db, report.company_id, report.month, seller=seller(), now=now()))


@bp.get(f"{MONTH}/kop.{exports.KINDS}")
@needs(Right.READ_REPORTS)
def file(year: int, month: int, kind: str):
    """The month's purchases, of the departments that the person has."""
    report = _report(year, month)
    columns = [
        Column(_("Köpt"), Kind.MOMENT), Column(_("Biljettnummer"), width=14), Column(_("Tjänst")),
        Column(_("Referensnummer")), Column(_("Avdelning")), Column(_("Resenär"), width=30),
        Column(_("Biljett")), Column(_("Giltighet"), width=30), Column(_("Ändamål"), width=24),
        Column(_("Inkl. moms"), Kind.MONEY), Column(_("Varav moms"), Kind.MONEY)]
    lines = reports.listed(report, within=actor().scope).execution_options(yield_per=500)
    return exports.file(kind, f"{_('Köp')} {report.month}", columns,
                        lambda: map(_cells, db.scalars(lines)))


def _cells(line: SpecificationLine) -> tuple:
    return (line.sold_at, line.ticket_number, word(line.service), line.reference_number,
            line.department_name, line.holder, word(line.product), place(line.trip),
            line.purpose, line.price_ore, line.vat_ore)


def _report(year: int, month: int) -> MonthlyReport:
    return reports.find(db, Month(year, month), company_id=actor().company_id)

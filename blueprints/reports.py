"""Statistik och rapporter: the months that have ended, and the one that goes on."""
from io import BytesIO

from flask import Blueprint, send_file
from htmx_flask import request

from blueprints.language import _
from blueprints.web import actor, db, needs, now, page
from domain import companies, reports, tickets
from domain.access import Right
from domain.months import Month
from domain.reports import FileKind, MonthlyReport

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
    company_id = actor().company_id
    made = reports.of_company(db, company_id)
    return page("reports/index.html", reports=made, written=reports.written(db, made),
                charted=made[:MONTHS_IN_CHART][::-1], this_month=Month.of(now()),
                so_far=tickets.month_so_far(db, within=actor().scope, now=now()))


@bp.get(MONTH)
@needs(Right.READ_REPORTS)
def show(year: int, month: int):
    report, look = _report(year, month), request.args.get("look", 0, type=int)
    return page("reports/show.html", block="files", report=report, month=report.month,
                kinds=FileKind, files=reports.files(db, report),
                look=look + 1 if look < LOOKS else None,
                sums=reports.sums(db, report, within=actor().scope),
                lines=reports.lines(db, report, within=actor().scope, most=LINES_SHOWN))


@bp.get(f"{MONTH}/specification.<any(pdf, xlsx):kind>")
@needs(Right.READ_REPORTS)
def specification(year: int, month: int, kind: str):
    report = _report(year, month)
    company = companies.find(db, report.company_id)
    content = reports.file(db, report, FileKind(kind))
    return send_file(BytesIO(content), MIME[FileKind(kind)], as_attachment=True,
                     download_name=f"{_('Specifikation')} {company.name} {report.month}.{kind}")


def _report(year: int, month: int) -> MonthlyReport:
    return reports.find(db, Month(year, month), company_id=actor().company_id)

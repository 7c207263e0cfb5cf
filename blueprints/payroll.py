"""The files to the payroll: made once, fetched as often as one likes."""
from io import BytesIO
from uuid import UUID

from flask import Blueprint, send_file, url_for
from htmx_flask import request

from blueprints import deduction_file
from blueprints.deductions import asked
from blueprints.fields import ids
from blueprints.guard import needs
from blueprints.language import _
from blueprints.web import actor, db, done, now, page, transaction
from documents import paxml, payroll_csv
from domain import (
    legal_employers,
    payroll_exports,
    payroll_files,
    payroll_making,
    payroll_rows,
    payroll_settings,
)
from domain.access import Right
from domain.months import Month
from domain.payroll_exports import PayrollExport

bp = Blueprint("payroll", __name__, url_prefix="/foretag/loneavdrag")

DRAWN = {"xml": (paxml.file, "application/xml"), "csv": (payroll_csv.file, "text/csv")}


@bp.get("/lonefiler")
@needs(Right.MANAGE_COMPANY)
def index():
    return page("payroll/index.html",
                exports=payroll_exports.of_company(db, actor().company_id))


@bp.post("/lonefiler")
@needs(Right.MANAGE_COMPANY)
def make():
    """Of the legal employer that is named, or of the company itself."""
    employer = next(iter(ids([request.form.get("employer")])), None)
    if employer:
        legal_employers.find(db, employer, company_id=actor().company_id)
    with transaction():
        made = payroll_making.make(
            db, actor().company_id, asked(), employer,
            agreed=request.form.get("agreed", ""), by=actor(), now=now())
    return done(url_for(".show", export_id=made.id), _("Lönefilen är klar att hämta."))


@bp.get("/lonefiler/<uuid:export_id>")
@needs(Right.MANAGE_COMPANY)
def show(export_id: UUID):
    export = _found(export_id)
    number = request.args.get("sida", 1, type=int)
    return page("payroll/show.html", export=export,
                settings=payroll_settings.of_company(db, export.company_id),
                found=payroll_rows.page(db, payroll_rows.of_export(export),
                                        number=number))


@bp.get("/lonefiler/<uuid:export_id>/lonefil.<any(xml, csv, xlsx):kind>")
@needs(Right.MANAGE_COMPANY)
def file(export_id: UUID, kind: str):
    """As the settings are now: a file with a wrong wage code is fetched again when it is mended."""
    export = _found(export_id)
    name = " ".join((_("Lönefil"), str(Month.on(export.month_on))))
    if kind == "xlsx":
        return deduction_file.file(kind, name, payroll_rows.of_export(export))
    draw, mime = DRAWN[kind]
    return send_file(BytesIO(draw(payroll_files.of(db, export))), mime, as_attachment=True,
                     download_name=f"{name}.{kind}")


def _found(export_id: UUID) -> PayrollExport:
    return payroll_exports.find(db, export_id, company_id=actor().company_id)

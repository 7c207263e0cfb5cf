"""Löneavdrag: what the salaries pay in a month, and the file that the payroll program takes."""
import re

from flask import Blueprint
from htmx_flask import request

from blueprints import deduction_file, exports
from blueprints.guard import needs
from blueprints.language import _
from blueprints.web import actor, db, now, page
from domain import legal_employers, payroll_exports, payroll_rows, payroll_settings
from domain.access import Right
from domain.months import Month

bp = Blueprint("deductions", __name__, url_prefix="/foretag/loneavdrag")

MONTH = re.compile(r"(2[01]\d\d)-(0[1-9]|1[0-2])", re.ASCII)


@bp.get("/")
@needs(Right.DECIDE_OFFERS)
def index():
    month = asked()
    found = payroll_rows.of_month(actor().scope, month)
    number = request.args.get("sida", 1, type=int)
    return page("deductions/index.html", month=month, marks=payroll_rows.marks(db, found),
                found=payroll_rows.page(db, found, number=number),
                **(_files(month) if actor().may(Right.MANAGE_COMPANY) else {}))


@bp.get(f"/avdrag.{exports.KINDS}")
@needs(Right.DECIDE_OFFERS)
def file(kind: str):
    wanted = asked()
    return deduction_file.file(kind, " ".join((_("Löneavdrag"), str(wanted))),
                               payroll_rows.of_month(actor().scope, wanted))


def asked() -> Month:
    """The month that is asked for, in the address or in the form; else the one that goes on."""
    named = MONTH.fullmatch(request.values.get("manad", ""))
    return Month(int(named[1]), int(named[2])) if named else Month.of(now())


def _files(month: Month) -> dict:
    """What whoever has the whole company makes a file of."""
    company_id = actor().company_id
    settings = payroll_settings.of_company(db, company_id)
    waits = payroll_rows.waiting(actor().scope, month)
    return {"sums": payroll_rows.sums(db, waits, settings.identity), "settings": settings,
            "unknown": payroll_rows.unknown(db, waits, settings.identity),
            "employers": {each.id: each.name
                          for each in legal_employers.of_company(db, company_id)},
            "exports": payroll_exports.of_month(db, company_id, month)}

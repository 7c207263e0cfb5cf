"""What each night's clean-up has forgotten, for the clerks who answer for it."""
from flask import Blueprint
from htmx_flask import request

from blueprints.guard import needs
from blueprints.language import lazy
from blueprints.web import db, page, rules
from domain import retention_reports
from domain.access import Right

bp = Blueprint("retention_reports", __name__, url_prefix="/intern/gallring")

NAMES = {
    "trips": lazy("Resor"), "letters": lazy("Brev och meddelanden"),
    "documents": lazy("Dokument"), "registrations": lazy("Konton som inte bekräftades"),
    "logins": lazy("Avslutade inloggningar"), "resets": lazy("Länkar till nya lösenord"),
    "email_changes": lazy("Byten av e-postadress"), "carts": lazy("Övergivna varukorgar"),
    "holders": lazy("Namn på biljetter"), "reasons": lazy("Skäl till åtgärder"),
    "addresses": lazy("Adresser på ordrar och försändelser"),
    "payments_on_board": lazy("Tider för betalning ombord"),
    "loads": lazy("Laddningar som ingen har kvar"),
    "orders": lazy("Ordrar äldre än bokföringen kräver"),
    "customers": lazy("Borttagna konton utan bokföring"),
}
"""Of the counts."""


@bp.get("/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    mark = request.args.get("efter")
    found = retention_reports.listed(db, before=mark and retention_reports.moment(mark))
    return page("retention_reports/index.html", found=found, names=NAMES, rules=rules())

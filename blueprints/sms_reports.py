"""Where the SMS provider tells what became of a message."""
from hmac import compare_digest
from uuid import UUID

from flask import Blueprint, abort, current_app
from htmx_flask import request

from blueprints.guard import public
from blueprints.web import db, now, transaction, world
from domain import messages
from integrations.errors import Refused
from integrations.sms import Delivery

bp = Blueprint("sms_reports", __name__, url_prefix="/aterrapport")


@bp.post("/sms/<uuid:sms_id>")
@public
def create(sms_id: UUID):
    _check_key()
    report = world().sms.report(request.form)
    if report.state != Delivery.SENT:
        with transaction():
            messages.delivery_reported(
                db, sms_id, delivered=report.state == Delivery.DELIVERED,
                now=report.delivered_at or now())
    return "", 204


@bp.record_once
def _has_no_token(state) -> None:
    """The provider proves itself by the key in the address instead."""
    state.app.extensions["csrf"].exempt(bp)


@bp.errorhandler(Refused)
def not_a_report(_error: Refused):
    return "not a delivery report", 400


def _check_key() -> None:
    key = current_app.config["PORTAL"].sms_report_key.encode()
    given = request.args.get("key", "").encode()
    if not key or not compare_digest(given, key):
        abort(404)

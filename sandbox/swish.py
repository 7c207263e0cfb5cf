"""Swish Commerce's API, the other side of it, as Swish's own test environment has it: a message
that is an error code orders that error."""
import re
import time
from decimal import Decimal, InvalidOperation
from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, request

from sandbox.faults import SWISH_DOWN, SWISH_SLOW
from sandbox.stage import stage
from sandbox.swish_requests import NoSuchRequest, TooLate, shown, shown_refund

ID = re.compile(r"[0-9A-F]{32}")
REFERENCE = re.compile(r"[a-öA-Ö0-9-]{1,35}")
MESSAGE = re.compile(r'[a-öA-Ö0-9:;.,?!()" -]{0,50}')
ALIAS = re.compile(r"\d{8,15}")
PATCH = [{"op": "replace", "path": "/status", "value": "cancelled"}]
NEAR = ("localhost", "127.0.0.1")
SLOW = 12
"""Seconds."""
SAID = {
    "FF08": "PaymentReference is invalid", "RP03": "Callback URL is missing or does not use HTTPS",
    "BE18": "Payer alias is invalid", "RP01": "Missing Merchant Swish Number",
    "PA01": "Parameter is not correct", "PA02": "Amount value is missing or not a valid number",
    "AM06": "Specified transaction amount is less than agreed minimum",
    "AM02": "Amount value is too large", "AM03": "Invalid or missing Currency",
    "RP02": "Wrong formatted message", "RP06": "A payment request already exists for that payer",
    "RP07": "Payment request is not cancellable", "RP09": "The given instructionUUID is used",
    "ACMT03": "Payer not enrolled", "ACMT01": "Counterpart is not activated",
    "ACMT07": "Payee not enrolled", "UNKW": "An unknown error occurred",
    "RF02": "Original payment not found or original payment is more than 13 months old",
    "RF03": "Payer alias in the refund does not match the payee alias in the original payment",
    "RF04": "Payer organization number do not match original payment payee organization number",
    "RF06": "The Payer SSN in the original payment is not the same as the SSN of the Payee",
    "RF08": "Amount value is too large or amount exceeds the amount of the original payment",
}
AT_ONCE = {"FF08", "RP03", "BE18", "RP01", "PA02", "AM06", "AM02", "AM03", "RP02", "RP06", "RP09",
           "ACMT03", "ACMT01", "ACMT07", "UNKW", "PA01"}
REFUND_AT_ONCE = {"RF02", "RF03", "RF04", "RF06", "RF08", "FF08", "RP03", "PA02", "AM06", "AM03",
                  "ACMT07", "BE18", "PA01"}
FORBIDDEN = {"PA01"}

bp = Blueprint("swish", __name__, url_prefix="/swish-cpcapi/api")


class Refusal(Exception):
    def __init__(self, code: str, more: str | None = None):
        self.code, self.more = code, more


@bp.errorhandler(Refusal)
def refuse(refusal):
    return jsonify([{"errorCode": refusal.code, "errorMessage": SAID[refusal.code],
                     "additionalInformation": refusal.more}]), (
        403 if refusal.code in FORBIDDEN else 422)


@bp.errorhandler(NoSuchRequest)
def no_such_request(_):
    return "", 404


@bp.errorhandler(TooLate)
def too_late(_):
    return refuse(Refusal("RP07"))


@bp.before_request
def check():
    if SWISH_DOWN in stage().faults.on():
        return "", 503
    kind = "json-patch+json" if request.method == "PATCH" else "json"
    if request.method != "GET" and request.mimetype != f"application/{kind}":
        return "", 415
    return None


@bp.after_request
def slowly(response):
    if SWISH_SLOW in stage().faults.on():
        time.sleep(SLOW)
    return response


@bp.put("/v2/paymentrequests/<id>")
def pay(id):
    body = _body(id)
    if body is None:
        return "", 400
    _order(body, AT_ONCE)
    if stage().swish.has(id):
        raise Refusal("RP09")
    if body.get("payerAlias") and stage().swish.is_open_for(body["payerAlias"]):
        raise Refusal("RP06")
    row = stage().swish.make(
        id, reference=_matching(body, "payeePaymentReference", REFERENCE, "FF08"),
        payer=_matching(body, "payerAlias", ALIAS, "BE18"),
        payee=_matching(body, "payeeAlias", ALIAS, "RP01", needed=True), **_told(body),
        ore=_ore(body), message=_message(body))
    answer = _made("paymentrequests", id)
    if row["token"]:
        answer.headers["PaymentRequestToken"] = row["token"]
    return answer


@bp.get("/v1/paymentrequests/<id>")
def show(id):
    return jsonify(shown(stage().swish.find(id)))


@bp.patch("/v1/paymentrequests/<id>")
def cancel(id):
    if request.get_json(force=True, silent=True) != PATCH:
        raise Refusal("PA01")
    return jsonify(shown(stage().swish.cancel(id)))


@bp.put("/v2/refunds/<id>")
def refund(id):
    body = _body(id)
    if body is None:
        return "", 400
    _order(body, REFUND_AT_ONCE)
    if stage().swish.has_refund(id):
        raise Refusal("RP09")
    paid, us = str(body.get("originalPaymentReference")), str(body.get("payerAlias"))
    payment = stage().swish.paid_as(paid) or stage().swish.demo(paid, us)
    if payment is None:
        raise Refusal("RF02")
    if _matching(body, "payerAlias", ALIAS, "BE18", needed=True) != payment["payee"]:
        raise Refusal("RF03")
    ore, left = _ore(body), stage().swish.left(payment)
    if ore > left:
        raise Refusal("RF08", f"{left / 100:.2f}")
    stage().swish.refund(
        id, payment, reference=_matching(body, "payerPaymentReference", REFERENCE, "FF08"),
        **_told(body), ore=ore, message=_message(body))
    return _made("refunds", id)


@bp.get("/v1/refunds/<id>")
def show_refund(id):
    return jsonify(shown_refund(stage().swish.find_refund(id)))


def _made(kind, id):
    answer = Response("", 201)
    answer.headers["Location"] = f"{request.host_url}swish-cpcapi/api/v1/{kind}/{id}"
    answer.autocorrect_location_header = False
    return answer


def _body(id):
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) and ID.fullmatch(id) else None


def _order(body, codes):
    """What the message orders."""
    if body.get("message") in codes:
        raise Refusal(body["message"])


def _matching(body, name, pattern, code, *, needed=False):
    value = body.get(name)
    if value is None and not needed:
        return None
    if not (isinstance(value, str) and pattern.fullmatch(value)):
        raise Refusal(code)
    return value


def _told(body):
    url = urlsplit(str(body.get("callbackUrl") or ""))
    host = url.hostname or ""
    near = host in NEAR or host.endswith(".example")  # a portal at one's desk has no certificate
    if not (url.scheme == "https" or (url.scheme == "http" and near)):
        raise Refusal("RP03")
    identifier = _matching(body, "callbackIdentifier", re.compile(r"[0-9A-F]{32,36}"), "PA01")
    return {"callback_url": url.geturl(), "callback_identifier": identifier}


def _ore(body):
    try:
        kronor = Decimal(str(body.get("amount")))
    except InvalidOperation:
        raise Refusal("PA02") from None
    if not kronor.is_finite() or kronor != round(kronor, 2):
        raise Refusal("PA02")
    if kronor < Decimal("0.01"):
        raise Refusal("AM06")
    if kronor > Decimal("999999999999.99"):
        raise Refusal("AM02")
    if body.get("currency") != "SEK":
        raise Refusal("AM03")
    return int(kronor * 100)


def _message(body):
    return _matching(body, "message", MESSAGE, "RP02") or ""

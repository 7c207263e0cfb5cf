"""BankID's Relying Party API 6.0, the other side of it."""
from base64 import b64decode, b64encode
from ipaddress import ip_address

from flask import Blueprint, jsonify, request

from sandbox.faults import BANKID_DOWN
from sandbox.orders import AlreadyInProgress, NoSuchOrder, persona_of
from sandbox.stage import stage

VISIBLE_IN_AUTH = 1_500
VISIBLE_IN_SIGN = 40_000
LONGEST_USER_AGENT = 256

bp = Blueprint("bankid", __name__, url_prefix="/bankid/rp/v6.0")


class Refusal(Exception):
    def __init__(self, status: int, code: str, details: str):
        self.answer = {"errorCode": code, "details": details}, status


def invalid(details: str) -> Refusal:
    return Refusal(400, "invalidParameters", details)


@bp.errorhandler(Refusal)
def refuse(refusal):
    return refusal.answer


@bp.errorhandler(NoSuchOrder)
def no_such_order(_):
    return refuse(invalid("No such order"))


@bp.errorhandler(AlreadyInProgress)
def already_in_progress(_):
    return refuse(Refusal(400, "alreadyInProgress", "Order already in progress for pno"))


@bp.before_request
def check():
    if BANKID_DOWN in stage().faults.on():
        raise Refusal(503, "Maintenance", "The service is temporarily out of service")
    if request.headers.get("Content-Type") != "application/json":
        raise Refusal(415, "unsupportedMediaType", "Content-Type must be application/json")


@bp.post("/auth")
def auth():
    return _made("auth", VISIBLE_IN_AUTH)


@bp.post("/sign")
def sign():
    if not _body().get("userVisibleData"):
        raise invalid("Missing userVisibleData")
    return _made("sign", VISIBLE_IN_SIGN)


@bp.post("/collect")
def collect():
    order = stage().orders.collect(_text(_body(), "orderRef", needed=True))
    answer = {"orderRef": order["ref"], "status": order["status"]}
    if order["status"] == "complete":
        return jsonify(answer | {"completionData": _completion(order)})
    return jsonify(answer | {"hintCode": order["hint_code"]})


@bp.post("/cancel")
def cancel():
    stage().orders.cancel(_text(_body(), "orderRef", needed=True))
    return jsonify({})


@bp.route("/<path:path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def elsewhere(path):
    if path in {"auth", "sign", "collect", "cancel"}:
        raise Refusal(405, "methodNotAllowed", "Only POST is allowed")
    raise Refusal(404, "notFound", "No such path")


def _made(kind, longest):
    body = _body()
    _check_web(body)
    order = stage().orders.make(
        kind,
        end_user_ip=_ip(body),
        return_url=_text(body, "returnUrl"),
        text=_visible(body, longest),
        personal_number=_personal_number(body),
    )
    return jsonify(orderRef=order["ref"], autoStartToken=order["auto_start_token"],
                   qrStartToken=order["qr_start_token"], qrStartSecret=order["qr_start_secret"])


def _body():
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise invalid("Invalid JSON")
    return body


def _text(body, name, *, needed=False):
    value = body.get(name)
    if (value is None and not needed) or (isinstance(value, str) and value):
        return value
    raise invalid(f"Invalid {name}")


def _ip(body):
    try:
        return str(ip_address(_text(body, "endUserIp", needed=True)))
    except ValueError:
        raise invalid("Invalid endUserIp") from None


def _visible(body, longest):
    data = _text(body, "userVisibleData")
    if body.get("userVisibleDataFormat", "simpleMarkdownV1") not in {
            "plaintext", "simpleMarkdownV1"}:
        raise invalid("Invalid userVisibleDataFormat")
    try:
        b64decode(_text(body, "userNonVisibleData") or "", validate=True)
        if data is None or len(data) <= longest:
            return b64decode(data or "", validate=True).decode() or None
    except ValueError:
        raise invalid("Invalid userVisibleData or userNonVisibleData") from None
    raise invalid("Invalid userVisibleData: too long")


def _personal_number(body):
    requirement = body.get("requirement", {})
    if not isinstance(requirement, dict):
        raise invalid("Invalid requirement")
    number = _text(requirement, "personalNumber")
    if number and not (number.isdecimal() and len(number) == 12):
        raise invalid("Invalid personalNumber")
    return number


def _check_web(body):
    web = body.get("web", {})
    if not isinstance(web, dict) or len(_text(web, "userAgent") or "") > LONGEST_USER_AGENT:
        raise invalid("Invalid web")


def _completion(order):
    persona = persona_of(order)
    signature = f"<sandbox kind='{order['kind']}' order='{order['ref']}'/>"
    return {
        "user": {"personalNumber": persona.personal_number, "name": persona.name,
                 "givenName": persona.given_name, "surname": persona.surname},
        "device": {"ipAddress": order["device_ip"], "uhi": "U2FuZGzDpWRh"},
        "bankIdIssueDate": "2024-02-01",
        "signature": b64encode(signature.encode()).decode(),
        "ocspResponse": b64encode(b"sandbox").decode(),
    }

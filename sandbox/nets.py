"""Nets Easy's payment API, the other side of it."""
import json
import re
import time
from datetime import UTC, datetime
from urllib.parse import urlsplit

from flask import Blueprint, jsonify, request

from sandbox.faults import NETS_DOWN, NETS_SLOW
from sandbox.nets_payments import NoSuchPayment, NotNow
from sandbox.stage import stage

AUTHORIZATION = re.compile(r"[A-Za-z0-9]{8,32}")
LONGEST_REFERENCE = 36
SLOW = 12
"""Seconds."""

bp = Blueprint("nets", __name__, url_prefix="/nets/v1")


class Wrong(Exception):
    """What is wrong, field by field."""

    def __init__(self, field: str, said: str):
        self.errors = {field: [said]}


@bp.errorhandler(Wrong)
def wrong(error):
    return jsonify(errors=error.errors), 400


@bp.errorhandler(NoSuchPayment)
def no_such_payment(_):
    return "", 404


@bp.errorhandler(NotNow)
def not_now(_):
    return jsonify(message="The payment is in another state", code="1001", source="payment"), 409


@bp.before_request
def check():
    if NETS_DOWN in stage().faults.on():
        return "", 503
    key = request.headers.get("Authorization", "")
    if not key or key.startswith("Bearer "):
        return "", 401
    return None


@bp.after_request
def slowly(response):
    if NETS_SLOW in stage().faults.on():
        time.sleep(SLOW)
    return response


@bp.post("/payments")
def create():
    body = _body()
    _check_order(body.get("order") or {})
    _check_checkout(body.get("checkout") or {})
    for hook in (body.get("notifications") or {}).get("webHooks", []):
        if not AUTHORIZATION.fullmatch(hook.get("authorization") or ""):
            raise Wrong("notifications.webHooks.authorization", "8 to 32 letters and digits")
        if len(hook["url"]) > 256:
            raise Wrong("notifications.webHooks.url", "At most 256 characters")
    if len(body.get("myReference") or "") > LONGEST_REFERENCE:
        raise Wrong("myReference", "At most 36 characters")
    id = stage().nets.make(body)["id"]
    page = f"{request.host_url}nets/betala?paymentId={id}"
    return jsonify(paymentId=id, hostedPaymentPageUrl=page), 201


@bp.get("/payments/<id>")
def show(id):
    row = stage().nets.find(id)
    said, refunds = json.loads(row["said"]), stage().nets.refunds(id)
    shown = {
        "paymentId": id, "created": _written(row["made_at"]),
        "summary": _summary(row, stage().nets.refunded(id)),
        "orderDetails": {"amount": row["ore"], "currency": "SEK",
                         "reference": said["order"].get("reference")},
        "checkout": {"url": f"{request.host_url}nets/betala?paymentId={id}"},
        "myReference": said.get("myReference"),
    }
    if row["card"]:
        shown["paymentDetails"] = {
            "paymentType": "CARD", "paymentMethod": "Visa",
            "cardDetails": {"maskedPan": row["card"], "expiryDate": "1230"}}
    if row["charge_id"]:
        shown["charges"] = [{"chargeId": row["charge_id"], "amount": row["charged"],
                             "created": _written(row["completed_at"])}]
    if refunds:
        shown["refunds"] = [{"refundId": each["id"], "amount": each["ore"], "state": each["state"]}
                            for each in refunds]
    if row["terminated_at"]:
        shown["terminated"] = _written(row["terminated_at"])
    return jsonify(payment=shown)


@bp.put("/payments/<id>/terminate")
def terminate(id):
    stage().nets.terminate(id)
    return "", 204


@bp.post("/payments/<id>/cancels")
def cancel(id):
    stage().nets.cancel(id, _amount())
    return "", 204


@bp.post("/charges/<id>/refunds")
def refund(id):
    ore, items = _amount(), _body().get("orderItems") or []
    _check_items(items)
    if items and sum(item["grossTotalAmount"] for item in items) != ore:
        raise Wrong("amount", "Is not what the items come to")
    made = stage().nets.refund(stage().nets.of_charge(id), ore,
                               request.headers.get("Idempotency-Key"))
    return jsonify(refundId=made), 201


@bp.get("/refunds/<id>")
def show_refund(id):
    row = stage().nets.find_refund(id)
    return jsonify(refundId=id, amount=row["ore"], state=row["state"],
                   lastUpdated=_written(row["made_at"]))


def _body():
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Wrong("", "A non-empty request body is required")
    return body


def _amount():
    amount = _body().get("amount")
    if not isinstance(amount, int) or amount <= 0:
        raise Wrong("amount", "Must be a positive whole number")
    return amount


def _check_order(order):
    items = order.get("items") or []
    if not items:
        raise Wrong("order.items", "At least one item is required")
    _check_items(items)
    if order.get("currency") != "SEK":
        raise Wrong("order.currency", "Unknown currency")
    total = sum(item["grossTotalAmount"] for item in items)
    if order.get("amount") != total or total <= 0:
        raise Wrong("order.amount", "Is not what the items come to")


def _check_items(items):
    for item in items:
        whole = ("unitPrice", "taxRate", "taxAmount", "grossTotalAmount", "netTotalAmount")
        if not all(isinstance(item.get(name), int) for name in whole):
            raise Wrong("order.items", "Amounts are whole numbers")
        if not (item.get("reference") and item.get("name") and item.get("unit")):
            raise Wrong("order.items", "Reference, name and unit are required")
        net, gross = item["netTotalAmount"], item["grossTotalAmount"]
        if net != item["unitPrice"] * item["quantity"] or net + item["taxAmount"] != gross:
            raise Wrong("order.items", "The amounts do not hold together")
        if abs(round(net * item["taxRate"] / 10_000) - item["taxAmount"]) > 1:
            raise Wrong("order.items", "The tax is not at its rate")


def _check_checkout(checkout):
    if checkout.get("integrationType") != "HostedPaymentPage":
        raise Wrong("checkout.integrationType", "Only the hosted page is played here")
    for name in ("returnUrl", "cancelUrl", "termsUrl"):
        if urlsplit(checkout.get(name) or "").scheme not in ("http", "https"):
            raise Wrong(f"checkout.{name}", "An address is required")


def _summary(row, refunded):
    said = {"reservedAmount": row["reserved"], "chargedAmount": row["charged"],
            "refundedAmount": refunded, "cancelledAmount": row["cancelled"]}
    return {name: ore for name, ore in said.items() if ore}  # what is nought is not there


def _written(moment):
    return datetime.fromtimestamp(moment, UTC).isoformat()

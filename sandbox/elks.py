"""46elks' API for SMS, the other side of it."""
import re
import time
from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, request

from sandbox.faults import SMS_DOWN, SMS_SLOW
from sandbox.phones import PRICE, REFUSED, parts
from sandbox.stage import stage

E164 = re.compile(r"\+[1-9]\d{7,14}")
SENDER = re.compile(r"[A-Za-z][A-Za-z0-9]{2,10}|\+[1-9]\d{7,14}")
SLOW = 12
"""Seconds."""
MOST = 100

bp = Blueprint("elks", __name__, url_prefix="/46elks/a1")


@bp.before_request
def check():
    if SMS_DOWN in stage().faults.on():
        return _said("Service temporarily unavailable", 503)
    if not (request.authorization and request.authorization.username):
        answer = _said("API access requires Basic HTTP authentication", 401)
        answer.headers["WWW-Authenticate"] = 'Basic realm="46elks"'
        return answer
    return None


@bp.post("/sms")
def send():
    form = request.form
    for name in ("from", "to", "message"):
        if not form.get(name):
            return _said(f"Missing key {name}", 400)
    if not SENDER.fullmatch(form["from"]):
        return _said("Invalid from", 400)
    if not E164.fullmatch(form["to"]):
        return _said("Invalid to number", 400)
    if form["to"].endswith(REFUSED):
        return _said("Sending to this number is not allowed", 403)
    if form.get("dryrun") == "yes":
        return jsonify(status="created", direction="outgoing", to=form["to"], parts=parts(
            form["message"]), estimated_cost=PRICE * parts(form["message"]))
    sms = stage().phones.take(
        sender=form["from"], to=form["to"], text=form["message"],
        secret=form.get("dontlog") == "message", report_url=form.get("whendelivered"))
    if SMS_SLOW in stage().faults.on():
        time.sleep(SLOW)
    return jsonify(_shown(sms))


@bp.get("/sms")
def history():
    try:
        limit = min(int(request.args.get("limit", MOST)), MOST)
        before, after = _moment("start"), _moment("end")
    except ValueError:
        return _said("Invalid start, end or limit", 400)
    found = stage().phones.history(to=request.args.get("to"), before=before, after=after,
                                   limit=limit + 1)
    answer = {"data": [_shown(sms) for sms in found[:limit]]}
    if len(found) > limit:
        answer["next"] = _written(found[limit - 1]["made_at"])
    return jsonify(answer)


def _said(words, status):
    return Response(words, status, mimetype="text/plain")


def _shown(sms):
    shown = {
        "id": sms["id"], "status": sms["status"], "direction": "outgoing",
        "from": sms["sender"], "to": sms["recipient"], "created": _written(sms["made_at"]),
        "parts": sms["parts"], "cost": PRICE * sms["parts"],
    }
    if not sms["secret"]:
        shown["message"] = sms["text"]
    if sms["delivered_at"]:
        shown["delivered"] = datetime.fromtimestamp(sms["delivered_at"], UTC).strftime(
            "%Y-%m-%dT%H:%M:%SZ")
    return shown


def _written(moment):
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def _moment(name):
    if name not in request.args:
        return None
    return datetime.fromisoformat(request.args[name]).replace(tzinfo=UTC).timestamp()

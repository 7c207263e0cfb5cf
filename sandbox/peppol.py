"""A Peppol access point, the other side of it: its API, and a page where a receiver answers."""
import json
from base64 import b64decode
from xml.etree import ElementTree

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for

from sandbox.faults import PEPPOL_DOWN, PEPPOL_SLOW, PEPPOL_UNKNOWN
from sandbox.peppol_messages import NoSuchMessage
from sandbox.stage import stage

KINDS = {"Invoice", "CreditNote"}
SCHEMES = ("0007:", "0088:")
SLOW = 12
"""Seconds."""

bp = Blueprint("peppol", __name__, url_prefix="/peppol")


def _refused(error: str, message: str, status: int = 422) -> Response:
    return Response(json.dumps({"error": error, "message": message}), status,
                    mimetype="application/json")


def _check() -> Response | None:
    if PEPPOL_DOWN in stage().faults.on():
        return _refused("unavailable", "Try again later", 503)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not token.strip():
        return _refused("unauthorised", "A token is wanted", 401)
    return None


@bp.post("/ap/outbound")
def take():
    wrong = _check()
    if wrong:
        return wrong
    said, key = request.get_json(silent=True) or {}, request.headers.get("Idempotency-Key", "")
    if not key:
        return _refused("no_key", "Idempotency-Key is missing", 400)
    if said.get("documentType") not in KINDS:
        return _refused("document_type", "Only invoices and credit notes are taken")
    if not str(said.get("receiver", "")).startswith(SCHEMES):
        return _refused("receiver", "The receiver is no participant id")
    if PEPPOL_UNKNOWN in stage().faults.on():
        return _refused("unknown_receiver", "The receiver is not registered in Peppol")
    try:
        document = b64decode(said["document"], validate=True)
        root = ElementTree.fromstring(document).tag.rpartition("}")[2]  # noqa: S314  the portal's
    except (KeyError, ValueError, ElementTree.ParseError):
        return _refused("document", "The document is not XML")
    if root != said["documentType"]:
        return _refused("document", "The document is of another type than it says")
    message, new = stage().peppol.take(key, said, document)
    if PEPPOL_SLOW in stage().faults.on():
        stage().peppol.wait(SLOW)
    return jsonify(_shown(message)), 201 if new else 200


@bp.get("/ap/outbound/<id>")
def look(id):
    wrong = _check()
    if wrong:
        return wrong
    try:
        return jsonify(_shown(stage().peppol.find(id)))
    except NoSuchMessage:
        return _refused("unknown", "There is no such message", 404)


def _shown(message):
    return {"id": message["id"], "status": message["status"], "reason": message["reason"]}


@bp.get("/")
def index():
    return render_template("peppol/index.html", messages=stage().peppol.all())


@bp.get("/<id>")
def show(id):
    message = _found(id)
    return render_template("peppol/show.html", message=message,
                           invoice=stage().peppol.read(message))


@bp.get("/<id>/dokument")
def document(id):
    """The document itself, as it came."""
    return Response(_found(id)["document"], mimetype="application/xml")


@bp.post("/<id>/svar")
def answer(id):
    reason = request.form.get("reason", "").strip()
    if request.form["answer"] not in ("accepted", "rejected"):
        abort(404)
    stage().peppol.answer(_found(id)["id"], request.form["answer"], reason)
    return redirect(url_for(".show", id=id), 303)


def _found(id):
    try:
        return stage().peppol.find(id)
    except NoSuchMessage:
        abort(404)

"""What the ticket system on board asks of the portal: what cards carry and their purses hold, what
is blocked, and what it has read. After BoB's validation API; docs/validation.md says how."""
import re
from hmac import compare_digest
from typing import Any

from flask import Blueprint, abort, current_app, jsonify
from htmx_flask import request
from werkzeug.exceptions import HTTPException

from blueprints import purse_messages, validation_messages
from blueprints.errors import STATUS
from blueprints.guard import public
from blueprints.language import sentence
from blueprints.validation_messages import reading
from blueprints.web import db, now, rules, transaction
from domain import block_list, card_tickets, price_lists, purse_lists, purse_payments, validations
from domain.errors import DomainError, Invalid

bp = Blueprint("validation_api", __name__, url_prefix="/api/bob/v3")

MOST = 1_000
"""Readings in one report."""
MOST_BYTES = 1_000_000
PLACE = re.compile(r"[0-9]{1,12}")


@bp.before_request
def _check_token():
    """Without a token in the settings there is no API."""
    request.max_content_length = MOST_BYTES
    expected = current_app.config["PORTAL"].validation_token.encode()
    if not expected:
        abort(404)
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    given = given if scheme.casefold() == "bearer" else request.headers.get("X-BoB-AuthToken", "")
    if not compare_digest(given.strip().encode(), expected):
        abort(401)


@bp.get("/whitelist")
@public
def whitelist():
    with transaction():
        entries = card_tickets.fetch(db, after=_place("after"), now=now())
    issuer = current_app.config["PORTAL"].ticket_issuer
    return jsonify(validation_messages.whitelist(entries, issuer=issuer, rules=rules()))


@bp.get("/blacklist")
@public
def blacklist():
    last = _place("blacklistEntryId")
    return jsonify(validation_messages.blacklist(block_list.entries(db, after=last), last))


@bp.post("/validation/<number>")
@public
def create(number: str):
    read = reading(_body(), number)
    with transaction():
        answer, new = validations.take(db, read, now=now())
    return jsonify(validation_messages.answer(read, answer)), 201 if new else 200


@bp.post("/validation")
@public
def create_many():
    """All of them, or none."""
    read = [reading(each) for each in _report()]
    in_order = sorted(read, key=lambda each: (each.number, each.at))  # locks are taken in order
    with transaction():
        answers = {id(each): validations.take(db, each, now=now())[0] for each in in_order}
    return jsonify([validation_messages.answer(each, answers[id(each)]) for each in read]), 201


@bp.get("/purses")
@public
def purses():
    with transaction():
        entries = purse_lists.fetch(db, after=_place("after"), now=now())
    issuer = current_app.config["PORTAL"].ticket_issuer
    return jsonify(purse_messages.listed(entries, price_lists.prices(db, now=now()),
                                         issuer=issuer, rules=rules()))


@bp.post("/purses/<number>")
@public
def pay(number: str):
    paid = purse_messages.payment(_body(), number)
    with transaction():
        receipt, new = purse_payments.take(db, paid, now=now())
    return jsonify(purse_messages.receipt(paid, receipt)), 201 if new else 200


@bp.post("/purses")
@public
def pay_many():
    """All of them, or none."""
    paid = [purse_messages.payment(each) for each in _report()]
    in_order = sorted(paid, key=lambda each: (each.number, each.at))
    with transaction():
        given = {id(each): purse_payments.take(db, each, now=now())[0] for each in in_order}
    return jsonify([purse_messages.receipt(each, given[id(each)]) for each in paid]), 201


def _report() -> list[Any]:
    said = _body()
    if not isinstance(said, list) or not 0 < len(said) <= MOST:
        raise Invalid("Rapporten är en lista med 1–%(most)s läsningar.", "body", most=MOST)
    return said


def _body() -> Any:
    try:
        return request.get_json()
    except RecursionError:
        abort(400)


def _place(name: str) -> int:
    text = request.args.get(name, "0")
    if not PLACE.fullmatch(text):
        raise Invalid("%(name)s är numret på den sista posten som du har.", name, name=name)
    return int(text)


@bp.errorhandler(DomainError)
def say_no(error: DomainError):
    status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
    return _problem(status, sentence(error), getattr(error, "field", None))


@bp.errorhandler(HTTPException)
def http(error: HTTPException):
    return _problem(error.code or 500, error.description)


def _problem(status: int, detail: str | None, field: str | None = None):
    """As RFC 9457 says."""
    body = {"type": "about:blank", "status": status, "detail": detail}
    answer = jsonify(body | ({"field": field} if field else {}))
    answer.status_code, answer.mimetype = status, "application/problem+json"
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="validation"'
    return answer


@bp.record_once
def _has_no_form_token(state) -> None:
    """The ticket system proves itself by its token instead."""
    state.app.extensions["csrf"].exempt(bp)

"""The Allpay API's door: an app shows its id and its secret, and gets a token that works for a
while. OAuth 2.0 client credentials, RFC 6749 section 4.4."""
import secrets
from base64 import b64decode
from urllib.parse import unquote_plus
from uuid import UUID

from flask import Blueprint, Response, json
from htmx_flask import request

from blueprints import allpay_problems
from blueprints.allpay_gate import MOST_BYTES
from blueprints.guard import public
from blueprints.web import db, now, rules, transaction
from domain import api_clients, api_tokens, limits
from domain.api_clients import ApiClient

FORM = "application/x-www-form-urlencoded"
PARAMETERS = ("grant_type", "scope", "client_id", "client_secret")
"""Others are not read."""

bp = Blueprint("allpay_token", __name__, url_prefix="/api/allpay/v1")
allpay_problems.answer_in(bp)


@bp.record_once
def _has_no_form_token(state) -> None:
    """Nobody is signed in here."""
    state.app.extensions["csrf"].exempt(bp)


class Refused(Exception):
    """By one of the words of RFC 6749 section 5.2."""

    def __init__(self, word: str, why: str):
        super().__init__(word)
        self.word, self.why = word, why


@bp.before_request
def _small() -> None:
    request.max_content_length = request.max_form_memory_size = MOST_BYTES


@bp.post("/token")
@public
def token():
    with transaction():
        limits.take(db, "allpay token", request.remote_addr or "",
                    per_hour=rules().api_tokens_per_hour, now=now())
    said, secret = _said(), secrets.token_urlsafe(32)
    with transaction():
        lasts = api_tokens.issue(db, _client(said), secret=secret, now=now())
    return _answer(200, {"access_token": secret, "token_type": "Bearer",
                         "expires_in": int(lasts.total_seconds())})


def _said() -> dict[str, str]:
    if request.mimetype != FORM:
        raise Refused("invalid_request", f"The body is {FORM}.")
    if any(len(request.form.getlist(name)) > 1 for name in PARAMETERS):
        raise Refused("invalid_request", "A parameter stands twice.")
    said = {name: request.form[name] for name in PARAMETERS if request.form.get(name)}
    if "grant_type" not in said:
        raise Refused("invalid_request", "grant_type is missing.")
    if said["grant_type"] != "client_credentials":
        raise Refused("unsupported_grant_type", "grant_type is client_credentials.")
    if "scope" in said:
        raise Refused("invalid_scope", "There are no scopes: an app may do all of it.")
    return said


def _client(said: dict[str, str]) -> ApiClient:
    """By the header or by the body, and not by both."""
    header = request.headers.get("Authorization")
    if header and "client_secret" in said:
        raise Refused("invalid_request", "The client shows itself in two ways.")
    client = _opened(*(_basic(header) if header else (
        said.get("client_id", ""), said.get("client_secret", ""))))
    if client is None:
        raise Refused("invalid_client", "The id or the secret is not right.")
    return client


def _basic(header: str) -> tuple[str, str]:
    """The id and the secret; empty when it cannot be read."""
    scheme, _, said = header.partition(" ")
    try:
        name, _, secret = b64decode(said, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return (unquote_plus(name), unquote_plus(secret)) if scheme.lower() == "basic" else ("", "")


def _opened(client_id: str, secret: str) -> ApiClient | None:
    try:
        return api_clients.opened(db, UUID(client_id), secret, now=now())
    except ValueError:
        return None


@bp.errorhandler(Refused)
def refused(refusal: Refused) -> Response:
    known = refusal.word == "invalid_client"
    response = _answer(401 if known else 400,
                       {"error": refusal.word, "error_description": refusal.why})
    if known:
        response.headers["WWW-Authenticate"] = 'Basic realm="allpay", charset="UTF-8"'
    return response


def _answer(status: int, said: dict) -> Response:
    return Response(json.dumps(said), status, {"Pragma": "no-cache"},
                    content_type="application/json")

"""What every request to the Allpay API passes: who asks is known by a token, counted, and what it
asks for by POST is done once."""
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass

from flask import Blueprint, Response, current_app, g, json
from htmx_flask import request

from blueprints.allpay_problems import Problem
from blueprints.web import db, now, rules, transaction
from domain import api_tokens, idempotency, limits
from domain.api_clients import ApiClient
from domain.app_activations import Payer, opened
from domain.errors import DomainError

MOST_BYTES = 20_000
METHOD_HEADER = "Payment-Method"
PASSING = {401, 429}
"""What is not kept: the same may be asked again, and be answered otherwise."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict
    location: str = ""
    content_type: str = "application/json"

    def sent(self) -> Response:
        headers = {"Location": self.location} if self.location else {}
        return Response(json.dumps(self.body), self.status, headers,
                        content_type=self.content_type)


def open_to_all(view):
    """Mark a view that asks for no token."""
    view.open_to_all = True
    return view


def guard(bp: Blueprint) -> None:
    bp.before_request(_let_in)
    bp.after_request(_keep)
    bp.after_request(_tell_rate)

    @bp.record_once
    def has_no_form_token(state) -> None:
        """The app proves itself by its own token instead, and no cookie is read."""
        state.app.extensions["csrf"].exempt(bp)


def _let_in() -> None:
    request.max_content_length = MOST_BYTES
    if hasattr(current_app.view_functions[request.endpoint], "open_to_all"):
        return
    request.get_data()
    if request.method == "POST":
        g.acts = True
        return
    with transaction():
        g.client = _client()
        _count()


def _count() -> None:
    """The last of a transaction: all that an app asks for at once waits for it."""
    g.rate_left = limits.take_of_minute(db, "allpay", str(g.client.id), now=now(),
                                        most=rules().api_requests_per_minute)


def _client() -> ApiClient:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    client = api_tokens.opened(db, secret.strip(), now=now())
    if client is None or scheme.lower() != "bearer":
        raise Problem("unauthorised")
    return client


def _key() -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not (0 < len(key) <= 255 and all("!" <= each <= "~" for each in key)):
        raise Problem("no-key")
    return key


def _said() -> bytes:
    """All that makes it the same request."""
    parts = (request.method, request.full_path, request.headers.get(METHOD_HEADER, ""))
    return "\n".join(parts).encode() + b"\n" + request.get_data()


def payer() -> Payer:
    """By the payment method that the request shows."""
    return opened(db, g.client, request.headers.get(METHOD_HEADER, ""))


def act(do: Callable[[], Answer]) -> Response:
    """In one transaction: what is asked for, and the answer to whoever asks again."""
    with transaction():
        claim = _claimed()
        if claim.answer is None:
            answer = do()
            idempotency.answer(db, claim, json.dumps(asdict(answer)).encode())
        _count()
    g.acts = False
    return _again(claim.answer) if claim.answer else answer.sent()


def _claimed() -> idempotency.Claim:
    g.client = _client()
    return idempotency.claim(db, g.client.id, _key(), _said(), now=now())


def _again(kept: bytes) -> Response:
    response = Answer(**json.loads(kept)).sent()
    response.headers["Idempotent-Replayed"] = "true"
    return response


def _keep(response: Response) -> Response:
    """A refusal is an answer too. Nothing was done, so it needs not be kept with anything."""
    if not g.get("acts") or response.status_code >= 500 or response.status_code in PASSING:
        return response
    with suppress(DomainError, Problem), transaction():  # it is refused without a key that is its
        claim = _claimed()
        if claim.answer is None:  # nobody has asked the same meanwhile
            answer = Answer(response.status_code, response.get_json(),
                            content_type=response.content_type)
            idempotency.answer(db, claim, json.dumps(asdict(answer)).encode())
        _count()
    return response


def _tell_rate(response: Response) -> Response:
    most, left = rules().api_requests_per_minute, g.get("rate_left")
    if left is None and response.status_code == 429 and "client" in g:
        left = 0
    if left is not None:
        response.headers["RateLimit-Policy"] = f'"app";q={most};w=60'
        response.headers["RateLimit"] = f'"app";r={left};t={60 - now().second}'
    return response


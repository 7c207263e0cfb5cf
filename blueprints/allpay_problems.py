"""What the Allpay API answers when something could not be done: a problem, as RFC 9457 says, whose
type leads to where it is explained."""
import logging
from http import HTTPStatus

from flask import Blueprint, Response, current_app, json
from htmx_flask import request
from werkzeug.exceptions import HTTPException

from blueprints.language import _, lazy, sentence
from domain.app_activations import Ended
from domain.errors import Conflict, DomainError, NoRoom, NotFound, TooMany
from domain.idempotency import KeyReused
from domain.policy_rules import Refused
from domain.price_lists import PriceChanged

log = logging.getLogger(__name__)

KINDS: dict[str, tuple[int, lazy]] = {
    "malformed": (400, lazy("Begäran gick inte att läsa.")),
    "no-key": (400, lazy("Huvudet Idempotency-Key saknas, eller är inte 1–255 synliga tecken.")),
    "unauthorised": (401, lazy("Åtkomstnyckeln saknas, har gått ut eller är ingen.")),
    "no-room": (402, lazy("Kreditgränsen eller avdelningens budget räcker inte.")),
    "policy": (403, lazy("Arbetsgivarens policy tillåter det inte.")),
    "not-found": (404, lazy("Det finns inte, eller är inte den här appens.")),
    "no-code": (404, lazy("Ingen kod gäller för användarnamnet just nu.")),
    "method": (405, lazy("Adressen tar inte emot den metoden.")),
    "conflict": (409, lazy("Det är inte längre så som appen trodde.")),
    "price-changed": (409, lazy("Biljetten kostar något annat än det som visades.")),
    "payment-method-ended": (410, lazy("Betalsättet gäller inte längre.")),
    "code-expired": (410, lazy("Koden har gått ut.")),
    "too-large": (413, lazy("Begäran är för stor.")),
    "media-type": (415, lazy("Begäran ska vara application/json.")),
    "invalid": (422, lazy("Något i begäran har fel form.")),
    "refused": (409, lazy("Det går inte att köpa.")),
    "wrong-code": (404, lazy("Användarnamnet eller koden stämmer inte.")),
    "key-reused": (422, lazy("Nyckeln i Idempotency-Key har använts för en annan begäran.")),
    "code-locked": (423, lazy("Koden är låst efter för många försök.")),
    "too-many": (429, lazy("För mycket på en gång.")),
    "internal": (500, lazy("Något gick fel hos oss. Samma begäran kan skickas igen.")),
}
"""Each with its status and what it means."""
OF_HTTP = {400: "malformed", 401: "unauthorised", 404: "not-found", 405: "method",
           413: "too-large", 415: "media-type", 500: "internal"}
OF_DOMAIN: dict[type[DomainError], str] = {
    Ended: "payment-method-ended", KeyReused: "key-reused", PriceChanged: "price-changed",
    NoRoom: "no-room", Refused: "policy", NotFound: "not-found", TooMany: "too-many",
    Conflict: "conflict", DomainError: "refused"}
TYPE = "application/problem+json"


class Problem(Exception):
    """One of KINDS, found by the web itself; `more` are members of its own."""

    def __init__(self, kind: str, detail: str = "", **more: object):
        super().__init__(kind)
        self.kind, self.detail, self.more = kind, detail, more


def said(kind: str, detail: str = "", **more: object) -> dict:
    status, meaning = KINDS[kind]
    where = f"{current_app.config['PORTAL'].base_url}/api/allpay/#{kind}"
    return {"type": where, "title": str(meaning), "status": status,
            "detail": detail or str(meaning)} | more


def answer(kind: str, detail: str = "", **more: object) -> Response:
    problem = said(kind, detail, **more)
    return Response(json.dumps(problem), problem["status"], content_type=TYPE)


def refused(error: DomainError) -> dict:
    """The domain's no: which of KINDS it is, and its sentence."""
    kind = next(kind for family, kind in OF_DOMAIN.items() if isinstance(error, family))
    more = {"rule": str(error.rule)} if isinstance(error, Refused) else {}
    if isinstance(error, PriceChanged):
        more = {"price": error.price_ore}
    return {"kind": kind, "detail": sentence(error), **more}


def answer_in(bp: Blueprint) -> None:
    @bp.errorhandler(Problem)
    def told(problem: Problem) -> Response:
        response = answer(problem.kind, problem.detail, **problem.more)
        if problem.kind == "unauthorised":
            response.headers["WWW-Authenticate"] = 'Bearer realm="allpay"'
        return response

    @bp.errorhandler(DomainError)
    def say_no(error: DomainError) -> Response:
        problem = said(**refused(error))
        response = Response(json.dumps(problem), problem["status"], content_type=TYPE)
        if isinstance(error, TooMany):
            response.headers["Retry-After"] = str(error.seconds)
        return response

    @bp.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        status = error.code or 500
        if status in OF_HTTP:
            response = answer(OF_HTTP[status])
        else:
            about = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status,
                     "detail": HTTPStatus(status).phrase}
            response = Response(json.dumps(about), status, content_type=TYPE)
        if allowed := getattr(error, "valid_methods", None):
            response.headers["Allow"] = ", ".join(sorted(allowed))
        return response

    @bp.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        log.error("%s failed", request.endpoint, exc_info=error)
        if current_app.testing:
            raise error
        return answer("internal")


def wrong(name: str, place: str, detail: str) -> dict[str, str]:
    """One of the errors of `invalid`."""
    return {"in": place, "name": name, "detail": _(detail)}

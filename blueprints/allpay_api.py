"""The Allpay API, by which the public app registers a traveller and buys on their employer's
invoice. docs/allpay.md says how, static/allpay-openapi.json exactly."""
import secrets
from uuid import UUID

from flask import Blueprint, current_app, g
from htmx_flask import request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.exceptions import NotFound as NoSuchAddress

from blueprints import allpay_gate, allpay_messages, allpay_problems, ticket_code
from blueprints.allpay_bodies import ACTIVATION, ORDER, PURCHASE, body, nothing, query
from blueprints.allpay_gate import Answer, act, open_to_all, payer
from blueprints.guard import public
from blueprints.web import db, now, rules
from domain import app_activations, app_purchases, app_wares, limits, purchases
from domain.app_activations import Activation, Payer
from domain.app_purchases import Purchase
from domain.authorisations import Authorisation
from domain.codes import Outcome
from domain.errors import NotFound
from domain.products import trips
from domain.tickets import Ticket

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"]
NOT_REDEEMED = {Outcome.WRONG: "wrong-code", Outcome.EXPIRED: "code-expired",
                Outcome.LOCKED: "code-locked", Outcome.NONE: "no-code"}

bp = Blueprint("allpay_api", __name__, url_prefix="/api/allpay/v1")
allpay_gate.guard(bp)
allpay_problems.answer_in(bp)


# The payment method.


@bp.post("/activations")
@public
def activate():
    def do() -> Answer:
        said, secret = body(ACTIVATION), secrets.token_urlsafe(32)
        limits.take(db, "one-time code of", said["userName"].upper(), now=now(),
                    per_hour=rules().code_tries_per_hour)
        return _activated(app_activations.activate(
            db, g.client, said["userName"], said["code"], secret=secret, now=now()), secret)

    return act(do)


def _activated(activation: Activation, secret: str) -> Answer:
    """A refusal is committed too: the wrong try counts."""
    if activation.payer:
        return Answer(201, {"paymentMethodToken": secret,
                            "paymentMethod": allpay_messages.payment_method(activation.payer)})
    locked = activation.outcome == Outcome.WRONG and activation.tries_left == 0
    kind = "code-locked" if locked else NOT_REDEEMED[activation.outcome]
    left = activation.tries_left if kind == "wrong-code" else None
    problem = allpay_problems.said(kind, **({} if left is None else {"triesLeft": left}))
    return Answer(problem["status"], problem, content_type=allpay_problems.TYPE)


@bp.get("/payment-method")
@public
def payment_method():
    return allpay_messages.payment_method(payer())


@bp.get("/products")
@public
def products():
    here, asked = payer().connection, query("place")["place"]
    wares = app_wares.of_connection(db, here, [asked] if asked else trips().values(), now=now())
    return {"currency": "SEK", "products": [allpay_messages.ware(each) for each in wares]}


# What is reserved and bought.


@bp.post("/authorisations")
@public
def authorise():
    def do() -> Answer:
        said = body(ORDER)
        kept = _authorised(payer(), said)
        return Answer(201, allpay_messages.authorisation(kept), _at("authorisations", kept))

    return act(do)


@bp.get("/authorisations/<key>")
@public
def authorisation(key: str):
    return allpay_messages.authorisation(_reserved(payer(), key))


@bp.post("/authorisations/<key>/capture")
@public
def capture(key: str):
    def do() -> Answer:
        nothing()
        here = payer()
        kept = _reserved(here, key)
        return _bought(kept, purchases.capture(db, kept, by=here.actor, now=now()))

    return act(do)


@bp.post("/authorisations/<key>/void")
@public
def void(key: str):
    def do() -> Answer:
        nothing()
        kept = _reserved(payer(), key)
        purchases.void(db, kept, now=now())
        return Answer(200, allpay_messages.authorisation(kept))

    return act(do)


@bp.post("/purchases")
@public
def buy():
    def do() -> Answer:
        said, here = body(PURCHASE), payer()
        kept = _authorised(here, said)
        ticket = purchases.capture_at_once(db, kept, by=here.actor, now=now())
        if said["activate"]:
            ticket_code.activate(ticket)
        return _bought(kept, ticket)

    return act(do)


@bp.get("/purchases")
@public
def bought():
    asked = query("cursor", "limit")
    found = app_purchases.latest(db, payer().connection, after=asked["cursor"],
                                 most=asked["limit"] or 50)
    return {"currency": "SEK", "next": found.after,
            "purchases": [allpay_messages.purchase(each) for each in found.purchases]}


@bp.get("/purchases/<key>")
@public
def purchase(key: str):
    return allpay_messages.purchase(_purchase(payer(), key))


@bp.post("/purchases/<key>/refund")
@public
def refund(key: str):
    def do() -> Answer:
        nothing()
        here = payer()
        found = _purchase(here, key)
        purchases.refund(db, found.authorisation, by=here.actor, now=now())
        return Answer(200, allpay_messages.purchase(found))

    return act(do)


@bp.post("/purchases/<key>/ticket-link")
@public
def ticket_link(key: str):
    def do() -> Answer:
        nothing()
        token = app_purchases.link(db, _purchase(payer(), key))
        return Answer(200, {"url": allpay_messages.ticket_url(token)})

    return act(do)


def _authorised(here: Payer, said: dict) -> Authorisation:
    """At the price that the traveller was shown, or not at all."""
    return purchases.authorise(db, here.connection, said["product"], said["place"],
                               shown_ore=said["price"], purpose=said["purpose"],
                               valid_from=said["validFrom"], by=here.actor, now=now())


def _bought(kept: Authorisation, ticket: Ticket) -> Answer:
    made = Purchase(kept, ticket)
    app_purchases.give_link(db, made)
    return Answer(201, allpay_messages.purchase(made), _at("purchases", kept))


def _reserved(here: Payer, key: str) -> Authorisation:
    return app_purchases.reserved(db, here.connection, _id(key))


def _purchase(here: Payer, key: str) -> Purchase:
    return app_purchases.find(db, here.connection, _id(key))


def _at(what: str, kept: Authorisation) -> str:
    return f"{current_app.config['PORTAL'].base_url}/api/allpay/v1/{what}/{kept.id}"


def _id(key: str) -> UUID:
    try:
        found = UUID(key)
    except ValueError as other:
        raise NotFound("Det finns inget med det id:t.") from other
    if str(found) != key.lower():
        raise NotFound("Det finns inget med det id:t.")
    return found


@bp.route("/", defaults={"path": ""}, methods=METHODS)
@bp.route("/<path:path>", methods=METHODS)
@public
@open_to_all
def anything_else(path: str):
    """So that it is refused as a problem too."""
    allowed = [method for method in METHODS if _leads_somewhere(method)]
    raise MethodNotAllowed(allowed) if allowed else NoSuchAddress


def _leads_somewhere(method: str) -> bool:
    try:
        endpoint, _ = current_app.create_url_adapter(request).match(method=method)
    except HTTPException:
        return False
    return endpoint != request.endpoint

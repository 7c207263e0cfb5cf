"""How payment methods, wares, reservations and purchases are written in the Allpay API: money in
öre, moments as RFC 3339, names in the language that is asked for."""
from datetime import datetime

from flask import current_app

from blueprints.allpay_bodies import place_id
from blueprints.allpay_problems import refused
from blueprints.language import _
from blueprints.web import db, now
from blueprints.words import word
from domain import app_purchases, products, raises
from domain.app_activations import Payer
from domain.app_purchases import Purchase
from domain.app_wares import Ware
from domain.authorisations import Authorisation, State
from domain.companies import Company
from domain.money import vat_of
from domain.months import Month
from domain.products import Product, Trip
from domain.tickets import Ticket
from domain.webhooks import moment


def payment_method(payer: Payer) -> dict:
    here = payer.connection
    room = raises.rooms(db, [here.id], now=now())[here.id]
    policy = here.policy
    asked = policy and policy.purpose and {
        "label": policy.purpose, "choices": list(policy.purpose_choices)}
    return {
        "id": str(payer.method.id), "state": payer.state(now()),
        "employer": db.get_one(Company, here.company_id).name, "userName": here.user_name,
        "currency": "SEK", "limit": room.limit_ore, "used": room.spent_ore,
        "left": room.left_ore, "resetsAt": moment(Month.of(now()).next.start),
        "firstDay": here.from_on and here.from_on.isoformat(),
        "lastDay": here.to_on and here.to_on.isoformat(),
        "purpose": asked or None, "policyText": policy.text if policy else ""}


def ware(each: Ware) -> dict:
    price = each.price
    refusal = each.refusal and refused(each.refusal)
    return _what(price.product, each.trip) | {
        "price": price.price_ore, "vat": price.vat_ore, "allowed": refusal is None,
        "refusal": refusal}


def authorisation(kept: Authorisation) -> dict:
    late = kept.state == State.OPEN and now() >= kept.expires_at
    return _what(kept.product, kept.trip) | {
        "id": str(kept.id), "state": State.EXPIRED if late else kept.state,
        "price": kept.price_ore, "vat": vat_of(kept.price_ore, kept.vat_basis_points),
        "validFrom": kept.valid_from and kept.valid_from.isoformat(), "purpose": kept.purpose,
        "authorisedAt": moment(kept.authorised_at), "expiresAt": moment(kept.expires_at)}


def purchase(bought: Purchase) -> dict:
    kept, of = bought.authorisation, bought.ticket
    return _what(kept.product, kept.trip) | {
        "id": str(kept.id), "state": kept.state, "price": of.price_ore, "vat": of.vat_ore,
        "purpose": kept.purpose, "boughtAt": moment(of.sold_at),
        "refundedAt": _moment(of.recalled_at), "ticket": _ticket(bought, of)}


def ticket_url(token: str) -> str:
    return f"{current_app.config['PORTAL'].base_url}/b/{token}"


def _ticket(bought: Purchase, ticket: Ticket) -> dict:
    token = app_purchases.current_link(db, bought)
    return {"number": ticket.number, "state": ticket.state(now()),
            "validFrom": ticket.valid_from and ticket.valid_from.isoformat(),
            "activateBy": moment(ticket.activate_by), "activatedAt": _moment(ticket.activated_at),
            "activeUntil": _moment(ticket.active_until), "trial": ticket.trial,
            "url": ticket_url(token) if token else None}


def _what(product: Product, trip: Trip) -> dict:
    return {"product": product, "productName": word(product), "place": place_id(trip),
            "placeName": products.place(trip, _)}


def _moment(at: datetime | None) -> str | None:
    return moment(at) if at else None

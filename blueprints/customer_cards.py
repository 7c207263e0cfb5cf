"""A private customer's travel cards: registered, named, looked at, frozen and removed."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request
from sqlalchemy import Row
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice

from blueprints import card_stops, customer_events, delivery_stops
from blueprints.fields import CardField, TextField, ids
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, done, now, page, transaction
from blueprints.words import word
from domain import (
    audit,
    card_blocks,
    card_contents,
    card_trips,
    children,
    customer_cards,
    customers,
    parcels,
    purses,
)
from domain.access import Right
from domain.customer_cards import LABEL_MOST, State
from domain.customers import Child
from domain.travel_cards import TravelCard

bp = Blueprint("customer_cards", __name__, url_prefix="/mina-sidor/kort")

KINDS = {State.OPEN: "good", State.FROZEN: "warn", State.BLOCKED: "off"}
ON_ITS_WAY = (parcels.State.ORDERED, parcels.State.PACKED)


@bp.get("/")
@needs(Right.KEEP_ACCOUNT)
def index():
    cards = customer_cards.listed(db, actor().customer_id)
    contents = card_contents.of_cards(db, cards, now=now())
    return page("customer_cards/index.html", kinds=KINDS, state=customer_cards.state,
                coming=[each for each in parcels.of_customer(db, actor().customer_id)
                        if each.state in ON_ITS_WAY],
                contents=[each for each in contents if not each.card.blocked_at],
                blocked=[each.card for each in contents if each.card.blocked_at])


def _children() -> list[Child]:
    return children.of_customer(db, actor().customer_id)


class NameForm(Form):
    label = TextField(lazy("Vad du kallar kortet"), needed=False, most=LABEL_MOST,
                      description=lazy("Till exempel Mitt kort eller Skolkortet."))
    child = SelectField(lazy("Vem som använder kortet"), default="", choices=lambda: [
        SelectChoice("", _("Jag själv")),
        *(SelectChoice(str(each.id), each.name) for each in _children())])

    def user(self) -> Child | None:
        """Who of the children; None when it is the customer."""
        chosen = ids([self.child.data])
        return next((each for each in _children() if each.id in chosen), None)


class CardForm(NameForm):
    number = CardField(lazy("Kortnummer"), description=lazy("16 siffror på kortets baksida."))


@bp.route("/nytt", methods=["GET", "POST"])
@needs(Right.KEEP_ACCOUNT)
def new():
    form, customer = CardForm(), customers.find(db, actor().customer_id)
    if form.validate_on_submit():
        with transaction():  # saved whatever the outcome: a wrong number counts
            customer_cards.count_try(db, customer.id, request.remote_addr or "", now=now())
        with transaction(form):
            card = customer_cards.register(
                db, customers.find(db, customer.id), form.number.value, child=form.user(),
                label=form.label.value or "", by=actor(), now=now())
            form.then(page_of(card), _("Kortet är registrerat."))
    return answer(form, "customer_cards/new.html", customer=customer)


@bp.get("/<uuid:customer_card_id>")
@needs(Right.KEEP_ACCOUNT)
def show(customer_card_id: UUID):
    card = found(customer_card_id)
    [content] = card_contents.of_cards(db, [card], now=now())
    return page("customer_cards/show.html", card=card, content=content, stops=card_stops,
                **_past(card), **_end(card))


def _past(card: TravelCard) -> dict:
    """What has been done with the card on this account."""
    mine = actor().customer_id
    return {"trips": [(trip.at, _travelled(trip), trip.price_ore, trip.means)
                      for trip in card_trips.latest(db, card, now=now())],
            "shortfalls": purses.latest_shortfalls(db, card, now=now()),
            "bought": card_contents.bought(db, card, customer_id=mine),
            "events": customer_events.told(audit.about(db, card.id, company_id=mine), me=True)}


def _travelled(trip: Row) -> str:
    """Zon 181 · 30-dagarsbiljett"""
    zone = _("Zon %(zone)s", zone=trip.zone) if trip.zone else ""
    return " · ".join(filter(None, (zone, word(trip.product) if trip.product else "")))


def _end(card: TravelCard) -> dict:
    """What became of a blocked one."""
    if not card.blocked_at:
        return {"blocked": None, "parcel": None, "parcel_stops": None}
    parcel = card_blocks.parcel_of(db, card)
    return {"blocked": card_blocks.of_card(db, card), "parcel": parcel,
            "parcel_stops": parcel and delivery_stops.of(parcel, None)}


@bp.route("/<uuid:customer_card_id>/andra", methods=["GET", "POST"])
@needs(Right.KEEP_ACCOUNT)
def edit(customer_card_id: UUID):
    card = found(customer_card_id)
    form = NameForm(label=card.label, child=str(card.child_id or ""))
    if form.validate_on_submit():
        with transaction(form):
            customer_cards.rename(db, card, form.label.value or "", child=form.user(),
                                  by=actor(), now=now())
            form.then(page_of(card), _("Ändringarna är sparade."))
    return answer(form, "customer_cards/edit.html", card=card)


@bp.post("/<uuid:customer_card_id>/frysning")
@needs(Right.KEEP_ACCOUNT)
def freeze(customer_card_id: UUID):
    card = found(customer_card_id)
    with transaction():
        customer_cards.freeze(db, card, by=actor(), now=now())
    return done(page_of(card), _("Kortet är fryst. Ingen kan resa med det förrän du öppnar det."))


@bp.post("/<uuid:customer_card_id>/oppning")
@needs(Right.KEEP_ACCOUNT)
def thaw(customer_card_id: UUID):
    card = found(customer_card_id)
    with transaction():
        customer_cards.thaw(db, card, by=actor(), now=now())
    return done(page_of(card), _("Kortet är öppet igen och går att resa med."))


@bp.post("/<uuid:customer_card_id>/borttagning")
@needs(Right.KEEP_ACCOUNT)
def remove(customer_card_id: UUID):
    card = found(customer_card_id)
    with transaction():
        customer_cards.remove(db, card, by=actor(), now=now())
    return done(url_for("customer_cards.index"), _("Kortet är borttaget från ditt konto."))


def found(card_id: UUID) -> TravelCard:
    return customer_cards.find(db, card_id, customer_id=actor().customer_id)


def page_of(card: TravelCard) -> str:
    return url_for("customer_cards.show", customer_card_id=card.id)

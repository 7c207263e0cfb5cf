"""Tjänsteresor on the traveller's phone: registering Allpay, and buying with it."""
from dataclasses import dataclass

from flask import url_for
from htmx_flask import request
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from blueprints.fields import CHOOSE, TextField
from blueprints.guard import needs
from blueprints.language import _, lazy, ngettext
from blueprints.trip_form import TripForm
from blueprints.web import Form, actor, answer, db, done, now, page, rules, transaction
from domain import (
    assortment,
    business_travel,
    employments,
    limits,
    price_lists,
    purchases,
    standings,
    tickets,
)
from domain.access import Right
from domain.assortment import Assortment
from domain.business_travel import Connection
from domain.codes import Outcome
from domain.companies import Company
from domain.products import Product
from domain.services import Service
from domain.standings import Standing, State


@dataclass(frozen=True)
class Payer:
    """An employer that has connected the traveller."""

    company: Company
    standing: Standing
    allowed: Assortment

    @property
    def connection(self) -> Connection:
        return self.standing.connection

    @property
    def state(self) -> State:
        return self.standing.state(now())

    @property
    def may_buy(self) -> bool:
        return Service.BUSINESS_TRAVEL in self.allowed.services


def payers() -> list[Payer]:
    """Those of the traveller who is signed in, the oldest employment first."""
    mine = employments.of_actor(db, actor())
    standing_of = standings.of_travellers(db, [each.traveller.id for each in mine],
                                                now=now())
    return [Payer(each.company, standing_of[each.traveller.id],
                  assortment.given(each.company, each.traveller.department,
                                   each.traveller.services))
            for each in mine if each.traveller.id in standing_of]


NOT_REDEEMED = {
    Outcome.WRONG: lazy("Användarnamnet eller koden stämmer inte. Läs dem i det senaste sms:et."),
    Outcome.EXPIRED: lazy("Koden har gått ut. Be din administratör att skicka en ny."),
    Outcome.LOCKED: lazy("Koden är låst efter för många försök. Be din administratör att skicka "
                         "en ny."),
    Outcome.NONE: lazy("Ingen kod gäller just nu. Vänta på sms:et, eller be din administratör att "
                       "skicka en ny."),
}


class RegistrationForm(Form):
    user_name = TextField(lazy("Användarnamn"), most=20)
    code = TextField(lazy("Engångskod"), most=20)


@needs(Right.TRAVEL)
def register():
    form, mine = RegistrationForm(), payers()
    if form.validate_on_submit():
        typed = form.user_name.value.upper()
        connection = next((each.connection for each in mine
                           if each.connection.user_name == typed), None)
        outcome = _redeem(connection, form.code.value)
        if outcome == Outcome.REDEEMED:
            return done(url_for(".buy"), _("Allpay är registrerat. Nu kan du köpa biljetter."))
        form.code.errors = [_why_not(outcome, connection)]
    return answer(form, "phone/allpay.html", payers=mine)


def _redeem(connection: Connection | None, digits: str) -> Outcome:
    """Saved whatever the outcome: a wrong code counts."""
    with transaction():
        limits.take(db, "one-time code", str(actor().person_id),
                    per_hour=rules().code_tries_per_hour, now=now())
        if connection is None:
            return Outcome.WRONG
        return business_travel.register(db, connection, user_name=connection.user_name,
                                        digits=digits, by=actor(), now=now())


def _why_not(outcome: Outcome, connection: Connection | None) -> str:
    if outcome != Outcome.WRONG or connection is None:
        return str(NOT_REDEEMED[outcome])
    [standing] = standings.of_connections(db, [connection], now=now())
    left = standing.tries - standing.code.wrong_tries
    if left == 0:
        return str(NOT_REDEEMED[Outcome.LOCKED])
    return ngettext("Koden stämmer inte. Du har %(num)d försök kvar.",
                    "Koden stämmer inte. Du har %(num)d försök kvar.", left) % {"num": left}


class PurchaseForm(TripForm):
    connection = RadioField(lazy("Vem betalar?"), invalid_choice_message=CHOOSE)

    def __init__(self, ready: list[Payer], *args, **kwargs):
        self.ready = {str(each.connection.id): each for each in ready}
        super().__init__(*args, data={"connection": next(iter(self.ready))} | _latest(ready),
                         **kwargs)
        self.connection.choices = [SelectChoice(key, each.company.name)
                                   for key, each in self.ready.items()]
        self.offer(self.payer.allowed.products)

    @property
    def withheld(self) -> list[Product]:
        """What the one who pays does not let the traveller buy."""
        return [each for each in Product if each not in self.payer.allowed.products]

    @property
    def payer(self) -> Payer:
        return self.ready.get(self.connection.data) or next(iter(self.ready.values()))


def _latest(ready: list[Payer]) -> dict[str, str]:
    """What was bought the last time is most often what is bought now."""
    ids = [each.connection.traveller_id for each in ready]
    bought = next((ticket for ticket in tickets.of_travellers(db, ids, most=10)
                   if ticket.service == Service.BUSINESS_TRAVEL), None)
    return {"product": bought.product, "place": bought.trip.key} if bought else {}


@needs(Right.TRAVEL)
def buy():
    mine = payers()
    ready = [each for each in mine if each.may_buy and each.state == State.REGISTERED]
    if not ready:
        return page("phone/unregistered.html", payers=[each for each in mine if each.may_buy],
                    barred=bool(mine))
    form = PurchaseForm(ready, request.form or request.args)
    if "act" not in request.form and form.validate_on_submit():
        with transaction(form):
            price_lists.agree(db, form.ticket, form.trip, form.agreed_ore, now=now())
            ticket = purchases.buy(db, form.payer.connection, form.ticket, form.trip,
                                         by=actor(), now=now())
            form.then(url_for(".ticket", ticket_id=ticket.id), _("Biljetten är köpt."))
    return answer(form, "phone/buy.html")

"""What a traveller buys for work, as a form: what the policy of the one who pays is against cannot
be chosen, and says why."""
from functools import cached_property

from htmx_flask import request
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from blueprints import policy_words
from blueprints.fields import CHOOSE, DayField, TextField, required
from blueprints.language import _, lazy, sentence
from blueprints.payers import Payer
from blueprints.trip_form import TripForm
from blueprints.web import db, now
from domain import business_travel, policy_rules, products, tickets
from domain.errors import Conflict
from domain.money import kr
from domain.months import today
from domain.policy_groups import PolicyGroup
from domain.policy_rules import WHATEVER_TICKET, Refused, Rule, Wish
from domain.products import COMPANY_PRODUCTS, Product
from domain.services import Service


class PurchaseForm(TripForm):
    connection = RadioField(lazy("Vem betalar?"), invalid_choice_message=CHOOSE)
    valid_from = DayField(lazy("Första giltighetsdag"), needed=False)

    def __init__(self, ready: dict[str, Payer], payer: Payer, policy: PolicyGroup | None,
                 typed=None):
        self.ready, self.payer, self.policy = ready, payer, policy
        self.stop = _stop(payer)
        super().__init__(typed, data={"connection": str(payer.connection.id),
                                      **({} if "place" in (typed or ()) else
                                         _latest(list(ready.values())))})
        self.connection.choices = [SelectChoice(key, each.company.name)
                                   for key, each in ready.items()]
        self.offer(payer.allowed.products)
        self._place_is_chosen = "place" in (typed or ()) or bool(self.searched.data)

    def validate_valid_from(self, field) -> None:
        if self.activates and not self.begins_now:
            raise ValidationError(_("Den dagen kan biljetten aktiveras. Köp den nu, eller lämna "
                                    "fältet tomt."))

    def grey(self) -> None:
        """What cannot be bought, before it is drawn."""
        if self.policy:
            self._grey_places()
            self._grey_products()

    def _grey_places(self) -> None:
        for each in self.place.choices:
            if self._refused_in(each.value):
                each.label = _("%(place)s – ingår inte", place=each.label)
                each.render_kw = {"disabled": True}
        if not self._place_is_chosen and self._refused_in(self.place.data):
            self.place.data = next((each.value for each in self.place.choices
                                    if not each.render_kw), self.place.data)

    def _refused_in(self, place: str) -> bool:
        trip = products.trips().get(place)
        return bool(trip and policy_rules.place(
            self.policy, Wish(Product.SINGLE, trip, price_ore=0, now=now())))

    def _grey_products(self) -> None:
        for each in self.product.choices:
            if each.value in self.reasons:
                each.render_kw = {"disabled": True}
        if self.ticket in self.reasons and not self.is_submitted():
            self.product.data = next((each.value for each in self.product.choices
                                      if not each.render_kw), self.product.data)

    @cached_property
    def reasons(self) -> dict[Product, Refused]:
        """Why not, of each ticket that is sold in the chosen place and the policy is against."""
        judged = {product: policy_rules.judge(
                      self.policy, Wish.of(price, self.trip, now(), self.valid_from.data))
                  for product, price in self._prices().items()}
        return {product: reason for product, reason in judged.items() if reason}

    @property
    def barrier(self) -> str | None:
        """Why not, whatever ticket it is."""
        why = (sentence(reason) for reason in self.reasons.values()
               if reason.rule in WHATEVER_TICKET)
        return self.stop or next(why, None)

    @property
    def notes(self) -> dict[str, str]:
        """The price of each ticket, and the reason where it cannot be bought."""
        told = super().notes
        for product, price in self._prices().items():
            if product in self.reasons and not self.barrier:
                told[product] += f" · {_beside(self.reasons[product])}"
            elif price.price_ore > self.payer.standing.left_ore:
                told[product] += f" · {_('mer än du har kvar')}"
        return told

    @property
    def greys_places(self) -> bool:
        return any(each.render_kw for each in self.place.choices)

    @property
    def greys_products(self) -> bool:
        """Some of them, each for a reason of its own."""
        return bool(self.reasons) and not self.barrier

    @property
    def may_buy(self) -> bool:
        """Whether there is something to press the button for."""
        return not self.stop and self.price is not None and self.ticket not in self.reasons

    @property
    def begins_now(self) -> bool:
        """It can be activated at once."""
        return self.valid_from.data is None or self.valid_from.data <= today(now())

    @property
    def activates(self) -> bool:
        """Whether the button that was pressed was the one that starts the ticket too."""
        return "activated_ore" in request.form

    @property
    def agreed_ore(self) -> int | None:
        return request.form.get("activated_ore", super().agreed_ore, type=int)

    @property
    def withheld(self) -> list[Product]:
        """What the one who pays does not let the traveller buy."""
        return [each for each in COMPANY_PRODUCTS if each not in self.payer.allowed.products]

    @property
    def rules(self) -> list[tuple[str, str]]:
        """What the policy says, in words."""
        return policy_words.facts(self.policy) if self.policy else []

    @property
    def told(self) -> str:
        """The purpose; empty where none is asked for."""
        field = self._fields.get("purpose")
        return field.data or "" if field else ""

    @property
    def left(self) -> str:
        standing = self.payer.standing
        return _("Kvar den här månaden: %(left)s av %(limit)s. %(company)s får fakturan.",
                 left=kr(standing.left_ore), limit=kr(standing.room.limit_ore),
                 company=self.payer.company.name)


class WithPurpose(PurchaseForm):
    """For a policy that asks for a purpose."""

    purpose = TextField("", most=policy_rules.MOST_PURPOSE)

    def __init__(self, *args):
        super().__init__(*args)
        self.purpose.label.text = self.policy.purpose


class WithChosenPurpose(PurchaseForm):
    """For one that asks for one of some."""

    purpose = SelectField("", [required(CHOOSE)], invalid_choice_message=CHOOSE)

    def __init__(self, *args):
        super().__init__(*args)
        self.purpose.label.text = self.policy.purpose
        self.purpose.choices = [SelectChoice("", _("Välj")), *(
            SelectChoice(each, each) for each in self.policy.purpose_choices)]


def _stop(payer: Payer) -> str | None:
    """Why nothing at all can be bought of who pays."""
    try:
        business_travel.check_active(payer.connection, now=now())
    except Conflict as refusal:
        return sentence(refusal)
    return None


def _beside(reason: Refused) -> str:
    """As it stands beside the price."""
    if reason.rule == Rule.TOP_PRICE:
        return _("över %(most)s, det högsta i policyn", most=reason.values["most"])
    return _("ingår inte i policyn")


def of(ready: list[Payer], typed=None) -> PurchaseForm:
    """For those who may pay; `typed` is what is filled in so far."""
    ready_of = {str(each.connection.id): each for each in ready}
    payer = ready_of.get((typed or {}).get("connection"), ready[0])
    policy = payer.connection.policy
    if policy is None or not policy.purpose:
        form = PurchaseForm
    else:
        form = WithChosenPurpose if policy.purpose_choices else WithPurpose
    return form(ready_of, payer, policy, typed)


def _latest(ready: list[Payer]) -> dict[str, str]:
    """What was bought the last time is most often what is bought now."""
    ids = [each.connection.traveller_id for each in ready]
    bought = next((ticket for ticket in tickets.of_travellers(db, ids, most=10)
                   if ticket.service == Service.BUSINESS_TRAVEL), None)
    return {"product": bought.product, "place": bought.trip.key,
            "purpose": bought.purpose} if bought else {}

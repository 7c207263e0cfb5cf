"""What is bought in the shop, as forms: each becomes a line of the cart."""
from datetime import date
from uuid import UUID

from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice

from blueprints import basket
from blueprints.fields import CHOOSE, DayField, KronorField, TextField, ids
from blueprints.language import _, lazy
from blueprints.trip_form import TripForm
from blueprints.web import Form, db, now, rules
from domain import customer_cards, private_sales
from domain.card_numbers import mask_card
from domain.children import of_customer as children_of
from domain.customer_cards import LABEL_MOST
from domain.customers import Child, Customer
from domain.money import kr
from domain.months import today
from domain.products import Product
from domain.shop_orders import Kind
from domain.shop_wares import PERIODS, Wish
from domain.travel_cards import TravelCard

MYSELF = "jag"


class TicketForm(TripForm):
    """A ticket to the customer's own phone."""

    valid_from = DayField(lazy("Första giltighetsdag"), needed=False)

    def __init__(self, typed=None):
        super().__init__(typed)
        self.who = basket.customer()
        self.offer(self.sellable)

    @property
    def sellable(self) -> list[Product]:
        return _for_ages(Product, [self.who.born_on] if self.who else [])

    @property
    def wish(self) -> Wish:
        return Wish(kind=Kind.TICKET, product=self.ticket, trip=self.trip,
                    valid_from=self.valid_from.data)


class _WithCard(Form):
    """One of the cards on the account that are not blocked."""

    card = RadioField(lazy("Vilket kort?"), invalid_choice_message=CHOOSE)

    def _offer_cards(self, cards: list[TravelCard], asked: UUID | None) -> None:
        self.cards = {str(each.id): each for each in cards}
        self.card.choices = [SelectChoice(key, _called(each)) for key, each in self.cards.items()]
        if self.card.data not in self.cards and not self.is_submitted():
            self.card.data = str(asked) if str(asked) in self.cards else next(iter(self.cards))

    @property
    def chosen(self) -> TravelCard | None:
        return self.cards.get(self.card.data)


class TopUpForm(_WithCard):
    """Money to the purse of a card."""

    purse = KronorField(lazy("Belopp"))

    def __init__(self, cards: list[TravelCard], asked: UUID | None):
        super().__init__()
        self._offer_cards(cards, asked)

    @property
    def wish(self) -> Wish:
        return Wish(kind=Kind.PURSE, card=self.chosen, purse_ore=self.purse.value)


class PeriodForm(_WithCard, TicketForm):
    """A period on a card."""

    def __init__(self, cards: list[TravelCard], asked: UUID | None, typed=None):
        self.users = [private_sales.born_on(basket.customer(), each) for each in cards]
        super().__init__(typed)
        self._offer_cards(cards, asked)
        if not self.is_submitted() and "product" not in (typed or {}):
            self._suggest()

    def _suggest(self) -> None:
        """What a child travels by, to who comes from the child's card."""
        if self.chosen and self.chosen.child and Product.PERIOD_30_YOUTH in self.sellable:
            self.product.data = Product.PERIOD_30_YOUTH

    @property
    def sellable(self) -> list[Product]:
        return _for_ages(PERIODS, self.users)

    @property
    def wish(self) -> Wish:
        return Wish(kind=Kind.PERIOD, card=self.chosen, product=self.ticket, trip=self.trip,
                    valid_from=self.valid_from.data)


class NewCardForm(TicketForm):
    """A card that comes by post, with or without something on it."""

    whom = RadioField(lazy("Vem ska ha kortet?"), default=MYSELF, invalid_choice_message=CHOOSE)
    label = TextField(lazy("Vad du kallar kortet"), needed=False, most=LABEL_MOST)
    purse = KronorField(lazy("Reskassa"), needed=False)
    with_period = BooleanField(lazy("Lägg en period på kortet också"))

    def __init__(self, typed=None):
        who = basket.customer()
        self.children = children_of(db, who.id) if who else []
        super().__init__(typed)
        self.whom.choices = [SelectChoice(MYSELF, _("Jag själv")), *(
            SelectChoice(str(each.id), each.name) for each in self.children)]

    @property
    def sellable(self) -> list[Product]:
        users = [self.who, *self.children] if self.who else []
        return _for_ages(PERIODS, [each.born_on for each in users])

    @property
    def child(self) -> Child | None:
        return next((each for each in self.children if each.id in ids([self.whom.data])), None)

    @property
    def wish(self) -> Wish:
        period = {"product": self.ticket, "trip": self.trip,
                  "valid_from": self.valid_from.data} if self.with_period.data else {}
        return Wish(kind=Kind.NEW_CARD, child=self.child, label=self.label.value or "",
                    purse_ore=self.purse.value or 0, **period)

    @property
    def card_price(self) -> int:
        return rules().new_card_ore


def _for_ages(products, born: list[date]) -> list[Product]:
    """Those that somebody of them may have; all, when nobody is known."""
    day = today(now())
    return [each for each in products
            if not born or any(private_sales.may_have(db, each, on, day) for on in born)]


def _called(card: TravelCard) -> str:
    """Skolkortet, Maja •••• 1234"""
    named = [card.label, card.child.given_name if card.child else ""]
    return f"{', '.join(filter(None, named)) or _('Resekort')} {mask_card(card.number)}"


def usable(who: Customer) -> list[TravelCard]:
    return customer_cards.usable(db, who.id)


def purse_limits() -> dict[str, str]:
    return {"least": kr(rules().purse_load_min_ore), "most": kr(rules().purse_max_ore)}



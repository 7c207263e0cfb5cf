"""Which ticket, and where it is valid: what sending, buying and applying all begin with."""
from collections.abc import Collection, Iterable
from functools import cache

from htmx_flask import request
from wtforms import HiddenField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from blueprints.fields import CHOOSE
from blueprints.formats import place
from blueprints.language import _, language, lazy
from blueprints.trip_search import TripSearch
from blueprints.web import Form, db, now, rules
from blueprints.words import word
from domain import price_lists, products
from domain.money import kr
from domain.price_lists import Price
from domain.products import COMPANY_PRODUCTS, FLEX, PERIOD_DAYS, Extent, Product, Trip

ONE_ZONE, WHOLE_COUNTY = "zones_1 181", "county"


def _places(form: "TripForm") -> list[SelectChoice]:
    """Everywhere that the price list sells a ticket for."""
    sold, named = {(price.extent, price.area) for price in form.prices}, _named(language())
    return [SelectChoice(key, name, optgroup=group)
            for (key, trip), (name, group) in zip(products.trips().items(), named, strict=True)
            if (trip.extent, trip.area) in sold
            and (form.extents is None or trip.extent in form.extents)]


@cache
def _named(_language: str) -> list[tuple[str, str]]:
    """Every place in the reader's language, with what it stands under."""
    return [(_place(trip), word(trip.extent)) for trip in products.trips().values()]


def _place(trip: Trip) -> str:
    """Zon 182 Habo, Mullsjö · Zon 181 + 182 Jönköping, Habo"""
    zones = [products.zones()[number] for number in trip.zones]
    if trip.extent == Extent.ZONES_1:
        name = _("Zon")
        return f"{name} {zones[0].number} {', '.join(zones[0].places)}"
    if trip.extent == Extent.ZONES_2:
        return f"{place(trip)} {', '.join(zone.places[0] for zone in zones)}"
    return place(trip)


def _products(some: Iterable[Product]) -> list[SelectChoice]:
    return [SelectChoice(each, word(each)) for each in some]


class TripForm(Form):
    extents: Collection[Extent] | None = None
    """Where a ticket may hold at all; None: anywhere."""
    place = SelectField(lazy("Var gäller biljetten?"), default=ONE_ZONE,
                        invalid_choice_message=CHOOSE)
    product = RadioField(lazy("Biljett"), default=Product.SINGLE, invalid_choice_message=CHOOSE)
    from_place = StringField(lazy("Från"))
    to_place = StringField(lazy("Till"))
    searched = HiddenField()
    """What has been searched for already: what was chosen in the list since then stands."""

    def __init__(self, *args, **kwargs):
        self.prices = price_lists.prices(db, now=now())
        super().__init__(*args, **kwargs)
        self.place.choices, self.product.choices = _places(self), _products(COMPANY_PRODUCTS)
        self.asked = TripSearch.of(self.from_place.data, self.to_place.data)
        if self.asked.whole and self.asked.key != self.searched.data:
            self._search_trip()

    def _search_trip(self) -> None:
        """Choose the place that the typed from and to lead to, or say why there is none."""
        asked, journey = self.asked, self.asked.journey
        sold = journey and journey.trip.key in {choice.value for choice in self.place.choices}
        if sold:
            self.place.data, self.searched.data = journey.trip.key, asked.key
        elif not (asked.start.problem or asked.end.problem):
            self._refuse(self.to_place,
                         asked.refusal or _("Det säljs ingen biljett för den resan."))
        for field, end in ((self.from_place, asked.start), (self.to_place, asked.end)):
            if end.problem:
                self._refuse(field, end.problem)

    def _refuse(self, field: StringField, why: str) -> None:
        """Said when the form is only shown, and when it is sent."""
        field.errors = field.process_errors = [why]

    def offer(self, some: Collection[Product]) -> None:
        """Only these can be chosen."""
        self.product.choices = _products(each for each in Product if each in some)
        if self.product.data not in some and not self.is_submitted():
            self.product.data = self.product.choices[0].value

    @property
    def trip(self) -> Trip | None:
        return products.trips().get(self.place.data)

    @property
    def ticket(self) -> Product | None:
        return next((each for each in Product if each == self.product.data), None)

    @property
    def price(self) -> Price | None:
        """Of what is chosen; None when that is not sold."""
        return self._prices().get(self.ticket)

    @property
    def agreed_ore(self) -> int | None:
        """What the button that was pressed said it would cost."""
        return request.form.get("agreed_ore", type=int)

    @property
    def notes(self) -> dict[str, str]:
        """What each ticket costs in the chosen place."""
        sold = self._prices()
        return {each: kr(sold[each].price_ore) if each in sold else _("säljs inte här")
                for each in Product}

    def _prices(self) -> dict[Product, Price]:
        trip = self.trip
        return {price.product: price for price in self.prices
                if trip and (price.extent, price.area) == (trip.extent, trip.area)}

    @property
    def lasts(self) -> str:
        """How long the chosen ticket is valid once it is activated."""
        return lasts(self.ticket, self.trip)


def lasts(product: Product | None, trip: Trip | None) -> str:
    """How long a ticket is valid once it is activated."""
    if product in FLEX:
        return _("%(days)d resdagar inom %(within)d dagar",
                 days=FLEX[product][0], within=FLEX[product][1])
    if product in PERIOD_DAYS:
        return _("%(days)d dagar", days=PERIOD_DAYS[product])
    if product == Product.SINGLE and trip:
        return _("%(minutes)d minuter", minutes=products.single_minutes(trip.extent, rules()))
    return _("24 timmar")

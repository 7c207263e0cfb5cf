"""An application for a staff offer: which offer, where, on what, from when, and what it costs."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from blueprints import offer_words
from blueprints.fields import CHOOSE, CardField, DayField
from blueprints.formats import day
from blueprints.language import _, lazy
from blueprints.trip_form import TripForm
from blueprints.web import db, now
from domain import assortment, sales, staff_offers, travel_cards
from domain.access import Scope
from domain.companies import Company
from domain.employments import Employment
from domain.identity import show_mobile
from domain.money import equal_parts
from domain.months import Month, today
from domain.offers import OfferApplication
from domain.products import PERIOD_DAYS, Product
from domain.services import Service
from domain.staff_offers import StaffOffer
from domain.travel_cards import TravelCard
from domain.travellers import Traveller

PHONE, CARD = "phone", "card"
STARTS = 3
"""So many first days there are to choose among, where tickets begin with a month."""


@dataclass(frozen=True)
class Choice:
    """What one employer offers one traveller."""

    offer: StaffOffer
    company: Company
    traveller: Traveller
    products: tuple[Product, ...]


def choices(employments: Iterable[Employment]) -> list[Choice]:
    """All that may be applied for today."""
    found = []
    for each in employments:
        allowed = assortment.given(each.company, each.traveller.department,
                                   each.traveller.services)
        if Service.STAFF_OFFER in allowed.services:
            found += [Choice(offer, each.company, each.traveller, both) for offer in
                      staff_offers.open_to(db, each.traveller, now=now())
                      if (both := tuple(one for one in allowed.products if one in offer.products))]
    return found


class OfferForm(TripForm):
    BY_EMPLOYER = False

    which = RadioField(lazy("Erbjudande"), invalid_choice_message=CHOOSE)
    carrier = RadioField(lazy("Var vill du ha biljetten?"), default=PHONE,
                         invalid_choice_message=CHOOSE)
    card = CardField(lazy("Resekortets nummer"), needed=False)
    starts_on = DayField(lazy("Gäller från"))
    first_on = RadioField(lazy("Gäller från"), invalid_choice_message=CHOOSE)
    terms = HiddenField()
    """Of which offer, as it was when its cost was read."""
    renews = HiddenField()

    def __init__(self, open_now: list[Choice], formdata=None, *, which: str | None = None,
                 renewed: OfferApplication | None = None):
        """`which` and `renewed` are what one comes for, before anything is typed."""
        self.open = {str(each.offer.id): each for each in open_now}
        before = renewed and self.open.get(str(renewed.offer_id))
        self.chosen = (self.open.get(formdata.get("which") if formdata else which) or before
                       or next(iter(self.open.values())))
        self.extents, self.renewed = self.offer_chosen.extents, renewed
        self.cards = travel_cards.of_travellers(db, [self.chosen.traveller.id])
        super().__init__(formdata, data=self._begun())
        self.which.choices = [SelectChoice(key, self._called(each))
                              for key, each in self.open.items()]
        self.offer(self.chosen.products)
        self._draw_carrier()
        self._draw_start()

    @property
    def offer_chosen(self) -> StaffOffer:
        return self.chosen.offer

    def _called(self, choice: Choice) -> str:
        """With the employer's name, when there are several."""
        several = len({each.company.id for each in self.open.values()}) > 1
        return f"{choice.company.name}: {choice.offer.name}" if several else choice.offer.name

    def _begun(self) -> dict:
        """What stands there before anything is typed."""
        known = {"which": str(self.offer_chosen.id), "terms": self._terms,
                 "starts_on": self._first(Month.of(now()).next.first_day),
                 "card": self.cards[0].number if self.cards else None}
        if (old := self.renewed) is not None:
            known |= {"place": old.trip.key, "product": old.product, "renews": str(old.id),
                      "carrier": CARD if old.card_id else PHONE,
                      "card": old.card and old.card.number}
        return known

    @property
    def _terms(self) -> str:
        return f"{self.offer_chosen.id} {self.offer_chosen.version}"

    def _first(self, wished: date) -> date:
        """Not before the ticket that is renewed has run out."""
        if self.renewed is None:
            return wished
        return max(today(now()), self.renewed.starts_on
                   + timedelta(days=PERIOD_DAYS.get(self.renewed.product, 0)))

    def _draw_carrier(self) -> None:
        mobile = self.chosen.traveller.mobile
        self.carrier_notes = {PHONE: show_mobile(mobile) if mobile else _("saknar mobilnummer")}
        self.card.flags.optional = False  # it is asked for only where it is needed
        self.carrier.choices = [SelectChoice(PHONE, _("I mobilen")),
                                SelectChoice(CARD, _("På ett resekort"))]

    def _draw_start(self) -> None:
        """A day of one's own, or the first of some month to come."""
        first = self.offer_chosen.first_day(now(), by_employer=self.BY_EMPLOYER)
        if first is None:
            del self.first_on
            if self.starts_on.data is None and not self.is_submitted():
                self.starts_on.data = self._begun()["starts_on"]
            return
        del self.starts_on
        wished, days = self._first(first), []
        month = Month.on(max(first, wished))
        if month.first_day < wished:
            month = month.next
        for _each in range(STARTS):
            days.append(month.first_day)
            month = month.next
        self.first_on.choices = [SelectChoice(each.isoformat(), day(each)) for each in days]
        if self.first_on.data is None:
            self.first_on.data = days[0].isoformat()

    def validate_terms(self, field) -> None:
        """Without scripts the cost of another offer is read only when it is shown again."""
        read, field.data = field.data, self._terms
        if read and read != self._terms:
            raise ValidationError(_("Läs igenom vad det kostar nu, och ansök sedan."))

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        if self.carrier.data == CARD and not (self.card.value or self.card.errors):
            self.card.errors = [_("Fyll i kortets nummer.")]
            return False
        return valid

    @property
    def starts(self) -> date | None:
        """The chosen first day."""
        if "starts_on" in self:
            return self.starts_on.data
        try:
            return date.fromisoformat(self.first_on.data or "")
        except ValueError:
            return None

    def check_start(self) -> None:
        sales.check_start(db, self.starts, "starts_on", now=now())

    def found_card(self) -> TravelCard | None:
        """That the ticket is to lie on."""
        if self.carrier.data != CARD:
            return None
        return travel_cards.find_for_sending(
            db, self.card.value, within=Scope(self.chosen.company.id))

    @property
    def apply_by(self) -> str:
        """Until when one may ask for that day."""
        if self.BY_EMPLOYER:
            return ""
        offer, first = self.offer_chosen, self.offer_chosen.first_day(now())
        return _("Ansök senast %(last)s för att resa från %(first)s.",
                 last=day(offer.apply_by(first)), first=day(first)) if first else ""

    # What it costs.

    @property
    def employer_ore(self) -> int:
        return self.offer_chosen.employer_ore(self.price.price_ore) if self.price else 0

    @property
    def employee_ore(self) -> int:
        return self.price.price_ore - self.employer_ore if self.price else 0

    @property
    def parts(self) -> list[int]:
        """What is deducted month by month, in öre."""
        return equal_parts(self.employee_ore, self.offer_chosen.months) if self.price else []

    @property
    def how(self) -> str:
        """How the salary pays, in plain words."""
        return offer_words.how(self.offer_chosen.deduction, self.parts, self.employer_ore,
                               self.starts)


"""What an employer decides of a staff offer, as a form; and what that comes to in an example."""
import re
from uuid import UUID

from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextArea

from blueprints import offer_words
from blueprints.departments import choices as department_choices
from blueprints.fields import (
    CHOOSE,
    BoxesField,
    CountField,
    DayField,
    KronorField,
    ParsedField,
    TextField,
    ticked,
)
from blueprints.language import _, lazy
from blueprints.web import Form, actor, db, now
from blueprints.words import word
from domain import price_lists, staff_offers
from domain.access import Scope
from domain.companies import Deduction
from domain.errors import Invalid
from domain.money import NBSP, equal_parts, kr, parse_kronor
from domain.months import Month
from domain.price_lists import Price
from domain.products import COMPANY_PRODUCTS, Extent, Product
from domain.staff_offers import WHOLE, Details, Reach, StaffOffer
from domain.travellers import EmploymentForm


class ShareField(ParsedField):
    """What the employer pays: `value` is basis points of the price and, when it is a sum, öre."""

    @staticmethod
    def parse(text: str) -> tuple[int, int | None]:
        if percent := re.fullmatch(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%", text):
            points = int(percent[1]) * 100 + int((percent[2] or "0").ljust(2, "0"))
            if points <= WHOLE:
                return points, None
        elif text.rstrip().endswith("kr"):
            return 0, parse_kronor(text)
        elif text.strip() == "0":
            return 0, None
        raise Invalid("Skriv till exempel 30 % eller 500 kr.")


def _words(kind) -> list[SelectChoice]:
    return [SelectChoice(each, word(each)) for each in kind]


def _kinds() -> list[SelectChoice]:
    return [SelectChoice(Deduction.NET, _("Nettolöneavdrag: dras efter skatt")),
            SelectChoice(Deduction.GROSS, _("Bruttolöneavdrag: dras före skatt"))]


class StaffOfferForm(Form):
    name = TextField(lazy("Namn"), most=60, description=lazy("Till exempel Årsbiljett."))
    products = BoxesField(lazy("Biljetter"), choices=lambda: _words(COMPANY_PRODUCTS),
                          validators=[ticked(lazy("Välj minst en biljett."))])
    extents = BoxesField(lazy("Var biljetterna får gälla"), choices=lambda: _words(Extent),
                         validators=[ticked(lazy("Välj minst en."))])
    departments = BoxesField(lazy("Avdelningar"), choices=department_choices,
                             validators=[ticked(lazy("Välj minst en avdelning."))])
    forms = BoxesField(lazy("Anställningsform"), choices=lambda: _words(EmploymentForm),
                       validators=[ticked(lazy("Välj minst en."))], description=lazy(
        "Utan begränsning får alla ansöka, också de som saknar uppgift."))
    share = ShareField(lazy("Arbetsgivaren betalar"), needed=False, description=lazy(
        "Till exempel 30 % eller 500 kr. Lämna tomt om den anställda betalar allt."))
    deduction = RadioField(lazy("Den anställdas del dras"), choices=_kinds, default=Deduction.NET,
                           invalid_choice_message=CHOOSE)
    months = SelectField(lazy("Fördelat på"), default="12", invalid_choice_message=CHOOSE,
                         choices=lambda: [SelectChoice(str(each), _(
                             "%(num)d månader", num=each) if each > 1 else _("en månad"))
                             for each in range(12, 0, -1)])
    last_apply_day = CountField(lazy("Sista dag i månaden att ansöka"), needed=False,
                                description=lazy(
        "Till exempel 10: den som ansöker senast den 10 reser från den 1 i nästa månad. Lämna "
        "tomt om den anställda får välja första dag."))
    closes_on = DayField(lazy("Erbjudandet gäller till och med"), needed=False, description=lazy(
        "Lämna tomt om det gäller tills vidare."))
    text = TextField(lazy("Egna ord till den som ansöker"), needed=False, most=500,
                     widget=TextArea())
    second_eyes = KronorField(lazy("Två administratörer beviljar över"), needed=False,
                              description=lazy("Biljettens pris. Lämna tomt om en räcker."))
    auto = KronorField(lazy("Beviljas av sig självt upp till"), needed=False, description=lazy(
        "Biljettens pris. Lämna tomt om ni vill avgöra varje ansökan."))

    @classmethod
    def of(cls, offer: StaffOffer) -> "StaffOfferForm":
        """As it stands."""
        def ids(some):
            return None if some is None else list(map(str, some))

        return cls(data={
            "name": offer.name, "products": offer.products, "extents": offer.extents,
            "departments": ids(offer.department_ids), "forms": offer.employment_forms,
            "share": _share(offer), "deduction": offer.deduction, "months": str(offer.months),
            "last_apply_day": str(offer.last_apply_day or ""), "closes_on": offer.closes_on,
            "text": offer.text, "second_eyes": _kronor(offer.second_eyes_above_ore),
            "auto": _kronor(offer.auto_below_ore)})

    def limits(self, field: BoxesField) -> bool:
        """Whether some are left out, or something is wrong with those that are chosen."""
        return bool(field.errors) or field.chosen is not None

    def details(self) -> Details:
        def chosen(field: BoxesField, kind) -> tuple | None:
            return None if field.chosen is None else tuple(map(kind, field.chosen))

        points, ore = self.share.value or (0, None)
        return Details(
            self.name.value or "", tuple(map(Product, self.products.data)),
            chosen(self.extents, Extent), chosen(self.departments, UUID),
            chosen(self.forms, EmploymentForm), points, ore, Deduction(self.deduction.data),
            int(self.months.data), self.last_apply_day.value, self.closes_on.data,
            self.text.value or "", self.second_eyes.value, self.auto.value)

    def example(self) -> "Example | None":
        """Of what is typed so far; None while that cannot be read."""
        if not self._reads:
            return None
        return Example(StaffOffer(company_id=actor().company_id, **vars(self.details())))

    @property
    def _reads(self) -> bool:
        """Whether all but the name can be read. What is only shown is not told what it lacks."""
        if self.is_submitted():
            return not self.errors
        fields = [field for field in self if field.name != "form_key"]
        for field in fields:
            field.validate(self)
        wrong = any(field.errors for field in fields if field.name != "name")
        for field in fields:
            field.errors = []
        return not wrong


class Example:
    """What an offer comes to: for whom, and for a ticket of the first kind in a single zone, or
    wherever it may hold."""

    def __init__(self, offer: StaffOffer):
        self.offer = offer
        self.reach: Reach = staff_offers.reach(db, offer, within=Scope(offer.company_id))
        extent = (offer.extents or list(Extent))[0]
        product = max(offer.products, key=list(Product).index)
        self.price: Price | None = next(
            (each for each in price_lists.prices(db, now=now())
             if (each.product, each.extent) == (product, extent)), None)
        price_ore = self.price.price_ore if self.price else 0
        self.employer_ore = offer.employer_ore(price_ore)
        self.parts = equal_parts(price_ore - self.employer_ore, offer.months)

    @property
    def how(self) -> str:
        first = self.offer.first_day(now()) or Month.of(now()).next.first_day
        return offer_words.how(self.offer.deduction, self.parts, self.employer_ore, first)


def _share(offer: StaffOffer) -> str:
    if offer.share_ore is not None:
        return kr(offer.share_ore)
    if not offer.share_basis_points:
        return ""
    return f"{offer_words.percent(offer.share_basis_points)}{NBSP}%"


def _kronor(ore: int | None) -> str:
    return "" if ore is None else kr(ore).removesuffix(f"{NBSP}kr")

"""What is decided about a policy group, as a form."""
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import TextArea

from blueprints.fields import BoxesField, ClockField, KronorField, TextField, ticked
from blueprints.language import _, lazy
from blueprints.web import Form
from blueprints.words import word
from domain import products
from domain.money import NBSP, kr
from domain.policies import Details
from domain.policy_groups import PolicyGroup
from domain.policy_rules import WEEKDAY_NAMES, Weekday
from domain.products import COMPANY_PRODUCTS, Area, Extent, Product


def _words(kind) -> list[SelectChoice]:
    return [SelectChoice(each, word(each)) for each in kind]


def _zones() -> list[SelectChoice]:
    name = _("Zon")
    return [SelectChoice(str(zone.number), f"{name} {zone.number} {', '.join(zone.places)}")
            for zone in products.zones().values()]


def _weekdays() -> list[SelectChoice]:
    return [SelectChoice(each, _(WEEKDAY_NAMES[each]).capitalize()) for each in Weekday]


class PolicyForm(Form):
    name = TextField(lazy("Namn"), most=60, description=lazy(
        "Till exempel Kontoret eller Montörer."))
    products = BoxesField(lazy("Biljetter"), choices=lambda: _words(COMPANY_PRODUCTS),
                          validators=[ticked(lazy("Välj minst en biljett."))])
    extents = BoxesField(lazy("Var biljetterna får gälla"), choices=lambda: _words(Extent),
                         validators=[ticked(lazy("Välj minst en."))])
    zones = BoxesField(lazy("Zoner"), choices=_zones, description=lazy(
        "För biljetter i en zon eller två."), validators=[ticked(lazy("Välj minst en zon."))])
    areas = BoxesField(lazy("Områden"), choices=lambda: _words(Area), description=lazy(
        "För biljetter över länsgränsen."), validators=[ticked(lazy("Välj minst ett område."))])
    weekdays = BoxesField(lazy("Dagar"), choices=_weekdays, description=lazy(
        "En helgdag räknas som den veckodag den infaller på."),
        validators=[ticked(lazy("Välj minst en dag."))])
    begins = ClockField(lazy("Från klockan"), needed=False)
    ends = ClockField(lazy("Till klockan"), needed=False)
    top_price = KronorField(lazy("Högsta pris för en biljett"), needed=False, description=lazy(
        "Lämna tomt om priset inte ska begränsas."))
    purpose = TextField(lazy("Ändamål"), needed=False, most=40, description=lazy(
        "Vad resenären ska fylla i, till exempel Ärende eller Projekt. Det följer med till "
        "specifikationen. Lämna tomt för att inte fråga."))
    purpose_choices = TextField(lazy("Alternativ att välja bland"), needed=False, most=6_000,
                                widget=TextArea(), description=lazy(
        "Ett på varje rad. Lämna tomt om resenären får skriva fritt."))
    text = TextField(lazy("Företagets egna ord till resenären"), needed=False, most=500,
                     widget=TextArea(), description=lazy("Visas i mobilen vid varje köp."))

    @classmethod
    def of(cls, group: PolicyGroup) -> "PolicyForm":
        """As it stands."""
        price = group.top_price_ore
        return cls(data={
            "name": group.name, "products": group.products, "extents": group.extents,
            "zones": None if group.zones is None else list(map(str, group.zones)),
            "areas": group.areas, "weekdays": group.weekdays,
            "begins": group.begins and f"{group.begins:%H:%M}",
            "ends": group.ends and f"{group.ends:%H:%M}",
            "top_price": kr(price).removesuffix(f"{NBSP}kr") if price else "",
            "purpose": group.purpose, "purpose_choices": "\n".join(group.purpose_choices),
            "text": group.text})

    def details(self) -> Details:
        def chosen(field: BoxesField, kind) -> list | None:
            return None if field.chosen is None else list(map(kind, field.chosen))

        purpose = self.purpose.value or ""
        lines = (self.purpose_choices.value or "").splitlines() if purpose else []
        choices = dict.fromkeys(" ".join(line.split()) for line in lines if line.strip())
        return Details(
            self.name.value, products=chosen(self.products, Product),
            extents=chosen(self.extents, Extent), zones=chosen(self.zones, int),
            areas=chosen(self.areas, Area), weekdays=chosen(self.weekdays, Weekday),
            begins=self.begins.value, ends=self.ends.value, top_price_ore=self.top_price.value,
            purpose=purpose, purpose_choices=list(choices), text=self.text.value or "")

"""How prices are told: as a table by place and ticket, what changes in them, and who decided."""
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime

from blueprints.formats import day, place
from blueprints.language import _
from blueprints.words import word
from domain.audit import Act, Event
from domain.money import kr
from domain.price_comparison import Change, Doubt
from domain.price_lists import PLACES, Line, State, Ware
from domain.products import COMPANY_PRODUCTS, Area, Extent, Product, Trip
from domain.rules import Rules
from domain.texts import sv

SENTENCES = {
    Act.PRICE_LIST_PUBLISHED: sv("Publicerade %(name)s, som gäller från %(day)s."),
    Act.PRICE_LIST_WITHDRAWN: sv("Återkallade %(name)s, som skulle gälla från %(day)s."),
}
KINDS = {State.COMING: "wait", State.IN_FORCE: "good", State.PAST: "off"}
"""How a list's state is drawn."""
SHORT = {
    Product.SINGLE: sv("Enkel"), Product.DAY: sv("24 timmar"), Product.FLEX_10_30: sv("Flex 10/30"),
    Product.FLEX_20_60: sv("Flex 20/60"), Product.PERIOD_30: sv("30 dagar"),
    Product.PERIOD_365: sv("365 dagar"), Product.PERIOD_30_YOUTH: sv("Ungdom"),
    Product.PERIOD_30_SENIOR: sv("Senior"), Product.PERIOD_30_STUDENT: sv("Student"),
}
"""What the tickets are called where there is little room."""
BY_CATEGORY = {Product.PERIOD_30: sv("Vuxen")} | {
    product: SHORT[product] for product in Product if product not in COMPANY_PRODUCTS}
"""The thirty days that a price depends on who travels."""
Grid = list[tuple[str, list[tuple[Product, Line | None]]]]
"""What the places are called, and what each ticket costs there."""


def told(events: Iterable[Event]) -> list[tuple[datetime, str, str]]:
    """When, who and what, as the timeline draws them."""
    return [(event.at, event.by_name or _("Portalen"),
             _(SENTENCES[event.act], name=event.details["name"],
               day=day(date.fromisoformat(event.details["day"])))) for event in events]


def valid(extent: Extent, area: Area | None) -> str:
    """En zon · Hela länet · Länet och Kronoberg"""
    return place(Trip(extent, (), area)) if area else word(extent)


def grid(prices: Mapping[Ware, Line],
         products: Collection[Product] = COMPANY_PRODUCTS) -> Grid:
    """A row for each place that anything is sold for."""
    rows = [(valid(*where), [(product, prices.get((product, *where))) for product in products])
            for where in PLACES]
    return [(name, lines) for name, lines in rows if any(line for _product, line in lines)]


def heads() -> list[tuple[str, str]]:
    """Of its columns."""
    return [(_("Gäller"), ""), *((_(SHORT[product]), "num") for product in COMPANY_PRODUCTS)]


def by_category(prices: Mapping[Ware, Line]) -> Grid:
    """What thirty days cost a young, old or studying traveller, beside an adult; nothing where the
    list has no such tickets."""
    if not any(line.product not in COMPANY_PRODUCTS for line in prices.values()):
        return []
    return [(name, lines) for name, lines in grid(prices, BY_CATEGORY)
            if any(line and line.product not in COMPANY_PRODUCTS for _product, line in lines)]


def category_heads() -> list[tuple[str, str]]:
    return [(_("Gäller"), ""), *((_(name), "num") for name in BY_CATEGORY.values())]


def who_is_who(rules: Rules) -> str:
    return _("De köps på Mina sidor. Ungdom är till och med %(youth)d år och senior från "
             "%(senior)d år, den dag biljetten börjar gälla. Den som är student visar det vid "
             "biljettkontroll.", youth=rules.youth_age_max, senior=rules.senior_age_min)


def vat(points: int) -> str:
    """6 %"""
    return f"{points / 100:g}\N{NO-BREAK SPACE}%".replace(".", ",")


def vat_note(prices: Iterable[Line]) -> str:
    """What part of the prices is VAT, and where it is another part."""
    lines = list(prices)
    usual, _number = Counter(line.vat_basis_points for line in lines).most_common(1)[0]
    others = {f"{valid(line.extent, line.area)} ({vat(line.vat_basis_points)})": None
              for line in lines if line.vat_basis_points != usual}
    if not others:
        return _("Alla priser är inklusive %(vat)s moms, och för vuxen om inget annat står.",
                 vat=vat(usual))
    return _("Alla priser är inklusive %(vat)s moms, utom för %(others)s. De är för vuxen om "
             "inget annat står.", vat=vat(usual), others=", ".join(others))


def ware(change: Change) -> str:
    product, extent, area = change.ware
    return f"{word(product)}, {valid(extent, area)}"


def wares(changes: Iterable[Change]) -> str:
    return "; ".join(map(ware, changes))


def change_heads() -> list[tuple[str, str]]:
    """Of the columns of a comparison."""
    return [(_("Biljett"), ""), (_("Före"), "num"), (_("Efter"), "num"), (_("Skillnad"), "num"),
            (_("Procent"), "num"), (_("Att notera"), "")]


def doubt(change: Change, found: Doubt) -> str:
    """Höjs mer än 25 % · Annan moms: 6 % → 0 %"""
    if found == Doubt.OTHER_VAT:
        return f"{word(found)}: {vat(change.old.vat_basis_points)} → " \
               f"{vat(change.new.vat_basis_points)}"
    return word(found)


def difference(change: Change) -> str:
    """+2 kr"""
    ore = change.difference_ore
    return "–" if not ore else f"{'+' if ore > 0 else ''}{kr(ore)}"


def percent(change: Change) -> str:
    """+4,8 %"""
    if not change.percent:
        return "–"
    return f"{change.percent:+.1f}\N{NO-BREAK SPACE}%".replace(".", ",").replace(
        "-", "\N{MINUS SIGN}")

"""How prices are told: as a table by place and ticket, what changes in them, and who decided."""
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from blueprints.formats import day, place, word
from blueprints.language import _
from domain.audit import Act, Event
from domain.money import kr
from domain.price_comparison import Change, Doubt
from domain.price_lists import PLACES, Line, State, Ware
from domain.products import Area, Extent, Product, Trip
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
    Product.PERIOD_365: sv("365 dagar"),
}
"""What the tickets are called where there is little room."""
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


def grid(prices: Mapping[Ware, Line]) -> Grid:
    """A row for each place that anything is sold for."""
    rows = [(valid(*where), [(product, prices.get((product, *where))) for product in Product])
            for where in PLACES]
    return [(name, lines) for name, lines in rows if any(line for _product, line in lines)]


def heads() -> list[tuple[str, str]]:
    """Of its columns."""
    return [(_("Gäller"), ""), *((_(SHORT[product]), "num") for product in Product)]


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
        return _("Alla priser är för vuxen och inklusive %(vat)s moms.", vat=vat(usual))
    return _("Alla priser är för vuxen och inklusive %(vat)s moms, utom för %(others)s.",
             vat=vat(usual), others=", ".join(others))


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

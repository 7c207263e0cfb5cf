"""The rows of a file of prices: read as people write them, or refused with what to mend."""
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from domain.errors import Invalid
from domain.money import parse_kronor
from domain.price_lists import WARES, Line
from domain.products import AREA_NAMES, EXTENT_NAMES, NAMES, Area, Extent, Product
from domain.texts import plain

COLUMNS = ("product", "extent", "area", "price", "vat")
"""What the cells of a row say, in this order."""
MOST_ORE = 10_000_000
USUAL_VAT = 600
FRACTIONS = {"0.06": 600, "0.12": 1_200, "0.25": 2_500}
"""What a spreadsheet keeps of a cell that shows a percentage."""


def _words(names: dict, **also: str) -> dict[str, object]:
    """Every way in which each is written: the code, the Swedish name, and what people say."""
    said = {plain(each): each for each in names}
    said |= {plain(name): each for each, name in names.items()}
    for code, ways in also.items():
        said |= dict.fromkeys(ways.split(), next(each for each in names if each == code))
    return said


PRODUCTS = _words(NAMES, single="enkel", day="24timmar dygn dygnsbiljett", period_30="30dagar",
                  period_365="365dagar arsbiljett arskort", period_30_youth="ungdom ungdom30",
                  period_30_senior="senior senior30", period_30_student="student student30")
EXTENTS = _words(EXTENT_NAMES, zones_1="1zon zon", zones_2="2zoner tvazoner",
                 county="lanet helalan")
AREAS = _words(AREA_NAMES, kopenhamn="copenhagen danmark", vastra_gotaland="vastragotalands")


@dataclass(frozen=True)
class WrongRow:
    number: int
    cells: tuple[str, ...]
    problems: dict[str, Invalid]
    """What there is to mend, by column."""


@dataclass(frozen=True)
class Checked:
    lines: list[Line] = field(default_factory=list)
    wrong: list[WrongRow] = field(default_factory=list)


Rows = Iterable[tuple[int, Sequence[str]]]
"""Each with its number, as a spreadsheet shows it, and its cells."""


def check(rows: Rows) -> Checked:
    """A row without a word in it is passed over."""
    checked, seen = Checked(), {}
    for number, cells in rows:
        cells = tuple(cells)
        if not any(cells):
            continue
        line, problems = _read(cells)
        if line and line.ware in seen:
            problems["product"] = Invalid("Samma biljett står på rad %(row)s.",
                                          row=seen[line.ware])
        if problems:
            checked.wrong.append(WrongRow(number, cells, problems))
        else:
            seen[line.ware] = number
            checked.lines.append(line)
    return checked


def _read(cells: tuple[str, ...]) -> tuple[Line | None, dict[str, Invalid]]:
    """The line, when nothing is wrong with the row, and else what is."""
    found, problems = {}, {}
    product, extent, area, price, vat = cells
    for column, read in (("product", lambda: _product(product)),
                         ("extent", lambda: _place(extent, area)),
                         ("price", lambda: parse_price(price)), ("vat", lambda: parse_vat(vat))):
        try:
            found[column] = read()
        except Invalid as refusal:
            problems[refusal.field or column] = refusal
    if not problems and (found["product"], *found["extent"]) not in WARES:
        problems["product"] = Invalid("Biljetter för ungdom, senior och student säljs inte över "
                                      "länsgränsen.")
    if problems:
        return None, problems
    return Line(product=found["product"], extent=found["extent"][0], area=found["extent"][1],
                price_ore=found["price"], vat_basis_points=found["vat"]), {}


def _product(text: str) -> Product:
    if plain(text) not in PRODUCTS:
        raise Invalid("Skriv en av biljetterna, till exempel Enkelbiljett eller 30-dagarsbiljett.")
    return PRODUCTS[plain(text)]


def _place(extent: str, area: str) -> tuple[Extent, Area | None]:
    """An area needs no more than its name, in either cell."""
    said = plain(extent).removeprefix("lanetoch")
    if said in AREAS and not area:
        return Extent.BORDER, AREAS[said]
    if said not in EXTENTS and not (said == "" and area):
        raise Invalid("Skriv En zon, Två zoner, Hela länet eller Över länsgränsen.")
    valid = EXTENTS.get(said, Extent.BORDER)
    if valid == Extent.BORDER:
        return valid, _area(area)
    if area:
        raise Invalid("Bara biljetter över länsgränsen gäller i ett område till.", "area")
    return valid, None


def _area(text: str) -> Area:
    name = plain(text)
    name = name if name in AREAS else name.removesuffix("lan").removesuffix("s")
    if name not in AREAS:
        raise Invalid("Skriv vilket område biljetten också gäller i, till exempel Kronoberg.",
                      "area")
    return AREAS[name]


def parse_price(text: str) -> int:
    """Öre, from kronor as people write them: 42 · 42,00 · 1 390,00 kr."""
    ore = parse_kronor(text)
    if not 0 < ore <= MOST_ORE:
        raise Invalid("Priset ska vara mer än 0 kr och högst 100 000 kr.")
    return ore


def parse_vat(text: str) -> int:
    """Basis points, from per cent: 6 · 6 % · 6,0. Nothing is the usual rate."""
    bare = re.sub(r"[\s%]", "", text).replace(",", ".")
    if not bare:
        return USUAL_VAT
    if bare in FRACTIONS:
        return FRACTIONS[bare]
    match = re.fullmatch(r"(\d{1,2})(?:\.(\d{1,2}))?", bare, re.ASCII)
    points = int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0")) if match else None
    if points is None or points > 2_500:
        raise Invalid("Skriv momsen i procent, till exempel 6.")
    return points


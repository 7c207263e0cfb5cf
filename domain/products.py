"""What is sold: products, and where they are valid."""
import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from domain.months import days_later
from domain.rules import Rules
from domain.services import Words
from domain.texts import sv

ZONES_FILE = Path(__file__).parent.parent / "data" / "zones.csv"


class Product(StrEnum):
    SINGLE = "single"
    DAY = "day"
    FLEX_10_30 = "flex_10_30"
    FLEX_20_60 = "flex_20_60"
    PERIOD_30 = "period_30"
    PERIOD_365 = "period_365"
    PERIOD_30_YOUTH = "period_30_youth"
    PERIOD_30_SENIOR = "period_30_senior"
    PERIOD_30_STUDENT = "period_30_student"


COMPANY_PRODUCTS = (Product.SINGLE, Product.DAY, Product.FLEX_10_30, Product.FLEX_20_60,
                    Product.PERIOD_30, Product.PERIOD_365)
"""What employers are sold, and may let their travellers buy: tickets for adults."""


class Category(StrEnum):
    ADULT = "adult"
    YOUTH = "youth"
    SENIOR = "senior"
    STUDENT = "student"


CATEGORY_NAMES = {
    Category.ADULT: sv("Vuxen"), Category.YOUTH: sv("Ungdom"), Category.SENIOR: sv("Senior"),
    Category.STUDENT: sv("Student"),
}
CATEGORY_OF = dict.fromkeys(Product, Category.ADULT) | {
    Product.PERIOD_30_YOUTH: Category.YOUTH, Product.PERIOD_30_SENIOR: Category.SENIOR,
    Product.PERIOD_30_STUDENT: Category.STUDENT}
"""Who a ticket is for. Only private customers are sold others than adults'."""


NAMES = {
    Product.SINGLE: sv("Enkelbiljett"), Product.DAY: sv("24-timmarsbiljett"),
    Product.FLEX_10_30: sv("Flex 10/30"), Product.FLEX_20_60: sv("Flex 20/60"),
    Product.PERIOD_30: sv("30-dagarsbiljett"), Product.PERIOD_365: sv("365-dagarsbiljett"),
    Product.PERIOD_30_YOUTH: sv("Period ungdom 30 D"),
    Product.PERIOD_30_SENIOR: sv("Period senior 30 D"),
    Product.PERIOD_30_STUDENT: sv("Period student 30 D"),
}


class Products(Words):
    cache_ok = True
    kind = Product


FLEX = {Product.FLEX_10_30: (10, 30), Product.FLEX_20_60: (20, 60)}
"""Travel days of 24 hours each, to be used within so many days of the first."""
PERIOD_DAYS = {Product.PERIOD_30: 30, Product.PERIOD_365: 365, Product.PERIOD_30_YOUTH: 30,
               Product.PERIOD_30_SENIOR: 30, Product.PERIOD_30_STUDENT: 30}


class Extent(StrEnum):
    ZONES_1 = "zones_1"
    ZONES_2 = "zones_2"
    COUNTY = "county"
    BORDER = "border"


EXTENT_NAMES = {
    Extent.ZONES_1: sv("En zon"), Extent.ZONES_2: sv("Två zoner intill varandra"),
    Extent.COUNTY: sv("Hela länet"), Extent.BORDER: sv("Över länsgränsen"),
}


class Area(StrEnum):
    KRONOBERG = "kronoberg"
    KALMAR = "kalmar"
    HALLAND = "halland"
    VASTRA_GOTALAND = "vastra_gotaland"
    BLEKINGE = "blekinge"
    SKANE = "skane"
    COPENHAGEN = "kopenhamn"


AREA_NAMES = {
    Area.KRONOBERG: sv("Kronoberg"), Area.KALMAR: sv("Kalmar"), Area.HALLAND: sv("Halland"),
    Area.VASTRA_GOTALAND: sv("Västra Götaland"), Area.BLEKINGE: sv("Blekinge"),
    Area.SKANE: sv("Skåne"), Area.COPENHAGEN: sv("Köpenhamn"),
}


@dataclass(frozen=True)
class Zone:
    number: int
    places: tuple[str, ...]
    adjoining: frozenset[int]


@cache
def zones() -> dict[int, Zone]:
    with ZONES_FILE.open(encoding="utf-8") as file:
        return {int(row["zone"]): Zone(int(row["zone"]), tuple(row["places"].split(", ")),
                                       frozenset(map(int, row["adjoining"].split())))
                for row in csv.DictReader(file, delimiter=";")}


@dataclass(frozen=True)
class Trip:
    """Where a ticket is valid. Those that tickets are sold for are in `trips()`."""

    extent: Extent
    zones: tuple[int, ...] = ()
    area: Area | None = None

    @property
    def key(self) -> str:
        """zones_2 181 183, as a form carries it."""
        return " ".join(filter(None, (self.extent, *map(str, self.zones), self.area)))


@cache
def trips() -> dict[str, Trip]:
    """Everywhere that a ticket can be valid, by key: a zone, two zones that adjoin, the whole
    county, the county and an area across its border."""
    pairs = [(one, other) for one in zones() for other in sorted(zones()[one].adjoining)
             if one < other]
    found = [*(Trip(Extent.ZONES_1, (number,)) for number in zones()),
             *(Trip(Extent.ZONES_2, pair) for pair in pairs), Trip(Extent.COUNTY),
             *(Trip(Extent.BORDER, area=area) for area in Area)]
    return {each.key: each for each in found}


def place(valid: Trip, translate: Callable[[str], str] = str) -> str:
    """Zon 181 Jönköping · Zon 181 + 183 · Hela länet · Länet och Kronoberg."""
    zone = translate(sv("Zon"))
    if valid.extent == Extent.ZONES_1:
        [number] = valid.zones
        return f"{zone} {number} {zones()[number].places[0]}"
    if valid.extent == Extent.ZONES_2:
        return f"{zone} {' + '.join(map(str, valid.zones))}"
    if valid.area:
        return translate(sv("Länet och %(area)s")) % {"area": translate(AREA_NAMES[valid.area])}
    return translate(EXTENT_NAMES[valid.extent])


def single_minutes(extent: Extent, rules: Rules) -> int:
    return getattr(rules, f"single_minutes_{extent}")


def active_until(product: Product, extent: Extent, activated_at: datetime,
                 rules: Rules) -> datetime:
    """When a ticket, or the travel day of a flex ticket, that is activated now runs out."""
    if product in PERIOD_DAYS:
        return days_later(activated_at, PERIOD_DAYS[product])
    if product == Product.SINGLE:
        return activated_at + timedelta(minutes=single_minutes(extent, rules))
    return activated_at + timedelta(hours=24)

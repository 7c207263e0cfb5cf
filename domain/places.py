"""Places by name, and which ticket takes one from one to another."""
import csv
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from domain.errors import Invalid
from domain.products import AREA_NAMES, Area, Extent, Trip, trips, zones
from domain.texts import plain

ACROSS_FILE = Path(__file__).parent.parent / "data" / "places.csv"
NOT_SOLD = {"ostergotland": "Östergötland"}
"""Counties next to ours that no ticket is sold to here, by the word of the file."""
ENDINGS = (" kommun", " län", " resecentrum", " station")
NEAR, ALIKE = 6, 0.7
"""So many names are offered instead of one that is not known, and so alike they are."""


@dataclass(frozen=True)
class Place:
    """In a zone of ours, in an area across the border, or in a county that is not sold to."""

    name: str
    zone: int | None = None
    area: Area | None = None
    county: str | None = None


@dataclass(frozen=True)
class Journey:
    start: Place
    end: Place
    trip: Trip

    @property
    def key(self) -> str:
        """The two names, as a form remembers what it has searched for."""
        return f"{plain(self.start.name)} {plain(self.end.name)}"


@cache
def known() -> dict[str, Place]:
    """All of them, by their plain name, those of the county first."""
    found = [Place(name, zone=zone.number) for zone in zones().values() for name in zone.places]
    found += [Place(AREA_NAMES[area], area=area) for area in Area]
    found += [Place(name, county=name) for name in NOT_SOLD.values()]
    with ACROSS_FILE.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter=";"):
            county = NOT_SOLD.get(row["area"])
            area = None if county else Area(row["area"])
            found += [Place(name, area=area, county=county) for name in row["places"].split(", ")]
    by_name: dict[str, Place] = {}
    for each in found:
        by_name.setdefault(plain(each.name), each)
    return by_name


def find(text: str) -> Place | None:
    """As people write it: with or without accents, as a municipality, as the number of a zone."""
    words = " ".join(text.casefold().split())
    for ending in ENDINGS:
        words = words.removesuffix(ending)
    name = plain(words)
    number = name.removeprefix("zon")
    if number.isdecimal() and number.isascii() and int(number[:4]) in zones():
        zone = zones()[int(number[:4])]
        return Place(zone.places[0], zone=zone.number)
    return known().get(name) or known().get(name.removesuffix("s"))


def near(text: str) -> list[Place]:
    """Those that the text may mean: that begin with it, else that are written much like it."""
    name = plain(text)
    if not name:
        return []
    begun = [place for key, place in known().items() if key.startswith(name)]
    alike = get_close_matches(name[:40], known(), NEAR, ALIKE) if not begun else []
    return (begun or [known()[key] for key in alike])[:NEAR]


def journey(start: Place, end: Place) -> Journey:
    """Raises `Invalid` where no ticket of ours goes."""
    ends = start, end
    for place in ends:
        if place.county:
            raise Invalid("Biljetter till %(county)s säljs inte här. Köp dem hos den som kör "
                          "trafiken dit.", county=place.county)
    areas = [place.area for place in ends if place.area]
    if len(areas) == len(ends):
        raise Invalid("Resan börjar och slutar utanför länet. Här säljs biljetter som gäller i "
                      "länet, och i länet tillsammans med ett område intill.")
    return Journey(start, end, Trip(Extent.BORDER, (), areas[0]) if areas else _within(ends))


def _within(ends: tuple[Place, Place]) -> Trip:
    numbers = tuple(sorted({place.zone for place in ends}))
    if len(numbers) == 1:
        return Trip(Extent.ZONES_1, numbers)
    adjoining = Trip(Extent.ZONES_2, numbers)
    return adjoining if adjoining.key in trips() else Trip(Extent.COUNTY)

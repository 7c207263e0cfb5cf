"""From one place to another: which ticket it takes, on the price page and in forms that sell."""
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from blueprints.formats import place
from blueprints.language import _, sentence
from blueprints.words import word
from domain import places
from domain.errors import Invalid
from domain.places import Journey, Place
from domain.products import zones


@dataclass(frozen=True)
class End:
    """One of the two places: what was typed, and what it is."""

    text: str

    @cached_property
    def place(self) -> Place | None:
        return places.find(self.text) if self.text else None

    @cached_property
    def near(self) -> list[Place]:
        """What may have been meant, where it is not known."""
        return [] if self.place or not self.text else places.near(self.text)

    @property
    def unknown(self) -> bool:
        return bool(self.text) and not self.place

    @property
    def problem(self) -> str | None:
        """That the place is not known, and what may have been meant."""
        if not self.unknown:
            return None
        if not self.near:
            return _("Vi hittar inte %(place)s i länet eller intill. Skriv en ort eller en "
                     "kommun.", place=self.text[:40])
        *names, last = [each.name for each in self.near]
        meant = _("%(names)s eller %(last)s", names=", ".join(names), last=last) if names else last
        return _("Vi hittar inte %(place)s. Menar du %(meant)s?", place=self.text[:40],
                 meant=meant)


@dataclass(frozen=True)
class TripSearch:
    start: End
    end: End

    @classmethod
    def of(cls, start: str | None, end: str | None) -> "TripSearch":
        return cls(*(End(" ".join((text or "").replace("\0", "").split())[:100])
                     for text in (start, end)))

    @property
    def key(self) -> str:
        """What was searched for, for a form to know that it is searched for already."""
        return f"{self.start.text}|{self.end.text}".casefold()

    @property
    def whole(self) -> bool:
        """Whether both ends are there to be looked for."""
        return bool(self.start.text and self.end.text)

    @cached_property
    def _found(self) -> tuple[Journey | None, str | None]:
        if not (self.start.place and self.end.place):
            return None, None
        try:
            return places.journey(self.start.place, self.end.place), None
        except Invalid as refusal:
            return None, sentence(refusal)

    @property
    def journey(self) -> Journey | None:
        return self._found[0]

    @property
    def refusal(self) -> str | None:
        """Why no ticket goes there, though both places are known."""
        return self._found[1]

    @property
    def told(self) -> str:
        """Gränna → Jönköping: två zoner intill varandra (181 + 183)"""
        valid = self.journey.trip
        how = place(valid) if valid.area else word(valid.extent)
        numbers = f" ({' + '.join(map(str, valid.zones))})" if valid.zones else ""
        return (f"{self.journey.start.name} → {self.journey.end.name}: "
                f"{how[0].lower()}{how[1:]}{numbers}")

    @property
    def options(self) -> Iterator[tuple[str, str]]:
        """Every place that may be typed, and where it lies."""
        return options()


def options() -> Iterator[tuple[str, str]]:
    """Every place that may be typed, and where it lies."""
    for each in places.known().values():
        if each.zone:
            yield each.name, _("zon %(number)s", number=each.zone)
        elif each.area:
            yield each.name, word(each.area)


def listed_zones() -> list[tuple[int, str, str]]:
    """Each zone's number, its places, and the zones that it adjoins."""
    return [(zone.number, ", ".join(zone.places), ", ".join(map(str, sorted(zone.adjoining))))
            for zone in zones().values()]

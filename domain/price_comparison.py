"""What a new price list would change, and what in it may be a mistake."""
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from domain.price_lists import WARES, Line, PriceList, Ware

MUCH = 25
"""Per cent: a price that rises more may be a slip of the pen."""


class Doubt(StrEnum):
    GONE = "gone"
    MUCH_HIGHER = "much_higher"
    LOWER = "lower"
    OTHER_VAT = "other_vat"


@dataclass(frozen=True)
class Change:
    """What one ticket costs in the list that is replaced, and in the new one; None where it is
    not sold."""

    ware: Ware
    old: Line | None
    new: Line | None

    @property
    def difference_ore(self) -> int | None:
        return self.new.price_ore - self.old.price_ore if self.old and self.new else None

    @property
    def percent(self) -> float | None:
        difference = self.difference_ore
        return None if difference is None else 100 * difference / self.old.price_ore

    @property
    def doubts(self) -> list[Doubt]:
        if self.old is None:
            return []
        if self.new is None:
            return [Doubt.GONE]
        asked = {Doubt.MUCH_HIGHER: self.percent > MUCH, Doubt.LOWER: self.percent < 0,
                 Doubt.OTHER_VAT: self.old.vat_basis_points != self.new.vat_basis_points}
        return [doubt for doubt, there in asked.items() if there]


@dataclass(frozen=True)
class Comparison:
    replaces: PriceList | None
    changes: list[Change]

    @property
    def gone(self) -> list[Change]:
        """Sold until now, and in the new list no longer."""
        return [each for each in self.changes if Doubt.GONE in each.doubts]

    @property
    def doubtful(self) -> list[Change]:
        return [each for each in self.changes if each.doubts and each.new]

    @property
    def plain(self) -> list[Change]:
        return [each for each in self.changes if not each.doubts]

    @property
    def changed(self) -> list[Change]:
        return [each for each in self.changes if each.difference_ore != 0]

    @property
    def mark(self) -> str:
        """Of all that is shown, so that what is confirmed is what was seen."""
        said = [(each.ware, _said(each.old), _said(each.new)) for each in self.changes]
        return sha256(repr(said).encode()).hexdigest()[:16]


def _said(line: Line | None) -> tuple[int, int] | None:
    return line and (line.price_ore, line.vat_basis_points)


def compare(replaces: PriceList | None, old: Mapping[Ware, Line],
            new: Iterable[Line]) -> Comparison:
    lines = {line.ware: line for line in new}
    return Comparison(replaces, [Change(ware, old.get(ware), lines.get(ware)) for ware in WARES
                                 if ware in old or ware in lines])

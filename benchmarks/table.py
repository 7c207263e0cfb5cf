"""What a benchmark found: a row for each thing that was measured, as a table or as JSON."""
import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Row:
    """`bar` is what `ratio` may be at most, or, when there is no floor, what `value` should be at
    least or at most. A row without a bar only tells."""

    name: str
    value: float
    unit: str
    floor: float | None
    ratio: float | None
    bar: float | None
    held: bool | None


def against(name: str, value: float, unit: str, *, floor: float, bar: float | None = None) -> Row:
    """A cost that may be so many times that of the floor."""
    ratio = value / floor
    return Row(name, round(value, 3), unit, round(floor, 3), round(ratio, 2), bar,
               None if bar is None else ratio <= bar)


def at_least(name: str, value: float, unit: str, bar: float) -> Row:
    return Row(name, round(value, 3), unit, None, None, bar, value >= bar)


def at_most(name: str, value: float, unit: str, bar: float) -> Row:
    return Row(name, round(value, 3), unit, None, None, bar, value <= bar)


def told(name: str, value: float, unit: str) -> Row:
    return Row(name, round(value, 3), unit, None, None, None, None)


def as_json(rows: list[Row]) -> str:
    return json.dumps([asdict(row) for row in rows], ensure_ascii=False, indent=1)


def as_table(rows: list[Row]) -> str:
    heads = list(asdict(rows[0]))
    cells = [heads, *([_cell(value) for value in asdict(row).values()] for row in rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(heads))]
    return "\n".join("  ".join(
        cell.ljust(width) if place in (0, 2) else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in cells)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return f"{value:,.6g}".replace(",", " ") if isinstance(value, float | int) else str(value)

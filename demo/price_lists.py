"""The sample list as this year's. The one before was cheaper, and the one to come is dearer."""
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from domain import price_lists
from domain.access import Actor
from domain.months import Month, midnight
from domain.price_lists import Line
from domain.products import Product

PRICES = Path(__file__).parent.parent / "data" / "prices.csv"
RISE = 1.03
"""Each year."""
FOLLOWS = {Product.DAY: (Product.SINGLE, 2), Product.PERIOD_365: (Product.PERIOD_30, 10)}
"""What costs so many times as much as another."""


def decide(session: Session, *, then: datetime, now: datetime, by: Actor) -> None:
    """One list for each year from `then` until the next, which was decided the other week."""
    [lines] = price_lists.read(PRICES.read_text(encoding="utf-8").splitlines()).values()
    this_year = Month.of(now).year
    for year in range(Month.of(then).year, this_year + 2):
        decided = midnight(date(year - 1, 11, 12)) + timedelta(hours=13)
        price_lists.add(session, f"Provprislista {year}", date(year, 1, 1),
                        _priced(lines, RISE ** (year - this_year)), by=by,
                        now=min(decided, now - timedelta(days=9)))


def _priced(lines: list[Line], factor: float) -> Iterator[Line]:
    """Whole kronor, and five of them where it is dear."""
    sums = {line.ware: line.price_ore for line in lines}
    for line in lines:
        product, times = FOLLOWS.get(line.product, (line.product, 1))
        step = 100 if sums[product, *line.ware[1:]] < 20_000 else 500
        ore = step * round(sums[product, *line.ware[1:]] * factor / step)
        yield replace(line, price_ore=times * ore)

"""That what is kept of what has been bought is the sum of it, counted anew from each ticket."""
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.months import Month
from domain.statistics import COLUMNS, KINDS, SUMS, Counted
from domain.tickets import Ticket


@dataclass(frozen=True)
class Difference:
    """So many öre, or tickets, more than the purchases say."""

    kind: str
    department_id: UUID
    month_on: date
    ore: int
    tickets: int


def check(session: Session) -> list[Difference]:
    """There are none, at any time."""
    found = [Counter() for _ in KINDS]
    for key, amounts in _entries(session):
        for kind, sums in zip(KINDS, found, strict=True):
            names = [column.name for column in kind.__table__.primary_key]
            for name, amount in zip(SUMS, amounts, strict=True):
                sums[*(key[each] for each in names), name] -= amount
    return [difference for kind, sums in zip(KINDS, found, strict=True)
            for difference in _differences(session, kind, sums)]


def _entries(session: Session) -> Iterator[tuple[dict, tuple[int, int, int]]]:
    """Each purchase and each recall that is counted."""
    asked = select(*COLUMNS, Ticket.counted).where(
        Ticket.counted > 0, Ticket.company_id.is_not(None), Ticket.trial.is_(False))
    for row in session.execute(asked.execution_options(yield_per=10_000)):
        key = row._asdict()
        bought = Month.of(row.sold_at).first_day
        yield key | {"month_on": bought}, (1, row.price_ore, row.vat_ore)
        if row.counted == 2:
            month_on = Month.of(row.recalled_at).first_day
            yield key | {"month_on": month_on}, (-(month_on == bought), -row.price_ore,
                                                 -row.vat_ore)


def _differences(session: Session, kind: type[Counted], sums: Counter) -> Iterator[Difference]:
    table = kind.__table__
    names = [column.name for column in table.primary_key]
    for row in session.execute(select(*table.primary_key, *(table.c[each] for each in SUMS))):
        for name in SUMS:
            sums[*(getattr(row, each) for each in names), name] += getattr(row, name)
    place = {name: number for number, name in enumerate(names)}
    for key, more in sums.items():
        if more:
            yield Difference(kind.__tablename__, key[place["department_id"]],
                             key[place["month_on"]], *(
                (0, more) if key[-1] == "tickets" else (more, 0)))

"""What a month's invoices are to be: one for each reference number, or nothing yet where it is too
little. The month is closed by it, and until then it is the preview."""
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, Subquery, func, select
from sqlalchemy.orm import Session

from domain import month_lines
from domain.invoices import Kind, Sum, by_place
from domain.money import vat_of
from domain.months import Month
from domain.rules import rules
from domain.specification_lines import SALE

MOST_OFF_ORE = 40
LAST = 12
"""Nothing is rolled on past December's close: it would be booked in the wrong year."""


@dataclass(frozen=True)
class PlannedSum(Sum):
    first: Month
    """The month of the earliest of its lines."""
    new: int
    """How many of them were bought in the month itself, and what these come to."""
    new_gross_ore: int
    new_vat_ore: int
    evened_ore: int = 0
    """So much VAT more than its tickets have: see `evened`."""


@dataclass(frozen=True)
class Planned:
    id: UUID
    """Of the invoice, if there will be one."""
    reference_number: str
    month: Month
    period_from: date
    period_to: date
    issued_on: date
    due_on: date
    rolled_on: bool
    """There is no invoice yet: so little waits for a later month's."""
    sums: tuple[PlannedSum, ...]

    @property
    def gross_ore(self) -> int:
        return sum(each.gross_ore for each in self.sums)

    @property
    def vat_ore(self) -> int:
        return sum(each.vat_ore for each in self.sums)

    @property
    def net_ore(self) -> int:
        return self.gross_ore - self.vat_ore

    @property
    def kind(self) -> Kind:
        return Kind.CREDIT_NOTE if self.gross_ore < 0 else Kind.INVOICE


def plan(session: Session, company_id: UUID, month: Month, *, after_closed: bool,
         issued_on: date) -> list[Planned]:
    """In the order of their reference numbers."""
    asked = month_lines.asked(company_id, month, after_closed=after_closed)
    found = sums(session, month_lines.to_invoice(), asked)
    due_on = issued_on + timedelta(days=rules(session).invoice_due_days)
    planned = (Planned(uuid4(), reference, month,
                       min(month, *(each.first for each in parts)).first_day, month.last_day,
                       issued_on, due_on, rolled_on=False, sums=parts)
               for reference, parts in found.items())
    return [replace(each, rolled_on=True) if _rolls_on(session, each)
            else replace(each, sums=evened(each.sums)) for each in planned]


def sums(session: Session, lines: Subquery,
         asked: Mapping[str, Any]) -> dict[str, tuple[PlannedSum, ...]]:
    """By reference number."""
    found = defaultdict(list)
    for reference, *key, earliest, count, credited, gross, vat, new, new_gross, new_vat in (
            session.execute(_summing(lines), asked)):
        found[reference].append(PlannedSum(
            *key, count, credited, int(gross), int(vat), Month.of(earliest), new,
            int(new_gross or 0), int(new_vat or 0)))
    return {reference: tuple(sorted(found[reference], key=by_place)) for reference in sorted(found)}


@lru_cache(maxsize=2)
def _summing(lines: Subquery) -> Select:
    line = lines.c
    group = (line.reference_number, line.service, line.product, line.vat_basis_points)
    sale = line.entry == SALE
    new = sale & ~line.rolled_on
    return select(
        *group, func.min(line.counted_at), func.count().filter(sale), func.count().filter(~sale),
        func.sum(line.price_ore), func.sum(line.vat_ore), func.count().filter(new),
        func.sum(line.price_ore).filter(new), func.sum(line.vat_ore).filter(new)).group_by(*group)


def _rolls_on(session: Session, planned: Planned) -> bool:
    year_goes_on = planned.month.month != LAST and planned.period_from.year == planned.month.year
    return year_goes_on and 0 <= planned.gross_ore < rules(session).invoice_min_ore


def evened(sums: Sequence[PlannedSum]) -> tuple[PlannedSum, ...]:
    """The VAT is that of the tickets, unless their roundings add up to more than readers of
    e-invoices accept: less than a krona from the VAT of the sum, at each rate. Then what was bought
    in the month has the VAT of its sum."""
    off = Counter()
    for each in sums:
        off[each.vat_basis_points, "gross"] += each.gross_ore
        off[each.vat_basis_points, "vat"] += each.vat_ore
    return tuple(
        _even(each) if abs(vat_of(off[rate, "gross"], rate) - off[rate, "vat"]) > MOST_OFF_ORE
        else each for each in sums for rate in [each.vat_basis_points])


def _even(each: PlannedSum) -> PlannedSum:
    """None of them by more than an öre."""
    more = vat_of(each.new_gross_ore, each.vat_basis_points) - each.new_vat_ore
    more = max(-each.new, min(each.new, more))
    return replace(each, vat_ore=each.vat_ore + more, evened_ore=more)

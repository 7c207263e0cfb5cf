"""How a deduction would be otherwise: what stays, what goes, and what comes in its place."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import groupby

from domain.deductions import Kind, SalaryDeduction
from domain.money import equal_parts
from domain.months import Month


@dataclass(frozen=True)
class Part:
    month_on: date
    amount_ore: int
    employer_ore: int
    kind: Kind = Kind.CORRECTION


@dataclass(frozen=True)
class Plan:
    kept: Sequence[SalaryDeduction]
    replaced: Sequence[SalaryDeduction]
    written: Sequence[Part]
    owed_ore: int
    employer_ore: int

    @property
    def taken_ore(self) -> int:
        return sum(row.amount_ore for row in self.kept)

    @property
    def rest_ore(self) -> int:
        """What the salary still pays; below zero what it gets back."""
        return self.owed_ore - self.taken_ore

    @property
    def changes(self) -> bool:
        """Whether anything will be otherwise than it is."""
        return ([(row.month_on, row.amount_ore, row.employer_ore) for row in self.replaced]
                != [(part.month_on, part.amount_ore, part.employer_ore) for part in self.written])

    @property
    def mark(self) -> str:
        """The same as long as the same would be done."""
        said = [*(row.id.hex for row in (*self.kept, *self.replaced)), *map(repr, self.written)]
        return sha256("".join(said).encode()).hexdigest()[:32]


def first_open(kept: Sequence[SalaryDeduction], begins: Month) -> Month:
    """The first month of which nothing has gone to the payroll."""
    return max([begins, *(Month.on(row.month_on).next for row in kept)])


def spread(amount_ore: int, employer_ore: int, month: Month, months: int) -> list[Part]:
    """In equal parts, from that month on."""
    parts = []
    for part in zip(equal_parts(amount_ore, months), equal_parts(employer_ore, months),
                    strict=True):
        parts.append(Part(month.first_day, *part, Kind.INSTALMENT))
        month = month.next
    return parts


def moved(replaced: Sequence[SalaryDeduction], month: Month) -> list[Part]:
    """The same months' sums, from that month on."""
    parts = []
    for _, rows in groupby(replaced, lambda row: row.month_on):
        same = list(rows)
        parts.append(Part(month.first_day, sum(row.amount_ore for row in same),
                          sum(row.employer_ore for row in same), Kind.INSTALMENT))
        month = month.next
    return parts

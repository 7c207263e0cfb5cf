"""The specification of a company's month, in the shape that the spreadsheet and the PDF draw."""
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Protocol
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NARROW_NBSP = "\N{NARROW NO-BREAK SPACE}"
NBSP = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Line:
    """One ticket sold, or one credited with a negative price. The price includes the VAT."""

    sold_at: datetime
    ticket_number: str
    service: str
    reference: str
    department: str
    person: str
    product: str
    where: str
    price_ore: int
    vat_ore: int
    vat_basis_points: int
    purpose: str = ""
    """What the traveller told who pays."""

    @property
    def net_ore(self) -> int:
        return self.price_ore - self.vat_ore


@dataclass(frozen=True)
class Sum:
    """What one service sold on one reference number at one VAT rate."""

    service: str
    reference: str
    tickets: int
    gross_ore: int
    vat_ore: int
    vat_basis_points: int

    @property
    def net_ore(self) -> int:
        return self.gross_ore - self.vat_ore


class Lines(Protocol):
    """As often as they are asked for; a list of them will do."""

    def __len__(self) -> int: ...

    def __iter__(self) -> Iterator[Line]: ...


@dataclass(frozen=True)
class Specification:
    """Texts come in the reader's language; `language` names it, as in `sv`."""

    authority: str
    authority_contact: str
    company: str
    organisation_number: str
    month_name: str
    period_start: date
    period_end: date
    made_at: datetime
    lines: Lines
    sums: list[Sum]
    language: str = "sv"


def total(sums: Iterable[Sum], service: str = "", reference: str = "", rate: int = 0) -> Sum:
    """The sums added up; the names are those of the row it becomes."""
    sums = list(sums)
    return Sum(service, reference, sum(each.tickets for each in sums),
               sum(each.gross_ore for each in sums), sum(each.vat_ore for each in sums), rate)


def by_rate(sums: Iterable[Sum]) -> list[Sum]:
    """The VAT apart: one sum for each rate, the lowest first."""
    def rate(each: Sum) -> int:
        return each.vat_basis_points

    return [total(same, rate=basis_points)
            for basis_points, same in groupby(sorted(sums, key=rate), key=rate)]


def kronor(ore: int) -> str:
    """1 234,50: always two decimals, so that a column of them lines up."""
    whole, rest = divmod(abs(ore), 100)
    sign = "\N{MINUS SIGN}" if ore < 0 else ""
    return f"{sign}{whole:,}".replace(",", NARROW_NBSP) + f",{rest:02}"


def per_cent(basis_points: int) -> str:
    """6 %, 12,5 %."""
    return f"{basis_points / 100:g}".replace(".", ",") + f"{NBSP}%"


def local(moment: datetime) -> datetime:
    """The moment on a Swedish clock. A naive one is refused: nobody knows where its clock hangs."""
    if moment.tzinfo is None:
        raise ValueError("A specification takes only aware times.")
    return moment.astimezone(STOCKHOLM)

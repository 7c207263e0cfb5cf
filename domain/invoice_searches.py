"""The clerk's list of all companies' invoices: searched, and narrowed to what needs somebody."""
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from domain import invoice_deliveries
from domain.invoice_deliveries import IN_TROUBLE, InvoiceDelivery
from domain.invoices import MOST_NUMBER, Invoice
from domain.months import today
from domain.receivables import OPEN, Receivable


class Which(StrEnum):
    TROUBLED = "troubled"
    """Did not arrive, or was refused."""
    OVERDUE = "overdue"
    UNPAID = "unpaid"
    CREDIT = "credit"
    """Credit notes with something left."""


@dataclass(frozen=True)
class Search:
    """What is empty asks nothing."""

    words: str = ""
    """A part of the company's name; its organisation number, the invoice's number or OCR."""
    which: Which | None = None


@dataclass(frozen=True)
class Page:
    rows: list[Invoice]
    first: int
    total: int

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def page(session: Session, search: Search, *, number: int = 1, most: int = 50,
         now: datetime) -> Page:
    """The last made first; what is overdue the longest first."""
    found = _narrowed(select(Invoice), search, now=now)
    total = session.scalar(select(func.count()).select_from(found.subquery()))
    oldest = search.which == Which.OVERDUE
    rows = list(session.scalars(
        found.order_by(*(Invoice.due_on, Invoice.number) if oldest else (Invoice.number.desc(),))
        .offset((number - 1) * most).limit(most)))
    return Page(rows, (number - 1) * most + 1, total)


def _narrowed(found: Select[tuple[Invoice]], search: Search, *,
              now: datetime) -> Select[tuple[Invoice]]:
    if search.which == Which.TROUBLED:
        found = found.where(Invoice.id.in_(select(InvoiceDelivery.invoice_id).where(IN_TROUBLE)))
    elif search.which:
        found = found.join(Receivable, Receivable.invoice_id == Invoice.id).where(OPEN)
        left = Receivable.left_ore
        found = found.where(left < 0 if search.which == Which.CREDIT else left > 0)
        if search.which == Which.OVERDUE:
            found = found.where(Receivable.due_on < today(now))
    for word in search.words.replace("\0", "").split()[:8]:
        found = found.where(or_(*_meant(word)))
    return found


def _meant(word: str) -> list:
    meant = [Invoice.name.icontains(word, autoescape=True)]
    digits = word.replace("-", "")
    if digits.isascii() and digits.isdecimal() and len(digits) <= 18:
        numbers = {int(digits), int(digits[:-2] or 0)}  # an OCR has two digits more
        meant += [Invoice.organisation_number == digits,
                  Invoice.number.in_(each for each in numbers if each <= MOST_NUMBER)]
    return meant


@dataclass(frozen=True)
class Standing:
    """How the invoices are, in all."""

    unpaid: int
    unpaid_ore: int
    overdue: int
    overdue_ore: int
    troubled: int


def standing(session: Session, *, now: datetime) -> Standing:
    late = Receivable.due_on < today(now)
    unpaid, unpaid_ore, overdue, overdue_ore = session.execute(
        select(func.count(), func.coalesce(func.sum(Receivable.left_ore), 0),
               func.count().filter(late),
               func.coalesce(func.sum(Receivable.left_ore).filter(late), 0))
        .where(OPEN, Receivable.left_ore > 0)).one()
    return Standing(unpaid, int(unpaid_ore), overdue, int(overdue_ore),
                    invoice_deliveries.troubled_count(session))

"""The lines of an invoice, as far as somebody sees them: all, or those of their departments."""
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, tuple_
from sqlalchemy.orm import Session

from domain import invoices, tickets
from domain.access import Scope
from domain.errors import NotFound
from domain.invoices import Invoice
from domain.specification_lines import SpecificationLine

Line = SpecificationLine


@dataclass(frozen=True)
class Part:
    """What somebody sees of an invoice."""

    lines: int
    gross_ore: int
    vat_ore: int

    @property
    def net_ore(self) -> int:
        return self.gross_ore - self.vat_ore


@dataclass(frozen=True)
class Page:
    rows: list[SpecificationLine]
    after: int | None
    """The line that the next page comes after; None on the last."""


def seen(within: Scope) -> ColumnElement[bool]:
    return within.holds(Line.company_id, Line.department_id)


def parts(session: Session, invoice_ids: Sequence[UUID], *, within: Scope) -> dict[UUID, Part]:
    """Of those invoices that they see anything of."""
    rows = session.execute(
        select(Line.invoice_id, func.count(), func.sum(Line.price_ore), func.sum(Line.vat_ore))
        .where(Line.invoice_id.in_(invoice_ids), seen(within)).group_by(Line.invoice_id))
    return {invoice_id: Part(count, int(gross), int(vat)) for invoice_id, count, gross, vat in rows}


def listed(invoice: Invoice, *, within: Scope, words: str = "") -> Select[tuple[Line]]:
    """In the order that they were bought; of them those with each of the words in the name, the
    purpose or the department, or in the beginning of the ticket's number."""
    found = invoices.listed_lines(invoice, within=within)
    for word in words.replace("\0", "").split():
        found = found.where(or_(
            tickets.begins(Line.ticket_number, word),
            *(column.icontains(word, autoescape=True)
              for column in (Line.holder, Line.purpose, Line.department_name))))
    return found


def page(session: Session, invoice: Invoice, *, within: Scope, words: str = "",
         after: int | None = None, most: int = 50) -> Page:
    found = listed(invoice, within=within, words=words).limit(most + 1)
    if after is not None:
        last = find(session, invoice, after, within=within)
        found = found.where(tuple_(Line.counted_at, Line.id) > (last.counted_at, last.id))
    rows = list(session.scalars(found))
    return Page(rows[:most], rows[most - 1].id if len(rows) > most else None)


def find(session: Session, invoice: Invoice, line_id: int, *, within: Scope) -> SpecificationLine:
    line = session.get(Line, line_id)
    if line is None or line.invoice_id != invoice.id or not within.covers(line.company_id,
                                                                         line.department_id):
        raise NotFound("Raden finns inte på fakturan.")
    return line


def credited(session: Session, lines: Sequence[SpecificationLine]) -> dict[UUID, int]:
    """How much of each ticket's price has been taken back, by any line; nothing where none has."""
    rows = session.execute(
        select(Line.ticket_id, func.sum(Line.price_ore))
        .where(Line.ticket_id.in_({line.ticket_id for line in lines}), Line.price_ore < 0)
        .group_by(Line.ticket_id))
    return {ticket_id: -int(ore) for ticket_id, ore in rows}

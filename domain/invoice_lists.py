"""A company's invoices, as far as somebody sees them: all, or those with lines of their
departments, with what these come to."""
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from domain import invoice_lines, invoices
from domain.access import Scope
from domain.errors import NotFound
from domain.invoice_lines import Part
from domain.invoices import Invoice, Kind
from domain.months import Month
from domain.specification_lines import SpecificationLine


@dataclass(frozen=True)
class Search:
    """What is asked of the list; None, or nothing, asks nothing."""

    words: str = ""
    """The number, or a part of the reference number."""
    year: int | None = None
    credits: bool = False
    """The credit notes alone."""


@dataclass(frozen=True)
class Page:
    rows: list[tuple[Invoice, Part]]
    after: int | None
    """The number that the next page begins below; None on the last."""


def seen(within: Scope) -> Select[tuple[Invoice]]:
    """The last made first."""
    found = invoices.listed(within.company_id)
    if within.is_whole:
        return found
    line = SpecificationLine
    return found.where(Invoice.id.in_(
        select(line.invoice_id).where(line.department_id.in_(within.departments),
                                      line.company_id == within.company_id,
                                      line.invoice_id.is_not(None))))


def page(session: Session, *, within: Scope, search: Search = Search(),
         below: int | None = None, most: int = 50) -> Page:
    found = _narrowed(seen(within), search)
    if below is not None:
        found = found.where(Invoice.number < below)
    rows = list(session.scalars(found.limit(most + 1)))
    return Page(with_parts(session, rows[:most], within=within),
                rows[most - 1].number if len(rows) > most else None)


def with_parts(session: Session, found: list[Invoice], *,
               within: Scope) -> list[tuple[Invoice, Part]]:
    parts = invoice_lines.parts(session, [each.id for each in found], within=within)
    return [(each, parts.get(each.id, Part(0, 0, 0))) for each in found]


def find(session: Session, invoice_id: UUID, *, within: Scope) -> tuple[Invoice, Part]:
    """With what they see of it; one with nothing of theirs is not found."""
    invoice = invoices.find(session, invoice_id, company_id=within.company_id)
    [(_same, part)] = with_parts(session, [invoice], within=within)
    if not part.lines and not within.is_whole:
        raise NotFound("Fakturan finns inte.")
    return invoice, part


def of_month(session: Session, month: Month, *, within: Scope) -> list[tuple[Invoice, Part]]:
    """The first made first."""
    found = session.scalars(seen(within).where(Invoice.month_on == month.first_day)
                            .order_by(None).order_by(Invoice.number)).all()
    return with_parts(session, list(found), within=within)


def crediting(session: Session, invoice: Invoice, *,
              within: Scope) -> list[tuple[Invoice, Part]]:
    """The credit notes about it, the first made first."""
    found = session.scalars(seen(within).where(Invoice.credits_id == invoice.id)
                            .order_by(None).order_by(Invoice.number)).all()
    return with_parts(session, list(found), within=within)


def made_in(session: Session, month: Month) -> dict[Kind, int]:
    """How many of each kind all companies got."""
    rows = session.execute(select(Invoice.kind, func.count())
                           .where(Invoice.month_on == month.first_day).group_by(Invoice.kind))
    return dict.fromkeys(Kind, 0) | dict(rows.all())


def _narrowed(found: Select[tuple[Invoice]], search: Search) -> Select[tuple[Invoice]]:
    words = search.words.replace("\0", "").strip()
    if words:
        alike = Invoice.reference_number.icontains(words, autoescape=True)
        number = int(words) if words.isascii() and words.isdecimal() and len(words) < 10 else -1
        found = found.where((Invoice.number == number) | alike)
    if search.year:
        found = found.where(Invoice.month_on >= Month(search.year, 1).first_day,
                            Invoice.month_on <= Month(search.year, 12).first_day)
    if search.credits:
        found = found.where(Invoice.kind == Kind.CREDIT_NOTE)
    return found

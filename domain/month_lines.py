"""The lines of a month, straight from the tickets: a month may have a million of them."""
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Insert,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import Session

from domain.months import Month
from domain.specification_lines import CORRECTION, RECALL, SALE, SpecificationLine
from domain.store import UtcDateTime
from domain.tickets import Ticket
from domain.travel_cards import TravelCard

LATE = timedelta(hours=1)
"""Whoever buys as the month ends may be written down when it is closed already: so long before the
end of a closed month it is looked for what is missing there."""

SAME = ("sold_at", "service", "reference_number", "cost_centre", "department_id",
        "department_name", "traveller_id", "holder", "purpose", "note", "product", "extent",
        "zones", "area", "vat_basis_points")
COLUMNS = ("company_id", "ticket_id", "entry", "counted_at", "ticket_number", "carrier",
           "price_ore", "vat_ore", *SAME)

Line = SpecificationLine


COMPANY = bindparam("company_id", type_=Line.company_id.type)
BEGINS, SINCE, ENDS = (bindparam(name, type_=UtcDateTime) for name in ("begins", "since", "ends"))


def asked(company_id: UUID, month: Month, *, after_closed: bool) -> dict[str, Any]:
    """With which the lines are asked for. `after_closed`: the month before is closed, and may have
    missed something."""
    return {"company_id": company_id, "begins": month.start, "ends": month.next.start,
            "since": month.start - LATE if after_closed else month.start}


@cache
def charged() -> Subquery:
    """What the month puts on the company's invoices: what was sold in it, and what is credited of
    earlier ones. Made once: putting it together takes longer than asking it of a small company."""
    return union_all(*_charged()).subquery()


@cache
def to_invoice() -> Subquery:
    """That, and what earlier months have left for a later one's invoice."""
    return union_all(*_charged(), select(
        Line.rolled_on, *(getattr(Line, name) for name in COLUMNS)).where(
        Line.company_id == COMPANY, Line.rolled_on)).subquery()


def _charged() -> list[Select]:
    taken, vat_taken = _taken(Line.price_ore), _taken(Line.vat_ore)
    return [
        _of_tickets(SALE, Ticket.sold_at, Ticket.price_ore, Ticket.vat_ore, _sold()),
        _of_tickets(RECALL, Ticket.recalled_at, -Ticket.price_ore - taken,
                    -Ticket.vat_ore - vat_taken, _recalled(), Ticket.price_ore + taken > 0)]


def _of_tickets(entry: int, counted_at: ColumnElement[datetime],
                price_ore: ColumnElement[int], vat_ore: ColumnElement[int],
                *which: ColumnElement[bool]) -> Select:
    card = select(TravelCard.number).where(TravelCard.id == Ticket.card_id).scalar_subquery()
    carried_by = func.coalesce(card, Ticket.mobile)
    found = (false(), Ticket.company_id, Ticket.id, literal(entry), counted_at, Ticket.number,
             func.substr(carried_by, func.length(carried_by) - 3), price_ore, vat_ore,
             *(getattr(Ticket, name) for name in SAME))
    names = ("rolled_on", *COLUMNS)
    return (select(*(each.label(name) for each, name in zip(found, names, strict=True)))
            .where(Ticket.company_id == COMPANY, Ticket.trial.is_(False), *which))


def _sold() -> ColumnElement[bool]:
    """And not recalled before the month ended."""
    return and_(Ticket.sold_at >= SINCE, Ticket.sold_at < ENDS,
                or_(Ticket.recalled_at.is_(None), Ticket.recalled_at >= ENDS),
                or_(Ticket.sold_at >= BEGINS, ~_has(SALE)))


def _recalled() -> ColumnElement[bool]:
    """In this month, of what an earlier one was charged for."""
    return and_(Ticket.sold_at < BEGINS, Ticket.recalled_at >= SINCE, Ticket.recalled_at < ENDS,
                or_(Ticket.sold_at < SINCE, _has(SALE)),
                or_(Ticket.recalled_at >= BEGINS, and_(_has(SALE), ~_has(RECALL))))


def _has(entry: int) -> ColumnElement[bool]:
    return select(Line.id).where(Line.ticket_id == Ticket.id, Line.entry == entry).exists()


def _taken(column: ColumnElement[int]) -> ColumnElement[int]:
    """What corrections have taken of it already, below zero."""
    return func.coalesce(select(func.sum(column)).where(
        Line.ticket_id == Ticket.id, Line.entry >= CORRECTION).scalar_subquery(), 0)


def copy(session: Session, asked: Mapping[str, Any], *, report_id: UUID,
         invoice_of: Mapping[str, UUID]) -> None:
    """Keep the lines in the month's report, each on the invoice of its reference number; one that
    has none is rolled on."""
    session.execute(_copying(len(invoice_of)), {
        **asked, "report_id": report_id,
        **{f"reference_{place}": reference for place, reference in enumerate(invoice_of)},
        **{f"invoice_{place}": each for place, each in enumerate(invoice_of.values())}})


@lru_cache(maxsize=100)
def _copying(invoices: int) -> Insert:
    """With so many invoices."""
    of, type_of = charged().c, Line.invoice_id.type
    invoice_id = case(
        *((of.reference_number == bindparam(f"reference_{place}", type_=String),
           bindparam(f"invoice_{place}", type_=type_of)) for place in range(invoices)),
        else_=literal(None, type_of)) if invoices else literal(None, type_of)
    rolls = of.reference_number.not_in(
        [bindparam(f"reference_{place}", type_=String) for place in range(invoices)])
    return insert(Line.__table__).from_select(
        ["report_id", "invoice_id", "rolled_on", *COLUMNS],
        select(bindparam("report_id", type_=Line.report_id.type), invoice_id, rolls,
               *(of[name] for name in COLUMNS)).order_by(of.counted_at))


def take(session: Session, company_id: UUID, invoice_of: Mapping[str, UUID], *, report_id: UUID,
         until: datetime) -> None:
    """What was rolled on goes on the invoices, and what was corrected meanwhile in the report."""
    for reference, invoice_id in invoice_of.items():
        session.execute(update(Line).where(
            Line.company_id == company_id, Line.rolled_on, Line.report_id != report_id,
            Line.reference_number == reference)
            .values(invoice_id=invoice_id, rolled_on=False)
            .execution_options(synchronize_session=False))
    session.execute(update(Line).where(
        Line.company_id == company_id, Line.report_id.is_(None), Line.counted_at < until)
        .values(report_id=report_id).execution_options(synchronize_session=False))

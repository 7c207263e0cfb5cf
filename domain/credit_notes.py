"""What a clerk takes back of an invoice that is made: by a credit note that points at it."""
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import case, func, insert, select
from sqlalchemy.orm import Session

from domain import audit, companies, invoice_making
from domain.access import Actor
from domain.errors import Invalid
from domain.invoices import Invoice, Kind
from domain.money import kr, vat_of
from domain.month_lines import SAME
from domain.months import Month, today
from domain.rules import rules
from domain.specification_lines import CORRECTION, SALE, SpecificationLine
from domain.tickets import Ticket

Line = SpecificationLine
MOST_WORDS = 500


def left(session: Session, line_ids: Sequence[int]) -> dict[int, int]:
    """So many öre of each line may still be credited, VAT included: nothing of what is a credit
    itself, or of a ticket that is recalled, which its month credits."""
    return {line_id: ore for line_id, (ore, _vat) in _left(session, line_ids).items()}


def _left(session: Session, line_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    of = select(Line.ticket_id).where(Line.id.in_(line_ids))
    recalled = func.max(case((Ticket.recalled_at.is_(None), 0), else_=1))
    rest = {}
    for ticket_id, gross, vat, is_recalled in session.execute(
            select(Line.ticket_id, func.sum(Line.price_ore), func.sum(Line.vat_ore), recalled)
            .join(Ticket, Ticket.id == Line.ticket_id).where(Line.ticket_id.in_(of))
            .group_by(Line.ticket_id)):
        rest[ticket_id] = (0, 0) if is_recalled else (int(gross), int(vat))
    return {line_id: rest[ticket_id] if entry == SALE else (0, 0)
            for line_id, ticket_id, entry in session.execute(
                select(Line.id, Line.ticket_id, Line.entry).where(Line.id.in_(line_ids)))}


def credit(session: Session, invoice: Invoice, lines: Mapping[int, int], *, reason: str, by: Actor,
           now: datetime) -> Invoice:
    """So many öre of each line, VAT included: never more than it has left."""
    reason = " ".join(reason.split())
    _check(reason, lines)
    session.scalar(select(Invoice.id).where(Invoice.id == invoice.id).with_for_update())
    found = _found(session, invoice, lines)
    note = _note(session, invoice, reason, now=now)
    rows = _rows(session, found, lines, note, now=now)
    note.gross_ore = sum(row["price_ore"] for row in rows)
    note.vat_ore = sum(row["vat_ore"] for row in rows)
    session.execute(insert(Line), rows)
    invoice_making.number(session, [note], by=by, now=now)
    audit.record(session, audit.Act.INVOICE_CREDITED, invoice.id, company_id=invoice.company_id,
                 by=by, now=now, credited=invoice.number, number=note.number,
                 amount_ore=-note.gross_ore)
    return note


def _check(reason: str, lines: Mapping[int, int]) -> None:
    if not lines:
        raise Invalid("Välj minst en rad att kreditera.", "lines")
    if min(lines.values()) <= 0:
        raise Invalid("Skriv ett belopp som är större än noll.", "lines")
    if not reason:
        raise Invalid("Skriv varför raderna krediteras.", "reason")
    if len(reason) > MOST_WORDS:
        raise Invalid("Skriv högst %(most)s tecken.", "reason", most=MOST_WORDS)


def _found(session: Session, invoice: Invoice, lines: Mapping[int, int]) -> list[Line]:
    """Held until the commit: two who credit the same wait for each other."""
    found = list(session.scalars(
        select(Line).where(Line.invoice_id == invoice.id, Line.id.in_(lines)).order_by(Line.id)))
    if len(found) != len(lines):
        raise Invalid("Raden finns inte på fakturan.", "lines")
    return found


def _note(session: Session, invoice: Invoice, reason: str, *, now: datetime) -> Invoice:
    month, day = Month.of(now), today(now)
    company = companies.find(session, invoice.company_id)
    buyer = invoice_making.Buyer(session, company).of(invoice.reference_number)
    return Invoice(
        id=uuid4(), kind=Kind.CREDIT_NOTE, company_id=company.id, credits_id=invoice.id,
        reference_number=invoice.reference_number, month_on=month.first_day,
        period_from=month.first_day, period_to=month.last_day, issued_on=day,
        due_on=day + timedelta(days=rules(session).invoice_due_days), made_at=now, reason=reason,
        **buyer)


def _rows(session: Session, found: Sequence[Line], lines: Mapping[int, int], note: Invoice, *,
          now: datetime) -> list[dict]:
    entries = dict(session.execute(
        select(Line.ticket_id, func.max(Line.entry))
        .where(Line.ticket_id.in_([line.ticket_id for line in found])).group_by(Line.ticket_id)
    ).all())
    rest, rows = _left(session, [line.id for line in found]), []
    for line in found:
        ore, (most, vat_left) = lines[line.id], rest[line.id]
        if ore > most:
            raise Invalid("Av raden för %(holder)s finns %(left)s kvar att kreditera.", "lines",
                          holder=line.holder, left=kr(most))
        vat = vat_left if ore == most else min(vat_of(ore, line.vat_basis_points), vat_left)
        rows.append({name: getattr(line, name) for name in (
            "company_id", "ticket_id", "ticket_number", "carrier", *SAME)} | {
            "entry": max(entries[line.ticket_id] + 1, CORRECTION), "counted_at": now,
            "invoice_id": note.id, "price_ore": -ore, "vat_ore": -vat})
    return rows

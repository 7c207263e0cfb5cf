"""Making the invoices of a month that is closed, and saying whose they are."""
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import audit, companies, invoice_series, outbox
from domain.access import Actor
from domain.companies import Company
from domain.departments import Department
from domain.invoice_plans import Planned
from domain.invoices import Invoice
from domain.specification_lines import SpecificationLine


def make_all(session: Session, company_id: UUID, planned: Sequence[Planned], *,
             now: datetime) -> list[Invoice]:
    """Their lines are written. The numbers are taken last: nobody else gets one until the
    commit."""
    _check(session, planned)
    buyer = Buyer(session, companies.find(session, company_id))
    made = [Invoice(
        id=each.id, kind=each.kind, company_id=company_id, reference_number=each.reference_number,
        month_on=each.month.first_day, period_from=each.period_from, period_to=each.period_to,
        issued_on=each.issued_on, due_on=each.due_on, made_at=now, gross_ore=each.gross_ore,
        vat_ore=each.vat_ore, **buyer.of(each.reference_number)) for each in planned]
    number(session, made, by=None, now=now)
    return made


def number(session: Session, made: Sequence[Invoice], *, by: Actor | None, now: datetime) -> None:
    """And have the files of each written."""
    if not made:
        return
    for invoice, taken in zip(made, invoice_series.take(session, len(made)), strict=True):
        invoice.number = taken
        audit.record(session, audit.Act.INVOICE_MADE, invoice.id, company_id=invoice.company_id,
                     by=by, now=now, number=invoice.number, reference=invoice.reference_number)
    session.add_all(made)
    session.flush()
    outbox.put_each(session, outbox.Task.WRITE_INVOICE,
                    [{"invoice_id": str(invoice.id)} for invoice in made], now=now)


def _check(session: Session, planned: Sequence[Planned]) -> None:
    """An invoice is the sum of its lines, to the öre."""
    line = SpecificationLine
    rows = session.execute(
        select(line.invoice_id, func.sum(line.price_ore), func.sum(line.vat_ore))
        .where(line.invoice_id.in_([each.id for each in planned])).group_by(line.invoice_id))
    kept = {invoice_id: (int(gross), int(vat)) for invoice_id, gross, vat in rows}
    if kept != {each.id: (each.gross_ore, each.vat_ore) for each in planned}:
        raise RuntimeError("an invoice is not the sum of its lines")


class Buyer:
    """Whose an invoice is and where it goes: to the company, or to a department with an address of
    its own that has the reference number."""

    def __init__(self, session: Session, company: Company):
        self._company = company
        self._rooms: dict[str, Department] = {}
        for room in session.scalars(
                select(Department).where(Department.company_id == company.id)
                .order_by(Department.archived_at.is_not(None), Department.name_key)):
            if room.invoice_street or room.invoice_email:
                self._rooms.setdefault(room.reference_number, room)

    def of(self, reference_number: str) -> dict[str, str | None]:
        company, room = self._company, self._rooms.get(reference_number)
        at = next((each for each in (room, company) if each and each.invoice_street), None)
        return {"name": company.name, "organisation_number": company.organisation_number,
                "street": at.invoice_street if at else company.street,
                "postcode": at.invoice_postcode if at else company.postcode,
                "city": at.invoice_city if at else company.city,
                "email": (room and room.invoice_email) or company.invoice_email,
                "peppol_id": company.peppol_id}

"""How a company wants its invoices, and how it books them."""
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy.orm import Session

from domain import audit, bookkeeping_settings
from domain.access import Actor
from domain.bookkeeping_settings import Books
from domain.companies import Company, InvoiceChannel
from domain.errors import Invalid


@dataclass(frozen=True)
class Invoicing:
    """Each already parsed."""

    invoice_channel: InvoiceChannel | None
    """None: by Peppol if there is an id, else on paper."""
    invoice_email: str
    peppol_id: str | None = None
    invoice_street: str | None = None
    invoice_postcode: str | None = None
    invoice_city: str | None = None
    """Where the invoice goes on paper, if not to the company's own address."""


NAMES = tuple(field.name for field in fields(Invoicing))
ADDRESS = ("invoice_street", "invoice_postcode", "invoice_city")


def change(session: Session, company: Company, wanted: Invoicing, books: Books, *, by: Actor,
           now: datetime) -> None:
    """It holds for the invoices that are made from now on."""
    _check(wanted)
    changed = [name for name in NAMES if getattr(company, name) != getattr(wanted, name)]
    if bookkeeping_settings.of(session, company.id) != books:
        bookkeeping_settings.save(session, company, books)
        changed.append("bookkeeping")
    for name in set(changed) & set(NAMES):
        setattr(company, name, getattr(wanted, name))
    if changed:
        audit.record(session, audit.Act.COMPANY_CHANGED, company.id, company_id=company.id, by=by,
                     now=now, changed=", ".join(changed))


def _check(wanted: Invoicing) -> None:
    if wanted.invoice_channel == InvoiceChannel.PEPPOL and not wanted.peppol_id:
        raise Invalid("Fyll i det Peppol-id som fakturan ska skickas till.", "peppol_id")
    for name in ADDRESS:
        if any(getattr(wanted, part) for part in ADDRESS) and not getattr(wanted, name):
            raise Invalid("Fyll i hela fakturaadressen, eller lämna den tom.", name)

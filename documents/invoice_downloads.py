"""Files of invoices: those that are kept as they were sent, and those that are drawn from their
lines whenever somebody asks."""
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import BinaryIO
from uuid import UUID

from sqlalchemy.orm import Session

from documents import invoice, invoice_pdf, invoice_specification, peppol_invoice, sie
from documents.invoice import (
    SWEDISH,
    Gettext,
    InvoiceDocument,
    Reader,
    Seller,
    file_name,
)
from documents.typesetting import Typesetter
from domain import bookkeeping_settings, companies, invoice_contents, invoice_files
from domain.access import Scope
from domain.invoice_files import Kind
from domain.invoices import Invoice
from domain.months import Month, today
from domain.rules import rules

XLSX, SIE = peppol_invoice.XLSX, "application/octet-stream"
TYPES = {Kind.PDF: "application/pdf", Kind.PEPPOL: "application/xml",
         Kind.SPECIFICATION: "application/pdf", Kind.XLSX: XLSX, Kind.CSV: "text/csv",
         Kind.SIE: SIE}
ENDINGS = {Kind.PDF: "pdf", Kind.PEPPOL: "xml", Kind.SPECIFICATION: "specifikation.pdf",
           Kind.XLSX: "specifikation.xlsx", Kind.CSV: "specifikation.csv", Kind.SIE: "si"}
MOST_ATTACHED = 20_000
"""Lines in an e-invoice: some two megabytes. More are seen in the portal."""
IN_MEMORY = 4_000_000
PIECE = 65_536


@dataclass(frozen=True)
class Download:
    name: str
    content_type: str
    chunks: Iterator[bytes]


def download(session: Session, of: Invoice, kind: Kind, *, seller: Seller,
             within: Scope | None = None, reader: Reader = SWEDISH) -> Download:
    """As it was sent, or drawn. `within` leaves the lines of other departments out of the
    specification, which is in the reader's language; an invoice is in Swedish."""
    name = f"{'kreditfaktura' if of.is_credit else 'faktura'}-{of.number}.{ENDINGS[kind]}"
    kept = invoice_files.kept(session, of.id)
    if kind in kept:
        content = invoice_files.find(session, of, kind)
        return Download(name, TYPES[kind], iter([content]))
    file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  closed when it has been read
    _draw(session, of, kind, file, seller=seller, within=within, reader=reader)
    return Download(name, TYPES[kind], _pieces(file))


def content(session: Session, of: Invoice, kind: Kind, *, seller: Seller,
            typesetter: Typesetter | None = None) -> bytes:
    """Drawn anew, in Swedish."""
    with SpooledTemporaryFile(IN_MEMORY) as file:
        _draw(session, of, kind, file, seller=seller, typesetter=typesetter)
        file.seek(0)
        return file.read()


def document(session: Session, of: Invoice, *, seller: Seller,
             gettext: Gettext = str) -> InvoiceDocument:
    return invoice.of(
        of, invoice_contents.groups(session, of), seller=seller, gettext=gettext,
        lines=invoice_contents.count(session, of), earlier=invoice_contents.earlier(session, of))


def _draw(session: Session, of: Invoice, kind: Kind, into: BinaryIO, *, seller: Seller,
          within: Scope | None = None, reader: Reader = SWEDISH,
          typesetter: Typesetter | None = None) -> None:
    lines, gettext = invoice_contents.lines(session, of, within=within), reader.gettext
    match kind:
        case Kind.CSV:
            into.writelines(invoice_specification.csv(lines, gettext))
        case Kind.XLSX:
            drawn = document(session, of, seller=seller, gettext=gettext)
            invoice_specification.xlsx(drawn, lines, into=into, gettext=gettext)
        case Kind.SIE:
            into.writelines(sie.written(_bought(session, [of], seller, of.made_at)))
        case Kind.PEPPOL:
            into.write(_peppol(session, of, seller))
        case Kind.PDF | Kind.SPECIFICATION:
            reader = SWEDISH if kind is Kind.PDF else reader
            drawn = document(session, of, seller=seller, gettext=reader.gettext)
            with nullcontext(typesetter) if typesetter else Typesetter() as setter:
                into.write(invoice_pdf.PARTS[kind](drawn, lines, typesetter=setter, reader=reader))


def _peppol(session: Session, of: Invoice, seller: Seller) -> bytes:
    drawn = document(session, of, seller=seller)
    if drawn.lines > MOST_ATTACHED:
        return peppol_invoice.written(drawn)
    with SpooledTemporaryFile(IN_MEMORY) as file:
        invoice_specification.xlsx(drawn, invoice_contents.lines(session, of), into=file)
        file.seek(0)
        return peppol_invoice.written(drawn, peppol_invoice.Attached(
            file_name(drawn, ENDINGS[Kind.XLSX]), "Specifikation", XLSX, file.read()))


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    with file:
        while piece := file.read(PIECE):
            yield piece


def company_books(session: Session, company_id: UUID, month: Month, *, seller: Seller,
                  now: datetime) -> Download:
    """All invoices of a company's month, for its own books."""
    found = invoice_contents.invoices_of(session, month, company_id)
    return Download(f"fakturor-{month}.si", SIE, sie.written(_bought(session, found, seller, now,
                                                                     company_id)))


def _bought(session: Session, found: list[Invoice], seller: Seller, now: datetime,
            company_id: UUID | None = None) -> sie.File:
    company = companies.find(session, company_id or found[0].company_id)
    costs = invoice_contents.costs(session, Invoice.id.in_([each.id for each in found]))
    return sie.bought(company.name, company.organisation_number, found, costs, seller=seller,
                      books=bookkeeping_settings.of(session, company.id), made_on=today(now))


def authority_books(session: Session, month: Month, *, seller: Seller,
                    now: datetime) -> Download:
    """All invoices of a month, for the authority's books."""
    costs = invoice_contents.costs(session, Invoice.month_on == month.first_day)
    file = sie.sold(seller, invoice_contents.invoices_of(session, month), costs,
                    rules=rules(session), made_on=today(now))
    return Download(f"bokforing-{month}.si", SIE, sie.written(file))

"""What is sent of an invoice is made once and kept; everything else is drawn from the same rows."""
from io import BytesIO

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select

from documents import invoice_downloads
from documents.invoice import Reader
from domain import bookkeeping_settings, invoice_files
from domain.bookkeeping_settings import Books
from domain.invoice_deliveries import InvoiceDelivery
from domain.invoice_files import Kind
from domain.invoices import Invoice
from domain.months import Month
from domain.products import Product
from domain.services import Service
from jobs import invoices as jobs
from tests import sie_reader
from tests.documents.peppol_rules import broken
from tests.factories import COUNTY, MORNING

OCTOBER = Month(2026, 10)


@pytest.fixture
def company(make, db):
    company = make.company("Åkeriet – محمد AB")
    company.invoice_street = company.invoice_postcode = company.invoice_city = None
    db.commit()
    return company


@pytest.fixture
def invoice(make, db, company):
    traveller = make.traveller(company, surname="Öberg €")
    for service in Service:
        make.ticket(traveller, Product.SINGLE, COUNTY, at=OCTOBER.start, service=service)
    return make.invoice(traveller)


def electronic(db, invoice) -> Invoice:
    invoice.peppol_id = "0007:5560125790"
    db.commit()
    return invoice


def drawn(db, invoice, kind, seller, **more) -> bytes:
    return b"".join(invoice_downloads.download(db, invoice, kind, seller=seller, **more).chunks)


def written(portal, db, invoice):
    with portal.store.session() as session:
        jobs.write(portal, session, invoice_id=invoice.id)
    db.rollback()


def test_one_that_goes_on_paper_is_a_pdf(portal, db, invoice):
    written(portal, db, invoice)

    assert invoice_files.kept(db, invoice.id) == [Kind.PDF]
    [first, *_] = PdfReader(BytesIO(invoice_files.find(db, invoice, Kind.PDF))).pages
    assert f"Faktura {invoice.number}" in first.extract_text()


def test_one_that_goes_by_peppol_keeps_every_rule_and_has_its_specification_in_it(
        portal, db, invoice):
    written(portal, db, electronic(db, invoice))

    assert invoice_files.kept(db, invoice.id) == [Kind.PEPPOL]
    content = invoice_files.find(db, invoice, Kind.PEPPOL)
    assert broken(content) == []
    assert b"specifikation.xlsx" in content


def test_it_is_made_and_sent_once_however_often_it_is_asked_for(portal, db, invoice):
    written(portal, db, invoice)
    first = invoice_files.find(db, invoice, Kind.PDF)
    written(portal, db, invoice)

    assert invoice_files.find(db, invoice, Kind.PDF) == first
    assert db.scalar(select(func.count()).select_from(InvoiceDelivery)) == 1


def test_one_that_is_sent_another_way_later_is_made_then(portal, db, invoice):
    written(portal, db, electronic(db, invoice))
    with portal.store.session() as session:
        content = jobs.file(portal, session, session.get_one(Invoice, invoice.id), Kind.PDF)

    assert content.startswith(b"%PDF")
    assert invoice_files.kept(db, invoice.id) == [Kind.PDF, Kind.PEPPOL]


def test_what_was_sent_is_what_is_fetched(portal, db, store, invoice):
    with store.transaction(db):
        invoice_files.keep(db, invoice.id, Kind.PDF, b"as it was sent", now=MORNING)

    download = invoice_downloads.download(db, invoice, Kind.PDF, seller=portal.seller)
    assert (download.name, download.content_type) == (
        f"faktura-{invoice.number}.pdf", "application/pdf")
    assert b"".join(download.chunks) == b"as it was sent"


def test_every_kind_comes_to_the_invoice_to_the_ore(portal, db, invoice):
    seller = portal.seller
    books = sie_reader.read(drawn(db, invoice, Kind.SIE, seller))
    csv = drawn(db, invoice, Kind.CSV, seller).decode("utf-8-sig").splitlines()[1:]
    book = CalamineWorkbook.from_filelike(BytesIO(drawn(db, invoice, Kind.XLSX, seller)))
    *_, net, vat, gross = book.get_sheet_by_name("Summor").to_python()[-1]
    document = invoice_downloads.document(db, invoice, seller=seller)

    assert (books.on(2440), books.on(2641)) == (-invoice.gross_ore, invoice.vat_ore)
    assert books.on(5810) + books.on(7690) == invoice.net_ore
    assert sum(ore(line.split(";")[15]) for line in csv) == invoice.gross_ore
    assert sum(ore(line.split(";")[13]) for line in csv) == invoice.vat_ore
    assert [round(each * 100) for each in (net, vat, gross)] == [
        invoice.net_ore, invoice.vat_ore, invoice.gross_ore]
    assert (document.sum.gross_ore, document.sum.vat_ore) == (invoice.gross_ore, invoice.vat_ore)


def ore(kronor: str) -> int:
    return int(kronor.replace(",", ""))


def test_the_specification_alone_is_in_the_readers_language(portal, db, invoice):
    english = {"Specifikation": "Specification", "Resenär": "Traveller"}
    content = drawn(db, invoice, Kind.SPECIFICATION, portal.seller,
                    reader=Reader("en", lambda text: english.get(text, text)))

    [page] = PdfReader(BytesIO(content)).pages
    said = " ".join(page.extract_text().split())
    assert "Specification Faktura" in said
    assert said.count("Rut Öberg €") == 4


def test_a_months_books_hold_each_of_its_invoices(portal, db, make, store, company, invoice):
    other = make.invoice(make.traveller(make.company("Annat AB")))
    with store.transaction(db):
        bookkeeping_settings.save(db, company, Books(payable_account=2441))

    own = sie_reader.read(b"".join(invoice_downloads.company_books(
        db, company.id, OCTOBER, seller=portal.seller, now=MORNING).chunks))
    ours = sie_reader.read(b"".join(invoice_downloads.authority_books(
        db, OCTOBER, seller=portal.seller, now=MORNING).chunks))

    assert [voucher.on(2441) for voucher in own.vouchers] == [-invoice.gross_ore]
    assert [voucher.on(1510) for voucher in ours.vouchers] == [invoice.gross_ore, other.gross_ore]
    assert -ours.on(2631) == invoice.vat_ore + other.vat_ore
    assert own.facts["FNAMN"] == ["Åkeriet - ???? AB"]


def test_a_long_specification_is_not_in_the_e_invoice(portal, db, invoice, monkeypatch):
    monkeypatch.setattr(invoice_downloads, "MOST_ATTACHED", 3)
    content = invoice_downloads.content(db, electronic(db, invoice), Kind.PEPPOL,
                                        seller=portal.seller)

    assert b"EmbeddedDocument" not in content
    assert f"<cbc:URI>http://portal.example/foretag/fakturor/{invoice.id}".encode() in content
    assert broken(content) == []

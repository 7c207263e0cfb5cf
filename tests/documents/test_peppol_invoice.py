import base64
import random
from dataclasses import replace
from datetime import date, timedelta
from xml.etree.ElementTree import fromstring

import pytest
from peppol_py.validation import validate_peppol_document

from documents import peppol_invoice
from documents.peppol_invoice import XLSX, Attached
from domain.products import Product
from domain.services import Service
from tests.documents.invoices import BUYER, FIRST, SELLER, Line, even, invoice, order
from tests.documents.peppol_rules import BOOKS, broken

ATTACHED = Attached("faktura-100001.xlsx", "Specifikation", XLSX, b"PK the lines")
SINGLE = Line(FIRST, "K7QF-2M9XD4", Service.SEND_TICKET, 4_200)
NAMES = ("Granby Mekaniska AB", "محمد & söner", "Café «Ö» €", 'A"B<C>\x0bD')
HEAD = ["CustomizationID", "ProfileID", "ID", "IssueDate", "DueDate", "InvoiceTypeCode",
        "CreditNoteTypeCode", "Note", "DocumentCurrencyCode", "BuyerReference", "InvoicePeriod",
        "BillingReference", "AdditionalDocumentReference", "AccountingSupplierParty",
        "AccountingCustomerParty", "PaymentMeans", "PaymentTerms", "TaxTotal",
        "LegalMonetaryTotal", "InvoiceLine", "CreditNoteLine"]


def some(seed: int):
    """An invoice or a credit note as a month may bring one."""
    chance = random.Random(seed)
    alike = seed % 10 == 0  # whose roundings add up
    is_credit = seed % 3 == 0
    lines = []
    for number in range(chance.choice([1, 1, 2, 3, 5, 12]) * (100 if alike else 1)):
        price = 3_200 if alike else chance.choice([0, 1, 3_200, 4_750, 8_000, 33_333, 950_001])
        less = chance.random() < (0.9 if is_credit else 0.1)
        line = Line(FIRST + timedelta(minutes=number), f"N-{number}", Service.SEND_TICKET,
                    -price if less else price)
        lines.append(line if alike else replace(
            line, service=chance.choice(list(Service)), product=chance.choice(list(Product)[:6]),
            department_name=chance.choice(["", "Ekonomi", "محمد", "Ö & <B>"]),
            cost_centre=chance.choice(["", "100", "Å€"]),
            vat_basis_points=chance.choice([600, 600, 600, 1200, 2500])))
    lines = even(sorted(lines, key=order))
    gross = sum(line.price_ore for line in lines)
    return invoice(
        lines, is_credit=gross < 0, reason=chance.choice(["", "Fel pris\x02 på biljetten"]),
        reference=chance.choice(["4711", "", " ", "Åsa Ö"]),
        earlier=[(99_001, date(2026, 9, 1)), (99_007, date(2026, 10, 1))] if seed % 2 else [],
        seller=replace(SELLER, f_skatt=seed % 4 == 0, bankgiro=chance.choice(["991-2346", ""])),
        buyer=replace(BUYER, name=chance.choice(NAMES),
                      email=chance.choice(["", "faktura@granby.example"]),
                      peppol_id=chance.choice(["0007:5560125790", "0088:7300010000001"])))


def test_five_hundred_invoices_and_credit_notes_keep_every_rule():
    documents = [some(seed) for seed in range(500)]
    assert 100 < sum(document.is_credit for document in documents) < 250

    wrong = {seed: found for seed, document in enumerate(documents) if (found := broken(
        peppol_invoice.written(document, ATTACHED if seed % 5 else None)))}

    assert wrong == {}


def test_peppol_py_itself_finds_nothing_either():
    assert validate_peppol_document(
        peppol_invoice.written(invoice([SINGLE])), list(BOOKS), warnings=True) == []


@pytest.mark.parametrize(("changes", "rule"), [
    ({"rows": [replace(invoice([SINGLE]).rows[0], basis_points=700)]}, "SE-R-006"),
    ({"rows": [replace(invoice([SINGLE]).rows[0], vat_ore=400)]}, "BR-S-09"),
    ({"seller": replace(SELLER, bankgiro="12345")}, "SE-R-009")])
def test_what_is_wrong_is_found(changes, rule):
    assert rule in " ".join(broken(peppol_invoice.written(invoice([SINGLE], **changes))))


@pytest.mark.parametrize("is_credit", [False, True])
def test_all_parts_stand_in_the_order_of_ubl(is_credit):
    line = replace(SINGLE, price_ore=-4_200) if is_credit else SINGLE
    root = fromstring(peppol_invoice.written(
        invoice([line], is_credit=is_credit, reason="Fel", earlier=[(1, date(2026, 9, 1))]),
        ATTACHED))

    parts = [each.tag.partition("}")[2] for each in root]
    assert parts == [part for part in HEAD if part in parts]
    assert set(HEAD) - set(parts) == (
        {"DueDate", "InvoiceTypeCode", "InvoiceLine", "PaymentMeans"} if is_credit else
        {"CreditNoteTypeCode", "CreditNoteLine"})


def told(root, *path: str) -> list[str]:
    return [each.text for each in root.findall("/".join(f"{{*}}{step}" for step in path))]


def test_amounts_are_those_of_the_lines():
    lines = [SINGLE, SINGLE, replace(SINGLE, price_ore=-4_200)]
    root = fromstring(peppol_invoice.written(invoice(lines)))

    assert told(root, "LegalMonetaryTotal", "PayableAmount") == ["42.00"]
    assert told(root, "TaxTotal", "TaxAmount") == ["2.38"]
    assert told(root, "TaxTotal", "TaxSubtotal", "TaxableAmount") == ["39.62"]
    assert told(root, "InvoiceLine", "InvoicedQuantity") == ["2", "-1"]
    assert told(root, "InvoiceLine", "LineExtensionAmount") == ["79.24", "-39.62"]
    assert told(root, "InvoiceLine", "Price", "PriceAmount") == ["39.62", "39.62"]


def test_a_credit_note_says_how_much_is_credited_and_of_what():
    lines = [replace(SINGLE, price_ore=-4_200), replace(SINGLE, price_ore=-4_200)]
    root = fromstring(peppol_invoice.written(
        invoice(lines, is_credit=True, reason="Fel pris", earlier=[(100_000, date(2026, 10, 1))])))

    assert told(root, "LegalMonetaryTotal", "PayableAmount") == ["84.00"]
    assert told(root, "CreditNoteLine", "CreditedQuantity") == ["2"]
    assert told(root, "BillingReference", "InvoiceDocumentReference", "ID") == ["100000"]
    assert told(root, "Note") == ["Fel pris"]


def test_a_price_has_as_many_decimals_as_make_the_line():
    lines = [SINGLE, SINGLE, replace(SINGLE, vat=237)]
    root = fromstring(peppol_invoice.written(invoice(lines)))

    assert told(root, "InvoiceLine", "LineExtensionAmount") == ["118.87"]
    assert told(root, "InvoiceLine", "Price", "PriceAmount") == ["39.6233333333"]


def test_the_specification_is_in_it_or_is_pointed_at():
    inside = fromstring(peppol_invoice.written(invoice([SINGLE]), ATTACHED))
    apart = fromstring(peppol_invoice.written(invoice([SINGLE])))

    [content] = told(inside, "AdditionalDocumentReference", "Attachment",
                     "EmbeddedDocumentBinaryObject")
    assert base64.b64decode(content) == b"PK the lines"
    assert told(apart, "AdditionalDocumentReference", "Attachment", "ExternalReference",
                "URI") == ["https://portal.example/foretag/fakturor/1"]


def test_without_a_reference_number_the_buyers_own_stands_there():
    root = fromstring(peppol_invoice.written(invoice([SINGLE], reference="")))
    assert told(root, "BuyerReference") == ["5560125790"]

import io
from dataclasses import replace
from subprocess import CalledProcessError

import pytest
from pypdf import PdfReader

from documents import receipt
from documents.receipt import Receipt

KVITTO = Receipt(
    title="Kvitto K7QF-2M9XD4", authority="Jönköpings Länstrafik",
    authority_facts="Organisationsnummer 232100-0057",
    facts=[("Biljett", "Enkelbiljett"), ("Projekt", "#import \"x\" *inte* $fet$")],
    amounts=[("Exkl. moms", "39,62 kr"), ("Moms 6 %", "2,38 kr"), ("Summa inkl. moms", "42,00 kr")],
    note="Betalades tillbaka.", page="Skapad 2026-11-20")


def test_a_receipt_says_what_it_is_given_and_takes_nothing_for_markup():
    [page] = PdfReader(io.BytesIO(receipt.pdf(KVITTO))).pages
    said = " ".join(page.extract_text().split())
    for words in ("Jönköpings Länstrafik Organisationsnummer 232100-0057", "Kvitto K7QF-2M9XD4",
                  "Biljett Enkelbiljett", '#import "x" *inte* $fet$', "Moms 6 % 2,38 kr",
                  "Summa inkl. moms 42,00 kr", "Betalades tillbaka.", "Skapad 2026-11-20"):
        assert words in said


def test_a_receipt_is_accessible():
    document = PdfReader(io.BytesIO(receipt.pdf(KVITTO)))
    assert document.metadata.title == "Kvitto K7QF-2M9XD4"
    assert document.root_object["/Lang"] == "sv"
    assert "/StructTreeRoot" in document.root_object


def test_a_sign_that_no_font_has_does_not_stop_it():
    [page] = PdfReader(io.BytesIO(receipt.pdf(replace(KVITTO, note="محمد 🚌")))).pages
    assert "Skapad" in page.extract_text()


def test_one_that_cannot_be_set_is_an_error():
    with pytest.raises(CalledProcessError):
        receipt.pdf(replace(KVITTO, facts=None))

import io
from collections import defaultdict
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from documents import invoice_pdf
from documents.invoice_specification import csv, xlsx
from documents.specification import kronor
from documents.typesetting import Typesetter
from domain.services import Service
from tests.documents.invoices import BUYER, FIRST, SELLER, Line, invoice, many
from tests.documents.test_pdf import pages, tags

SENT = Line(FIRST, "K7QF-2M9XD4", Service.SEND_TICKET, 4_200)


@pytest.fixture(scope="module")
def typesetter():
    with Typesetter() as typesetter:
        yield typesetter


@pytest.fixture
def drawn(typesetter):
    def draw(lines, *, part=invoice_pdf.pdf, **changes) -> bytes:
        return part(invoice(lines, **changes), lines, typesetter=typesetter)
    return draw


def text(document: bytes) -> str:
    return " ".join(pages(document))


def test_it_says_what_is_to_be_paid_when_and_where(drawn):
    [first, _] = pages(drawn([SENT, SENT]))

    assert first.startswith("Jönköpings Länstrafik Faktura 100001 · Sida 1 av 2 Faktura 100001 "
                            "Fakturadatum 1 november 2026 Referensnummer 4711 Organisationsnummer "
                            "556012-5790 Granby Mekaniska AB "
                            "Storgatan 1 553 20 Jönköping")
    assert ("Att betala 84,00 kr Senast 1 december 2026 Bankgiro 5050-1055 OCR-nummer 10000180"
            in first)
    assert ("Organisationsnummer 232100-0057 Momsregistreringsnummer SE232100005701" in first)


def test_its_text_is_its_rows_and_their_sums(drawn):
    lines = many(150)
    document = invoice(lines)
    said = text(drawn(lines)).replace("\N{NARROW NO-BREAK SPACE}", " ")

    for row in document.rows:
        assert " ".join([
            f"{row.department} · {row.cost_centre} {row.product}",
            f"{row.quantity}".replace("-", "\N{MINUS SIGN}"), spaced(row.net_price_ore),
            spaced(row.net_ore), "6 %", spaced(row.vat_ore), spaced(row.gross_ore)]) in said
    whole = document.sum
    assert (f"Summa {spaced(whole.net_ore)} {spaced(whole.vat_ore)} {spaced(whole.gross_ore)} "
            in said)
    assert f"Att betala {spaced(whole.gross_ore)} kr" in said


def test_its_specification_is_its_lines(drawn):
    lines = many(120)
    said = text(drawn(lines))

    for line in lines:
        at = said.index(line.ticket_number)
        assert said[at:at + 200].partition(f"0605 {spaced(line.vat_ore)} "
                                           f"{spaced(line.price_ore)}")[1], line


def spaced(ore: int) -> str:
    return kronor(ore).replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_a_screen_reader_reads_it_in_the_order_that_it_is_seen(drawn):
    document = drawn(many(60))

    read = defaultdict(list)
    for page, mark in marks(PdfReader(io.BytesIO(document)).root_object["/StructTreeRoot"]["/K"]):
        read[page].append(mark)
    assert len(read) == len(pages(document)) > 2
    assert all(order == sorted(order) for order in read.values())
    said = text(document)
    places = [said.index(words) for words in (
        "Faktura 100001 Fakturadatum", "Granby Mekaniska AB Storgatan", "Köpt oktober 2026",
        "Att betala", "Avdelning Biljett Antal", "Momssats Exkl. moms Moms Inkl. moms 6 %",
        "Efter förfallodagen", "Specifikation", "Tid Nummer Biljett Resenär")]
    assert places == sorted(places)


def marks(element, page=None):
    """The page and the mark of each text, in the order of the structure."""
    match element.get_object() if hasattr(element, "get_object") else element:
        case list() as several:
            for each in several:
                yield from marks(each, page)
        case int() as mark:
            yield page, mark
        case dict() as part:
            page = part.raw_get("/Pg").idnum if "/Pg" in part else page
            if "/MCID" in part:
                yield page, part["/MCID"]
            elif "/K" in part:
                yield from marks(part["/K"], page)


def test_it_claims_pdf_ua_and_has_headings_and_tables(drawn):
    document = drawn([SENT, replace(SENT, service=Service.STAFF_OFFER)])
    root, found = PdfReader(io.BytesIO(document)).root_object, tags(document)

    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()
    assert root["/Lang"] == "sv"
    assert {tag: found[tag] for tag in ("H1", "H2", "H3", "Table")} == {
        "H1": 1, "H2": 2 + 2, "H3": 2, "Table": 2 + 2}


def test_a_credit_note_says_what_it_credits_and_what_one_has_to_ones_credit(drawn):
    [first, _] = pages(drawn(
        [replace(SENT, price_ore=-4_200)], is_credit=True, reason="Fel pris på biljetten.",
        earlier=[(99_001, date(2026, 10, 1))]))

    assert "Kreditfaktura 100001 Fakturadatum" in first
    assert "Krediterar faktura 99001 (2026-10-01)" in first
    assert "Till godo 42,00 kr Fel pris på biljetten." in first
    assert "−1 39,62 −39,62 6 % −2,38 −42,00" in first
    assert "OCR" not in first


def test_months_that_were_rolled_on_stand_in_its_period(drawn):
    assert "Köpt aug 2026–okt 2026" in text(drawn([SENT], period_from=date(2026, 8, 1)))


def test_a_long_specification_is_apart(drawn, monkeypatch):
    monkeypatch.setattr(invoice_pdf, "MOST_AFTER", 2)
    monkeypatch.setattr(invoice_pdf, "MOST_LINES", 3)

    [whole] = pages(drawn([SENT] * 3))
    alone = text(drawn([SENT] * 3, part=invoice_pdf.specification))
    neither = text(drawn([SENT] * 4, part=invoice_pdf.specification))

    told = "De står i specifikationen som Excel- eller CSV-fil."
    assert f"Raderna är 3. {told}" in whole
    assert alone.startswith("Jönköpings Länstrafik Faktura 100001 · Sida 1 av 1 Specifikation "
                            "Faktura 100001 · Granby Mekaniska AB")
    assert alone.count(SENT.ticket_number) == 3
    assert f"Raderna är 4. {told}" in neither


@pytest.mark.parametrize("name", [
    "محمد علي", "日本 👍", "€ 100 – »Å«", '#image("/etc/passwd") *x* $z$ `q` // ] }', "X" * 300,
    "\0\x1b", ""])
def test_no_name_breaks_it(drawn, name):
    line = replace(SENT, holder=name, department_name=name, cost_centre=name, purpose=name,
                   note=name)
    assert drawn([line], buyer=replace(BUYER, name=name, street=name), reason=name,
                 reference=name).startswith(b"%PDF")


def test_csv_and_xlsx_take_any_name_too():
    line = replace(SENT, holder="محمد", department_name="=1+1", purpose="€")
    file = io.BytesIO()
    xlsx(invoice([line]), [line], into=file)

    assert "'=1+1;محمد" in b"".join(csv([line])).decode()
    assert file.getvalue().startswith(b"PK")


def test_without_a_bankgiro_or_f_tax_nothing_is_said_of_them(drawn):
    without = text(drawn([SENT], seller=replace(SELLER, bankgiro="")))

    assert "Bankgiro" not in without
    assert "F-skatt" not in without
    assert "Godkänd för F-skatt" in text(drawn([SENT], seller=replace(SELLER, f_skatt=True)))

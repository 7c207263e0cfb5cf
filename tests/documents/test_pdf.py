import io
from collections import Counter
from dataclasses import replace

import pytest
from pypdf import PdfReader

from documents import pdf
from tests.documents.specifications import SENT, october


def pages(document: bytes) -> list[str]:
    return [" ".join(page.extract_text().split())
            for page in PdfReader(io.BytesIO(document)).pages]


def tags(document: bytes) -> Counter:
    """How many there are of each kind in the document's structure."""
    found: Counter = Counter()
    waiting = [PdfReader(io.BytesIO(document)).root_object["/StructTreeRoot"]]
    while waiting:
        match waiting.pop().get_object():
            case list() as several:
                waiting += several
            case dict() as element:
                found.update([element["/S"][1:]] if "/S" in element else [])
                waiting += [element["/K"]] if "/K" in element else []
    return found


@pytest.fixture(scope="module")
def document() -> bytes:
    return pdf.specification(october())


def test_the_sums_come_first_per_service_and_reference_with_the_vat_apart(document):
    [page] = pages(document)
    sums = page[page.index("Summor"):page.index("Biljetter Skicka")]

    assert sums == (
        "Summor Tjänst Referensnummer Momssats Biljetter Exkl. moms Moms Inkl. moms "
        "Skicka biljett 4711 6 % 2 0,00 0,00 0,00 "
        "Tjänsteresor 12 % 1 1 102,23 132,27 1 234,50 "
        "Personalerbjudande 4711 6 % 1 8 962,26 537,74 9 500,00 "
        "Summa 4 10 064,49 670,01 10 734,50 "
        "Moms per momssats Momssats Exkl. moms Moms Inkl. moms "
        "6 % 8 962,26 537,74 9 500,00 12 % 1 102,23 132,27 1 234,50 ")


def test_every_line_stands_under_its_service_and_reference(document):
    [page] = pages(document)
    lines = page[page.index("Skicka biljett · 4711"):page.index("Skapad")]

    assert lines == (
        "Skicka biljett · 4711 0,00 kr Köpt Nummer Biljett Resenär Moms Inkl. moms "
        "2026-10-01 07:42 B-1001 24-timmarsbiljett Zon 181 Åsa Öberg Ekonomi 4,53 80,00 "
        "2026-10-31 23:59 B-1001 24-timmarsbiljett Zon 181 Åsa Öberg Ekonomi −4,53 −80,00 "
        "Tjänsteresor 1 234,50 kr Köpt Nummer Biljett Resenär Moms Inkl. moms "
        "2026-10-25 00:30 B-1002 Enkelbiljett Köpenhamn =1+1 Lager 132,27 1 234,50 "
        "Personalerbjudande · 4711 9 500,00 kr Köpt Nummer Biljett Resenär Moms Inkl. moms "
        "2026-10-05 10:00 B-1003 365-dagarsbiljett Hela länet Li Ek Ekonomi 537,74 9 500,00 ")


def test_it_claims_pdf_ua_and_has_a_title_and_a_language(document):
    reader = PdfReader(io.BytesIO(document))
    root = reader.root_object

    assert (reader.metadata.title, root["/Lang"]) == ("Specifikation oktober 2026", "sv")
    assert bool(root["/MarkInfo"]["/Marked"])
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()


def test_headings_and_tables_are_tagged_as_such(document):
    found = tags(document)

    assert {tag: found[tag] for tag in ("H1", "H2", "H3", "Table", "TH")} == {
        "H1": 1, "H2": 3, "H3": 3, "Table": 5, "TH": 7 + 4 + 3 * 7}


def test_only_the_bundled_fonts_are_used(document):
    fonts = {font["/BaseFont"].partition("+")[2]
             for page in PdfReader(io.BytesIO(document)).pages
             for font in page["/Resources"]["/Font"].values()}

    assert fonts == {"HankenGrotesk-Regular", "HankenGrotesk-Bold"}


def test_pages_are_numbered_and_each_says_whose_it_is_and_what_goes_on():
    several = pages(pdf.specification(october(lines=[SENT] * 100)))

    assert [page.endswith(f"Skapad 2026-11-01 02:15 Sida {number} av {len(several)}")
            for number, page in enumerate(several, start=1)] == [True] * len(several)
    assert [page.startswith("Jönköpings Länstrafik Granby Mekaniska AB · oktober 2026 "
                            "Skicka biljett · 4711") for page in several[1:]] == [
        True] * (len(several) - 1)
    assert len(several) > 2


def test_a_month_without_tickets_says_so():
    [page] = pages(pdf.specification(october(lines=[], sums=[])))

    assert "Biljetter Inga biljetter köptes under månaden." in page


def test_more_lines_than_anyone_reads_on_paper_are_left_to_the_spreadsheet(monkeypatch):
    monkeypatch.setattr(pdf, "MAX_LINES", 3)

    [page] = pages(pdf.specification(october()))

    assert "Biljetterna är 4 och står i Excel-filen." in page


def test_headings_come_in_the_readers_language():
    english = {"Sida {page} av {pages}": "Page {page} of {pages}", "Summor": "Sums"}
    document = pdf.specification(october(language="en"), lambda text: english.get(text, text))

    assert PdfReader(io.BytesIO(document)).root_object["/Lang"] == "en"
    assert pages(document)[0].endswith("Page 1 of 1")


def test_a_text_is_never_read_as_markup():
    text = '#image("/etc/passwd") *x* _y_ $z$ `q` @ref <l> \\ // ] }'

    [page] = pages(pdf.specification(october(lines=[replace(SENT, product=text)])))

    assert text in page


@pytest.mark.parametrize(("name", "drawn"), [
    ("A\u030asa", "Åsa"), ("Дмитрий", "Дмитрий"), ("Λυδία", "Λυδία"),
    ("日本", "□□"), ("👍", "□"), ("\0\x1b", "□□"), ("\u0378", "□")])
def test_a_sign_that_no_font_has_is_a_square_and_no_failure(name, drawn):
    [page] = pages(pdf.specification(october(lines=[replace(SENT, person=name)])))

    assert f"Zon 181 {drawn} Ekonomi" in page


def test_the_fonts_draw_every_sign_they_are_said_to():
    said = "".join(sign for sign in map(chr, range(0x10000)) if not pdf.NOT_DRAWN.match(sign))

    assert pages(pdf.specification(october(lines=[replace(SENT, product=" ".join(said))])))


def test_a_word_without_end_breaks_before_the_amounts():
    [page] = pages(pdf.specification(october(lines=[replace(SENT, person="X" * 50)])))

    assert f"{'X' * 20} {'X' * 20} {'X' * 10} Ekonomi" in page


def test_a_purpose_stands_after_where_the_ticket_is_valid():
    [page] = pages(pdf.specification(october(lines=[replace(SENT, purpose="Norra bron")])))
    assert "24-timmarsbiljett Zon 181 · Norra bron Åsa Öberg" in page

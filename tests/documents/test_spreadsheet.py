import io
import zipfile
from dataclasses import replace
from datetime import datetime

import pytest
from python_calamine import CalamineWorkbook

from documents import spreadsheet
from tests.documents.specifications import SENT, october

HEADINGS = ["Köpt", "Nummer", "Tjänst", "Referensnummer", "Avdelning", "Resenär", "Biljett",
            "Gäller i", "Ändamål", "Exkl. moms", "Moms", "Momssats", "Inkl. moms"]


def rows(workbook: bytes, sheet: str) -> list[list]:
    return CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_name(sheet).to_python()


def test_every_line_is_read_back_equal_to_the_ore():
    spec = october()
    lines = rows(spreadsheet.specification(spec), "Specifikation")[8:]

    assert [[round(cell * 100) for cell in (net, vat, gross)]
            for *_, net, vat, _rate, gross in lines] == [
        [line.net_ore, line.vat_ore, line.price_ore] for line in spec.lines]


def test_a_line_has_typed_cells_and_swedish_time():
    spec = october(lines=[replace(SENT, purpose="Norra bron")])
    [*_, heading, line] = rows(spreadsheet.specification(spec), "Specifikation")

    assert heading == HEADINGS
    assert line == [datetime(2026, 10, 1, 7, 42), "B-1001", "Skicka biljett", "4711", "Ekonomi",
                    "Åsa Öberg", "24-timmarsbiljett", "Zon 181", "Norra bron", 75.47, 4.53, 0.06,
                    80]


def test_the_titles_say_whose_month_it_is():
    titles = rows(spreadsheet.specification(october()), "Specifikation")[:6]

    assert [title for title, *_ in titles] == [
        "Specifikation oktober 2026", "Granby Mekaniska AB", "Organisationsnummer 556677-8899",
        "2026-10-01 – 2026-10-31", "Jönköpings Länstrafik, foretag@lanstrafik.example",
        "Skapad 2026-11-01 02:15"]


def test_sums_stand_per_service_and_reference_with_the_vat_apart():
    _title, _company, _gap, *sums = rows(spreadsheet.specification(october()), "Summor")

    assert sums == [
        ["Tjänst", "Referensnummer", "Momssats", "Biljetter", "Exkl. moms", "Moms", "Inkl. moms"],
        ["Skicka biljett", "4711", 0.06, 2, 0, 0, 0],
        ["Tjänsteresor", "", 0.12, 1, 1102.23, 132.27, 1234.5],
        ["Personalerbjudande", "4711", 0.06, 1, 8962.26, 537.74, 9500],
        ["Summa", "", "", 4, 10064.49, 670.01, 10734.5],
        [""] * 7,
        ["Moms per momssats", "", "Momssats", "Biljetter", "Exkl. moms", "Moms", "Inkl. moms"],
        ["", "", 0.06, 3, 8962.26, 537.74, 9500],
        ["", "", 0.12, 1, 1102.23, 132.27, 1234.5]]


@pytest.mark.parametrize("text", ["=1+1", "+46", "-1", "@SUM(A1)", "=HYPERLINK(\"https://x\")",
                                  "https://x.example", "{=1}", "007"])
def test_no_text_becomes_a_formula_a_link_or_a_number(text):
    workbook = spreadsheet.specification(october(lines=[replace(SENT, person=text)]))

    assert rows(workbook, "Specifikation")[-1][5] == text
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        sheets = b"".join(parts.read(name) for name in parts.namelist() if "sheets/" in name)
    assert (b"<f>" in sheets, b"<hyperlink" in sheets) == (False, False)


def test_headings_stay_in_sight_and_filter_the_lines():
    workbook = spreadsheet.specification(october())

    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
    assert 'ySplit="8" topLeftCell="A9"' in sheet
    assert '<autoFilter ref="A8:M12"/>' in sheet


def test_a_month_without_tickets_is_a_workbook_too():
    workbook = spreadsheet.specification(october(lines=[], sums=[]))

    assert rows(workbook, "Specifikation")[-1] == HEADINGS


def test_headings_come_in_the_readers_language():
    english = {"Specifikation": "Specification", "Summor": "Sums"}
    workbook = spreadsheet.specification(october(), lambda text: english.get(text, text))

    assert CalamineWorkbook.from_filelike(io.BytesIO(workbook)).sheet_names == [
        "Specification", "Sums"]

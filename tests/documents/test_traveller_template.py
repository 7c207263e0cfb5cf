import io
import zipfile

import pytest
from python_calamine import CalamineWorkbook

from documents import traveller_file, traveller_template
from documents.traveller_file import VALUES


@pytest.mark.parametrize("data", [traveller_template.as_csv(), traveller_template.as_xlsx()],
                         ids=["csv", "xlsx"])
def test_the_template_is_read_as_every_column_and_one_traveller(data):
    table = traveller_file.read(data, max_rows=10, max_bytes=100_000)
    places = traveller_file.matching(table.header)

    assert tuple(places) == VALUES
    assert list(traveller_file.rows(table, places)) == [(2, (
        "19811218-9876", "Alva", "Exempel", "alva@foretaget.example", "070-174 06 05", "1500",
        "1042", "Projekt 7", "", "tillsvidare"))]


def test_the_template_opens_with_a_double_click_in_swedish_excel():
    assert traveller_template.as_csv().startswith(b"\xef\xbb\xbfpersonnummer;fornamn;efternamn;")


def test_a_sheet_explains_every_column():
    book = CalamineWorkbook.from_filelike(io.BytesIO(traveller_template.as_xlsx(str.upper)))
    heading, *explained = book.get_sheet_by_name("FÖRKLARING").to_python()

    assert heading == ["KOLUMN", "BEHÖVS", "EXEMPEL", "VAD DEN BETYDER"]
    assert [(name, needed) for name, needed, *_ in explained] == [
        (column, "JA" if place < 3 else "NEJ") for place, column in enumerate(VALUES)]
    assert all(meaning for *_, meaning in explained)


def test_cells_to_fill_in_are_text_and_the_header_stays_in_sight():
    with zipfile.ZipFile(io.BytesIO(traveller_template.as_xlsx())) as parts:
        sheet, styles = (parts.read(f"xl/{name}.xml").decode()
                         for name in ("worksheets/sheet1", "styles"))
    assert 'numFmtId="49"' in styles  # text
    assert sheet.count("<col ") == len(VALUES)
    assert 'ySplit="1"' in sheet

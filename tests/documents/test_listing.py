import io
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from documents import listing, traveller_file
from documents.listing import Column, Kind
from documents.traveller_file import Column as Meaning

COLUMNS = [Column("Namn"), Column("Antal", Kind.NUMBER), Column("Belopp", Kind.MONEY),
           Column("Dag", Kind.DATE), Column("När", Kind.MOMENT)]
ALVA = ("Alva Öberg", 3, 123_450, date(2026, 11, 20), datetime(2026, 11, 20, 6, 42, tzinfo=UTC))
DANGEROUS = ["=1+1", "+46701740605", "-5", "@SUM(A1)", "\tx", "\rx", "'=1", "''-5",
             '=HYPERLINK("https://x.example";"y")', "=a;b", "=\n1"]
PLAIN = ["Alva", "070-174 06 05", "O'Brien", "'n", "a=b", "https://x.example", "007", "{=1}"]


def csv(columns, rows):
    return b"".join(listing.csv_chunks(columns, rows))


def xlsx(columns, rows, title="Resenärer"):
    file = io.BytesIO()
    listing.xlsx(columns, rows, title=title, into=file)
    return file.getvalue()


def cells(workbook, sheet=0):
    book = CalamineWorkbook.from_filelike(io.BytesIO(workbook))
    return book.get_sheet_by_index(sheet).to_python()


def part(workbook, name):
    with zipfile.ZipFile(io.BytesIO(workbook)) as parts:
        return parts.read(name).decode()


def test_a_csv_is_as_swedish_excel_wants_it():
    assert csv(COLUMNS, [ALVA]).decode() == (
        "\ufeffNamn;Antal;Belopp;Dag;När\r\nAlva Öberg;3;1234,50;2026-11-20;2026-11-20 07:42\r\n")


@pytest.mark.parametrize(("kind", "value", "said"), [
    (Kind.MONEY, 0, "0,00"), (Kind.MONEY, 5, "0,05"), (Kind.MONEY, -12_305, "-123,05"),
    (Kind.NUMBER, Decimal("-1.50"), "-1,50"), (Kind.NUMBER, 0.5, "0,5"), (Kind.NUMBER, -7, "-7"),
    (Kind.MOMENT, datetime(2026, 7, 1, 22, 0, tzinfo=UTC), "2026-07-02 00:00"),
    *((kind, None, '""') for kind in Kind), (Kind.TEXT, 7, "7")])
def test_a_cell_of_a_csv_is_written_as_its_kind(kind, value, said):
    assert csv([Column("x", kind)], [[value]]).decode() == f"\ufeffx\r\n{said}\r\n"


@pytest.mark.parametrize("text", DANGEROUS)
@pytest.mark.parametrize("place", [0, 1, 2], ids=["first", "middle", "last"])
def test_a_text_that_looks_like_a_formula_is_written_with_an_apostrophe(text, place):
    row = ["a", "b", "c"]
    row[place] = text
    written = csv([Column(name) for name in "xyz"], [["1", "2", "3"], row]).decode()
    quoted = "'" + text.replace('"', '""')
    assert quoted in written
    assert f";{text}" not in written
    assert f"\n{text}" not in written


@pytest.mark.parametrize("text", PLAIN)
def test_other_texts_are_written_as_they_are(text):
    assert csv([Column("x"), Column("y")], [[text, ""]]).decode().splitlines()[1] == f"{text};"


def test_the_header_is_kept_from_being_a_formula_too():
    assert csv([Column("=1+1"), Column("+2")], []).decode() == "\ufeff'=1+1;'+2\r\n"


PLACE = traveller_file.VALUES.index(Meaning.INVOICE_TAG)


@given(st.lists(st.text(st.sampled_from("=+-@'\";\n a1å"), max_size=6), min_size=1, max_size=5))
def test_a_text_that_is_written_and_read_again_is_the_same(texts):
    columns = [Column("pnr"), Column("fakturamärke")]
    rows = [(str(number), text) for number, text in enumerate(texts)]
    meant = [text.strip() for text in texts]
    for data in (csv(columns, rows), xlsx(columns, rows)):
        table = traveller_file.read(data, max_rows=10, max_bytes=100_000)
        read = traveller_file.rows(table, traveller_file.matching(table.header))
        assert [values[PLACE] for _, values in read] == meant


def test_a_workbook_has_typed_cells_and_swedish_time():
    assert cells(xlsx(COLUMNS, [ALVA, [None] * 5, ("Bo", -7, -50, None, None)])) == [
        ["Namn", "Antal", "Belopp", "Dag", "När"],
        ["Alva Öberg", 3, 1234.5, date(2026, 11, 20), datetime(2026, 11, 20, 7, 42)],
        [""] * 5, ["Bo", -7, -0.5, "", ""]]


@pytest.mark.parametrize("text", DANGEROUS + PLAIN)
def test_no_text_of_a_workbook_is_a_formula_a_link_or_a_number(text):
    workbook = xlsx([Column("x")], [[text]])
    sheet = part(workbook, "xl/worksheets/sheet1.xml")
    assert cells(workbook)[1] == [text]
    assert ("<f>" in sheet, "<hyperlink" in sheet, "<v>" in sheet) == (False, False, False)


def test_the_header_stays_in_sight_and_filters_the_rows():
    sheet = part(xlsx(COLUMNS, [ALVA] * 3), "xl/worksheets/sheet1.xml")
    assert 'ySplit="1" topLeftCell="A2"' in sheet
    assert '<autoFilter ref="A1:E4"/>' in sheet
    assert sheet.count("<col ") == 5


def test_an_empty_list_is_a_file_too():
    assert csv(COLUMNS, []).decode() == "\ufeffNamn;Antal;Belopp;Dag;När\r\n"
    assert cells(xlsx(COLUMNS, [])) == [["Namn", "Antal", "Belopp", "Dag", "När"]]


def test_rows_beyond_what_a_sheet_holds_stand_on_the_next(monkeypatch):
    monkeypatch.setattr(listing, "MOST_ROWS", 2)
    workbook = xlsx([Column("x")], [[f"{number}"] for number in range(5)], title="A/B: [lång]" * 4)
    assert [cells(workbook, sheet) for sheet in range(3)] == [
        [["x"], ["0"], ["1"]], [["x"], ["2"], ["3"]], [["x"], ["4"]]]


@pytest.mark.parametrize("write", [
    lambda rows: [None for _ in listing.csv_chunks(COLUMNS, rows)],
    lambda rows: listing.xlsx(COLUMNS, rows, title="x", into=io.BytesIO())], ids=["csv", "xlsx"])
def test_a_long_list_takes_little_memory(write):
    rows = ((f"Alva {number}", *ALVA[1:]) for number in range(10_000))
    tracemalloc.start()
    write(rows)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4_000_000

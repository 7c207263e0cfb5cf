"""Files as people have them are understood, and what is broken is refused."""
import contextlib
import io
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from documents import traveller_file
from documents.table import Kind
from documents.table_limits import FileProblem
from documents.traveller_file import VALUES, Column
from domain.identity import parse_mobile, parse_personnummer
from tests.documents.table_files import (
    ALVA,
    HEADER,
    ods,
    ods_row,
    text,
    unzipped,
    workbook,
    xlsx,
    zipped,
)

READ = (Column.PERSONNUMMER, Column.FIRST_NAME, Column.LAST_NAME, Column.MOBILE)
LIST = text(HEADER, ALVA)


def read(data, *, max_rows=100_000, max_bytes=20_000_000):
    return traveller_file.read(data, max_rows=max_rows, max_bytes=max_bytes)


def values(data):
    table = read(data)
    [(number, found)] = traveller_file.rows(table, traveller_file.matching(table.header))
    by_column = dict(zip(VALUES, found, strict=True))
    return number, [by_column[column] for column in READ]


def merged_title(made):
    sheet = made.add_worksheet()
    sheet.merge_range("A1:D1", "Resenärer hösten 2026")
    sheet.merge_range("A2:A3", "Personnummer")
    sheet.merge_range("B2:C2", "Namn")
    sheet.merge_range("D2:D3", "Mobil")
    sheet.write_row("B3", ["Förnamn", "Efternamn"])
    sheet.write_row("A4", ALVA)


def typed_cells(made):
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, [198112189876, "Alva", "Öberg", 701740605])


def personnummer_as_date(made):
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 1, ALVA[1:])
    sheet.write_number(1, 0, 198112189876, made.add_format({"num_format": "yyyy-mm-dd"}))


def formula(made):
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, ALVA)
    sheet.write_formula(1, 2, '="Ö"&"berg"', None, "Öberg")


def second_sheet(made):
    made.add_worksheet("Försättsblad").write(0, 0, "Läs mig först")
    made.add_worksheet("Gömt").hide()
    sheet = made.add_worksheet("Lista")
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, ALVA)


def formatted_to_the_edge(made):
    sheet, bold = made.add_worksheet(), made.add_format({"bold": True})
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, ALVA)
    for row in range(2, 3_000):
        sheet.write_blank(row, 300, None, bold)


def rich_text(made):
    sheet = made.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, ALVA)
    sheet.write_rich_string(1, 2, "Ö", made.add_format({"bold": True}), "berg")


def prefixed(data: bytes) -> bytes:
    """The same workbook with a prefix on every element, as some systems write it."""
    parts = unzipped(data)
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    sheet = sheet.replace("</", "\0").replace("<", "<x:").replace("\0", "</x:")
    parts["xl/worksheets/sheet1.xml"] = sheet.replace("<x:?xml", "<?xml").replace(
        "xmlns=", "xmlns:x=").encode()
    return zipped(parts)


def without_references(data: bytes) -> bytes:
    parts = unzipped(data)
    rows = '<row><c t="inlineStr"><is><t>{}</t></is></c></row>'
    cells = '</t></is></c><c t="inlineStr"><is><t>'
    parts["xl/worksheets/sheet1.xml"] = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + rows.format(cells.join(HEADER)) + rows.format(cells.join(ALVA))
        + "</sheetData></worksheet>").encode()
    return zipped(parts)


EDGE = '<table:table-row table:number-rows-repeated="1048000"><table:table-cell' \
       ' table:number-columns-repeated="16384"/></table:table-row>'
AWKWARD = {
    "semicolon": LIST, "comma": text(HEADER, ALVA, separator=","),
    "tab, as pasted": text(HEADER, ALVA, separator="\t"),
    "unix line ends": text(HEADER, ALVA, newline="\n"),
    "old Mac line ends": text(HEADER, ALVA, newline="\r"),
    "UTF-8 with BOM": LIST.encode("utf-8-sig"), "Windows-1252": LIST.encode("cp1252"),
    "UTF-16 LE, Excel's Unicode text":
        b"\xff\xfe" + text(HEADER, ALVA, separator="\t").encode("utf-16-le"),
    "UTF-16 BE": b"\xfe\xff" + LIST.encode("utf-16-be"),
    "every cell quoted": text(*[[f'"{cell}"' for cell in row] for row in (HEADER, ALVA)]),
    "spaces around": text(*[[f"  {cell} " for cell in row] for row in (HEADER, ALVA)]),
    "English header": text(["Personal number", "First name", "Last name", "Mobile phone"], ALVA),
    "shouting header": text([name.upper() for name in HEADER], ALVA),
    "header with hints": text(["Personnummer (12 siffror) *", "För-namn", "EFTER NAMN", "Mobil:"],
                              ALVA),
    "any order": text(HEADER[::-1], ALVA[::-1]),
    "columns between": text(["Ort", *HEADER, "Skor"], ["Habo", *ALVA, "42"]),
    "blank column first": text(["", *HEADER], ["", *ALVA]),
    "sep= first": "sep=|\r\n" + text(HEADER, ALVA, separator="|"),
    "title above": text(["Resenärer, hösten 2026"], ["Skapad 2026-10-01"], HEADER, ALVA),
    "blank rows above and below": text([""], [";;;"], HEADER, [";;"], ALVA, [""] * 9),
    "quoted line break in a header": text(['"Person\nnummer"', *HEADER[1:]], ALVA),
    "whole name": text(["Namn", "Pnr", "Tel"], ["Alva Öberg", ALVA[0], ALVA[3]]),
    "name with a comma": text(["Namn", "Pnr", "Tel"], ['"Öberg, Alva"', ALVA[0], ALVA[3]],
                              separator=","),
    "numbers kept as formulas": text(HEADER, ['="19811218-9876"', *ALVA[1:3], '="070-174 06 05"']),
    "apostrophes of Excel": text(HEADER, [ALVA[0], "'=Alva", *ALVA[2:]]).replace("'=", ""),
    "personnummer as a number with its exponent lost": text(
        HEADER, ["198112189876", *ALVA[1:3], "701740605"]),
    "header repeated": text(HEADER, HEADER, ALVA),
    "short header, long row": text(HEADER, [*ALVA, "", "x"]),
    "xlsx": xlsx(HEADER, ALVA), "xlsx, not from the corner": xlsx(HEADER, ALVA, at=(3, 2)),
    "xlsx, merged cells in title and header": workbook(merged_title),
    "xlsx, numbers for texts": workbook(typed_cells),
    "xlsx, personnummer shown as a date": workbook(personnummer_as_date),
    "xlsx, formula": workbook(formula), "xlsx, on the second sheet": workbook(second_sheet),
    "xlsx, formatted far away": workbook(formatted_to_the_edge),
    "xlsx, rich text": workbook(rich_text), "xlsx, prefixed": prefixed(xlsx(HEADER, ALVA)),
    "xlsx, cells without references": without_references(xlsx(HEADER, ALVA)),
    "ods": ods(ods_row(*HEADER) + ods_row(*ALVA) + EDGE),
    "ods, numbers for texts": ods(
        ods_row(*HEADER) + ods_row(198112189876.0, "Alva", "Öberg", 701740605.0)),
    "ods, title and blank rows": ods(
        ods_row("Resenärer") + ods_row("", again=4) + ods_row("", *HEADER) + ods_row("", *ALVA)),
}


@pytest.mark.parametrize("data", AWKWARD.values(), ids=AWKWARD)
def test_an_awkward_file_is_understood(data):
    _, (personnummer, first, last, mobile) = values(
        data.encode() if isinstance(data, str) else data)

    assert (parse_personnummer(personnummer), first, last, parse_mobile(mobile)) == (
        "198112189876", "Alva", "Öberg", "+46701740605")


@pytest.mark.parametrize(("data", "number"), [
    (LIST, 2), ("sep=;\r\n" + LIST, 2), (text([""], ["Titel"], [""], HEADER, [""], ALVA), 6),
    (xlsx(HEADER, ALVA, at=(3, 2)), 5),
    (ods(ods_row("", again=7) + ods_row(*HEADER) + ods_row(*ALVA)), 9)],
    ids=["csv", "sep=", "blank rows", "xlsx", "ods"])
def test_a_row_has_the_number_that_a_spreadsheet_shows(data, number):
    assert values(data.encode() if isinstance(data, str) else data)[0] == number


@pytest.mark.parametrize(("data", "told"), [
    (LIST.encode("cp1252"), (Kind.CSV, "cp1252", ";")),
    (b"\xff\xfe" + text(HEADER, ALVA, separator="\t").encode("utf-16-le"),
     (Kind.CSV, "utf-16", "\t")),
    (xlsx(HEADER, ALVA), (Kind.XLSX, "", "")), (ods(ods_row(*HEADER) + ods_row("1")),
                                               (Kind.ODS, "", ""))])
def test_it_is_told_how_the_file_was_read(data, told):
    table = read(data)
    assert (table.kind, table.encoding, table.separator) == told


def test_a_number_is_written_as_it_was_meant():
    def fill(made):
        sheet, day = made.add_worksheet(), made.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, [1042, 1500.5, 0.1 + 0.2, True, 1e15])
        for place, form in enumerate(["yyyy-mm-dd", "[$-41D]d mmmm yyyy;@", "yyyy-mm-dd hh:mm",
                                      "hh:mm", '"dagar" 0', "0 [Red]"]):
            sheet.write_number(2, place, [45_982, 45_982, 45_982.5, 0.5, 7, 7][place],
                               made.add_format({"num_format": form}))
        sheet.write_datetime(3, 0, datetime(2026, 11, 20), day)

    assert [cells for _, cells in read(workbook(fill)).rows] == [
        ("1042", "1500,5", "0,3", "SANT", "1000000000000000"),
        ("2025-11-21", "2025-11-21", "2025-11-21 12:00", "12:00", "7", "7"), ("2026-11-20",)]
    assert [cells for _, cells in read(workbook(fill, default_date_format="d", date_1904=True)).rows
            ][-1] == ("2026-11-20",)


def test_a_personnummer_that_lost_its_zeros_as_a_number_gets_them_back():
    assert values(xlsx(HEADER, [101019876, *ALVA[1:]]))[1][0] == "0101019876"
    assert values(text(HEADER, ["101019876", *ALVA[1:]]).encode())[1][0] == "101019876"


def test_a_workbook_says_what_another_reader_says():
    def fill(made):
        sheet = made.add_worksheet()
        sheet.write_row(0, 0, HEADER)
        for row in range(1, 200):
            sheet.write_row(row, row % 5, [f"Å {row} <&> ", row, row / 8, "", f"x{row % 7}"])
        sheet.write_datetime(200, 0, datetime(2026, 11, 20, 7, 42),
                             made.add_format({"num_format": "yyyy-mm-dd hh:mm"}))
    data = workbook(fill)
    other = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()

    assert [[said for said in cells if said] for _, cells in read(data).rows] == [
        [_plain(cell) for cell in row if _plain(cell)] for row in other[1:]]


def _plain(cell):
    if isinstance(cell, float):
        return f"{cell:g}".replace(".", ",")
    return f"{cell:%Y-%m-%d %H:%M}" if isinstance(cell, date) else cell.strip()


def test_a_formula_in_a_cell_stays_text():
    for cell in ("=1+1", "@SUM(A1)", "-5", "+46", '=HYPERLINK("x")'):
        quoted = '"' + cell.replace('"', '""') + '"'
        assert values(text(HEADER, [ALVA[0], quoted, *ALVA[2:]]).encode())[1][1] == cell


WHOLE = {"typed": workbook(typed_cells), "dates": workbook(personnummer_as_date),
         "rich": workbook(rich_text), "plain": xlsx(HEADER, ALVA),
         "ods": ods(ods_row(*HEADER) + ods_row(*ALVA) + ods_row(1.5, again=2) + EDGE)}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_a_file_with_something_wrong_in_it_is_read_or_refused(name, drawn):
    data = bytearray(WHOLE[name])
    for _ in range(drawn.draw(st.integers(1, 5))):
        at = drawn.draw(st.integers(0, len(data) - 1))
        data[at:at + drawn.draw(st.integers(0, 9))] = drawn.draw(st.binary(max_size=9))
    with contextlib.suppress(FileProblem):
        read(bytes(data))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(WHOLE)), st.data())
def test_a_part_with_something_wrong_in_it_is_read_or_refused(name, drawn):
    parts = unzipped(WHOLE[name])
    part = drawn.draw(st.sampled_from(sorted(each for each in parts if "docProps" not in each)))
    text = parts[part].decode()
    at = drawn.draw(st.integers(0, len(text)))
    bad = drawn.draw(st.sampled_from([
        "<c>", "</c>", "<row>", "<v>-1</v>", "-", "9" * 30, "é", 'r="', "&#0;", "&lt;", "<!--",
        "\0"]))
    parts[part] = (text[:at] + bad + text[at + drawn.draw(st.integers(0, 9)):]).encode()
    with contextlib.suppress(FileProblem):
        read(zipped(parts))

"""A list as it is on the page, as a CSV that Swedish Excel opens with a double click, or as an XLSX
with typed cells. No text becomes a formula in either, and rows flow through: none are kept."""
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto
from itertools import islice
from typing import BinaryIO

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from documents.specification import local
from documents.spreadsheet import BRAND, KRONOR, MOMENT

DAY = "yyyy-mm-dd"
ROWS_AT_ONCE = 500
MOST_ROWS = 1_000_000
"""On a sheet; the rest stand on the next."""
FORMULA = re.compile(r"'*[=+@\t\r-]")
BEGUN = """(?:"?'*[=+@\t-]|"'*\r)"""
MAYBE_FORMULA = re.compile(f";{BEGUN}"), re.compile(f"\n{BEGUN}")
"""In written CSV, where a cell begins. Two, for each has a first letter to leap to."""


class Kind(Enum):
    TEXT = auto()
    NUMBER = auto()
    MONEY = auto()
    """Whole öre, written as kronor."""
    DATE = auto()
    MOMENT = auto()
    """An aware datetime, written on a Swedish clock."""


@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind = Kind.TEXT
    width: int = 0
    """In characters of a spreadsheet; 0 leaves it to the kind."""


Row = Sequence[object]
"""A cell for each column: what its kind says, or None."""


def csv_chunks(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[bytes]:
    """The file piece by piece: UTF-8 with a BOM, semicolons, decimal commas.

    Text that Excel would take for a formula gets an apostrophe before it, which `table_csv` takes
    away again.
    """
    header = _written([_safe([column.name for column in columns], range(len(columns)))])
    yield b"\xef\xbb\xbf" + header.encode()
    texts = [place for place, column in enumerate(columns) if column.kind is Kind.TEXT]
    typed = [(place, IN_CSV[column.kind]) for place, column in enumerate(columns)
             if column.kind is not Kind.TEXT]
    rows = iter(rows)
    while some := list(islice(rows, ROWS_AT_ONCE)):
        if typed:
            some = _shown(some, typed)
        written = _written(some)
        if FORMULA.match(written.lstrip('"')) or any(
                maybe.search(written) for maybe in MAYBE_FORMULA):
            written = _written([_safe(row, texts) for row in some])
        yield written.encode()


def xlsx(columns: Sequence[Column], rows: Iterable[Row], *, title: str, into: BinaryIO,
         also: Iterable[tuple[str, Sequence[Column], Iterable[Row]]] = ()) -> None:
    """Writes the workbook to a file that is open for writing. `also`: sheets that come after."""
    rows = iter(rows)
    with xlsxwriter.Workbook(into, {"constant_memory": True, "strings_to_urls": False}) as workbook:
        workbook.set_properties({"title": title})
        sheet, first, pages = _sheet(workbook, columns, title), next(rows, None), 1
        while first is not None:
            last = _fill(sheet, columns, first, islice(rows, MOST_ROWS - 1), _formats(workbook))
            sheet.autofilter(0, 0, last, len(columns) - 1)
            first = next(rows, None)
            if first is not None:
                pages += 1
                sheet = _sheet(workbook, columns, f"{title[:26]} {pages}")
        for name, heads, few in also:
            few = iter(few)
            _fill(_sheet(workbook, heads, name), heads, next(few), few, _formats(workbook))


def _written(rows: Iterable[Row]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows(rows)
    return out.getvalue()


def _shown(rows: list[Row], typed: list[tuple[int, Callable]]) -> list[list[object]]:
    shown = [list(row) for row in rows]
    for place, show in typed:
        for cells in shown:
            if cells[place] is not None:
                cells[place] = show(cells[place])
    return shown


def _safe(row: Row, texts: Sequence[int]) -> list[object]:
    cells = list(row)
    for place in texts:
        text = cells[place]
        if text and FORMULA.match(str(text)):
            cells[place] = f"'{text}"
    return cells


def _kronor(ore: int) -> str:
    return f"-{_kronor(-ore)}" if ore < 0 else f"{ore // 100},{ore % 100:02}"


def _number(value: object) -> str:
    return str(value).replace(".", ",")


def _moment(value: datetime) -> str:
    return local(value).isoformat(" ")[:16]


IN_CSV: dict[Kind, Callable] = {
    Kind.NUMBER: _number, Kind.MONEY: _kronor, Kind.DATE: date.isoformat, Kind.MOMENT: _moment,
}
WIDTHS = {Kind.TEXT: 22, Kind.NUMBER: 12, Kind.MONEY: 13, Kind.DATE: 12, Kind.MOMENT: 17}
FORMATS = {Kind.MONEY: KRONOR, Kind.DATE: DAY, Kind.MOMENT: MOMENT}


def _formats(workbook: Workbook) -> dict:
    return {kind: workbook.add_format({"num_format": FORMATS[kind]}) if kind in FORMATS else None
            for kind in Kind}


def _sheet(workbook: Workbook, columns: Sequence[Column], name: str) -> Worksheet:
    """The header is bold and stays in sight."""
    sheet = workbook.add_worksheet(re.sub(r"[\[\]:*?/\\]", " ", name)[:31].strip("'"))
    bold = workbook.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": BRAND})
    for place, column in enumerate(columns):
        sheet.set_column(place, place, column.width or WIDTHS[column.kind])
        sheet.write_string(0, place, column.name, bold)
    sheet.freeze_panes(1, 0)
    return sheet


def _fill(sheet: Worksheet, columns: Sequence[Column], first: Row, rest: Iterator[Row],
          formats: dict) -> int:
    """Says which row became the last."""
    writers = {
        Kind.TEXT: sheet.write_string, Kind.NUMBER: sheet.write_number,
        Kind.MONEY: lambda at, place, ore, form: sheet.write_number(at, place, ore / 100, form),
        Kind.DATE: sheet.write_datetime,
        Kind.MOMENT: lambda at, place, moment, form: sheet.write_datetime(
            at, place, local(moment).replace(tzinfo=None), form),
    }
    plan = [(place, writers[column.kind], formats[column.kind])
            for place, column in enumerate(columns)]
    at = 0
    for at, row in enumerate(_both(first, rest), start=1):
        for place, write, form in plan:
            cell = row[place]
            if cell is not None and cell != "":
                write(at, place, cell, form)
    return at


def _both(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest

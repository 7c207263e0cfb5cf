"""A table as people have it: a CSV file of any common kind, XLSX, ODS, or rows from a clipboard.

What a cell says is handed on as it stands; whether it is a personnummer is the domain's to judge.
"""
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest

from documents import table_csv, table_ods, table_xlsx
from documents.table_limits import HEADER_WITHIN, FileProblem, Row, Rows, damaged
from documents.table_parts import Parts

Known = Callable[[str], object]
"""Whether the name of a column is one that we know."""


class Kind(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    ODS = "ods"


@dataclass(frozen=True)
class Table:
    """Each row has its number as a spreadsheet shows it, and its cells; some rows are shorter than
    the header. Blank rows are left out, and so is all that stands above the header."""

    header: list[str]
    rows: list[Row]
    kind: Kind
    encoding: str = ""
    separator: str = ""


def read_table(data: bytes, *, known: Known, max_rows: int, max_bytes: int) -> Table:
    """The table in a file or in pasted text. Raises FileProblem when it cannot be read."""
    if len(data) > max_bytes:
        raise FileProblem("Filen är större än %(most)s kB. Dela upp den.", most=max_bytes // 1000)
    _refuse_other_kinds(data)
    encoding = separator = ""
    if data.startswith((b"PK\3\4", b"PK\5\6")):
        kind, sheets = _workbook(data, max_rows)
    else:
        kind = Kind.CSV
        rows, encoding, separator = table_csv.sheet(data, most=max_rows, known=known)
        sheets = [rows]
    header, rows = _table(sheets, known)
    if len(rows) > max_rows:
        raise FileProblem("Filen har fler än %(most)s rader. Dela upp den.", most=max_rows)
    return Table(header, rows, kind, encoding, separator)


def _refuse_other_kinds(data: bytes) -> None:
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise FileProblem("Filen är låst med ett lösenord. Ta bort lösenordet i Excel, spara"
                              " och försök igen.")
        raise FileProblem("Filen är i ett gammalt Excel-format. Spara den som .xlsx och försök"
                          " igen.")
    if data.startswith(b"%PDF"):
        raise FileProblem("Det här är en PDF. Spara listan som CSV eller Excel och försök igen.")
    if data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")):
        raise FileProblem("Det här är en bild. Spara listan som CSV eller Excel och försök igen.")


def _workbook(data: bytes, most: int) -> tuple[Kind, Iterable[Rows]]:
    parts = Parts(data)
    if parts.text("mimetype").strip() == table_ods.MIMETYPE:
        return Kind.ODS, table_ods.sheets(parts, most=most)
    workbook = min((name for name in parts.names if name.endswith("workbook.xml")), key=len,
                   default="")
    if workbook:
        return Kind.XLSX, table_xlsx.sheets(parts, workbook, most=most)
    if parts.names:
        raise FileProblem("Det här är inget kalkylblad som går att läsa. Spara listan som CSV,"
                          " .xlsx eller .ods och försök igen.")
    raise damaged()


def _table(sheets: Iterable[Rows], known: Known) -> tuple[list[str], list[Row]]:
    """The first sheet that has names we know; without one, the first that says anything."""
    header, below = [], []
    for sheet in sheets:
        top = [cells for _, cells in sheet.found[:HEADER_WITHIN]]
        names, last = _header(top, known)
        if any(map(known, names)) or not header:
            header, below = names, sheet.found[last + 1:]
        if any(map(known, header)):
            break
    return header, below


def _header(top: list[tuple[str, ...]], known: Known) -> tuple[list[str], int]:
    """The row with the most names we know, mended, and the number in `top` of its last."""
    if not top:
        return [], 0
    counts = [sum(bool(known(cell)) for cell in cells) for cells in top]
    at = counts.index(max(counts))
    header = list(top[at])
    if at:
        header = _merged([name if known(name) else "" for name in top[at - 1]], header)
    while at + 1 < len(top) and all(known(cell) for cell in top[at + 1] if cell):
        at += 1
        header = _merged(header, top[at])
    while header and not header[-1]:
        header.pop()
    return header, at


def _merged(upper: Sequence[str], lower: Sequence[str]) -> list[str]:
    """A header of two rows: a cell merged with the one below has its name in the upper, and one
    merged with the one beside it has the names of its columns in the lower."""
    return [below or above for above, below in zip_longest(upper, lower, fillvalue="")]

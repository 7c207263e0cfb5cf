"""The rows of a text file, or of what was pasted: separated by semicolon, comma or tab."""
import csv
import io
import re
from collections.abc import Callable

from documents.table_limits import MOST_COLUMNS, FileProblem, Rows, too_wide

SEPARATORS = ";,\t"
TOLD = re.compile(r'"?sep=(.)"?(\r\n|\n|\r)', re.IGNORECASE)
"""The line with which Excel is told the separator, and which it does not show."""
NOT_TEXT = re.compile(r"[\0-\x08\x0e-\x1f]")
LINES_LOOKED_AT = 10
KEPT_ONCE = 20_000
"""So many of the first cells are in memory once each, however often they are said again."""
MADE_TEXT = re.compile(r"'(?='*[=+@\t\r-])")
"""The apostrophe that keeps Excel from reading a text as a formula. `listing` writes it."""
QUOTED_BY_FORMULA = re.compile(r'="([^"]*)"')
"""How some systems keep the zeros of a number: ="0701740605"."""


def sheet(data: bytes, *, most: int, known: Callable[[str], object]) -> tuple[Rows, str, str]:
    """The rows, the encoding and the separator."""
    text, encoding = _text(data)
    told = TOLD.match(text)
    separator = told[1] if told else _separator(text, known)
    rows = Rows(most)
    clean = _formula_free if "'" in text or '="' in text else str.strip
    del text  # a long list is in memory often enough
    lines = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
    if told:
        lines.read(told.end())
    reader = csv.reader(lines, delimiter=separator, strict=True)
    number, same = 0, {}
    try:
        for number, cells in enumerate(reader, start=1):
            if len(cells) > MOST_COLUMNS:
                raise too_wide(number)
            cells = tuple(map(clean, cells))
            if len(same) < KEPT_ONCE:
                for cell in cells:
                    same.setdefault(cell, cell)
            rows.add(number, tuple(map(same.get, cells, cells)))
    except csv.Error as wrong:
        raise FileProblem(
            "Rad %(row)s går inte att läsa: ett citattecken saknas eller står fel, eller en cell är"
            " för lång.", row=number + 1) from wrong
    return rows, encoding.removesuffix("-sig"), separator


def _text(data: bytes) -> tuple[str, str]:
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if NOT_TEXT.search(text):
            break
        return text, encoding
    raise FileProblem("Det här är ingen textfil. Spara listan som CSV och försök igen.")


def _encodings(data: bytes) -> tuple[str, ...]:
    """Guessing by frequency misreads Swedish Windows-1252, so: what is certain first."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    return ("utf-8-sig", "cp1252")


def _separator(text: str, known: Callable[[str], object]) -> str:
    """The one that splits a line near the top into the most names we know."""
    lines = [line for line in text[:100_000].splitlines() if line.strip()][:LINES_LOOKED_AT]

    def sense(separator: str) -> tuple[int, int]:
        names = (sum(bool(known(name)) for name in line.split(separator)[:MOST_COLUMNS])
                 for line in lines)
        return max(names, default=0), sum(line.count(separator) for line in lines)

    return max(SEPARATORS, key=sense)


def _formula_free(cell: str) -> str:
    if MADE_TEXT.match(cell):
        return cell[1:].strip()
    cell = cell.strip()
    quoted = QUOTED_BY_FORMULA.fullmatch(cell)
    return quoted[1].strip() if quoted else cell

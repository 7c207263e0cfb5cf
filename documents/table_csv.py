"""The rows of a text file, or of what was pasted: separated by semicolon, comma or tab."""
import csv
import io
import re
from collections.abc import Callable

from documents.table_limits import MOST_COLUMNS, FileProblem, Rows, too_wide

SEPARATORS = ";,\t"
TOLD = re.compile(r'"?sep=(.)"?(\r\n|\n|\r)', re.IGNORECASE)
"""The line with which Excel is told the separator, and which it does not show."""
NOT_TEXT = bytes({*range(9), *range(14, 32)})
LINES_LOOKED_AT = 10
MADE_TEXT = re.compile(r"'(?='*[=+@\t\r-])")
"""The apostrophe that keeps Excel from reading a text as a formula. `listing` writes it."""
QUOTED_BY_FORMULA = re.compile(r'="([^"]*)"')
"""How some systems keep the zeros of a number: ="0701740605"."""


def sheet(data: bytes, *, most: int, known: Callable[[str], object]) -> tuple[Rows, str, str]:
    """The rows, the encoding and the separator."""
    text, encoding = _text(data)
    told = TOLD.match(text)
    if told:
        text = text[told.end():]
    separator = told[1] if told else _separator(text, known)
    rows = Rows(most)
    clean = _formula_free if "'" in text or '="' in text else str.strip
    reader = csv.reader(_lines(text), delimiter=separator, strict=True)
    del text  # a long list is in memory often enough
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if len(cells) > MOST_COLUMNS:
                raise too_wide(number)
            rows.add(number, tuple(map(clean, cells)))
    except csv.Error as wrong:
        raise FileProblem(
            "Rad %(row)s går inte att läsa: ett citattecken saknas eller står fel, eller en cell är"
            " för lång.", row=number + 1) from wrong
    return rows, encoding, separator


def _lines(text: str) -> io.TextIOWrapper:
    """As io.StringIO would read it, in a fourth of the memory."""
    coded = io.BytesIO(text.encode(errors="surrogatepass"))
    return io.TextIOWrapper(coded, "utf-8", "surrogatepass", newline="")


def _text(data: bytes) -> tuple[str, str]:
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        plain = text.encode(errors="surrogatepass")
        if len(plain.translate(None, NOT_TEXT)) < len(plain):
            break
        return text, encoding.removesuffix("-sig")
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

"""The rows of an Excel workbook, as texts: what its cells say, not how they look."""
import itertools
import posixpath
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from string import ascii_uppercase

from documents.table_limits import LONGEST_CELL, MOST_COLUMNS, Rows, damaged, too_long, too_wide
from documents.table_parts import DEEPEST, Parts, Reader

DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
"""The numbers of those that Excel has by itself."""
NOT_A_PART_OF_A_DATE = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
LAST_DAY = 2_958_465
"""31 December 9999; what is more is a number, however it is formatted."""
COLUMNS = {first + second: place for place, (first, second) in enumerate(
    itertools.product(["", *ascii_uppercase], ascii_uppercase), start=1) if place <= MOST_COLUMNS}
BOOLEANS = {"1": "SANT", "0": "FALSKT"}


def sheets(parts: Parts, workbook: str, *, most: int) -> Iterator[Rows]:
    """The sheets that are not hidden, in their order."""
    book = _Book(f"{posixpath.dirname(workbook)}/")
    parts.parse(workbook, book)
    relations = posixpath.join(book.folder, "_rels", f"{posixpath.basename(workbook)}.rels")
    if relations in parts.names:
        parts.parse(relations, book)
    strings, styles = _Strings(), _Styles()
    for kind, reader in (("sharedStrings", strings), ("styles", styles)):
        if book.part_of.get(kind) in parts.names:
            parts.parse(book.part_of[kind], reader)
    for relation in book.shown:
        name = book.part_of.get(relation)
        if name in parts.names:
            rows = Rows(most)
            parts.parse(name, _Sheet(rows, strings.found, styles.dates, book.first_day))
            yield rows


def number(value: float) -> str:
    """198112189876, 1500,5: no exponent, and no more decimals than were meant."""
    if value.is_integer():
        return str(int(value))
    return f"{value:.6f}".rstrip("0").replace(".", ",")


class _Book(Reader):
    """The workbook and its relations: which part is which."""

    def __init__(self, folder: str):
        super().__init__()
        self.folder = folder
        self.first_day = date(1899, 12, 30)
        self.shown: list[str] = []
        self.part_of: dict[str, str] = {}

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name.endswith("workbookPr") and attributes.get("date1904") in ("1", "true"):
            self.first_day = date(1904, 1, 1)
        elif name.endswith("sheet") and attributes.get("state", "visible") == "visible":
            self.shown += [value for key, value in attributes.items() if key.endswith(":id")]
        elif name == "Relationship":
            part = posixpath.normpath(posixpath.join("/" + self.folder,
                                                     attributes.get("Target", "")))[1:]
            self.part_of[attributes.get("Id", "")] = part
            self.part_of[attributes.get("Type", "").rpartition("/")[2]] = part


class _Strings(Reader):
    """The texts that cells point at."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._phonetic = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._phonetic = True

    def finish(self, name: str) -> None:
        if name == "si":
            text = "".join(self._pieces).strip()
            if len(text) > LONGEST_CELL:
                raise damaged()
            self.found.append(text)
        elif name == "rPh":
            self._phonetic = False

    def text(self, text: str) -> None:
        if not self._phonetic:
            self._pieces.append(text)


class _Styles(Reader):
    """Which formats show a number as a date."""

    def __init__(self):
        super().__init__()
        self.dates: set[str] = set()
        self._count = 0
        self._own: dict[str, bool] = {}
        self._used = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        key = attributes.get("numFmtId", "0")
        if name == "numFmt":
            pattern = NOT_A_PART_OF_A_DATE.sub("", attributes.get("formatCode", ""))
            self._own[key] = bool(re.search("[dmyhs]", pattern.partition(";")[0].lower()))
        elif name == "cellXfs":
            self._used = True
        elif name == "xf" and self._used:
            if self._own.get(key, key.isdigit() and int(key) in DATE_FORMATS):
                self.dates.add(str(self._count))
            self._count += 1

    def finish(self, name: str) -> None:
        if name == "cellXfs":
            self._used = False


class _Sheet(Reader):
    """The cells, row by row."""

    def __init__(self, rows: Rows, strings: list[str], dates: set[str], first_day: date):
        super().__init__()
        self.rows, self.strings, self.dates, self.first_day = rows, strings, dates, first_day
        self.number, self.cells = 0, []
        self.place = 0
        self.kind, self.style = "n", None
        self.pieces: list[str] | None = None
        self.phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise damaged()
        if self.prefix:
            name = name.removeprefix(self.prefix)
        if name == "c":
            reference = attributes.get("r")
            self.place = _column(reference) if reference else self.place + 1
            self.kind, self.style = attributes.get("t", "n"), attributes.get("s")
            self.pieces = None
        elif name == "v" or (name == "t" and not self.phonetic):
            if self.pieces is None:
                self.pieces = []
        elif name == "row":
            self.number = max(int(attributes.get("r", 0)), self.number + 1)
            self.cells, self.place = [], 0
        elif name == "rPh":
            self.phonetic = True
        elif self.depth == 1:
            self.prefix = name[:name.find(":") + 1]

    def text(self, text: str) -> None:
        if self.pieces is not None:
            self.pieces.append(text)

    def end(self, name: str) -> None:
        self.depth -= 1
        if self.prefix:
            name = name.removeprefix(self.prefix)
        if name == "c":
            if self.pieces:
                self._put("".join(self.pieces))
            self.pieces = None
        elif name == "row":
            self.rows.add(self.number, tuple(self.cells))
        elif name == "rPh":
            self.phonetic = False

    def _put(self, text: str) -> None:
        missing = self.place - len(self.cells) - 1
        if len(text) > LONGEST_CELL:
            raise too_long(self.number)
        if self.place > MOST_COLUMNS:
            raise too_wide(self.number)
        if missing < 0:
            raise damaged()
        if missing:
            self.cells += [""] * missing
        self.cells.append(self._said(text))

    def _said(self, text: str) -> str:
        kind = self.kind
        if kind == "s":
            return self.strings[int(text)] if 0 <= int(text) < len(self.strings) else ""
        if kind == "n":
            if self.style not in self.dates:
                return number(float(text))
            return self._moment(float(text))
        if kind == "b":
            return BOOLEANS.get(text, text)
        if kind == "d":
            return text.removesuffix("T00:00:00").replace("T", " ")
        return text.strip()

    def _moment(self, days: float) -> str:
        if not 0 <= days <= LAST_DAY:
            return number(days)
        moment = (datetime.combine(self.first_day, time())
                  + timedelta(seconds=round(days * 86_400)))
        if days < 1:
            return f"{moment:%H:%M}"
        return f"{moment:%Y-%m-%d}" if days.is_integer() else f"{moment:%Y-%m-%d %H:%M}"


def _column(reference: str) -> int:
    """B7 is in column 2."""
    return COLUMNS.get(reference.rstrip("0123456789"), MOST_COLUMNS + 1)

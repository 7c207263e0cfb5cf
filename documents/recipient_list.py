"""A list of those that a ticket is sent to: names and mobiles, from a file or pasted.

A header is not needed: without one the first column is the name and the second the mobile, or the
other way around where that is how they look.
"""
import re
from collections.abc import Sequence
from enum import StrEnum

from documents.table import Table, read_table
from documents.table_limits import FileProblem
from domain.order_checking import Line
from domain.texts import plain


class Column(StrEnum):
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    MOBILE = "mobile"
    LANGUAGE = "language"


SYNONYMS = {
    Column.NAME: "namn fullstandigtnamn helanamnet mottagare besokare resenar gast name fullname"
                 " visitor recipient",
    Column.FIRST_NAME: "fornamn tilltalsnamn firstname givenname",
    Column.LAST_NAME: "efternamn lastname surname familyname",
    Column.MOBILE: "mobilnummer mobil mobilnr mobiltelefon telefon telefonnummer telefonnr tel"
                   " mobile mobilenumber mobilephone phone phonenumber cellphone",
    Column.LANGUAGE: "sprak language lang",
}
KNOWN = {name: column for column, names in SYNONYMS.items() for name in names.split()}
NUMBER = re.compile(r"[+(]?[\d\s()+/.\u00a0\u2010-\u2015-]{5,}")
TOGETHER = re.compile(r"(.*?\D)[\s:]\s*(\+?\d[\d\s()/-]{5,})")
"""Anna Ek 070-174 06 05"""


def read(data: bytes, *, max_rows: int, max_bytes: int) -> list[Line]:
    """Raises FileProblem when there is nothing to read."""
    table = read_table(data, known=meaning, max_rows=max_rows, max_bytes=max_bytes)
    if not any(map(meaning, table.header)):
        table = _without_header(table)
    places = _places(table)
    lines = [_line(number, cells, places) for number, cells in table.rows]
    if not lines:
        raise FileProblem("Listan är tom. Skriv en rad för varje mottagare, med namn och "
                          "mobilnummer.")
    return lines


def meaning(name: str) -> Column | None:
    return KNOWN.get(plain(re.sub(r"\(.*?\)", "", name[:100])))


def _without_header(table: Table) -> Table:
    """The first row is a recipient as good as any."""
    if not table.header:
        return table
    first = table.rows[0][0] - 1 if table.rows else 1
    return Table([], [(max(1, first), tuple(table.header)), *table.rows], table.kind)


def _places(table: Table) -> dict[Column, int]:
    """Where each thing stands. The second of two alike is not read."""
    found: dict[Column, int] = {}
    for place, name in enumerate(table.header):
        column = meaning(name)
        if column:
            found.setdefault(column, place)
    if found:
        if Column.MOBILE not in found:
            raise FileProblem("Ingen kolumn heter mobilnummer. Skriv rubriken över kolumnen, eller "
                              "ta bort rubrikerna och skriv namn och mobilnummer.")
        return found
    mobile = _most_like_numbers(table.rows)
    name = 0 if mobile else 1
    rest = next(place for place in range(3) if place not in (mobile, name))
    return {Column.NAME: name, Column.MOBILE: mobile, Column.LANGUAGE: rest}


def _most_like_numbers(rows: Sequence[tuple[int, tuple[str, ...]]]) -> int:
    """The column, of the first three, that most looks like mobiles; the second if none does."""
    counts = [sum(bool(NUMBER.fullmatch(_cell(cells, place))) for _number, cells in rows[:50])
              for place in range(3)]
    return counts.index(max(counts)) if max(counts) else 1


def _line(number: int, cells: tuple[str, ...], places: dict[Column, int]) -> Line:
    def cell(column: Column) -> str:
        return _cell(cells, places.get(column, -1))
    name = cell(Column.NAME) or " ".join(filter(None, (cell(Column.FIRST_NAME),
                                                       cell(Column.LAST_NAME))))
    mobile = cell(Column.MOBILE)
    if not mobile and (apart := TOGETHER.fullmatch(name)):
        name, mobile = apart.groups()
    return Line(number, name, mobile, cell(Column.LANGUAGE))


def _cell(cells: tuple[str, ...], place: int) -> str:
    return cells[place].strip() if 0 <= place < len(cells) else ""


def card_numbers(text: str) -> list[str]:
    """One on each line; a number may be written in groups."""
    return [number for number in (line.strip(" \t,;") for line in text.splitlines()) if number]



"""A list of travel cards: a number on each row, and beside it perhaps a name and who has it."""
from documents.table import read_table
from documents.traveller_file import plain

NAMES = {
    "number": "kortnummer kortnr nummer resekortsnummer cardnumber number",
    "name": "namn benamning kortnamn markning name",
    "holder": "innehavare anvandare resenar holder user",
}
KNOWN = {name: column for column, names in NAMES.items() for name in names.split()}

Row = tuple[int, str, str, str]
"""Its number in the list; then the card's, its name, and who has it."""


def read(data: bytes, *, max_rows: int, max_bytes: int) -> list[Row]:
    """Without a row of headings the columns stand in that order. Raises FileProblem."""
    table = read_table(data, known=_meaning, max_rows=max_rows, max_bytes=max_bytes)
    places = [_meaning(name) for name in table.header]
    if "number" in places:
        at = [places.index(column) if column in places else None for column in NAMES]
        return [_row(number, cells, at) for number, cells in table.rows]
    first = table.rows[0][0] - 1 if table.rows else 1
    rows = [(first, tuple(table.header)), *table.rows] if any(table.header) else []
    return [_row(number, cells, [0, 1, 2]) for number, cells in rows]


def _meaning(name: str) -> str | None:
    return KNOWN.get(plain(name))


def _row(number: int, cells: tuple[str, ...], at: list[int | None]) -> Row:
    card, name, holder = (cells[place] if place is not None and place < len(cells) else ""
                          for place in at)
    return number, card, name, holder

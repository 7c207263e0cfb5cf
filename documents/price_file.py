"""A price list as a file: taken home, changed, and read again whatever its columns are called."""
import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from documents import listing
from documents.listing import Kind
from documents.table import read_table
from documents.table_limits import FileProblem
from domain.price_lists import WARES, Line, Ware
from domain.products import AREA_NAMES, EXTENT_NAMES, NAMES
from domain.texts import plain

MOST_ROWS, MOST_BYTES = 1_000, 2_000_000


class Column(StrEnum):
    PRODUCT = "product"
    EXTENT = "extent"
    AREA = "area"
    PRICE = "price"
    VAT = "vat"
    PRICE_ORE = "priceore"
    """As in `data/prices.csv`, where money is whole öre."""
    VAT_POINTS = "vatbasispoints"


SYNONYMS = {
    Column.PRODUCT: "biljett biljettyp produkt ticket",
    Column.EXTENT: "giltighet giltighetsomrade zoner zon galler",
    Column.AREA: "omrade lan omradeintill county",
    Column.PRICE: "pris prisinklmoms priskr prisikronor priskronor belopp",
    Column.VAT: "moms momssats momsprocent momsiprocent",
    Column.PRICE_ORE: "priceoreinclvat prisore prisiore",
    Column.VAT_POINTS: "",
}
KNOWN = {name: column for column, names in SYNONYMS.items() for name in (column, *names.split())}
WRITTEN = [listing.Column("Biljett"), listing.Column("Giltighet", width=26),
           listing.Column("Område"), listing.Column("Pris (kr)", Kind.MONEY),
           listing.Column("Moms (%)", Kind.NUMBER)]
"""In Swedish for everyone: it is to be read again."""


def meaning(name: str) -> Column | None:
    return KNOWN.get(plain(re.sub(r"\(.*?\)", "", name[:100])))


def read(data: bytes) -> list[tuple[int, tuple[str, ...]]]:
    """Each row's number and its cells in the order of `price_rows.COLUMNS`. Raises FileProblem."""
    table = read_table(data, known=meaning, max_rows=MOST_ROWS, max_bytes=MOST_BYTES)
    place = {column: at for at, column in reversed(list(enumerate(map(meaning, table.header))))
             if column}
    if Column.PRODUCT not in place or not place.keys() & {Column.PRICE, Column.PRICE_ORE}:
        raise FileProblem("Första raden behöver säga vad kolumnerna heter: Biljett, Giltighet, "
                          "Område, Pris och Moms. Hämta listan som gäller och utgå från den.")
    if not table.rows:
        raise FileProblem("Filen har bara en rubrikrad. Skriv en rad för varje pris.")
    return [(number, _values(cells, place)) for number, cells in table.rows]


def _values(cells: Sequence[str], place: dict[Column, int]) -> tuple[str, ...]:
    def cell(column: Column) -> str:
        at = place.get(column, len(cells))
        return cells[at].strip() if at < len(cells) else ""

    return (cell(Column.PRODUCT), cell(Column.EXTENT), cell(Column.AREA),
            cell(Column.PRICE) or _hundredths(cell(Column.PRICE_ORE)),
            cell(Column.VAT) or _hundredths(cell(Column.VAT_POINTS)))


def _hundredths(text: str) -> str:
    """Öre as kronor, and basis points as per cent; what is no number stays as it is."""
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        return text
    return f"{int(text) // 100},{int(text) % 100:02}"


def cells(lines: Iterable[Line]) -> Iterator[tuple]:
    """The rows of the file, for `listing`; for an empty list every ticket, without its price."""
    priced = {line.ware: line for line in lines}
    for ware in priced or WARES:
        yield _cells(ware, priced.get(ware))


def _cells(ware: Ware, line: Line | None) -> tuple:
    product, extent, area = ware
    vat = line and line.vat_basis_points / 100
    return (NAMES[product], EXTENT_NAMES[extent], area and AREA_NAMES[area],
            line and line.price_ore, vat if vat is None or vat % 1 else int(vat))

"""A kept list of travellers: what its cells mean by what its columns are taken as, and its rows
that are wrong as a list to take home."""
from collections.abc import Callable, Iterable, Sequence

from documents import listing, traveller_file
from documents.table import Kind, Table
from documents.traveller_file import VALUES, Column
from domain.import_rows import COLUMNS, Read, Wrong
from domain.traveller_imports import TravellerImport

WHOLE_NAME = "whole_name"
WORDS: dict[Column, str] = {**dict(zip(VALUES, COLUMNS, strict=True)),
                            Column.WHOLE_NAME: WHOLE_NAME}
"""What the domain calls the columns of a file."""
COLUMN_OF = {word: column for column, word in WORDS.items()}


def columns(header: Sequence[str]) -> list[str | None]:
    """What each column of a file seems to mean, in the domain's words."""
    return [column and WORDS[column] for column in traveller_file.matching(header)]


def reader(kept: TravellerImport) -> Read:
    header, kind = list(kept.header), Kind(kept.kind)
    places = [word and COLUMN_OF[word] for word in kept.columns]

    def read(rows: list) -> Iterable[tuple[int, Sequence[str]]]:
        table = Table(header, [(number, tuple(cells)) for number, cells in rows], kind)
        return traveller_file.rows(table, places)
    return read


def wrong(rows: Iterable[Wrong], names: dict[str, str], said: Callable[[Wrong], str], *,
          row_name: str, reason_name: str) -> tuple[list[listing.Column], Iterable[list]]:
    """The columns and rows of a list that can be mended and uploaded again."""
    shown = [listing.Column(row_name, width=8), *(listing.Column(names[word]) for word in COLUMNS),
             listing.Column(reason_name, width=60)]
    return shown, ([str(row.number), *row.values, said(row)] for row in rows)

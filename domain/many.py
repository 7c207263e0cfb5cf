"""Many rows at once, by the shortest road that each database has."""
import gc
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from itertools import count, islice
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import Connection, Table, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

T = TypeVar("T")
ASKED_AT_ONCE = 1_000
"""Values in one question."""
CACHE_KB = 32_000
"""Of SQLite's pages, while many rows are written: its own 2 MB would be read again and again."""


def chunks(things: Iterable[T], size: int) -> Iterator[list[T]]:
    things = iter(things)
    while some := list(islice(things, size)):
        yield some


def new_ids() -> Iterator[str]:
    """Ids in a row from a random place, as hex: an index then grows at its end."""
    return (f"{number:032x}" for number in count(uuid4().int))


def insert_rows(session: Session, table: Table, columns: Sequence[str], rows: Iterable[tuple],
                **same: Any) -> None:
    """Each row has the values of `columns`; `same` are those that all of them share.

    The values of the rows are given as the driver takes them: text, bytes, whole numbers, None,
    and ids as hex. Defaults are not filled in.
    """
    connection = session.connection()
    dialect = connection.dialect
    constants = tuple(_bound(table, name, value, dialect) for name, value in same.items())
    quote = dialect.identifier_preparer.quote
    names = ", ".join(map(quote, (*columns, *same)))
    values = (row + constants for row in rows)
    if dialect.name == "postgresql":
        _write(connection, _copy, f"COPY {quote(table.name)} ({names}) FROM STDIN", values)
    else:
        marks = ", ".join("?" * (len(columns) + len(same)))
        _write(connection, sqlite3.Cursor.executemany,
               f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})", values)  # noqa: S608


def _write(connection: Connection, write: Callable[[Any, str, Iterable[tuple]], object],
           statement: str, rows: Iterable[tuple]) -> None:
    """It goes past SQLAlchemy, and fails as if it did not."""
    error = connection.dialect.loaded_dbapi.Error
    try:
        with closing(connection.connection.cursor()) as cursor:
            write(cursor, statement, rows)
    except error as wrong:
        raise DBAPIError.instance(statement, None, wrong, error, hide_parameters=True,
                                  dialect=connection.dialect) from wrong


def _copy(cursor: Any, statement: str, rows: Iterable[tuple]) -> None:
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _bound(table: Table, name: str, value: Any, dialect) -> Any:
    if isinstance(value, UUID):
        return value.hex
    process = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
    return process(value) if process else value


@contextmanager
def no_circles() -> Iterator[None]:
    """While very many small things are made that make none: to look for circles among them takes a
    third of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def room(session: Session) -> Iterator[None]:
    """While very many rows are written."""
    connection = session.connection()
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        connection.exec_driver_sql(f"PRAGMA cache_size = -{CACHE_KB}")
        driver = connection.connection.driver_connection
        event.listen(session, "after_commit", once=True,
                     fn=lambda _session: driver.execute("PRAGMA shrink_memory"))
    try:
        with no_circles():
            yield
    finally:
        if sqlite:
            connection.exec_driver_sql("PRAGMA cache_size = -2000")

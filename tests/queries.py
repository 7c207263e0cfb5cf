"""Counting what a page asks of the database."""
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event


@contextmanager
def queries(store) -> Iterator[list[str]]:
    """Every statement of the block, in order."""
    asked: list[str] = []

    def listen(_connection, _cursor, statement, *_):
        asked.append(statement)

    event.listen(store.engine, "before_cursor_execute", listen)
    try:
        yield asked
    finally:
        event.remove(store.engine, "before_cursor_execute", listen)

"""A database of its own for each test: migrated once, then copied, or emptied and used again.

SQLite unless TEST_DATABASE_URL names a PostgreSQL server, whose role may create databases.
"""
import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import URL, create_engine, make_url
from sqlalchemy.pool import NullPool

from domain.store import Base
from migrations import migrate

SERVER = os.environ.get("TEST_DATABASE_URL", "")
_spare: list[str] = []
Fill = Callable[[str], None]


@contextmanager
def database() -> Iterator[str]:
    """The address of an empty, migrated database. It may be that of one that an earlier test had:
    an engine that is kept for it need not compile its statements again."""
    with _reused() if SERVER else _reused_file() as url:
        yield url


@contextmanager
def filled_database(folder: Path, fill: Fill) -> Iterator[str]:
    """As `database`, with what `fill` puts into it: it is called once, with an address."""
    with _copy(_filled_template(fill)) if SERVER else _file(folder, _filled_file(fill)) as url:
        yield url


@contextmanager
def empty_database(folder: Path) -> Iterator[str]:
    """The address of a database without tables, for tests of the migrations."""
    if SERVER:
        with _copy("template1") as url:
            yield url
    else:
        yield f"sqlite:///{folder}/empty.db"


@contextmanager
def _file(folder: Path, template: Path) -> Iterator[str]:
    shutil.copy(template, folder / "portal.db")
    yield f"sqlite:///{folder}/portal.db"


@contextmanager
def _reused_file() -> Iterator[str]:
    folder = Path(_spare.pop()) if _spare else _kept_folder()
    for old in folder.glob("portal.db*"):
        old.unlink()  # a session that was left open still has its own
    with _file(folder, _sqlite_template()) as url:
        yield url
    _spare.append(str(folder))


@cache
def _sqlite_template() -> Path:
    folder = _kept_folder()
    _migrate(f"sqlite:///{folder}/portal.db")
    return folder / "portal.db"


@cache
def _filled_file(fill: Fill) -> Path:
    folder = _kept_folder()
    with _file(folder, _sqlite_template()) as url:
        fill(url)
    return folder / "portal.db"


def _kept_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="portal-template-"))
    atexit.register(shutil.rmtree, folder)
    return folder


@contextmanager
def _reused() -> Iterator[str]:
    """Emptying a PostgreSQL database takes a fiftieth of the time that copying one does."""
    url = _spare.pop() if _spare else _kept_copy(_postgresql_template())
    try:
        yield url
    finally:
        _empty(url)
        _spare.append(url)


def _empty(url: str) -> None:
    """Also when a session was left open in it."""
    emptier = _emptier(url)
    _run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> %s",
         make_url(url).database, emptier.info.backend_pid)
    emptier.execute("; ".join(f'DELETE FROM "{table}"' for table in Base.metadata.tables))


@cache
def _emptier(url: str) -> psycopg.Connection:
    emptier = _connected(make_url(url))
    emptier.execute("SET session_replication_role = replica")  # the log may shrink
    return emptier


@contextmanager
def _copy(template: str) -> Iterator[str]:
    url = _server().set(database=f"portal_{uuid4().hex}")
    _run(f'CREATE DATABASE "{url.database}" TEMPLATE "{template}"')
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        _run(f'DROP DATABASE "{url.database}" WITH (FORCE)')


@cache
def _postgresql_template() -> str:
    url = _kept_copy("template1")
    _migrate(url)
    return make_url(url).database or ""


@cache
def _filled_template(fill: Fill) -> str:
    url = _kept_copy(_postgresql_template())
    fill(url)
    return make_url(url).database or ""


def _kept_copy(template: str) -> str:
    _connection()  # closed after the template is dropped
    copies = ExitStack()
    atexit.register(copies.close)
    return copies.enter_context(_copy(template))


def _migrate(url: str) -> None:
    engine = create_engine(url, poolclass=NullPool)
    migrate(engine)
    engine.dispose()


def _server() -> URL:
    return make_url(SERVER)


def _run(statement: str, *values: object) -> None:
    _connection().execute(statement, values)


@cache
def _connection() -> psycopg.Connection:
    return _connected(_server())


def _connected(url: URL) -> psycopg.Connection:
    address = url.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = psycopg.connect(address, autocommit=True)
    atexit.register(connection.close)
    return connection

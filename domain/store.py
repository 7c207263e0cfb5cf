"""The database: how sessions are made, and the one place where they are committed."""
import enum
import fcntl
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    Column,
    DateTime,
    Engine,
    Enum,
    Executable,
    Index,
    MetaData,
    create_engine,
    event,
    insert,
    inspect,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    make_transient_to_detached,
    mapped_column,
    sessionmaker,
)
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

from domain.errors import Conflict
from domain.identity import Vault
from domain.rules import Rules
from domain.texts import sv

FIRST = sv("Någon annan hann före. Ladda om sidan.")

DEADLOCK = "40P01"
"""PostgreSQL's word for two who wait for each other."""

log = logging.getLogger(__name__)


class UtcDateTime(TypeDecorator):
    """An aware datetime, kept in UTC. A naive one is a mistake and is refused."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value, dialect):
        if value is not None and value.tzinfo is None:
            raise ValueError(f"naive datetime {value}")
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value, dialect):
        return value and value.replace(tzinfo=UTC)


def _values(kind: type[enum.Enum]) -> list[str]:
    return [member.value for member in kind]


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    })
    type_annotation_map = {
        datetime: UtcDateTime,
        enum.Enum: Enum(enum.Enum, native_enum=False, length=40, values_callable=_values),
    }


class Row(Base):
    """A table whose rows have an id of their own."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4, sort_order=-1)


def partial_index(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of only the rows that `where` holds for, on either database. It may be a column of
    yes and no: SQLite, which is asked for those as = 1, uses an index of no other words."""
    on_sqlite = f"{where} = 1" if where.isidentifier() else where
    return Index(name, *columns, unique=unique, sqlite_where=text(on_sqlite),
                 postgresql_where=text(where))


def insert_missing(session: Session, table: type[Base], **values: Any) -> bool:
    """Insert the row unless one with its key is there already; says whether it was inserted.

    Two who insert at once wait for each other, and one of them gets False.
    """
    session.flush()
    column = table.__mapper__.c
    done = session.execute(_inserting(table, session.get_bind().dialect.name),
                           {column[name].name: value for name, value in values.items()},
                           execution_options={"preserve_rowcount": True})
    return done.rowcount == 1


def write_new(session: Session, *tables: type[Base]) -> None:
    """Insert what is new in the session when all of it is of these tables, each of which may point
    at those before it: as a flush would, in half of its time. No relationship of a row is set.

    Not within a savepoint: of what one takes back, only a flush knows that it was new."""
    if session.in_nested_transaction():
        return
    new = session.new
    rows = [[row for row in new if type(row) is table] for table in tables]
    if sum(map(len, rows)) != len(new) or session.deleted:
        return
    connection = session.connection()
    for table, some in zip(tables, rows, strict=True):
        if some:
            connection.execute(_all_of(table), [_written(session, row) for row in some])


@cache
def _all_of(table: type[Base]) -> Executable:
    return insert(table.__table__)


def _written(session: Session, row: Base) -> dict[str, Any]:
    """The values of a row, which is from now on in the session as one that has been read."""
    for name, default in _defaults(type(row)).items():
        if name not in row.__dict__:
            set_committed_value(row, name, default() if callable(default) else default)
    values = {name: value for name, value in row.__dict__.items() if name != "_sa_instance_state"}
    session.expunge(row)
    make_transient_to_detached(row)
    session.add(row)
    return values


@cache
def _defaults(table: type[Base]) -> dict[str, Any]:
    mapper = inspect(table)
    return {attribute.key: 1 if attribute.columns[0] is mapper.version_id_col
            else _default(attribute.columns[0]) for attribute in mapper.column_attrs}


def _default(column: Column[Any]) -> Any:
    if column.default is None:
        return None
    return partial(column.default.arg, None) if column.default.is_callable else column.default.arg


@cache
def _inserting(table: type[Base], database: str) -> Executable:
    dialect = postgresql if database == "postgresql" else sqlite
    return dialect.insert(table.__table__).on_conflict_do_nothing()


class Store:
    def __init__(self, url: str, *, rules: Rules, vault: Vault,
                 before_commit: Callable[[Session], None],
                 after_commit: Callable[[Session], None]):
        self.engine = _engine(url)
        self.session = sessionmaker(self.engine, expire_on_commit=False,
                                    info={"rules": rules, "vault": vault})
        self._before_commit, self._after_commit = before_commit, after_commit
        self._turn = partial(_in_turn, file) if (file := _file(url)) else nullcontext

    @contextmanager
    def transaction(self, session: Session) -> Iterator[Session]:
        """All of the block, or nothing of it. What waits for the commit is done with it.

        What was read before the block is read anew inside it, under the write lock on SQLite.
        Raises `Conflict` when somebody else has changed the same row, or taken the same place, or
        would have been waited for without end.
        """
        session.rollback()
        with self._turn():
            session.connection(execution_options={"portal_writes": True})
            try:
                yield session
                self._before_commit(session)
                session.commit()
            except StaleDataError as stale:
                session.rollback()
                raise Conflict(FIRST) from stale
            except IntegrityError as taken:
                session.rollback()
                log.warning("a constraint was broken: %s", _rule(taken))
                raise Conflict(FIRST) from None
            except OperationalError as stuck:
                session.rollback()
                if getattr(stuck.orig, "sqlstate", "") != DEADLOCK:
                    raise
                log.warning("two waited for each other, and this one gave way")
                raise Conflict(FIRST) from stuck
            except BaseException:
                session.rollback()
                raise
        self._after_commit(session)


def _rule(broken: IntegrityError) -> str:
    """Which it was, without what was written: PostgreSQL tells both."""
    told = getattr(broken.orig, "diag", None)
    return f"{told.table_name} {told.constraint_name}" if told else str(broken.orig)


def _file(url: str) -> str | None:
    """Where an SQLite database lies."""
    parsed = make_url(url)
    return parsed.database if parsed.get_backend_name() == "sqlite" else None


@contextmanager
def _in_turn(file: str) -> Iterator[None]:
    """Whoever finds SQLite busy writing asks again, more and more seldom, and others come between.
    So all queue up for it here: each gets it when it is free, and none waits for seconds."""
    if getattr(_mine, "file", None) == file:  # nobody waits for themself
        yield
        return
    with open(f"{file}-turn", "ab") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        _mine.file = file
        try:
            yield
        finally:
            _mine.file = None


_mine = threading.local()
"""Whose turn it is, as far as this thread knows."""


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(url, connect_args={"timeout": 15}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def configure(connection, _record):
        connection.isolation_level = None  # the driver must not begin behind our back
        for pragma in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection):
        writes = connection.get_execution_options().get("portal_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine

"""The database: how sessions are made, and the one place where they are committed."""
import enum
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import DateTime, Engine, Enum, Index, MetaData, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import TypeDecorator

from domain.errors import Conflict
from domain.identity import Vault
from domain.rules import Rules
from domain.texts import sv

FIRST = sv("Någon annan hann före. Ladda om sidan.")

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
    """An index of only the rows that `where` holds for, on either database."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where),
                 postgresql_where=text(where))


def insert_missing(session: Session, table: type[Base], **values: Any) -> bool:
    """Insert the row unless one with its key is there already; says whether it was inserted.

    Two who insert at once wait for each other, and one of them gets False.
    """
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    insert = dialect.insert(table).values(**values).on_conflict_do_nothing()
    done = session.execute(insert, execution_options={"preserve_rowcount": True})
    return done.rowcount == 1


class Store:
    def __init__(self, url: str, *, rules: Rules, vault: Vault,
                 before_commit: Callable[[Session], None],
                 after_commit: Callable[[Session], None]):
        self.engine = _engine(url)
        self.session = sessionmaker(self.engine, expire_on_commit=False,
                                    info={"rules": rules, "vault": vault})
        self._before_commit, self._after_commit = before_commit, after_commit

    @contextmanager
    def transaction(self, session: Session) -> Iterator[Session]:
        """All of the block, or nothing of it. What waits for the commit is done with it.

        What was read before the block is read anew inside it, under the write lock on SQLite.
        Raises `Conflict` when somebody else has changed the same row, or taken the same place.
        """
        session.rollback()
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
            log.warning("a constraint was broken: %s", taken.orig)
            raise Conflict(FIRST) from taken
        except BaseException:
            session.rollback()
            raise
        self._after_commit(session)


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

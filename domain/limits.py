"""How often something may be tried. Counted in the database, so that it holds without the queue."""
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256

from sqlalchemy import Executable, bindparam, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.errors import TooMany
from domain.store import Base, insert_missing


class Tries(Base):
    __tablename__ = "tries"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    """A hash: the table tells nobody's address."""
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    """When it began; a minute, of what is counted by the minute."""
    count: Mapped[int]


def take(session: Session, what: str, who: str, *, number: int = 1, per_hour: int,
         now: datetime) -> None:
    """Count so many tries; raises `TooMany` when the hour's do not suffice."""
    key = sha256(f"{what}:{who}".encode()).digest()
    hour = now.replace(minute=0, second=0, microsecond=0)
    insert_missing(session, Tries, key=key, hour=hour, count=0)
    taken = session.execute(
        update(Tries)
        .where(Tries.key == key, Tries.hour == hour, Tries.count <= per_hour - number)
        .values(count=Tries.count + number)
    )
    if not taken.rowcount:
        raise TooMany("Det blev för många försök. Vänta en timme och försök igen.")


def take_of_minute(session: Session, what: str, who: str, *, most: int, now: datetime) -> int:
    """Count one of what a program may ask in a minute; how many are left. Raises `TooMany`."""
    used = session.scalar(_counting(session.get_bind().dialect.name), {
        "key": sha256(f"{what}:{who}".encode()).digest(), "most": most,
        "hour": now.replace(second=0, microsecond=0)})
    if used is None:
        raise TooMany("Det blev för mycket på en gång. Vänta en stund och försök igen.",
                      seconds=60 - now.second)
    return most - used


@cache
def _counting(database: str) -> Executable:
    """Insert the row, or add one to it while there are fewer than the most."""
    dialect, table = postgresql if database == "postgresql" else sqlite, Tries.__table__
    return dialect.insert(table).values(
        key=bindparam("key"), hour=bindparam("hour"), count=1).on_conflict_do_update(
            index_elements=list(table.primary_key), set_={"count": table.c.count + 1},
            where=table.c.count < bindparam("most")).returning(table.c.count)


def forget(session: Session, *, now: datetime) -> None:
    session.execute(delete(Tries).where(Tries.hour < now - timedelta(hours=2)))

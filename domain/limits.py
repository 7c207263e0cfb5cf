"""How often something may be tried. Counted in the database, so that it holds without the queue."""
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import delete, update
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
    key = sha256(f"{what}:{who}".encode()).digest()
    minute = now.replace(second=0, microsecond=0)
    insert_missing(session, Tries, key=key, hour=minute, count=0)
    used = session.execute(
        update(Tries).where(Tries.key == key, Tries.hour == minute, Tries.count < most)
        .values(count=Tries.count + 1).returning(Tries.count)
        .execution_options(synchronize_session=False)).scalar_one_or_none()
    if used is None:
        raise TooMany("Det blev för mycket på en gång. Vänta en stund och försök igen.",
                      seconds=60 - now.second)
    return most - used


def forget(session: Session, *, now: datetime) -> None:
    session.execute(delete(Tries).where(Tries.hour < now - timedelta(hours=2)))

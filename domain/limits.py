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
    count: Mapped[int]


def take(session: Session, what: str, who: str, *, per_hour: int, now: datetime) -> None:
    """Count one try; raises `TooMany` when the hour's are used up."""
    key = sha256(f"{what}:{who}".encode()).digest()
    hour = now.replace(minute=0, second=0, microsecond=0)
    insert_missing(session, Tries, key=key, hour=hour, count=0)
    taken = session.execute(
        update(Tries)
        .where(Tries.key == key, Tries.hour == hour, Tries.count < per_hour)
        .values(count=Tries.count + 1)
    )
    if not taken.rowcount:
        raise TooMany("Det blev för många försök. Vänta en timme och försök igen.")


def forget(session: Session, *, now: datetime) -> None:
    session.execute(delete(Tries).where(Tries.hour < now - timedelta(hours=2)))

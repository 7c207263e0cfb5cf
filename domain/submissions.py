"""A form that is sent twice does one thing: each form carries a key, and a key is taken once."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.store import Base, insert_missing


class Submission(Base):
    __tablename__ = "submissions"

    key: Mapped[UUID] = mapped_column(primary_key=True)
    taken_at: Mapped[datetime] = mapped_column(index=True)
    location: Mapped[str] = mapped_column(default="")
    """Where the first one led, for the second to be sent to the same place."""


def take(session: Session, key: UUID, *, now: datetime) -> bool:
    return insert_missing(session, Submission, key=key, taken_at=now, location="")


_LEADS = update(Submission.__table__).where(Submission.__table__.c.key == bindparam("of"))


def leads_to(session: Session, key: UUID, location: str) -> None:
    session.execute(_LEADS, {"of": key, "location": location})


def location(session: Session, key: UUID) -> str:
    return session.get_one(Submission, key).location


def forget(session: Session, *, before: datetime) -> None:
    session.execute(delete(Submission).where(Submission.taken_at < before))

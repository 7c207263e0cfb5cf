"""Tickets that no inspection accepts, however well they are signed: recalled, or lost.

Readers ask for what has come after the last entry that they have. So the entries are numbered as
they are committed, by one writer at a time: whoever sees an entry has seen all before it.
"""
from datetime import datetime
from enum import StrEnum

from sqlalchemy import event, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.store import Base, insert_missing


class Reason(StrEnum):
    RECALLED = "recalled"
    LOST = "lost"
    """Made anew with another number, for a traveller whose phone is lost."""
    CARD = "card"
    """A travel card itself, which has a purse."""


class Blocked(Base):
    __tablename__ = "block_list"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """1, 2, 3 … without gaps."""
    number: Mapped[str] = mapped_column(unique=True)
    """The ticket's, or the card's."""
    reason: Mapped[Reason]
    added_at: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)
    """After this the ticket is worth nothing anyway, and need not be listed."""


class BlockListEnd(Base):
    """Where the next entry goes. Whoever writes holds this row until the commit."""

    __tablename__ = "block_list_end"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


THE_ONE = 1


def add(session: Session, number: str, *, reason: Reason, until: datetime, now: datetime) -> None:
    """The ticket is blocked from the commit on. Harmless twice: the first reason stands."""
    _waiting(session).setdefault(number, {
        "number": number, "reason": reason, "added_at": now, "until": until})


def entries(session: Session, *, after: int = 0, most: int = 1_000) -> list[Blocked]:
    """What has come after the entry with that id, oldest first."""
    return list(session.scalars(
        select(Blocked).where(Blocked.id > after).order_by(Blocked.id).limit(most)))


def active(session: Session, *, now: datetime) -> dict[str, Reason]:
    """Why each ticket is blocked, by its number, of those that would else be worth something."""
    listed = select(Blocked.number, Blocked.reason).where(Blocked.until > now,
                                                          Blocked.reason != Reason.CARD)
    return dict(session.execute(listed.order_by(Blocked.id)).all())


def is_blocked(session: Session, number: str) -> bool:
    return number in _waiting(session) or session.scalar(
        select(Blocked.id).where(Blocked.number == number)) is not None


def _waiting(session: Session) -> dict[str, dict]:
    """What the transaction has added."""
    return session.info.setdefault("blocked", {})


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    """Number what the transaction has added, so late that nobody waits for the row for long. The
    end of a part of it, a savepoint, is not late."""
    if session.in_nested_transaction():
        return
    waiting = session.info.pop("blocked", {})
    if not waiting:
        return
    insert_missing(session, BlockListEnd, key=THE_ONE, last=0)
    last = session.scalar(select(BlockListEnd.last).where(BlockListEnd.key == THE_ONE)
                          .with_for_update())
    listed = set(session.scalars(select(Blocked.number).where(Blocked.number.in_(waiting))))
    rows = [{"id": id, **entry} for id, entry in enumerate(
        (entry for number, entry in waiting.items() if number not in listed), start=last + 1)]
    if rows:
        session.execute(insert(Blocked), rows)
        session.execute(update(BlockListEnd).values(last=rows[-1]["id"]))


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("blocked", None)

"""What must happen outside the database once a transaction has committed.

A row is written in the same transaction as the change that needs it, so neither can be lost
without the other. The queue is only a doorbell: a row whose bell went unheard is found by the
sweep. A task can run twice, so every task is written to be harmless the second time.
"""
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import JSON, and_, event, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.errors import NotFound
from domain.rules import rules
from domain.store import Row, partial_index

BACKOFF = [timedelta(seconds=s) for s in (10, 60, 300, 1800, 3600)]
TROUBLED = 2
"""After so many attempts a clerk is shown the message."""


class Task(StrEnum):
    SEND_SMS = "send_sms"
    SEND_EMAIL = "send_email"
    WRITE_REPORT = "write_report"
    CHECK_IMPORT = "check_import"
    CARRY_OUT_IMPORT = "carry_out_import"
    UNDO_IMPORT = "undo_import"


class OutboxMessage(Row):
    __tablename__ = "outbox"
    __table_args__ = (
        partial_index("ix_outbox_due", "next_try_at", where="next_try_at IS NOT NULL"),)

    task: Mapped[Task]
    args: Mapped[dict] = mapped_column(JSON)
    put_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime | None]
    """Also the lease of the worker that has it; None once it is done or given up."""
    done_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    """None while a worker has it, so that only what lies still can be asked for again."""


def put(session: Session, task: Task, *, now: datetime, **args: str) -> OutboxMessage:
    message = OutboxMessage(id=uuid4(), task=task, args=args, put_at=now, next_try_at=now)
    session.add(message)
    session.info.setdefault("outbox", []).append(message.id)
    return message


def put_each(session: Session, task: Task, args: list[dict[str, str]], *, now: datetime) -> None:
    """A message for each of the arguments, however many."""
    rows = [{"id": uuid4(), "task": task, "args": each, "put_at": now, "next_try_at": now}
            for each in args]
    session.execute(insert(OutboxMessage), rows)
    session.info.setdefault("outbox", []).extend(row["id"] for row in rows)


def committed(session: Session) -> list[UUID]:
    """The messages put since the last call, now that they are in the database."""
    return session.info.pop("outbox", [])


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop("outbox", None)


def due(session: Session, *, now: datetime, most: int) -> list[UUID]:
    return list(session.scalars(
        select(OutboxMessage.id)
        .where(OutboxMessage.next_try_at <= now)
        .order_by(OutboxMessage.next_try_at)
        .limit(most)
    ))


def claim(session: Session, message_id: UUID, *, now: datetime) -> OutboxMessage | None:
    """Take the message for a while; None when it is done, or another worker has it."""
    lease = timedelta(seconds=rules(session).lease_seconds)
    taken = session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.next_try_at <= now)
        .values(next_try_at=now + lease, attempts=OutboxMessage.attempts + 1, last_error=None)
        .execution_options(synchronize_session=False)
    )
    if not taken.rowcount:
        return None
    return session.get_one(OutboxMessage, message_id, populate_existing=True)


def done(message: OutboxMessage, *, now: datetime) -> None:
    message.done_at, message.next_try_at, message.last_error = now, None, None


def failed(message: OutboxMessage, error: str, *, now: datetime) -> None:
    """It did not work this time; it is tried again after a while."""
    message.last_error = error
    message.next_try_at = now + BACKOFF[min(message.attempts, len(BACKOFF)) - 1]


def give_up(message: OutboxMessage, error: str, *, now: datetime) -> None:
    """It never will work as it is; a person must mend it and try again."""
    message.last_error, message.given_up_at, message.next_try_at = error, now, None


_IN_TROUBLE = and_(
    OutboxMessage.done_at.is_(None), OutboxMessage.last_error.is_not(None),
    OutboxMessage.given_up_at.is_not(None) | (OutboxMessage.attempts >= TROUBLED))


def troubled(session: Session, *, most: int = 200) -> list[OutboxMessage]:
    """What was given up or has failed more than once, newest first."""
    return list(session.scalars(
        select(OutboxMessage).where(_IN_TROUBLE).order_by(OutboxMessage.put_at.desc()).limit(most)
    ))


def troubled_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(OutboxMessage).where(_IN_TROUBLE))


def find(session: Session, message_id: UUID) -> OutboxMessage:
    message = session.get(OutboxMessage, message_id)
    if message is None:
        raise NotFound("Meddelandet finns inte.")
    return message


def try_again(session: Session, message: OutboxMessage, *, now: datetime) -> None:
    """A person asks for it now. Harmless when it is done, or being done, already."""
    asked = session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message.id, OutboxMessage.last_error.is_not(None))
        .values(given_up_at=None, attempts=0, next_try_at=now))
    if asked.rowcount:
        session.info.setdefault("outbox", []).append(message.id)

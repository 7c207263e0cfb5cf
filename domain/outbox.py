"""What must happen outside the database once a transaction has committed.

A row is written in the same transaction as the change that needs it, so neither can be lost
without the other. The queue is only a doorbell: a row whose bell went unheard is found by the
sweep. A task can run twice, so every task is written to be harmless the second time.
"""
from collections.abc import Collection
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
    SEND_ORDER = "send_order"
    SEND_WEBHOOK = "send_webhook"
    SEND_REFUND = "send_refund"
    WRITE_LIST = "write_list"
    DELIVER_INVOICE = "deliver_invoice"
    WRITE_PRINT = "write_print"
    CLOSE_MONTHS = "close_months"
    WRITE_INVOICE = "write_invoice"


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


def put(session: Session, task: Task, *, due_at: datetime | None = None, now: datetime,
        **args: str) -> OutboxMessage:
    """`due_at` when it is to wait until then."""
    message = OutboxMessage(id=uuid4(), task=task, args=args, put_at=now,
                            next_try_at=due_at or now)
    session.add(message)
    if not due_at:
        session.info.setdefault("outbox", []).append(message.id)
    return message


def put_each(session: Session, task: Task, args: list[dict[str, str]], *,
             due_at: datetime | None = None, now: datetime) -> None:
    """A message for each of the arguments, however many."""
    rows = [{"id": uuid4(), "task": task, "args": each, "put_at": now,
             "next_try_at": due_at or now} for each in args]
    session.execute(insert(OutboxMessage), rows)
    if not due_at:
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


def claim_each(session: Session, message_ids: Collection[UUID], *,
               now: datetime) -> list[OutboxMessage]:
    """The same of many: those of them that nobody else has."""
    lease = timedelta(seconds=rules(session).lease_seconds)
    free = list(session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.id.in_(message_ids), OutboxMessage.next_try_at <= now)
        .order_by(OutboxMessage.id).with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)))
    for message in free:
        message.next_try_at, message.attempts = now + lease, message.attempts + 1
        message.last_error = None
    session.flush()
    return free


def done_each(session: Session, message_ids: Collection[UUID], *, now: datetime) -> None:
    session.execute(update(OutboxMessage).where(OutboxMessage.id.in_(message_ids))
                    .values(done_at=now, next_try_at=None, last_error=None)
                    .execution_options(synchronize_session=False))


def let_go(session: Session, message_ids: Collection[UUID], *, now: datetime) -> None:
    """They were claimed and not begun: whoever comes next may have them."""
    session.execute(update(OutboxMessage)
                    .where(OutboxMessage.id.in_(message_ids), OutboxMessage.done_at.is_(None))
                    .values(next_try_at=now, attempts=OutboxMessage.attempts - 1)
                    .execution_options(synchronize_session=False))
    session.info.setdefault("outbox", []).extend(message_ids)


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

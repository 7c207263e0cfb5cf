"""The month's run: the closing of a month for each company, what came of it, and why not."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from domain import audit, outbox
from domain.access import Actor
from domain.companies import Company
from domain.errors import Conflict, NotFound
from domain.months import Month
from domain.store import Row, insert_missing, partial_index


class State(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class MonthRun(Row):
    __tablename__ = "month_runs"

    month_on: Mapped[date] = mapped_column(unique=True)
    begun_at: Mapped[datetime]

    @property
    def month(self) -> Month:
        return Month.on(self.month_on)


class MonthClosing(Row):
    """Of one company."""

    __tablename__ = "month_closings"
    __table_args__ = (
        UniqueConstraint("run_id", "company_id"),
        partial_index("ix_month_closings_open", "company_id", where="state <> 'done'"))

    run_id: Mapped[UUID] = mapped_column(ForeignKey("month_runs.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    month_on: Mapped[date]
    state: Mapped[State] = mapped_column(default=State.WAITING)
    why: Mapped[str] = mapped_column(default="", server_default="")
    """What went wrong the last time that it was tried."""
    tried_at: Mapped[datetime | None]
    """When it was closed, or last tried."""

    company: Mapped[Company] = relationship()

    @property
    def month(self) -> Month:
        return Month.on(self.month_on)


@dataclass(frozen=True)
class Progress:
    total: int
    done: int
    failed: int
    last_at: datetime | None
    """When the last of them was closed, or tried."""

    @property
    def waiting(self) -> int:
        return self.total - self.done - self.failed


def listed(session: Session, *, most: int = 24) -> list[MonthRun]:
    """The last month first."""
    return list(session.scalars(select(MonthRun).order_by(MonthRun.month_on.desc()).limit(most)))


def find(session: Session, month: Month) -> MonthRun:
    run = session.scalar(select(MonthRun).where(MonthRun.month_on == month.first_day))
    if run is None:
        raise NotFound("Månaden har inte körts.")
    return run


def find_closing(session: Session, closing_id: UUID) -> MonthClosing:
    closing = session.get(MonthClosing, closing_id)
    if closing is None:
        raise NotFound("Stängningen finns inte.")
    return closing


def progress(session: Session, runs: Sequence[MonthRun]) -> dict[UUID, Progress]:
    """Of each run, by its id."""
    state = MonthClosing.state
    rows = session.execute(
        select(MonthClosing.run_id, func.count(), func.count().filter(state == State.DONE),
               func.count().filter(state == State.FAILED), func.max(MonthClosing.tried_at))
        .where(MonthClosing.run_id.in_([run.id for run in runs])).group_by(MonthClosing.run_id))
    return {run_id: Progress(*counts) for run_id, *counts in rows}


def failures(session: Session, run: MonthRun) -> list[MonthClosing]:
    """Each with its company."""
    return list(session.scalars(
        select(MonthClosing).join(MonthClosing.company).options(joinedload(MonthClosing.company))
        .where(MonthClosing.run_id == run.id, MonthClosing.state == State.FAILED)
        .order_by(Company.name, Company.id)))


def hand_out(session: Session, missing: Sequence[tuple[UUID, Month]], *, now: datetime) -> None:
    """Each company that lacks a month, to whichever worker is free. Harmless twice: only what is
    not handed out already is."""
    runs = {month: _run(session, month, now=now) for month in sorted({each[1] for each in missing})}
    new = {company_id: None for company_id, month in missing if insert_missing(
        session, MonthClosing, **_waiting(runs[month], company_id))}
    if new:
        outbox.put_each(session, outbox.Task.CLOSE_MONTHS,
                        [{"company_id": str(company_id)} for company_id in new], now=now)


def again(session: Session, closing: MonthClosing, *, by: Actor, now: datetime) -> None:
    """A clerk has mended what was wrong."""
    if closing.state == State.DONE:
        raise Conflict("Månaden är redan stängd för företaget.")
    closing.state = State.WAITING
    outbox.put(session, outbox.Task.CLOSE_MONTHS, company_id=str(closing.company_id), now=now)
    audit.record(session, audit.Act.MONTH_RUN_AGAIN, closing.id, company_id=closing.company_id,
                 by=by, now=now, month=str(closing.month))


def next_of(session: Session, company_id: UUID) -> MonthClosing | None:
    """The earliest month that the company lacks, held until the commit."""
    return session.scalar(
        select(MonthClosing)
        .where(MonthClosing.company_id == company_id, MonthClosing.state != State.DONE)
        .order_by(MonthClosing.month_on).limit(1).with_for_update()
        .execution_options(populate_existing=True))


def done(closing: MonthClosing, *, now: datetime) -> None:
    closing.state, closing.why, closing.tried_at = State.DONE, "", now


def failed(session: Session, company_id: UUID, why: str, *, now: datetime) -> None:
    """It is tried again, by itself or when a clerk says so."""
    closing = next_of(session, company_id)
    if closing:
        closing.state, closing.why, closing.tried_at = State.FAILED, why, now


def _run(session: Session, month: Month, *, now: datetime) -> MonthRun:
    insert_missing(session, MonthRun, id=uuid4(), month_on=month.first_day, begun_at=now)
    return find(session, month)


def _waiting(run: MonthRun, company_id: UUID) -> dict:
    return {"id": uuid4(), "run_id": run.id, "company_id": company_id, "month_on": run.month_on,
            "state": State.WAITING, "why": ""}

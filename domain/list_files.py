"""Files of long lists: ordered by an administrator, written by a worker while nobody waits for the
page, and kept for a while."""
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    JSON,
    ForeignKey,
    Select,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import messages, outbox
from domain.access import Scope
from domain.errors import Conflict, NotFound
from domain.months import Month, today
from domain.outbox import Task
from domain.rules import rules
from domain.statistic_groups import Wish
from domain.store import Base, Row


class State(StrEnum):
    WAITING = "waiting"
    WRITING = "writing"
    READY = "ready"


class What(StrEnum):
    """The lists that there are, each with its own columns: see `documents/lists.py`."""

    PURCHASES = "purchases"
    BY_MONTH = "by_month"
    BY_DEPARTMENT = "by_department"
    BY_PRODUCT = "by_product"
    BY_PERSON = "by_person"
    BY_PURPOSE = "by_purpose"
    BY_SERVICE = "by_service"
    RUNNING = "running"
    UNUSED_LIMITS = "unused_limits"


class Format(StrEnum):
    XLSX = "xlsx"
    CSV = "csv"


NAMING = frozenset({What.PURCHASES, What.BY_PERSON, What.RUNNING, What.UNUSED_LIMITS})
"""Lists in which people are named: they are fetched by whoever logs in, and never e-mailed."""
OF_NOW = frozenset({What.RUNNING, What.UNUSED_LIMITS})
SILENCE = timedelta(minutes=2)
"""So long nothing is heard of a worker that has died."""


class ListFile(Row):
    __tablename__ = "list_files"

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), index=True)
    within: Mapped[list | None] = mapped_column(JSON)
    """The departments of whoever ordered it; None for the whole company."""
    name: Mapped[str]
    ordered_by: Mapped[str]
    what: Mapped[What]
    asked: Mapped[dict] = mapped_column(JSON)
    """What it is narrowed by, as `Wish.kept`."""
    format: Mapped[Format]
    language: Mapped[str] = mapped_column(default="sv")
    mail_to: Mapped[str | None]
    """Who is written to when it is ready, if anybody is."""
    state: Mapped[State] = mapped_column(default=State.WAITING)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    """So many of its rows are written."""
    size: Mapped[int] = mapped_column(default=0)
    """In bytes."""
    ordered_at: Mapped[datetime] = mapped_column(index=True)
    alive_at: Mapped[datetime | None]
    """When the worker that writes it last said so."""
    ready_at: Mapped[datetime | None]

    @property
    def scope(self) -> Scope:
        return Scope(self.company_id,
                     None if self.within is None else frozenset(map(UUID, self.within)))

    @property
    def wish(self) -> Wish:
        return Wish.of(self.asked)

    @property
    def period(self) -> tuple[Month, Month] | None:
        """None of a list that tells how it is when it is ordered."""
        return None if self.what in OF_NOW else (self.wish.first, self.wish.last)

    @property
    def file_name(self) -> str:
        when = "–".join(map(str, self.period or [today(self.ordered_at)]))
        return f"{self.name} {when}.{self.format}"

    @property
    def busy(self) -> bool:
        return self.state != State.READY


class ListFilePiece(Base):
    """A file may be longer than anybody wants in memory."""

    __tablename__ = "list_file_pieces"

    file_id: Mapped[UUID] = mapped_column(ForeignKey("list_files.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes]


def order(session: Session, what: What, wish: Wish, form: Format, *, name: str, by: str,
          within: Scope, language: str = "sv", mail_to: str | None = None,
          now: datetime) -> ListFile:
    """For a worker to write. `by` is the name of whoever orders it."""
    busy = session.scalar(select(func.count()).select_from(ListFile).where(
        ListFile.company_id == within.company_id, ListFile.state != State.READY))
    if busy >= rules(session).list_files_busy_max:
        raise Conflict("Flera filer skapas redan. Vänta tills någon av dem är klar.")
    departments = within.departments
    kept = ListFile(
        company_id=within.company_id, name=name, ordered_by=by, what=what, asked=wish.kept,
        within=None if departments is None else sorted(map(str, departments)), format=form,
        language=language, mail_to=mail_to, ordered_at=now)
    session.add(kept)
    session.flush()
    outbox.put(session, Task.WRITE_LIST, file_id=str(kept.id), now=now)
    return kept


def find(session: Session, file_id: UUID, *, within: Scope) -> ListFile:
    """Whoever sees less than the one who ordered it does not find it."""
    kept = session.get(ListFile, file_id)
    if kept is None or not _sees(within, kept):
        raise NotFound("Filen finns inte längre.")
    return kept


def find_ready(session: Session, file_id: UUID, *, within: Scope) -> ListFile:
    kept = find(session, file_id, within=within)
    if kept.busy:
        raise NotFound("Filen är inte färdig än. Försök igen om en stund.")
    return kept


def latest(session: Session, *, within: Scope, most: int = 50) -> list[ListFile]:
    """The last one first."""
    found = session.scalars(
        select(ListFile).where(ListFile.company_id == within.company_id)
        .order_by(ListFile.ordered_at.desc(), ListFile.id).limit(10 * most))
    return [kept for kept in found if _sees(within, kept)][:most]


def _sees(within: Scope, kept: ListFile) -> bool:
    theirs = kept.scope.departments
    return within.company_id == kept.company_id and (
        within.is_whole or (theirs is not None and theirs <= within.departments))


def begin(session: Session, kept: ListFile, *, now: datetime) -> None:
    """Also by a worker that follows one that died. One that has lost its lease is at work still: it
    is let be, and looked for again later."""
    begun = session.execute(
        update(ListFile)
        .where(ListFile.id == kept.id, ListFile.state != State.READY,
               or_(ListFile.alive_at.is_(None), ListFile.alive_at < now - SILENCE))
        .values(state=State.WRITING, done=0, alive_at=now)
        .execution_options(synchronize_session=False))
    if not begun.rowcount:
        raise Conflict("Filen skapas redan.")


def progressed(session: Session, kept: ListFile, done: int, total: int, *,
               now: datetime) -> None:
    session.execute(update(ListFile).where(ListFile.id == kept.id)
                    .values(done=done, total=total, alive_at=now)
                    .execution_options(synchronize_session=False))


def add_piece(session: Session, kept: ListFile, number: int, content: bytes) -> None:
    session.execute(insert(ListFilePiece.__table__).values(
        file_id=kept.id, number=number, content=content))


def finish(session: Session, kept: ListFile, *, rows: int, size: int, now: datetime) -> None:
    """Whoever asked to be written to is."""
    kept.state, kept.ready_at, kept.size = State.READY, now, size
    kept.total = kept.done = rows
    if kept.mail_to:
        first, last = kept.period or ("", "")
        messages.put_email(session, "saved_report", to=kept.mail_to, language=kept.language,
                           company_id=kept.company_id, about_id=kept.id, now=now, name=kept.name,
                           first=str(first), last=str(last))


def pieces(session: Session, kept: ListFile) -> Iterator[bytes]:
    """One at a time."""
    numbers = session.scalars(select(ListFilePiece.number).where(
        ListFilePiece.file_id == kept.id).order_by(ListFilePiece.number)).all()
    for number in numbers:
        yield session.scalars(select(ListFilePiece.content).where(
            ListFilePiece.file_id == kept.id, ListFilePiece.number == number)).one()


def kept_until(session: Session, kept: ListFile) -> datetime:
    return kept.ordered_at + timedelta(days=rules(session).list_file_days)


def forget_named(session: Session, company_id: UUID) -> None:
    """Somebody has become protected: no other name than the alias is kept of them."""
    _forget(session, select(ListFile.id).where(ListFile.company_id == company_id,
                                               ListFile.what.in_(NAMING)))


def forget(session: Session, *, now: datetime) -> None:
    _forget(session, select(ListFile.id).where(
        ListFile.ordered_at < now - timedelta(days=rules(session).list_file_days)))


def _forget(session: Session, old: Select[tuple[UUID]]) -> None:
    session.execute(delete(ListFilePiece).where(ListFilePiece.file_id.in_(old))
                    .execution_options(synchronize_session=False))
    session.execute(delete(ListFile).where(ListFile.id.in_(old))
                    .execution_options(synchronize_session=False))

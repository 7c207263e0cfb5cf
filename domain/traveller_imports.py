"""Importing travellers: what is kept of a list from its upload until it can be undone no longer.

Nothing is saved of the people in it before an administrator has seen what the list would do.
"""
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, delete, false, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import business_travel, import_pieces, outbox
from domain.access import Actor, Principal, Scope
from domain.departments import Department
from domain.errors import Conflict, Invalid, NotFound
from domain.import_pieces import FOUND, SEAL, ImportPiece, What
from domain.import_rows import COLUMNS
from domain.many import chunks
from domain.outbox import Task
from domain.rules import rules
from domain.store import Row
from domain.texts import sv

CHANGED_MEANWHILE = sv("Något har ändrats sedan du granskade listan. Inget är sparat. Granska den "
                       "igen.")
ON_ITS_WAY = sv("Importen är redan på väg. Ladda om sidan.")


class State(StrEnum):
    UPLOADED = "uploaded"
    CHECKING = "checking"
    CHECKED = "checked"
    CARRYING_OUT = "carrying_out"
    DONE = "done"
    UNDOING = "undoing"
    UNDONE = "undone"


BUSY = {State.CHECKING, State.CARRYING_OUT, State.UNDOING}


class TravellerImport(Row):
    __tablename__ = "traveller_imports"

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), index=True)
    department_id: Mapped[UUID] = mapped_column(ForeignKey("departments.id"))
    """Where those go whose row names no department."""
    within: Mapped[list | None] = mapped_column(JSON)
    """The departments of whoever uploaded it; None for the whole company."""
    state: Mapped[State] = mapped_column(server_default=State.DONE)
    file_name: Mapped[str] = mapped_column(server_default="")
    kind: Mapped[str] = mapped_column(server_default="csv")
    """Of file: it decides how a number is read."""
    header: Mapped[list] = mapped_column(JSON, server_default="[]")
    columns: Mapped[list] = mapped_column(JSON, server_default="[]")
    """What each column of the file is taken as; None for one that is not read."""
    mended_sealed: Mapped[bytes | None]
    """The values of the rows that were mended here, by number."""
    by: Mapped[dict | None] = mapped_column(JSON)
    """Who ordered what is being done."""
    leavers: Mapped[bool] = mapped_column(server_default=false())
    """Whether those who are missing from the file are ended."""
    from_on: Mapped[date | None]
    """What those who are connected by it share: this, and the next two."""
    to_on: Mapped[date | None]
    policy_group_id: Mapped[UUID | None] = mapped_column(ForeignKey("policy_groups.id"))
    """Only while it is carried out, so that it keeps no group from being removed."""
    rooms: Mapped[list | None] = mapped_column(JSON)
    """The departments that its rows lead to."""
    total: Mapped[int] = mapped_column(server_default="0")
    done: Mapped[int] = mapped_column(server_default="0")
    """So many of its rows are checked."""
    round: Mapped[int] = mapped_column(server_default="0")
    """A worker that has lost its lease to another sees that it was overtaken."""
    problem: Mapped[str | None]
    result: Mapped[dict | None] = mapped_column(JSON)
    uploaded_at: Mapped[datetime]
    carried_out_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]

    @property
    def busy(self) -> bool:
        return self.state in BUSY

    @property
    def actor(self) -> Actor:
        """Who ordered it, as far as the log and a text message need to know them."""
        by = self.by or {}
        stands_in = by.get("for")
        return Actor(
            by["person"] and UUID(by["person"]), by["name"], b"", frozenset(),
            administers=self.company_id, company_name=by["company"],
            on_behalf_of=Principal(UUID(stands_in[0]), stands_in[1], b"") if stands_in else None)

    @property
    def scope(self) -> Scope:
        return Scope(self.company_id,
                     None if self.within is None else frozenset(map(UUID, self.within)))


def upload(session: Session, department: Department, header: Sequence[str],
           columns: Sequence[str | None], rows: Sequence[tuple[int, Sequence[str]]], *, kind: str,
           file_name: str = "", by: Actor, now: datetime) -> TravellerImport:
    """Keep what stood in a file, sealed. Each row is its number and its cells; `columns` is what
    the columns of the header seem to mean, by the words of `import_rows.COLUMNS`."""
    departments = by.scope.departments
    kept = TravellerImport(
        company_id=department.company_id, department_id=department.id, state=State.UPLOADED,
        within=departments and sorted(each.hex for each in departments), header=list(header),
        columns=list(columns), kind=kind, file_name=file_name[:100], total=len(rows), done=0,
        leavers=False, round=0, by=_kept(by), uploaded_at=now)
    session.add(kept)
    session.flush()
    for number, some in enumerate(chunks(rows, import_pieces.ROWS)):
        import_pieces.put(session, kept.id, What.CELLS, number, some)
    return kept


def find(session: Session, import_id: UUID, *, within: Scope) -> TravellerImport:
    """Whoever sees less than the one who uploaded it does not find it."""
    kept = session.get(TravellerImport, import_id)
    if kept is None or not _sees(within, kept):
        raise NotFound("Importen finns inte. Ladda upp filen igen.")
    return kept


def latest(session: Session, *, within: Scope, most: int = 10) -> list[TravellerImport]:
    """The company's imports, the last one first."""
    found = session.scalars(
        select(TravellerImport).where(TravellerImport.company_id == within.company_id)
        .order_by(TravellerImport.uploaded_at.desc(), TravellerImport.id).limit(10 * most))
    return [kept for kept in found if _sees(within, kept)][:most]


def _sees(within: Scope, kept: TravellerImport) -> bool:
    if within.company_id != kept.company_id:
        return False
    theirs = kept.scope.departments
    return within.is_whole or (theirs is not None and theirs <= within.departments)


def is_big(session: Session, kept: TravellerImport) -> bool:
    """Too big to be done while somebody waits for the page."""
    return kept.total > rules(session).import_sync_rows_max


def take_columns_as(session: Session, kept: TravellerImport, columns: Sequence[str | None], *,
                    by: Actor, now: datetime) -> None:
    """What was mended is forgotten: it was mended as something else."""
    named = [column for column in columns if column]
    if len(set(named)) < len(named):
        raise Invalid("Två kolumner kan inte vara samma sak.")
    if "personnummer" not in named:
        raise Invalid("Säg vilken kolumn som är personnummer.")
    if len(columns) != len(kept.header):
        raise Invalid("Kolumnerna är inte de som står i filen. Ladda om sidan.")
    kept.columns, kept.mended_sealed = list(columns), None
    order_check(session, kept, by=by, now=now)


def mend(session: Session, kept: TravellerImport, values: dict[int, Sequence[str]], *, by: Actor,
         now: datetime) -> None:
    """New values of rows, by their number and in the order of COLUMNS."""
    if any(len(each) != len(COLUMNS) for each in values.values()):
        raise Invalid("Raden går inte att läsa.")
    all_mended = mended(session, kept) | {number: list(each) for number, each in values.items()}
    kept.mended_sealed = session.info["vault"].seal(json.dumps(all_mended), SEAL)
    order_check(session, kept, by=by, now=now)


def mended(session: Session, kept: TravellerImport) -> dict[int, list[str]]:
    if kept.mended_sealed is None:
        return {}
    found = json.loads(session.info["vault"].open(kept.mended_sealed, SEAL))
    return {int(number): values for number, values in found.items()}


def order_check(session: Session, kept: TravellerImport, *, by: Actor, now: datetime,
                problem: str | None = None) -> None:
    """It is for the worker when it is big, else for the caller, in the same transaction."""
    _move(session, kept, State.CHECKING, {State.UPLOADED, State.CHECKED, State.CARRYING_OUT})
    kept.by, kept.done, kept.problem, kept.round = _kept(by), 0, problem, kept.round + 1
    kept.policy_group_id = None
    import_pieces.drop(session, kept.id, *FOUND)
    _put(session, kept, Task.CHECK_IMPORT, now=now)


def connect_with(kept: TravellerImport, from_on: date | None, to_on: date | None,
                 policy_group_id: UUID | None, *, now: datetime) -> None:
    """What those whom the list connects to Tjänsteresor share."""
    business_travel.check_days(from_on, to_on, now=now)
    kept.from_on, kept.to_on, kept.policy_group_id = from_on, to_on, policy_group_id


def order(session: Session, kept: TravellerImport, *, leavers: bool = False,
          only_if_all: bool = False, by: Actor, now: datetime) -> None:
    """Have what was found carried out. As for a check, a big one is for the worker."""
    if kept.carried_out_at:
        raise Conflict("Filen är redan importerad.")
    _move(session, kept, State.CARRYING_OUT, {State.CHECKED})
    found = import_pieces.counts(session, kept.id)
    if only_if_all and found[What.WRONG]:
        raise Invalid("Det finns rader med fel. Rätta dem, eller importera bara de andra.",
                      "only_if_all")
    if not (found[What.NEW] or found[What.CHANGED] or (leavers and found[What.MISSING])):
        raise Conflict("Det finns inget att importera: inget i listan ändrar något.")
    kept.by, kept.leavers, kept.problem = _kept(by), leavers, None
    _put(session, kept, Task.CARRY_OUT_IMPORT, now=now)


def undoable_until(session: Session, kept: TravellerImport) -> datetime | None:
    hours = timedelta(hours=rules(session).import_undo_hours)
    return kept.carried_out_at and kept.carried_out_at + hours


def order_undo(session: Session, kept: TravellerImport, *, by: Actor, now: datetime) -> None:
    until = undoable_until(session, kept)
    if until is None or now > until:
        raise Conflict("Importen går inte att ångra längre.")
    _move(session, kept, State.UNDOING, {State.DONE})
    kept.by = _kept(by)
    _put(session, kept, Task.UNDO_IMPORT, now=now)


def forget(session: Session, *, before: datetime, now: datetime) -> None:
    """What was uploaded and never carried out; and of the rest all but the fact, when it is too
    late to undo them."""
    undoable = now - timedelta(hours=rules(session).import_undo_hours)
    left = select(TravellerImport.id).where(TravellerImport.carried_out_at.is_(None),
                                            TravellerImport.uploaded_at < before)
    late = select(TravellerImport.id).where(TravellerImport.carried_out_at < undoable)
    session.execute(delete(ImportPiece).where(ImportPiece.import_id.in_(left.union(late))))
    session.execute(update(TravellerImport).where(TravellerImport.carried_out_at < undoable)
                    .values(mended_sealed=None))
    session.execute(delete(TravellerImport).where(TravellerImport.id.in_(left)))


def _move(session: Session, kept: TravellerImport, state: State, allowed: set[State]) -> None:
    """Only one of those who do it at once gets past this."""
    session.flush()
    moved = session.execute(
        update(TravellerImport)
        .where(TravellerImport.id == kept.id, TravellerImport.state.in_(allowed))
        .values(state=state))
    if not moved.rowcount:
        raise Conflict(ON_ITS_WAY)


def _put(session: Session, kept: TravellerImport, task: Task, *, now: datetime) -> None:
    if is_big(session, kept):
        outbox.put(session, task, import_id=str(kept.id), now=now)


def _kept(by: Actor) -> dict:
    principal = by.on_behalf_of
    return {"person": by.person_id and str(by.person_id), "name": by.name,
            "company": by.company_name,
            "for": principal and [str(principal.person_id), principal.name]}

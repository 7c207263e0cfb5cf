"""Importing travellers into a department: every row is checked and shown before any is saved.

A credit limit in a row connects the traveller to Tjänsteresor, or changes the limit they have.
"""
import json
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column

from domain import audit, business_travel, identity, travellers
from domain.access import Actor, Scope
from domain.business_travel import Connection
from domain.departments import Department
from domain.errors import Conflict, DomainError, Invalid, NotFound
from domain.money import parse_kronor
from domain.store import Row
from domain.travellers import Details, Traveller

REQUIRED = ("personnummer", "given_name", "surname")
COLUMNS = tuple(each.name for each in fields(Details))
NOTHING = {**dict.fromkeys(COLUMNS), "protected": False}
"""What is known of one who is new."""
PARSERS = {"personnummer": identity.parse_personnummer, "mobile": identity.parse_mobile,
           "email": identity.parse_email, "limit": parse_kronor}
LONGEST = 100


class Kind(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WRONG = "wrong"


class TravellerImport(Row):
    __tablename__ = "traveller_imports"

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    department_id: Mapped[UUID] = mapped_column(ForeignKey("departments.id"))
    not_read: Mapped[list] = mapped_column(JSON)
    """The names of columns that mean nothing to us."""
    rows_sealed: Mapped[bytes | None]
    """What was read from the file; it holds personnummer. None once it is carried out."""
    uploaded_at: Mapped[datetime]
    carried_out_at: Mapped[datetime | None]


@dataclass
class CheckedRow:
    """A row of the file and what it would do. `problems` and `changes` are by column; that the
    traveller moves to the department is a change of `department`."""

    number: int
    values: dict[str, str]
    problems: dict[str, DomainError] = field(default_factory=dict)
    kind: Kind = Kind.WRONG
    changes: list[str] = field(default_factory=list)
    stated: dict[str, str | int] = field(default_factory=dict)
    personnummer: str = ""
    details: Details | None = None
    limit_ore: int | None = None
    traveller: Traveller | None = None
    connection: Connection | None = None


def upload(session: Session, department: Department, rows: list[tuple[int, dict[str, str]]], *,
           not_read: list[str], now: datetime) -> TravellerImport:
    """Keep what was read, sealed, until the administrator has seen what it would do.

    Each row is its number in the file and its values by column: personnummer, given_name, surname,
    email, mobile, limit, employee_number, invoice_mark.
    """
    kept = TravellerImport(
        company_id=department.company_id, department_id=department.id, not_read=not_read,
        uploaded_at=now,
        rows_sealed=session.info["vault"].seal(json.dumps(rows), "import"))
    session.add(kept)
    session.flush()
    return kept


def find(session: Session, import_id: UUID, *, within: Scope) -> TravellerImport:
    kept = session.get(TravellerImport, import_id)
    if kept is None or not within.covers(kept.company_id, kept.department_id):
        raise NotFound("Importen finns inte. Ladda upp filen igen.")
    return kept


def check(session: Session, kept: TravellerImport) -> list[CheckedRow]:
    """What each row would do, with every problem in it. Empty once it is carried out."""
    if kept.rows_sealed is None:
        return []
    read = json.loads(session.info["vault"].open(kept.rows_sealed, "import"))
    rows = [_parse(session, CheckedRow(number, values)) for number, values in read]
    seen: dict[str, int] = {}
    for row in rows:
        first = row.personnummer and seen.setdefault(row.personnummer, row.number)
        if first and first != row.number:
            row.problems["personnummer"] = Invalid(
                "Samma personnummer står också på rad %(row)s.", row=first)
    _find(session, kept.company_id, rows)
    for row in rows:
        _compare(row, kept.department_id)
    return rows


def carry_out(session: Session, kept: TravellerImport, department: Department, *, by: Actor,
              now: datetime) -> int:
    """Save the rows that have no problem; says how many changed anything."""
    rows = [row for row in check(session, kept) if row.kind in (Kind.NEW, Kind.CHANGED)]
    _close(session, kept, now=now)
    for row in rows:
        _save(session, row, department, by=by, now=now)
    audit.record(session, audit.Act.TRAVELLERS_IMPORTED, kept.id, company_id=kept.company_id,
                 department_id=department.id, by=by, now=now, department=department.name,
                 count=len(rows))
    return len(rows)


def _save(session: Session, row: CheckedRow, department: Department, *, by: Actor,
          now: datetime) -> None:
    if row.kind == Kind.NEW:
        row.traveller = travellers.register(session, department, row.personnummer, row.details,
                                            by=by, now=now)
    elif row.changes != ["limit"]:
        travellers.change(session, row.traveller, department, row.details, by=by, now=now)
    if "limit" in row.changes:
        if row.connection:
            business_travel.change_limit(session, row.connection, limit_ore=row.limit_ore, by=by,
                                         now=now)
        else:
            business_travel.connect(session, row.traveller, limit_ore=row.limit_ore, by=by, now=now)


def forget(session: Session, *, before: datetime) -> None:
    """What was uploaded and never carried out."""
    session.execute(delete(TravellerImport).where(TravellerImport.carried_out_at.is_(None),
                                                  TravellerImport.uploaded_at < before))


def _close(session: Session, kept: TravellerImport, *, now: datetime) -> None:
    """Only one of those who carry it out at once gets past this."""
    closed = session.execute(
        update(TravellerImport)
        .where(TravellerImport.id == kept.id, TravellerImport.carried_out_at.is_(None))
        .values(carried_out_at=now, rows_sealed=None))
    if not closed.rowcount:
        raise Conflict("Filen är redan importerad.")


def _parse(session: Session, row: CheckedRow) -> CheckedRow:
    for column, text in row.values.items():
        if not text:
            continue
        try:
            if len(text) > LONGEST:
                raise Invalid("Värdet är för långt, högst %(most)s tecken.", most=LONGEST)
            row.stated[column] = PARSERS.get(column, str)(text)
        except Invalid as problem:
            row.problems[column] = problem
    for column in REQUIRED:
        if not row.values.get(column):
            row.problems[column] = Invalid("Fyll i ett värde.")
    try:
        row.limit_ore = row.stated.pop("limit", None)
        if row.limit_ore is not None:
            business_travel.check_limit(session, row.limit_ore)
    except Invalid as problem:
        row.problems["limit"] = problem
    row.personnummer = row.stated.pop("personnummer", "")
    return row


def _find(session: Session, company_id: UUID, rows: list[CheckedRow]) -> None:
    """Whom of them the company employs already, and how they are connected."""
    index = session.info["vault"].index
    row_of = {index(row.personnummer): row for row in reversed(rows) if row.personnummer}
    found = list(session.scalars(
        select(Traveller).options(joinedload(Traveller.department))
        .where(Traveller.company_id == company_id, Traveller.ended_at.is_(None),
               Traveller.personnummer_index.in_(row_of))))
    connections = business_travel.connections(session, [traveller.id for traveller in found])
    for traveller in found:
        row = row_of[traveller.personnummer_index]
        row.traveller, row.connection = traveller, connections.get(traveller.id)


def _compare(row: CheckedRow, department_id: UUID) -> None:
    """A cell that is empty leaves what is there."""
    before = vars(row.traveller.details) if row.traveller else NOTHING
    after = before | row.stated
    if row.limit_ore and not after["mobile"] and "mobile" not in row.problems:
        row.problems["mobile"] = Invalid("Den som ska ha Tjänsteresor behöver ett mobilnummer.")
    if row.problems:
        return
    row.details = Details(**after)
    row.changes = [column for column in COLUMNS if after[column] != before[column]]
    if row.traveller and row.traveller.department_id != department_id:
        row.changes.append("department")
    if row.limit_ore and row.limit_ore != (row.connection and row.connection.limit_ore):
        row.changes.append("limit")
    row.kind = Kind.CHANGED if row.changes else Kind.UNCHANGED
    if row.traveller is None:
        row.kind = Kind.NEW

"""Carrying out an import: what was shown is saved in one transaction, or nothing is.

What the rows do is found out anew first. If it is no longer what the administrator saw, nothing is
saved and the list is to be checked again.
"""
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import audit, business_travel, departments, import_pieces, leavers, many
from domain.access import Actor
from domain.companies import Company
from domain.connecting import Wanted, connect
from domain.departments import Department
from domain.errors import Conflict
from domain.identity import mask_personnummer
from domain.import_pieces import What
from domain.import_rows import DETAILS, Parsed, compare, known
from domain.traveller_imports import CHANGED_MEANWHILE, State, TravellerImport, order_check
from domain.travellers import Traveller

NEW = ("id", "department_id", "personnummer_sealed", "personnummer_index", "personnummer_masked",
       "given_name", "surname", "sort_name", "email", "mobile", "employee_number", "invoice_mark",
       "employment_form")
ADDED_AT_ONCE = 10_000
"""The more, the less the indexes jump about; and the more memory."""
LEAVERS_AT_ONCE = 200
LEFT = -1
"""The piece of those who were ended, among what can be undone."""


@dataclass
class _Work:
    kept: TravellerImport
    by: Actor
    now: datetime
    wanted: list[Wanted] = field(default_factory=list)
    """Who is to be connected."""


def carry_out(session: Session, import_id: UUID, *, now: datetime) -> bool:
    """False when it has to be checked anew, which is ordered then. The second time it does
    nothing."""
    company_id = session.get_one(TravellerImport, import_id).company_id
    session.execute(select(Company.id).where(Company.id == company_id).with_for_update())
    kept = session.get_one(TravellerImport, import_id, populate_existing=True)
    if kept.state != State.CARRYING_OUT:
        return True
    work = _Work(kept, kept.actor, now)
    with many.room(session):
        if not (_is_as_shown(session, kept) and _add_all(session, work)):
            order_check(session, kept, by=work.by, now=now, problem=CHANGED_MEANWHILE)
            return False
        changed, left = _change_all(session, work), _end_all(session, work)
        sending = connect(session, company_id, work.wanted, by=work.by, now=now,
                          from_on=kept.from_on, to_on=kept.to_on,
                          policy_group_id=kept.policy_group_id)
    kept.policy_group_id = None
    new = import_pieces.counts(session, kept.id)[What.NEW]
    kept.state, kept.carried_out_at = State.DONE, now
    kept.result = {"new": new, "changed": changed, "left": left,
                   "sending": sending and str(sending.id)}
    department = session.get_one(Department, kept.department_id)
    audit.record(session, audit.Act.TRAVELLERS_IMPORTED, kept.id, company_id=company_id,
                 department_id=department.id, by=work.by, now=now, department=department.name,
                 count=new + changed)
    session.flush()
    session.expire_all()
    return True


def _is_as_shown(session: Session, kept: TravellerImport) -> bool:
    """Nothing is written before this is known, but those who are new: two of them cannot be."""
    pieces = chain(import_pieces.every(session, kept.id, What.UNCHANGED),
                   import_pieces.every(session, kept.id, What.CHANGED))
    return _open(session, kept) and not any(_differs(session, kept, piece) for piece in pieces)


def _differs(session: Session, kept: TravellerImport, piece: list[list]) -> bool:
    """Whether rows of people who are known would do something else by now."""
    before = {each.traveller: each for each in known(
        session, kept.company_id, Traveller.id, [UUID(row[11]) for row in piece])}
    return any(row[11] not in before
               or compare(Parsed._make(row[:11]), before[row[11]])[1] != row for row in piece)


def _open(session: Session, kept: TravellerImport) -> bool:
    try:
        for department_id in kept.rooms or ():
            departments.hold_open(session, session.get_one(Department, UUID(department_id)))
    except Conflict:
        return False
    return True


def _add_all(session: Session, work: _Work) -> bool:
    """False when somebody has added one of them meanwhile."""
    try:
        with session.begin_nested():
            new = chain.from_iterable(import_pieces.every(session, work.kept.id, What.NEW))
            for some in many.chunks(new, ADDED_AT_ONCE):
                _add(session, work, some)
    except IntegrityError:
        return False
    return True


def _add(session: Session, work: _Work, rows: list[list]) -> None:
    """In the order that they are listed, so that the indexes grow at their ends. A row is as it is
    kept of one who is new: Parsed, and the index of their personnummer."""
    named = sorted([(f"{row[3]} {row[2]}".casefold(), *row) for row in rows])
    sealed = session.info["vault"].seal_each([each[2] for each in named], "personnummer")
    found = [(traveller, room, seal, bytes.fromhex(index), mask_personnummer(number), given,
              surname, name, email, mobile, employee, mark, form)
             for traveller, seal, (name, _, number, given, surname, email, mobile, _, employee,
                                   mark, room, form, index)
             in zip(many.new_ids(), sealed, named, strict=False)]
    many.insert_rows(session, Traveller.__table__, NEW, found, company_id=work.kept.company_id,
                     protected=False, registered_at=work.now, import_id=work.kept.id,
                     leaving_recalls=False)
    work.wanted += [(values[0], each[6], each[7])
                    for values, each in zip(found, named, strict=True) if each[7]]


def _change_all(session: Session, work: _Work) -> int:
    changed = 0
    for number in import_pieces.numbers(session, work.kept.id, What.CHANGED):
        piece = import_pieces.rows(session, work.kept.id, What.CHANGED, number)
        undo = _change(session, work, [(Parsed._make(row[:11]), *row[11:]) for row in piece])
        import_pieces.put(session, work.kept.id, What.UNDO, number, undo)
        changed += len(piece)
    return changed


def _change(session: Session, work: _Work,
            rows: list[tuple[Parsed, str, list]]) -> list[list]:
    """Says what is needed to undo it: the traveller, their name, and [column, old, new]."""
    before = {each.traveller: each for each in known(
        session, work.kept.company_id, Traveller.id, [UUID(each) for _, each, _ in rows])}
    written, undo = [], []
    for row, traveller, changes in rows:
        was = before[traveller]
        new = {column: getattr(was, column) for column in DETAILS} | {
            column: value for column, _, value in changes if column in DETAILS}
        written.append(new | {
            "of": UUID(traveller), "into": UUID(row.department), "named":
            f"{new['surname']} {new['given_name']}".casefold()})
        name = f"{new['given_name']} {new['surname']}"
        undo.append([traveller, name, changes])
        _tell(session, work, row, traveller, name, {c: (o, n) for c, o, n in changes})
        if row.limit and was.limit is None:
            work.wanted.append((traveller, new["mobile"], row.limit))
    table = Traveller.__table__
    session.connection().execute(
        update(table).where(table.c.id == bindparam("of")).values(
            {name: bindparam(name) for name in DETAILS} | {
                "department_id": bindparam("into"), "sort_name": bindparam("named"),
                "ended_at": None}), written)
    _reconnect(session, work, rows, before)
    return undo


def _tell(session: Session, work: _Work, row: Parsed, traveller: str, name: str,
          changes: dict) -> None:
    """One event for each person, and one for what they may buy for."""
    def record(act: audit.Act, **words: int) -> None:
        audit.record(session, act, UUID(traveller), company_id=work.kept.company_id,
                     department_id=UUID(row.department), by=work.by, now=work.now,
                     traveller=name, **words)
    if changes.keys() - {"limit"}:
        record(audit.Act.TRAVELLER_ADDED if "ended" in changes else audit.Act.TRAVELLER_CHANGED)
    if "limit" in changes:
        old, new = changes["limit"]
        record(audit.Act.TRAVEL_CONNECTED if old is None else audit.Act.TRAVEL_LIMIT_CHANGED,
               limit_ore=new)


def _reconnect(session: Session, work: _Work, rows: list[tuple[Parsed, str, list]],
               before: dict) -> None:
    """A new limit holds at once; a new mobile is registered anew, with a code sent there."""
    limits = {UUID(traveller): row.limit for row, traveller, changes in rows
              if row.limit and before[traveller].limit not in (None, row.limit)}
    moved = {UUID(traveller) for _, traveller, changes in rows
             if before[traveller].limit is not None
             and any(column == "mobile" for column, _, _ in changes)}
    for some in many.chunks(limits.keys() | moved, many.ASKED_AT_ONCE):
        for traveller_id, connection in business_travel.connections(session, some).items():
            connection.limit_ore = limits.get(traveller_id, connection.limit_ore)
            if traveller_id in moved:
                session.refresh(connection.traveller)
                business_travel.reconnect(session, connection, by=work.by, now=work.now)


def _end_all(session: Session, work: _Work) -> int:
    """Those who were shown as missing and still are where they were."""
    kept, undo = work.kept, []
    shown = (row for piece in import_pieces.every(session, kept.id, What.MISSING) for row in piece)
    for some in many.chunks(shown if kept.leavers else (), LEAVERS_AT_ONCE):
        room_of = {UUID(traveller): UUID(room) for traveller, _, room in some}
        here = [person for person in session.scalars(
                    select(Traveller).where(Traveller.id.in_(room_of)))
                if person.ended_at is None and person.department_id == room_of[person.id]]
        leavers.leave(session, *here, by=work.by, now=work.now)
        undo += [[person.id.hex, person.name, [["ended", None, work.now.isoformat()]]]
                 for person in here]
    import_pieces.put(session, kept.id, What.UNDO, LEFT, undo)
    return len(undo)

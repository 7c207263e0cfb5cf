"""Undoing an import: those who came leave no trace, those who were changed are as they were, and
those who were ended are back. Whatever something depends on by now stays, with the reason."""
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Table, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from domain import audit, business_travel, import_pieces, many
from domain.business_travel import Connection
from domain.codes import OneTimeCode
from domain.companies import Company
from domain.departments import Department
from domain.import_pieces import What
from domain.import_rows import DETAILS
from domain.messages import Sms
from domain.messages import State as Sending
from domain.offers import OfferApplication
from domain.store import Base
from domain.texts import sv
from domain.tickets import Ticket
from domain.traveller_imports import State, TravellerImport
from domain.travellers import Traveller

AT_ONCE = 500
KEPT_SHOWN = 200
USED = sv("Har biljetter, ansökningar eller Allpay.")
CHANGED_SINCE = sv("Har ändrats efter importen.")
REGISTERED = sv("Har registrerat Allpay, så Tjänsteresor är kvar.")
CLOSED = sv("Den förra avdelningen är arkiverad.")


def undo(session: Session, import_id: UUID, *, now: datetime) -> None:
    """The second time it does nothing."""
    company_id = session.get_one(TravellerImport, import_id).company_id
    session.execute(select(Company.id).where(Company.id == company_id).with_for_update())
    kept = session.get_one(TravellerImport, import_id, populate_existing=True)
    if kept.state != State.UNDOING:
        return
    removed, stays = _remove_new(session, kept)
    returned = 0
    for some in _remembered(session, kept):
        count, reasons = _give_back(session, kept, some, now=now)
        returned, stays = returned + count, stays + reasons
    kept.state, kept.undone_at = State.UNDONE, now
    kept.result = (kept.result or {}) | {
        "removed": removed, "returned": returned, "stays": len(stays),
        "reasons": stays[:KEPT_SHOWN]}
    import_pieces.drop(session, kept.id)
    department = session.get_one(Department, kept.department_id)
    audit.record(session, audit.Act.IMPORT_UNDONE, kept.id, company_id=company_id,
                 department_id=department.id, by=kept.actor, now=now, department=department.name,
                 count=removed + returned)
    session.flush()
    session.expire_all()


# Those who came.


def _remove_new(session: Session, kept: TravellerImport) -> tuple[int, list]:
    came = select(Traveller.id).where(Traveller.import_id == kept.id)
    used = or_(*_referred(Traveller.__table__, but=Connection.__table__), _connected(kept))
    stays = [[f"{given} {surname}", USED] for given, surname in session.execute(
        select(Traveller.given_name, Traveller.surname)
        .where(Traveller.import_id == kept.id, used).order_by(Traveller.sort_name))]
    _remove_connections(session, select(Connection.id).where(
        Connection.traveller_id.in_(came.where(~used))))
    removed = session.execute(delete(Traveller).where(Traveller.import_id == kept.id, ~used)
                              .execution_options(synchronize_session=False))
    return removed.rowcount, stays


def _referred(table: Table, but: Table) -> Iterator[ColumnElement[bool]]:
    """Whether any other table holds a row of it."""
    for other in Base.metadata.tables.values():
        for key in other.foreign_keys:
            if key.column.table is table and other is not but:
                yield exists().where(key.parent == key.column).correlate(table)


def _connected(kept: TravellerImport) -> ColumnElement[bool]:
    """In a way that the import did not, or that is in use."""
    return exists().where(
        Connection.traveller_id == Traveller.id,
        or_(Connection.registered_at.is_not(None), Connection.connected_at != kept.carried_out_at,
            *_referred(Connection.__table__, but=OneTimeCode.__table__))).correlate(Traveller)


def _remove_connections(session: Session, ids: Select) -> None:
    """With their codes; a text message that has not been sent is not."""
    quietly = {"synchronize_session": False}
    made = select(OneTimeCode.id).where(OneTimeCode.connection_id.in_(ids))
    session.execute(update(Sms).where(Sms.about_id.in_(made), Sms.sent_at.is_(None))
                    .values(state=Sending.CANCELLED, values=None).execution_options(**quietly))
    session.execute(delete(OneTimeCode).where(OneTimeCode.connection_id.in_(ids))
                    .execution_options(**quietly))
    session.execute(delete(Connection).where(Connection.id.in_(ids)).execution_options(**quietly))


# Those who were there.


def _remembered(session: Session, kept: TravellerImport) -> Iterator[dict[UUID, dict]]:
    """Some at a time: what changed of each, as column: (old, new)."""
    for piece in import_pieces.every(session, kept.id, What.UNDO):
        for some in many.chunks(piece, AT_ONCE):
            yield {UUID(traveller): {column: (old, new) for column, old, new in changes}
                   for traveller, _, changes in some}


def _give_back(session: Session, kept: TravellerImport, some: dict[UUID, dict], *,
               now: datetime) -> tuple[int, list]:
    people = list(session.scalars(select(Traveller).where(Traveller.id.in_(some))
                                  .order_by(Traveller.sort_name)))
    used = _used_since(session, kept, list(some))
    connections = business_travel.connections(session, list(some))
    returned, stays = 0, []
    for person in people:
        reason = _restore(session, kept, person, some[person.id], connections.get(person.id),
                          used=person.id in used)
        if reason:
            stays.append([person.name, reason])
        if reason in (CHANGED_SINCE, USED):
            continue
        returned += 1
        audit.record(session, audit.Act.TRAVELLER_CHANGED, person.id,
                     company_id=person.company_id, department_id=person.department_id,
                     by=kept.actor, now=now, traveller=person.name)
    return returned, stays


def _used_since(session: Session, kept: TravellerImport, ids: list[UUID]) -> set[UUID]:
    """Who, having come back, has bought or applied for something."""
    bought = select(Ticket.traveller_id).where(Ticket.traveller_id.in_(ids),
                                               Ticket.sold_at >= kept.carried_out_at)
    applied = select(OfferApplication.traveller_id).where(
        OfferApplication.traveller_id.in_(ids), OfferApplication.applied_at >= kept.carried_out_at)
    return set(session.scalars(bought.union(applied)))


def _restore(session: Session, kept: TravellerImport, person: Traveller, changes: dict,
             connection: Connection | None, *, used: bool) -> str | None:
    """Only what still is as the import wrote it. Says why something stays."""
    if "ended" in changes:
        return _restore_end(session, kept, person, changes, connection, used=used)
    reason = _restore_limit(session, kept, changes, connection)
    return _restore_details(session, person, changes) or reason


def _restore_end(session: Session, kept: TravellerImport, person: Traveller, changes: dict,
                 connection: Connection | None, *, used: bool) -> str | None:
    old, new = changes["ended"]
    if new:  # the import ended them
        if person.ended_at != datetime.fromisoformat(new):
            return CHANGED_SINCE
        person.ended_at = None
        _reopen_connection(session, person, kept)
        return None
    if person.ended_at is not None:
        return CHANGED_SINCE
    if used or (connection and (connection.registered_at
                                or connection.connected_at != kept.carried_out_at)):
        return USED
    _restore_limit(session, kept, changes, connection)
    _restore_details(session, person, changes)
    person.ended_at = datetime.fromisoformat(old)
    return None


def _reopen_connection(session: Session, person: Traveller, kept: TravellerImport) -> None:
    ended = session.scalar(select(Connection).where(
        Connection.traveller_id == person.id, Connection.ended_at == kept.carried_out_at))
    if ended:
        ended.ended_at = None
        session.execute(update(OneTimeCode).where(
            OneTimeCode.connection_id == ended.id,
            OneTimeCode.voided_at == kept.carried_out_at).values(voided_at=None))


def _restore_limit(session: Session, kept: TravellerImport, changes: dict,
                   connection: Connection | None) -> str | None:
    if "limit" not in changes or connection is None:
        return None
    old, new = changes["limit"]
    if old is not None:
        connection.limit_ore = old if connection.limit_ore == new else connection.limit_ore
        return None
    if connection.connected_at != kept.carried_out_at:
        return None
    if connection.registered_at:
        return REGISTERED
    session.flush()
    _remove_connections(session, select(Connection.id).where(Connection.id == connection.id))
    session.expunge(connection)
    return None


def _restore_details(session: Session, person: Traveller, changes: dict) -> str | None:
    wrote = {column: pair for column, pair in changes.items() if column in DETAILS}
    same = {column: old for column, (old, new) in wrote.items() if getattr(person, column) == new}
    for column, old in same.items():
        setattr(person, column, old)
    person.sort_name = f"{person.surname} {person.given_name}".casefold()
    into = changes.get("department")
    if into and person.department_id.hex == into[1]:
        former = session.get_one(Department, UUID(into[0]))
        if former.archived_at:
            return CLOSED
        person.department = former
        same["department"] = into
    lost = len(same) < len(changes.keys() - {"limit", "ended"})
    return CHANGED_SINCE if lost and not same else None

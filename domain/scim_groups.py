"""Departments as SCIM groups. A traveller is in exactly one: who is taken out of a group is in the
company's first department."""
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, and_, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import departments, moves, scim_sync, scim_users
from domain.access import Actor
from domain.departments import Department
from domain.errors import Invalid, NotFound
from domain.scim_filters import Attribute, text, uuid
from domain.scim_users import ScimUser, Taken
from domain.store import Base
from domain.travellers import Traveller

MOST_CHARACTERS = 100


class ScimGroup(Base):
    """What the other side says of a department that it knows."""

    __tablename__ = "scim_groups"

    department_id: Mapped[UUID] = mapped_column(ForeignKey("departments.id"), primary_key=True)
    external_id: Mapped[str | None]
    changed_at: Mapped[datetime]


def _member(operator: str, value: object) -> ColumnElement[bool]:
    """Whether a user is in the department."""
    return Department.id.in_(select(Traveller.department_id).select_from(ScimUser)
                             .join(ScimUser.traveller)
                             .where(_here(), uuid(ScimUser.id)(operator, value)))


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


FILTERS: dict[str, Attribute] = {
    "id": uuid(Department.id),
    "displayname": text(Department.name_key, _key),
    "externalid": text(ScimGroup.external_id),
    "members.value": _member,
}


def listed(session: Session, company_id: UUID, where: ColumnElement[bool], *, start: int,
           most: int) -> tuple[int, list[tuple[Department, ScimGroup | None]]]:
    """As `scim_users.listed`."""
    chosen = (select(Department, ScimGroup)
              .outerjoin(ScimGroup, ScimGroup.department_id == Department.id)
              .where(Department.company_id == company_id, Department.archived_at.is_(None), where))
    total = session.scalar(chosen.with_only_columns(func.count()))
    rows = session.execute(
        chosen.order_by(Department.created_at, Department.id).offset(start).limit(most)
    ) if most else ()
    return total, [(department, group) for department, group in rows]


def find(session: Session, department_id: UUID, *, company_id: UUID,
         lock: bool = False) -> tuple[Department, ScimGroup | None]:
    wanted = select(Department).where(Department.id == department_id,
                                      Department.company_id == company_id,
                                      Department.archived_at.is_(None))
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    department = session.scalar(wanted)
    if department is None:
        raise NotFound("Gruppen finns inte.")
    return department, session.get(ScimGroup, department_id)


def members(session: Session, department_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """The ids of the users in each department."""
    found = session.execute(
        select(Traveller.department_id, ScimUser.id).select_from(ScimUser)
        .join(ScimUser.traveller).where(Traveller.department_id.in_(department_ids), _here())
        .order_by(ScimUser.created_at, ScimUser.id))
    listed: dict[UUID, list[UUID]] = {each: [] for each in department_ids}
    for department_id, user_id in found:
        listed[department_id].append(user_id)
    return listed


def add(session: Session, name: str, external_id: str | None, user_ids: Collection[UUID], *,
        by: Actor, now: datetime) -> Department:
    """It has the reference number of the company's first department until somebody changes it."""
    first = scim_sync.rooms(session, by.company_id)[0]
    with _naming():
        department = departments.add(
            session, by.company_id, departments.Details(_name(name), first.reference_number),
            by=by, now=now)
    session.add(ScimGroup(department_id=department.id, external_id=external_id, changed_at=now))
    _gather(session, department, set(user_ids), by=by, now=now)
    return department


def change(session: Session, department: Department, name: str, external_id: str | None,
           user_ids: Collection[UUID], *, by: Actor, now: datetime) -> None:
    """`user_ids` are all who are in it from now on."""
    if _name(name) != department.name:
        with _naming():
            departments.change(session, department, _renamed(department, name), by=by, now=now)
    session.merge(ScimGroup(department_id=department.id, external_id=external_id, changed_at=now))
    wanted = set(user_ids)
    here = set(members(session, [department.id])[department.id])
    _gather(session, department, wanted - here, by=by, now=now)
    first = scim_sync.rooms(session, by.company_id)[0]
    _send_off(session, first, here - wanted, by=by, now=now)


def remove(session: Session, department: Department, *, by: Actor, now: datetime) -> None:
    """It is archived. Refused when it is the last one, or has travellers whom the other side does
    not know."""
    others = [each for each in scim_sync.rooms(session, by.company_id) if each is not department]
    if others:
        here = members(session, [department.id])[department.id]
        _send_off(session, others[0], here, by=by, now=now)
    departments.archive(session, department, by=by, now=now)


def _here() -> ColumnElement[bool]:
    return and_(ScimUser.removed_at.is_(None), Traveller.ended_at.is_(None))


def _gather(session: Session, department: Department, user_ids: Collection[UUID], *, by: Actor,
            now: datetime) -> None:
    """Everybody has to be one of the company's."""
    if not user_ids:
        return
    chosen = scim_users.travellers_of(user_ids, by.company_id)
    if session.scalar(chosen.with_only_columns(func.count())) != len(user_ids):
        raise Invalid("En av medlemmarna finns inte.", "members")
    moves.move(session, chosen, department, by=by, now=now)


def _send_off(session: Session, home: Department, user_ids: Collection[UUID], *, by: Actor,
              now: datetime) -> None:
    if user_ids:
        moves.move(session, scim_users.travellers_of(user_ids, by.company_id), home, by=by,
                   now=now)


def _name(name: str) -> str:
    line = " ".join(name.split())
    if not line or len(line) > MOST_CHARACTERS or not line.isprintable():
        raise Invalid("Namnet ska ha mellan 1 och %(most)s tecken.", "displayName",
                      most=MOST_CHARACTERS)
    return line


@contextmanager
def _naming() -> Iterator[None]:
    try:
        yield
    except Invalid as refusal:
        if refusal.field == "name":
            raise Taken(refusal.message, **refusal.values) from refusal
        raise


def _renamed(department: Department, name: str) -> departments.Details:
    fields = departments.Details.__dataclass_fields__
    return replace(departments.Details(**{each: getattr(department, each) for each in fields}),
                   name=_name(name))

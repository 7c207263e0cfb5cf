"""A company's own system makes, changes and ends travellers. What it says is followed for the
traveller; posts as administrator are none of its business."""
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import (
    leavers,
    moves,
    scim_users,
    traveller_changes,
    travellers,
    welcomes,
)
from domain.access import Actor
from domain.departments import Department
from domain.scim_said import Meant, meant, room
from domain.scim_users import ScimUser, Who
from domain.travellers import Details, Traveller

NOTHING = meant({})


def rooms(session: Session, company_id: UUID) -> list[Department]:
    """The departments that are open, the first one first."""
    return list(session.scalars(
        select(Department)
        .where(Department.company_id == company_id, Department.archived_at.is_(None))
        .order_by(Department.created_at, Department.id)))


def add(session: Session, who: Who, said: dict, *, secret: str, by: Actor,
        now: datetime) -> ScimUser:
    """A traveller who is employed already is taken over, one who was taken away comes back; a new
    one is invited to sign in, by a link with the secret."""
    means = meant(said)
    user = (scim_users.gone(session, by.company_id, who.external_id)
            or _new(session, who, means, by=by, now=now))
    scim_users.write(session, user, who, said, now=now)
    session.add(user)
    _follow(session, user, means, replace(NOTHING, active=means.active is False), by=by, now=now)
    _welcome(session, user.traveller, secret=secret, by=by, now=now)
    return user


def change(session: Session, user: ScimUser, who: Who, said: dict, *, before: dict, secret: str,
           by: Actor, now: datetime) -> None:
    """`before` is what was said, or shown, until now: only what differs from it is followed, so
    that what the company has changed itself stays."""
    was_employed = user.traveller.ended_at is None
    scim_users.write(session, user, who, said, now=now)
    _follow(session, user, meant(said), meant(before), by=by, now=now)
    if not (was_employed and welcomes.of_traveller(session, user.traveller)):
        _welcome(session, user.traveller, secret=secret, by=by, now=now)


def remove(session: Session, user: ScimUser, *, by: Actor, now: datetime) -> None:
    if user.traveller.ended_at is None:
        leavers.leave(session, user.traveller, by=by, now=now)
    scim_users.remove(user, now=now)


def _new(session: Session, who: Who, means: Meant, *, by: Actor, now: datetime) -> ScimUser:
    traveller = (_unlinked(session, means, by=by)
                 or _register(session, who, means, by=by, now=now))
    user = session.get(ScimUser, traveller.id) or ScimUser(
        id=traveller.id, company_id=by.company_id, created_at=now)
    user.traveller = traveller
    return user


def _unlinked(session: Session, means: Meant, *, by: Actor) -> Traveller | None:
    return scim_users.unlinked(session, by.company_id, email=means.email, mobile=means.mobile,
                               employee_number=means.employee_number)


def _register(session: Session, who: Who, means: Meant, *, by: Actor, now: datetime) -> Traveller:
    open_rooms = rooms(session, by.company_id)
    given_name, surname = means.name or _called(who.user_name)
    details = Details(given_name, surname, means.email, means.mobile, means.employee_number)
    return travellers.register_unknown(
        session, room(open_rooms, means.department) or open_rooms[0], details, by=by, now=now)


def _follow(session: Session, user: ScimUser, means: Meant, before: Meant, *, by: Actor,
            now: datetime) -> None:
    traveller, employed = user.traveller, user.traveller.ended_at is None
    switched = means.active != before.active
    if switched and means.active is False:
        if employed:
            leavers.leave(session, traveller, by=by, now=now)
    elif switched and not employed:
        travellers.employ(session, traveller, _home(session, traveller, means, by=by),
                          _details(traveller, means, NOTHING), by=by, now=now)
    elif employed:
        _change(session, traveller, means, before, by=by, now=now)


def _change(session: Session, traveller: Traveller, means: Meant, before: Meant, *, by: Actor,
            now: datetime) -> None:
    details = _details(traveller, means, before)
    if means.department != before.department:
        _move(session, traveller, _home(session, traveller, means, by=by), by=by, now=now)
    if details != traveller.details:
        traveller_changes.change(session, traveller, traveller.department, details, by=by, now=now)


def _welcome(session: Session, traveller: Traveller, *, secret: str, by: Actor,
             now: datetime) -> None:
    """Somebody employed whom nobody knows the number of."""
    if traveller.personnummer_index is None and traveller.ended_at is None:
        welcomes.send(session, traveller, secret=secret, by=by, now=now)


def _details(traveller: Traveller, means: Meant, before: Meant) -> Details:
    """There is always a name, and an alias stays."""
    given_name, surname = traveller.given_name, traveller.surname
    if means.name and means.name != before.name and not traveller.protected:
        given_name, surname = means.name
    news = {field: getattr(means, field) for field in ("email", "mobile", "employee_number")
            if getattr(means, field) != getattr(before, field)}
    return replace(traveller.details, given_name=given_name, surname=surname, **news)


def _home(session: Session, traveller: Traveller, means: Meant, *, by: Actor) -> Department:
    """Where nobody knows the department that is named, they stay where they are."""
    open_rooms = rooms(session, by.company_id)
    stays = None if traveller.department.archived_at else traveller.department
    return room(open_rooms, means.department) or stays or open_rooms[0]


def _move(session: Session, traveller: Traveller, department: Department, *, by: Actor,
          now: datetime) -> None:
    chosen = select(Traveller.id).where(Traveller.id == traveller.id)
    if moves.move(session, chosen, department, by=by, now=now):
        session.refresh(traveller)


def _called(user_name: str) -> tuple[str, str]:
    """asa.oberg@bolaget.se → Asa, Oberg."""
    words = user_name.partition("@")[0].replace(".", " ").replace("_", " ").split()
    words = [word.capitalize()[:50] for word in words] or ["–"]
    return words[0], " ".join(words[1:]) or "–"

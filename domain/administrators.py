"""The administrators that a company has: of the whole of it, or of some of its departments. There
is always one of the whole company."""
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session, contains_eager, selectinload

from domain import audit, departments
from domain.access import Actor, Role, Scope
from domain.companies import Company
from domain.departments import Department
from domain.errors import Invalid, NotAllowed, NotFound
from domain.people import Deputyship, Person, Post, PostDepartment
from domain.texts import sv

LAST = sv("Företaget behöver minst en administratör för hela företaget. Utse en till först.")


def listed(session: Session, company_id: UUID) -> list[Post]:
    """Those of the whole company first, then those of departments, each group by name."""
    return list(session.scalars(
        select(Post).join(Post.person).where(Post.company_id == company_id)
        .options(contains_eager(Post.person), selectinload(Post.rooms))
        .order_by(Post.role, Person.surname, Person.given_name, Person.id)))


def seen_by(posts: list[Post], scope: Scope) -> list[Post]:
    """Of the company's posts those that somebody with the scope knows of."""
    return [post for post in posts if scope.is_whole or post.role == Role.COMPANY_ADMIN
            or any(scope.covers(post.company_id, room.department_id) for room in post.rooms)]


def find(session: Session, post_id: UUID, *, within: Scope) -> Post:
    post = session.get(Post, post_id)
    if post is None or post.company_id != within.company_id:
        raise NotFound("Administratören finns inte.")
    return post


def own(session: Session, person_id: UUID) -> Post | None:
    """The post that the person holds in a company, not on somebody's behalf."""
    return session.scalar(
        select(Post).where(Post.person_id == person_id, Post.company_id.is_not(None)))


def rooms(session: Session, role: Role, chosen: Iterable[UUID], *, within: Scope) -> set[UUID]:
    """The departments that go with the role; all of them have to be open."""
    if role == Role.COMPANY_ADMIN:
        return set()
    wanted = set(chosen)
    found = set(session.scalars(departments.listed(within).with_only_columns(Department.id)
                                .where(Department.id.in_(wanted))))
    if not found:
        raise Invalid("Välj minst en avdelning.", "departments")
    if found != wanted:
        raise NotFound("Avdelningen finns inte.")
    return found


def change(session: Session, post_id: UUID, role: Role, chosen: Iterable[UUID], *, by: Actor,
           now: datetime) -> Post:
    """From now on the post is of the whole company, or of the chosen departments."""
    lock(session, by)
    post = find(session, post_id, within=by.scope)
    wanted = rooms(session, role, chosen, within=by.scope)
    if role != Role.COMPANY_ADMIN:
        _check_not_last(session, post)
    kept = [room for room in post.rooms if room.department_id in wanted]
    added = wanted - {room.department_id for room in kept}
    post.role, post.rooms = role, kept + [PostDepartment(department_id=each) for each in added]
    _record(session, audit.Act.ADMINISTRATOR_CHANGED, post, by=by, now=now)
    return post


def remove(session: Session, post_id: UUID, *, by: Actor, now: datetime) -> Person:
    """Their rights end at once. Returns who it was."""
    lock(session, by)
    post = find(session, post_id, within=by.scope)
    _take_away(session, post, audit.Act.ADMINISTRATOR_REMOVED, by=by, now=now)
    return post.person


def leave(session: Session, *, by: Actor, now: datetime) -> None:
    """Somebody gives up their own post."""
    post = own(session, by.person_id)
    if post is None:
        raise NotFound("Du har inget uppdrag som administratör.")
    _wait(session, post.company_id)
    _take_away(session, post, audit.Act.ADMINISTRATOR_LEFT, by=by, now=now)


def lock(session: Session, by: Actor) -> None:
    """Others who decide about the company's administrators wait, and whoever has meanwhile been
    removed decides nothing."""
    _wait(session, by.company_id)
    role = session.scalar(select(Post.role).where(Post.id == by.post_id))
    if role != Role.COMPANY_ADMIN:
        raise NotAllowed("Du är inte längre administratör för hela företaget.")


def _wait(session: Session, company_id: UUID) -> None:
    session.execute(select(Company.id).where(Company.id == company_id)
                    .with_for_update(key_share=True))


def _take_away(session: Session, post: Post, act: audit.Act, *, by: Actor, now: datetime) -> None:
    """Nobody stands in for the one who leaves, nor the one who leaves for a colleague."""
    _check_not_last(session, post)
    session.execute(delete(Deputyship).where(Deputyship.post_id == post.id))
    ours = select(Post.id).where(Post.company_id == post.company_id)
    session.execute(
        update(Deputyship)
        .where(Deputyship.person_id == post.person_id, Deputyship.post_id.in_(ours),
               Deputyship.ended_at.is_(None))
        .values(ended_at=now).execution_options(synchronize_session=False))
    _record(session, act, post, by=by, now=now)
    session.delete(post)


def _check_not_last(session: Session, post: Post) -> None:
    another = exists().where(Post.company_id == post.company_id, Post.id != post.id,
                             Post.role == Role.COMPANY_ADMIN)
    if post.role == Role.COMPANY_ADMIN and not session.scalar(select(another)):
        raise NotAllowed(LAST)


def _record(session: Session, act: audit.Act, post: Post, *, by: Actor, now: datetime) -> None:
    audit.record(session, act, post.person_id, company_id=post.company_id, by=by, now=now,
                 person=post.person.name)

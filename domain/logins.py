"""Signing in: whoever BankID has vouched for (`login_orders`) has a login, which the server can
end."""
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, bindparam, delete, exists, select, update
from sqlalchemy import Row as SqlRow
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import applications, deputies, people
from domain.access import AT_THE_AUTHORITY, Actor, Hat, Principal, Role
from domain.companies import Company
from domain.errors import NotFound
from domain.identity import token_hash
from domain.months import today
from domain.people import Deputyship, Person, Post, PostDepartment
from domain.rules import rules
from domain.store import Row
from domain.travellers import Traveller, alias


class Stranger(NotFound):
    """BankID knows the person, but nobody has given them a reason to sign in here."""


class Login(Row):
    __tablename__ = "logins"

    token_hash: Mapped[bytes] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    hat_id: Mapped[UUID | None]
    """The post that the person has chosen to act in, while it is theirs to act in."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


def knows(session: Session, personnummer: str) -> bool:
    """Whether anyone has given the person a reason to sign in."""
    index = session.info["vault"].index(personnummer)
    person = people.with_personnummer(session, personnummer)
    return bool(person and person.posts) or bool(session.scalar(
        select(exists().where(Traveller.personnummer_index == index,
                              Traveller.ended_at.is_(None))))
    ) or applications.open_of(session, index) is not None


def begin(session: Session, personnummer: str, *, given_name: str, surname: str, token: str,
          language: str, invited: bool = False, now: datetime) -> Login:
    """The person that BankID has vouched for is signed in; `token` is the browser's key. Somebody
    unknown has to be `invited`. The name of one whose identity is protected is not kept."""
    if not (invited or knows(session, personnummer)):
        raise Stranger("Du har inget konto än. Ansök för ditt företag, eller be din "
                       "arbetsgivare att registrera dig.")
    shielded = alias(session, session.info["vault"].index(personnummer))
    given_name, surname = shielded or (given_name, surname)
    person = people.meet(session, personnummer, given_name=given_name, surname=surname,
                         language=language, now=now)
    if shielded:
        people.rename(session, person.personnummer_index, given_name=given_name, surname=surname)
    login = Login(token_hash=token_hash(token), person_id=person.id, created_at=now,
                  expires_at=now + timedelta(hours=rules(session).login_hours))
    session.add(login)
    return login


# Asked before every page, and therefore made once, of the tables alone: rows are not kept track of.
LOGINS, PEOPLE, POSTS, COMPANIES, ROOMS, TRAVELLERS, DEPUTYSHIPS = (
    table.__table__ for table in (Login, Person, Post, Company, PostDepartment, Traveller,
                                  Deputyship))
L, P, W, C = LOGINS.c, PEOPLE.c, POSTS.c, COMPANIES.c
_POST = (P.id.label("person_id"), P.given_name, P.surname, P.personnummer_index,
         W.id.label("post_id"), W.role, W.company_id, C.name.label("company_name"), C.approved_at,
         C.services, ROOMS.c.department_id)
_OLDEST = W.company_id.is_(None), W.appointed_at
_WHO = (
    select(*_POST, L.hat_id,
           exists().where(TRAVELLERS.c.personnummer_index == P.personnummer_index,
                          TRAVELLERS.c.ended_at.is_(None)).label("travels"),
           exists().where(DEPUTYSHIPS.c.person_id == P.id,
                          DEPUTYSHIPS.c.ended_at.is_(None)).label("may_stand_in"))
    .select_from(LOGINS.join(PEOPLE, P.id == L.person_id)
                 .outerjoin(POSTS, W.person_id == P.id)
                 .outerjoin(COMPANIES, C.id == W.company_id)
                 .outerjoin(ROOMS, ROOMS.c.post_id == W.id))
    .where(L.token_hash == bindparam("token_hash"), L.ended_at.is_(None),
           L.expires_at > bindparam("now"))
    .order_by(*_OLDEST))
"""A row for each of the person's posts, and for each department of those; one without a post."""
_COVERED = (
    select(*_POST)
    .select_from(POSTS.join(PEOPLE, P.id == W.person_id)
                 .join(COMPANIES, C.id == W.company_id)
                 .outerjoin(ROOMS, ROOMS.c.post_id == W.id))
    .where(W.id.in_(deputies.covered(bindparam("person_id"), bindparam("day"))))
    .order_by(*_OLDEST))
"""The same of the posts that they stand in for on the day."""


def actor(session: Session, token: str, *, now: datetime) -> Actor | None:
    """Who the browser's key belongs to, with what they may do now; None when it opens nothing."""
    own = session.execute(_WHO, {"token_hash": token_hash(token), "now": now}).all()
    if not own:
        return None
    who, posts = own[0], [post for post in own if post.post_id]
    roles = {post.role for post in posts if post.role in AT_THE_AUTHORITY}
    actor = Actor(person_id=who.person_id, name=_name(who),
                  personnummer_index=who.personnummer_index,
                  roles=frozenset(roles | ({Role.TRAVELLER} if who.travels else set())))
    if who.may_stand_in:
        posts += session.execute(_COVERED, {"person_id": who.person_id, "day": today(now)})
    ours = {post.post_id: post for post in posts if post.company_id}
    if not ours:
        return actor
    worn = who.hat_id if who.hat_id in ours else next(iter(ours))
    return _wearing(actor, [post for post in posts if post.post_id == worn], ours.values())


def _wearing(actor: Actor, rooms: list[SqlRow], posts: Iterable[SqlRow]) -> Actor:
    """The actor in the post that has those departments: their own, or one that they hold on
    somebody's behalf."""
    post = rooms[0]
    return replace(
        actor, roles=actor.roles | {post.role}, administers=post.company_id, post_id=post.post_id,
        departments=(None if post.role == Role.COMPANY_ADMIN
                     else frozenset(room.department_id for room in rooms if room.department_id)),
        company_name=post.company_name, on_trial=post.approved_at is None,
        services=frozenset(post.services),
        on_behalf_of=None if post.person_id == actor.person_id else Principal(
            post.person_id, _name(post), post.personnummer_index),
        hats=tuple(Hat(each.post_id, None if each.person_id == actor.person_id else _name(each))
                   for each in posts))


def _name(person: SqlRow) -> str:
    return f"{person.given_name} {person.surname}"


def wear(session: Session, token: str, post_id: UUID, *, now: datetime) -> None:
    """From now on the person acts in that post, which has to be one of theirs to act in."""
    who = actor(session, token, now=now)
    if who is None or post_id not in {hat.post_id for hat in who.hats}:
        raise NotFound("Uppdraget finns inte, eller har tagit slut.")
    session.execute(update(Login).where(Login.token_hash == token_hash(token))
                    .values(hat_id=post_id))


def end(session: Session, token: str, *, now: datetime) -> None:
    session.execute(update(Login)
                    .where(Login.token_hash == token_hash(token), Login.ended_at.is_(None))
                    .values(ended_at=now))


def forget(session: Session, *, now: datetime) -> None:
    """One that has ended is kept for a month."""
    session.execute(delete(Login).where(Login.expires_at < now - timedelta(days=30)))

"""Signing in: the BankID order while it lasts, then the login, which the server can end."""
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
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

COLLECT_EVERY = timedelta(seconds=2)  # BankID: every two seconds, never more than once a second
RENEWED_FOR = timedelta(minutes=2)
"""So long a QR code that nobody scans is replaced, before the person is told to begin again."""
UNSCANNED = {"outstandingtransaction", "noclient"}


class Stranger(NotFound):
    """BankID knows the person, but nobody has given them a reason to sign in here."""


class Door(StrEnum):
    """Where whoever identifies comes in."""

    PERSON = "person"
    CUSTOMER = "customer"
    """To Mina sidor."""
    BINDING = "binding"
    """Nowhere: they are a customer, who makes BankID a second way in."""


class OrderState(StrEnum):
    PENDING = "pending"
    FAILED = "failed"
    IDENTIFIED = "identified"


@dataclass(frozen=True)
class Tokens:
    """What BankID gives when an order begins. Only the first two may be sent to anyone."""

    order_ref: str
    auto_start_token: str
    qr_start_token: str
    qr_start_secret: str


@dataclass(frozen=True)
class Identity:
    """Whom BankID vouches for."""

    personnummer: str
    given_name: str
    surname: str


class LoginOrder(Row):
    """An order at BankID. What must not reach the browser stays here; the browser has a handle."""

    __tablename__ = "login_orders"

    handle_hash: Mapped[bytes] = mapped_column(unique=True)
    order_ref: Mapped[str]
    auto_start_token: Mapped[str]
    qr_start_token: Mapped[str]
    qr_start_secret: Mapped[str]
    next_path: Mapped[str]
    door: Mapped[Door] = mapped_column(default=Door.PERSON, server_default=Door.PERSON)
    ordered_at: Mapped[datetime]
    first_ordered_at: Mapped[datetime]
    """An unscanned QR code is renewed silently for a while from here."""
    collected_at: Mapped[datetime]
    state: Mapped[OrderState] = mapped_column(default=OrderState.PENDING)
    hint: Mapped[str] = mapped_column(default="outstandingTransaction")
    identity_sealed: Mapped[bytes | None]
    nonce_hash: Mapped[bytes | None]
    """Of the secret in the return address of an order on the same device. It goes by BankID and the
    app, never by our page: whoever lured somebody else into identifying does not have it."""
    returned_at: Mapped[datetime | None]

    @property
    def same_device(self) -> bool:
        return self.nonce_hash is not None

    @property
    def failed(self) -> bool:
        return self.state == OrderState.FAILED

    @property
    def unscanned(self) -> bool:
        return self.state == OrderState.PENDING and self.hint.lower() in UNSCANNED

    @property
    def ready(self) -> bool:
        """Somebody has identified and, on the same device, come back to the browser that began."""
        back = self.returned_at is not None or not self.same_device
        return self.state == OrderState.IDENTIFIED and back

    def renewable(self, now: datetime) -> bool:
        """Whether it only ended because nobody scanned its QR code in time."""
        return (self.failed and self.hint.lower() == "startfailed"
                and not self.same_device and now < self.first_ordered_at + RENEWED_FOR)


class Login(Row):
    __tablename__ = "logins"

    token_hash: Mapped[bytes] = mapped_column(unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    hat_id: Mapped[UUID | None]
    """The post that the person has chosen to act in, while it is theirs to act in."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


def order(session: Session, handle: str) -> LoginOrder | None:
    return session.scalar(select(LoginOrder).where(LoginOrder.handle_hash == token_hash(handle)))


def put_order(session: Session, handle: str, tokens: Tokens, *, nonce: str | None, next_path: str,
              door: Door = Door.PERSON, now: datetime) -> LoginOrder:
    """An order has begun for the browser that has the handle. With a nonce it is for the BankID on
    the same device, and ends with that browser bringing the nonce back."""
    order = LoginOrder(handle_hash=token_hash(handle), **asdict(tokens), next_path=next_path,
                       door=door, nonce_hash=token_hash(nonce) if nonce else None,
                       ordered_at=now, first_ordered_at=now, collected_at=now)
    session.add(order)
    return order


def renew(order: LoginOrder, tokens: Tokens, *, now: datetime) -> None:
    """A new order takes the place of one that nobody scanned; the browser need not know."""
    for name, token in asdict(tokens).items():
        setattr(order, name, token)
    order.state, order.hint = OrderState.PENDING, "outstandingTransaction"
    order.ordered_at = order.collected_at = now


def turn(session: Session, handle: str, *, now: datetime) -> str | None:
    """The reference to ask BankID about, for only one of those who ask within two seconds."""
    return session.scalar(
        update(LoginOrder)
        .where(LoginOrder.handle_hash == token_hash(handle),
               LoginOrder.state == OrderState.PENDING,
               LoginOrder.collected_at <= now - COLLECT_EVERY)
        .values(collected_at=now).returning(LoginOrder.order_ref)
        .execution_options(synchronize_session=False))


def heard(order: LoginOrder, hint: str, *, over: bool) -> None:
    """BankID's word on how the order goes. Once it is over, no later word changes it."""
    if order.state == OrderState.PENDING:
        order.hint = hint
        order.state = OrderState.FAILED if over else OrderState.PENDING


def identified(session: Session, order: LoginOrder, identity: Identity) -> None:
    order.state = OrderState.IDENTIFIED
    order.identity_sealed = session.info["vault"].seal(json.dumps(asdict(identity)), "identity")


def identity(session: Session, order: LoginOrder) -> Identity:
    """Who has identified. Only asked of an order that is ready."""
    return Identity(**json.loads(session.info["vault"].open(order.identity_sealed, "identity")))


def came_back(session: Session, handle: str, nonce: str, *, now: datetime) -> bool:
    """Whether it is the browser that began who brings back what the BankID app was given."""
    return bool(session.execute(
        update(LoginOrder)
        .where(LoginOrder.handle_hash == token_hash(handle),
               LoginOrder.nonce_hash == token_hash(nonce))
        .values(returned_at=now)).rowcount)


def drop_order(session: Session, handle: str) -> None:
    session.execute(delete(LoginOrder).where(LoginOrder.handle_hash == token_hash(handle)))


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
    """Orders are over in minutes; a login that has ended is kept for a month."""
    session.execute(delete(LoginOrder).where(LoginOrder.ordered_at < now - timedelta(hours=1)))
    session.execute(delete(Login).where(Login.expires_at < now - timedelta(days=30)))

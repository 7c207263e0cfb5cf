"""Being signed in to Mina sidor: each browser that is, which its owner sees and can end."""
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, bindparam, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.access import Actor, Role
from domain.customers import Customer
from domain.errors import NotFound
from domain.identity import token_hash
from domain.rules import rules
from domain.store import Row

PREFIX = "kund."
"""The key of a customer's browser begins so, and that of nobody else."""
SEEN_EVERY = timedelta(minutes=10)


class CustomerLogin(Row):
    __tablename__ = "customer_logins"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    agent: Mapped[str]
    """What the browser says that it is, shortened."""
    by_bankid: Mapped[bool]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """Within ten minutes."""
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


def begin(session: Session, customer: Customer, *, token: str, agent: str = "",
          by_bankid: bool = False, now: datetime) -> CustomerLogin:
    """`token`, which begins with PREFIX, is the browser's key."""
    login = CustomerLogin(
        customer_id=customer.id, token_hash=token_hash(token), agent=agent[:AGENT_MAX],
        by_bankid=by_bankid, created_at=now, seen_at=now,
        expires_at=now + timedelta(hours=rules(session).customer_login_hours))
    session.add(login)
    return login


AGENT_MAX = 300

LOGINS, CUSTOMERS = CustomerLogin.__table__, Customer.__table__
_WHO = (  # asked before every page, and therefore made once, of the tables alone
    select(CUSTOMERS.c.id, CUSTOMERS.c.given_name, CUSTOMERS.c.surname, LOGINS.c.seen_at)
    .join(LOGINS, LOGINS.c.customer_id == CUSTOMERS.c.id)
    .where(LOGINS.c.token_hash == bindparam("token_hash"), LOGINS.c.ended_at.is_(None),
           LOGINS.c.expires_at > bindparam("now"), CUSTOMERS.c.blocked_at.is_(None),
           CUSTOMERS.c.deleted_at.is_(None)))


@dataclass(frozen=True)
class Visit:
    """Whose key it is, and whether it is long ago that it was written down that they are here."""

    actor: Actor
    unseen: bool


def visit(session: Session, token: str, *, now: datetime) -> Visit | None:
    """None when the key opens nothing."""
    who = session.execute(_WHO, {"token_hash": token_hash(token), "now": now}).first()
    return who and Visit(
        Actor(person_id=who.id, name=f"{who.given_name} {who.surname}", personnummer_index=b"",
              roles=frozenset({Role.CUSTOMER}), customer_id=who.id),
        unseen=who.seen_at <= now - SEEN_EVERY)


def seen(session: Session, token: str, *, now: datetime) -> None:
    session.execute(update(CustomerLogin).where(CustomerLogin.token_hash == token_hash(token))
                    .values(seen_at=now))


def of_customer(session: Session, customer_id: UUID, *, now: datetime) -> list[CustomerLogin]:
    """Those that are open, the one seen last first."""
    return list(session.scalars(
        select(CustomerLogin)
        .where(CustomerLogin.customer_id == customer_id, CustomerLogin.ended_at.is_(None),
               CustomerLogin.expires_at > now)
        .order_by(CustomerLogin.seen_at.desc(), CustomerLogin.id)))


def find(session: Session, login_id: UUID, *, customer_id: UUID) -> CustomerLogin:
    login = session.get(CustomerLogin, login_id)
    if login is None or login.customer_id != customer_id:
        raise NotFound("Inloggningen finns inte.")
    return login


def end(session: Session, token: str, *, now: datetime) -> None:
    session.execute(update(CustomerLogin)
                    .where(CustomerLogin.token_hash == token_hash(token),
                           CustomerLogin.ended_at.is_(None)).values(ended_at=now))


def end_one(login: CustomerLogin, *, now: datetime) -> None:
    login.ended_at = login.ended_at or now


def end_all(session: Session, customer_id: UUID, *, but: str | None = None,
            now: datetime) -> int:
    """All but the one with that key; says how many."""
    return session.execute(
        update(CustomerLogin)
        .where(CustomerLogin.customer_id == customer_id, CustomerLogin.ended_at.is_(None),
               CustomerLogin.expires_at > now,
               CustomerLogin.token_hash != (token_hash(but) if but else b""))
        .values(ended_at=now)).rowcount


def forget(session: Session, *, now: datetime) -> int:
    """One that has ended, by itself or not, is kept for a month; says how many were not."""
    return session.execute(delete(CustomerLogin).where(
        CustomerLogin.expires_at < now - timedelta(days=30))).rowcount

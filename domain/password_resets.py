"""A customer who has forgotten the password chooses a new one, by a link to their address."""
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain import audit, customer_logins, customers, letter_links, messages
from domain.customers import Customer
from domain.errors import Conflict, NotFound
from domain.identity import token_hash
from domain.rules import rules
from domain.store import Row


class PasswordReset(Row):
    __tablename__ = "password_resets"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)
    secret_hash: Mapped[bytes | None] = mapped_column(unique=True)
    """Of the secret in the link; None until it has been sent."""
    asked_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    customer: Mapped[Customer] = relationship()


def ask(session: Session, email: str, *, language: str, now: datetime) -> None:
    """A letter goes to the address: with a link when there is an account, and else saying that
    there is none. The page says the same to everyone."""
    customer = customers.with_email(session, email)
    if customer is None:
        messages.put_email(session, "customer_unknown", to=email, language=language, now=now)
        return
    reset = PasswordReset(customer_id=customer.id, asked_at=now)
    session.add(reset)
    session.flush()
    messages.put_email(session, "customer_reset", to=customer.email, language=customer.language,
                       about_id=reset.id, now=now, name=customer.given_name,
                       hours=rules(session).password_reset_hours)


def issue(session: Session, reset_id: UUID, *, now: datetime) -> str | None:
    """The secret of the link, made at the moment when it is sent; the same each time."""
    reset = session.get(PasswordReset, reset_id)
    if reset is None:
        return None
    secret = session.info["vault"].token(f"password reset {reset_id}")
    reset.secret_hash = token_hash(secret)
    return secret


def with_secret(session: Session, secret: str, *, now: datetime) -> PasswordReset:
    since = now - timedelta(hours=rules(session).password_reset_hours)
    reset = session.scalar(select(PasswordReset).where(
        PasswordReset.secret_hash == token_hash(secret), PasswordReset.used_at.is_(None),
        PasswordReset.asked_at > since))
    if reset is None or reset.customer.deleted_at:
        raise NotFound("Länken gäller inte längre. Be om en ny.")
    return reset


def use(session: Session, reset: PasswordReset, *, password_hash: str, now: datetime) -> Customer:
    """The new password holds, whoever was logged in is so no more, and no other link works."""
    taken = session.execute(
        update(PasswordReset)
        .where(PasswordReset.id == reset.id, PasswordReset.used_at.is_(None))
        .values(used_at=now).execution_options(synchronize_session=False))
    if not taken.rowcount:
        raise Conflict("Länken är redan använd. Be om en ny.")
    withdraw(session, reset.customer_id, but=reset.id)
    customer = session.get_one(Customer, reset.customer_id, with_for_update=True)
    customer.password_hash = password_hash
    customer_logins.end_all(session, customer.id, now=now)
    audit.record(session, audit.Act.CUSTOMER_LET_IN_ANEW, customer.id, company_id=customer.id,
                 by=customers.actor_of(customer), now=now)
    messages.put_email(session, "customer_password", to=customer.email,
                       language=customer.language, about_id=customer.id, now=now,
                       name=customer.given_name)
    return customer


def withdraw(session: Session, customer_id: UUID, *, but: UUID | None = None) -> None:
    """Another password, or another address: a link that is on its way opens nothing."""
    letter_links.end(session, PasswordReset, PasswordReset.customer_id == customer_id,
                     PasswordReset.id.is_distinct_from(but))


def forget(session: Session, *, before: datetime) -> int:
    return letter_links.end(session, PasswordReset, PasswordReset.asked_at < before)

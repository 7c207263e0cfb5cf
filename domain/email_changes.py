"""A customer's address is changed when both the old and the new one have said yes: by the link in a
letter to each, in any order."""
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain import audit, customers, letter_links, messages, password_resets
from domain.access import Actor
from domain.customers import Customer, email_key
from domain.errors import Conflict, Invalid, NotFound
from domain.identity import token_hash
from domain.rules import rules
from domain.store import Row


class End(StrEnum):
    """Which of the two addresses."""

    OLD = "old"
    NEW = "new"


class EmailChange(Row):
    __tablename__ = "email_changes"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)
    email: Mapped[str]
    """The new one."""
    asked_at: Mapped[datetime]
    old_hash: Mapped[bytes | None] = mapped_column(unique=True)
    new_hash: Mapped[bytes | None] = mapped_column(unique=True)
    """Of the secrets in the two links; None until they have been sent."""
    old_at: Mapped[datetime | None]
    new_at: Mapped[datetime | None]
    """When each said yes."""

    customer: Mapped[Customer] = relationship()

    @property
    def is_agreed(self) -> bool:
        return bool(self.old_at and self.new_at)


def waiting(session: Session, customer_id: UUID, *, now: datetime) -> EmailChange | None:
    return session.scalar(select(EmailChange).where(EmailChange.customer_id == customer_id,
                                                    EmailChange.asked_at > _since(session, now)))


def ask(session: Session, customer: Customer, email: str, *, by: Actor, now: datetime) -> None:
    """Whether the new address has an account already is told to that address alone."""
    if email_key(email) == customer.email_key:
        raise Invalid("Det är redan din adress.", "email")
    withdraw(session, customer.id)
    change = EmailChange(customer_id=customer.id, email=email, asked_at=now)
    session.add(change)
    session.flush()
    words = {"about_id": change.id, "language": customer.language, "now": now,
             "days": rules(session).email_change_days}
    messages.put_email(session, "customer_email_old", to=customer.email, email=email,
                       name=customer.given_name, **words)
    taken = customers.with_email(session, email) is not None
    messages.put_email(session, "customer_email_taken" if taken else "customer_email_new",
                       to=email, **words)
    audit.record(session, audit.Act.CUSTOMER_EMAIL_ASKED, customer.id, company_id=customer.id,
                 by=by, now=now)


def withdraw(session: Session, customer_id: UUID) -> None:
    letter_links.end(session, EmailChange, EmailChange.customer_id == customer_id)


def issue(session: Session, change_id: UUID, end: End, *, now: datetime) -> str | None:
    """The secret of the link to one of the addresses, made at the moment when it is sent; the
    same each time. None when the change has been made or withdrawn meanwhile."""
    change = session.get(EmailChange, change_id)
    if change is None:
        return None
    secret = session.info["vault"].token(f"email change {change_id} {end}")
    setattr(change, f"{end}_hash", token_hash(secret))
    return secret


def issue_to_old(session: Session, change_id: UUID, *, now: datetime) -> str | None:
    return issue(session, change_id, End.OLD, now=now)


def issue_to_new(session: Session, change_id: UUID, *, now: datetime) -> str | None:
    return issue(session, change_id, End.NEW, now=now)


def with_secret(session: Session, secret: str, *, now: datetime) -> EmailChange:
    digest = token_hash(secret)
    change = session.scalar(select(EmailChange).where(
        or_(EmailChange.old_hash == digest, EmailChange.new_hash == digest),
        EmailChange.asked_at > _since(session, now)))
    if change is None or change.customer.deleted_at:
        raise NotFound("Länken gäller inte längre. Bytet kan redan vara gjort eller återtaget.")
    return change


def agree(session: Session, change: EmailChange, secret: str, *, now: datetime) -> bool:
    """One of the two says yes; says whether the address is changed by it."""
    session.get(EmailChange, change.id, with_for_update=True, populate_existing=True)
    if token_hash(secret) == change.old_hash:
        change.old_at = change.old_at or now
    else:
        change.new_at = change.new_at or now
    if not change.is_agreed:
        return False
    if customers.with_email(session, change.email):
        raise Conflict("Adressen har fått ett eget konto under tiden. Välj en annan.")
    customer = change.customer
    customer.email, customer.email_key = change.email, email_key(change.email)
    withdraw(session, customer.id)
    password_resets.withdraw(session, customer.id)
    audit.record(session, audit.Act.CUSTOMER_EMAIL_CHANGED, customer.id, company_id=customer.id,
                 by=customers.actor_of(customer), now=now)
    return True


def forget(session: Session, *, now: datetime) -> int:
    """Those that both have not said yes to in time; says how many."""
    return letter_links.end(session, EmailChange, EmailChange.asked_at <= _since(session, now))


def _since(session: Session, now: datetime) -> datetime:
    return now - timedelta(days=rules(session).email_change_days)

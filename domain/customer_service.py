"""What a clerk does with a private customer's account: blocks the person who misuses it, lifts
that, and corrects what is wrong in it. The customer is written to, each time."""
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from domain import (
    customer_cards,
    customer_logins,
    email_changes,
    messages,
    municipalities,
    password_resets,
)
from domain.access import Actor
from domain.customers import Child, Customer, born_on, email_key, with_email, with_personnummer
from domain.errors import Conflict, Invalid, NotFound
from domain.months import today
from domain.service_acts import Kind, Why, note


def find(session: Session, customer_id: UUID) -> Customer:
    """Also one whose account is deleted: of them there are orders."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("Kunden finns inte.")
    return customer


def block(session: Session, customer: Customer, why: Why, *, by: Actor, now: datetime) -> None:
    """They are signed out everywhere, and told why. Their cards go on carrying what they carry."""
    check_open(customer)
    if customer.blocked_at:
        raise Conflict("Kunden är redan avstängd.")
    note(session, customer, Kind.BLOCKED, why, by=by, now=now)
    customer.blocked_at, customer.blocked_because = now, why.reason.strip()
    customer_logins.end_all(session, customer.id, now=now)
    tell(session, customer, "customer_blocked", reason=why.reason.strip(), now=now)


def unblock(session: Session, customer: Customer, why: Why, *, by: Actor, now: datetime) -> None:
    check_open(customer)
    if not customer.blocked_at:
        raise Conflict("Kunden är inte avstängd.")
    note(session, customer, Kind.UNBLOCKED, why, by=by, now=now)
    customer.blocked_at, customer.blocked_because = None, ""
    tell(session, customer, "customer_unblocked", now=now)


@dataclass(frozen=True)
class Details:
    """Each already parsed."""

    given_name: str
    surname: str
    personnummer: str | None
    """None: it stays as it is."""
    born_on: date
    street: str
    postcode: str
    city: str
    municipality: str
    mobile: str
    email: str


OLDEST_BORN_ON = date(1900, 1, 1)
PLAIN = ("given_name", "surname", "street", "postcode", "city", "municipality", "mobile", "email",
         "born_on")


def correct(session: Session, customer: Customer, details: Details, why: Why, *, by: Actor,
            now: datetime) -> None:
    """Who gets another address for e-mail is written to at both. Another personnummer is another
    BankID, which then has to be bound anew."""
    check_open(customer)
    municipalities.check(details.municipality)
    if not OLDEST_BORN_ON <= details.born_on <= today(now):
        raise Invalid("Ingen är född den dagen. Kontrollera datumet.", "born_on")
    former, changed = customer.email, _write(session, customer, details)
    if not changed:
        raise Invalid("Inget är ändrat.")
    if "mobile" in changed:
        customer_cards.mobile_changed(session, customer)
    note(session, customer, Kind.CORRECTED, why, by=by, now=now, what=", ".join(sorted(changed)))
    for to in {former, customer.email}:
        tell(session, customer, "customer_corrected", to=to, now=now)


def _write(session: Session, customer: Customer, details: Details) -> set[str]:
    """What of it is another than before."""
    changed = {name for name in PLAIN if getattr(details, name) != getattr(customer, name)}
    if "email" in changed:
        _check_email(session, customer, details.email)
    for name in changed:
        setattr(customer, name, getattr(details, name))
    customer.email_key = email_key(details.email)
    if details.personnummer and _set_personnummer(session, customer, details.personnummer):
        if "born_on" not in changed:
            customer.born_on = born_on(details.personnummer)
        changed.add("personnummer")
    return changed


def _check_email(session: Session, customer: Customer, email: str) -> None:
    other = with_email(session, email)
    if other and other is not customer:
        raise Invalid("Ett annat konto har den adressen.", "email")
    email_changes.withdraw(session, customer.id)
    password_resets.withdraw(session, customer.id)


def _set_personnummer(session: Session, customer: Customer, number: str) -> bool:
    """Says whether it is another than before."""
    vault = session.info["vault"]
    index = vault.index(number)
    if index == customer.personnummer_index:
        return False
    if with_personnummer(session, number) or _is_a_child(session, index):
        raise Invalid("Ett annat konto har det personnumret.", "personnummer")
    customer.personnummer_sealed = vault.seal(number, "personnummer")
    customer.personnummer_index, customer.bankid_at = index, None
    return True


def _is_a_child(session: Session, index: bytes) -> bool:
    return session.scalar(select(exists().where(Child.personnummer_index == index)))


def check_open(customer: Customer) -> None:
    if customer.deleted_at:
        raise Conflict("Kontot är borttaget.")


def tell(session: Session, customer: Customer, template: str, *, to: str | None = None,
         now: datetime, **values: str | int) -> None:
    messages.put_email(session, template, to=to or customer.email, language=customer.language,
                       about_id=customer.id, name=customer.name, now=now, **values)

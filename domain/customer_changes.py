"""What a customer changes of their own account: their details, their password, and BankID."""
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy.orm import Session

from domain import (
    audit,
    customer_cards,
    customer_logins,
    customer_passwords,
    messages,
    municipalities,
    password_resets,
)
from domain.access import Actor
from domain.customers import Customer
from domain.errors import Invalid


@dataclass(frozen=True)
class Details:
    given_name: str
    surname: str
    municipality: str
    street: str
    postcode: str
    city: str
    mobile: str
    language: str

    @classmethod
    def of(cls, customer: Customer) -> "Details":
        return cls(**{each.name: getattr(customer, each.name) for each in fields(cls)})


def change(session: Session, customer: Customer, details: Details, *, by: Actor,
           now: datetime) -> None:
    municipalities.check(details.municipality)
    changed = [name for name, value in asdict(details).items()
               if getattr(customer, name) != value]
    for name in changed:
        setattr(customer, name, getattr(details, name))
    if "mobile" in changed:
        customer_cards.mobile_changed(session, customer)
    if changed:
        audit.record(session, audit.Act.CUSTOMER_CHANGED, customer.id, company_id=customer.id,
                     by=by, now=now, fields=", ".join(changed))


def check_password(customer: Customer, password: str) -> None:
    """Whether it is the customer who sits there."""
    if not customer_passwords.matches(customer.password_hash, password):
        raise Invalid("Det är inte ditt lösenord.", "current")


def change_password(session: Session, customer: Customer, password_hash: str, *, token: str,
                    by: Actor, now: datetime) -> None:
    """Other browsers than the one with the key are logged out."""
    customer.password_hash = password_hash
    password_resets.withdraw(session, customer.id)
    customer_logins.end_all(session, customer.id, but=token, now=now)
    audit.record(session, audit.Act.CUSTOMER_KEY_CHANGED, customer.id,
                 company_id=customer.id, by=by, now=now)
    _tell(session, customer, "customer_password", now=now)


def bind_bankid(session: Session, customer: Customer, personnummer: str, *, by: Actor,
                now: datetime) -> bool:
    """From now on BankID is a second way in, if it is the customer's own; says whether it is."""
    if session.info["vault"].index(personnummer) != customer.personnummer_index:
        return False
    if customer.bankid_at:
        return True
    customer.bankid_at = now
    audit.record(session, audit.Act.CUSTOMER_BANKID_BOUND, customer.id, company_id=customer.id,
                 by=by, now=now)
    _tell(session, customer, "customer_bankid", now=now)
    return True


def loosen_bankid(session: Session, customer: Customer, *, by: Actor, now: datetime) -> None:
    if customer.bankid_at is None:
        return
    customer.bankid_at = None
    audit.record(session, audit.Act.CUSTOMER_BANKID_LOOSENED, customer.id,
                 company_id=customer.id, by=by, now=now)


def _tell(session: Session, customer: Customer, template: str, *, now: datetime) -> None:
    messages.put_email(session, template, to=customer.email, language=customer.language,
                       about_id=customer.id, now=now, name=customer.given_name)

"""Somebody asks for an account of Mina sidor. It is theirs once they have followed the link in the
letter and typed their password again: until then it holds no address and no personnummer, so
whoever tries somebody else's takes nothing from them."""
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import audit, customer_terms, customers, messages, municipalities
from domain.customers import ACCOUNT_AGE, Customer, email_key
from domain.errors import Conflict, Invalid, NotFound
from domain.identity import Vault, token_hash
from domain.rules import rules
from domain.store import Row
from domain.terms import Kind


@dataclass(frozen=True)
class Details:
    """What they tell, each already parsed."""

    email: str
    given_name: str
    surname: str
    personnummer: str
    municipality: str
    street: str
    postcode: str
    city: str
    mobile: str


class CustomerRegistration(Row):
    __tablename__ = "customer_registrations"

    details_sealed: Mapped[bytes]
    """`Details`, and the terms that they accepted."""
    password_hash: Mapped[str]
    language: Mapped[str]
    secret_hash: Mapped[bytes | None] = mapped_column(unique=True)
    """Of the secret in the link; None until it has been sent."""
    registered_at: Mapped[datetime] = mapped_column(index=True)


def register(session: Session, details: Details, *, password_hash: str, language: str,
             kinds: Sequence[Kind], now: datetime) -> None:
    """What comes of it is told by letter alone: the page says the same to everyone. A letter to an
    address that nobody has confirmed repeats nothing that was typed. `kinds` are the terms that
    they have accepted, in the version in force."""
    municipalities.check(details.municipality)
    if not customers.has_turned(ACCOUNT_AGE, customers.born_on(details.personnummer), now=now):
        raise Invalid("Du kan ha ett eget konto från den dag du fyller %(age)s. Till dess kan en "
                      "vårdnadshavare registrera dig på sitt konto.", "personnummer",
                      age=ACCOUNT_AGE)
    known = customers.with_email(session, details.email)
    same = customers.with_personnummer(session, details.personnummer)
    if known or same:
        _tell_known(session, details, known, same, language=language, now=now)
        return
    sealed = _vault(session).seal(json.dumps(asdict(details) | {"kinds": list(kinds)}),
                                  "registration")
    registration = CustomerRegistration(
        details_sealed=sealed, password_hash=password_hash, language=language,
        registered_at=now)
    session.add(registration)
    session.flush()
    messages.put_email(session, "customer_confirm", to=details.email, language=language,
                       about_id=registration.id, now=now,
                       days=rules(session).customer_confirm_days)


def _tell_known(session: Session, details: Details, known: Customer | None,
                same: Customer | None, *, language: str, now: datetime) -> None:
    """To the address that has the account; and to the one that was typed, when it is another."""
    told = known or same
    messages.put_email(session, "customer_known", to=told.email, language=told.language,
                       about_id=told.id, now=now, name=told.given_name,
                       by_number=int(known is None))
    if known is None:
        messages.put_email(session, "customer_not_opened", to=details.email, language=language,
                           now=now)


def issue(session: Session, registration_id: UUID, *, now: datetime) -> str | None:
    """The secret of the link, made at the moment when it is sent; the same each time. None when
    there is nothing to confirm any more."""
    registration = session.get(CustomerRegistration, registration_id)
    if registration is None:
        return None
    secret = _vault(session).token(f"customer registration {registration_id}")
    registration.secret_hash = token_hash(secret)
    return secret


def with_secret(session: Session, secret: str, *, now: datetime) -> CustomerRegistration:
    kept = now - timedelta(days=rules(session).customer_confirm_days)
    registration = session.scalar(select(CustomerRegistration).where(
        CustomerRegistration.secret_hash == token_hash(secret),
        CustomerRegistration.registered_at > kept))
    if registration is None:
        raise NotFound("Länken gäller inte. Har du redan bekräftat adressen kan du logga in. "
                       "Annars får du registrera dig igen.")
    return registration


def confirm(session: Session, registration: CustomerRegistration, *, now: datetime) -> Customer:
    """The account is theirs from now on."""
    told = _opened(session, registration)
    kinds = [Kind(each) for each in told.pop("kinds")]
    details = Details(**told)
    if (customers.with_email(session, details.email)
            or customers.with_personnummer(session, details.personnummer)):
        raise Conflict("Det finns redan ett konto med dina uppgifter. Logga in på det.")
    customer = _made(session, details, registration, now=now)
    session.add(customer)
    session.flush()
    customer_terms.accept(session, kinds, by=customers.actor_of(customer),
                          now=registration.registered_at)
    audit.record(session, audit.Act.CUSTOMER_REGISTERED, customer.id, company_id=customer.id,
                 by=customers.actor_of(customer), now=now)
    session.execute(delete(CustomerRegistration).where(
        CustomerRegistration.id == registration.id))
    return customer


def _made(session: Session, details: Details, registration: CustomerRegistration, *,
          now: datetime) -> Customer:
    number, vault = details.personnummer, _vault(session)
    return Customer(
        **{name: value for name, value in asdict(details).items() if name != "personnummer"},
        email_key=email_key(details.email), password_hash=registration.password_hash,
        personnummer_sealed=vault.seal(number, "personnummer"),
        personnummer_index=vault.index(number), born_on=customers.born_on(number),
        language=registration.language, created_at=registration.registered_at, confirmed_at=now)


def forget_unconfirmed(session: Session, *, before: datetime) -> int:
    """Those that nobody has confirmed since; says how many."""
    return session.execute(delete(CustomerRegistration).where(
        CustomerRegistration.registered_at < before)).rowcount


def _opened(session: Session, registration: CustomerRegistration) -> dict:
    return json.loads(_vault(session).open(registration.details_sealed, "registration"))


def _vault(session: Session) -> Vault:
    return session.info["vault"]

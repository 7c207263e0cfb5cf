"""The children under sixteen whom a guardian has registered on their account."""
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import audit, carts, customers, parcels, shop_orders
from domain.access import Actor
from domain.customers import ACCOUNT_AGE, Child, Customer
from domain.errors import Conflict, Invalid, NotFound
from domain.travel_cards import TravelCard


@dataclass(frozen=True)
class Details:
    given_name: str
    surname: str
    personnummer: str


def of_customer(session: Session, customer_id: UUID) -> list[Child]:
    """The oldest first."""
    return list(session.scalars(select(Child).where(Child.customer_id == customer_id)
                                .order_by(Child.born_on, Child.id)))


def find(session: Session, child_id: UUID, *, customer_id: UUID) -> Child:
    child = session.get(Child, child_id)
    if child is None or child.customer_id != customer_id:
        raise NotFound("Barnet finns inte på kontot.")
    return child


def own_account_on(child: Child) -> date:
    """The day from which they may have an account of their own."""
    return customers.birthday(child.born_on, ACCOUNT_AGE)


def is_grown(child: Child, *, now: datetime) -> bool:
    """Whether they may have an account of their own by now."""
    return customers.has_turned(ACCOUNT_AGE, child.born_on, now=now)


def personnummer(session: Session, child: Child) -> str:
    return session.info["vault"].open(child.personnummer_sealed, "personnummer")


def add(session: Session, customer: Customer, details: Details, *, by: Actor,
        now: datetime) -> Child:
    child = Child(customer_id=customer.id, registered_at=now)
    _write(session, child, details, now=now)
    session.add(child)
    session.flush()
    _record(session, audit.Act.CHILD_ADDED, child, by=by, now=now)
    return child


def correct(session: Session, child: Child, details: Details, *, by: Actor,
            now: datetime) -> None:
    _write(session, child, details, now=now)
    _record(session, audit.Act.CHILD_CORRECTED, child, by=by, now=now)


def _write(session: Session, child: Child, details: Details, *, now: datetime) -> None:
    number, vault = details.personnummer, session.info["vault"]
    index = vault.index(number)
    if index != child.personnummer_index:
        _check(session, number, index, now=now)
        child.personnummer_sealed, child.personnummer_index = (
            vault.seal(number, "personnummer"), index)
        child.born_on = customers.born_on(number)
    child.given_name, child.surname = details.given_name, details.surname


def _check(session: Session, number: str, index: bytes, *, now: datetime) -> None:
    """Nobody is on two accounts, and nobody who can have their own is on somebody else's."""
    if customers.has_turned(ACCOUNT_AGE, customers.born_on(number), now=now):
        raise Invalid("Den som har fyllt %(age)s registrerar ett eget konto.", "personnummer",
                      age=ACCOUNT_AGE)
    if session.scalar(select(Child.id).where(Child.personnummer_index == index)):
        raise Invalid("Barnet finns redan på ett konto, kanske hos en annan vårdnadshavare. "
                      "Kontakta kundservice om det är fel.", "personnummer")


def remove(session: Session, child: Child, *, by: Actor, now: datetime) -> None:
    """Their cards have to go first, or nobody would know whose they are. What was bought for them
    stays, as bought for nobody in particular."""
    if session.scalar(select(TravelCard.id).where(TravelCard.child_id == child.id).limit(1)):
        raise Conflict("Barnet har kort på kontot. Ta bort korten, eller gör dem till dina egna, "
                       "först.")
    parcels.forget_child(session, child.id)
    carts.forget_child(session, child.id)
    shop_orders.forget_child(session, child.id)
    _record(session, audit.Act.CHILD_REMOVED, child, by=by, now=now)
    session.delete(child)


def _record(session: Session, act: audit.Act, child: Child, *, by: Actor,
            now: datetime) -> None:
    audit.record(session, act, child.id, company_id=child.customer_id, by=by, now=now)

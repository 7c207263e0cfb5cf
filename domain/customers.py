"""Private customers of Mina sidor: their accounts, and the children on them.

A customer is no `Person`: nobody but themselves has vouched for who they are, so an account opens
nothing that BankID opens, and the other way round.
"""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain.access import Actor, Role
from domain.errors import NotFound
from domain.store import Row


class Customer(Row):
    __tablename__ = "customers"

    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    """The address as it is found again, whatever the case of its letters."""
    password_hash: Mapped[str]
    given_name: Mapped[str]
    surname: Mapped[str]
    personnummer_sealed: Mapped[bytes | None]
    personnummer_index: Mapped[bytes | None] = mapped_column(unique=True)
    born_on: Mapped[date]
    municipality: Mapped[str]
    """Its code: 0680 is Jönköping."""
    street: Mapped[str]
    postcode: Mapped[str]
    city: Mapped[str]
    mobile: Mapped[str] = mapped_column(index=True)
    language: Mapped[str] = mapped_column(default="sv")
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    """When they followed the link that was sent to the address."""
    bankid_at: Mapped[datetime | None]
    """Since when BankID is a second way in."""
    blocked_at: Mapped[datetime | None]
    blocked_because: Mapped[str] = mapped_column(default="")
    deleted_at: Mapped[datetime | None]
    """From then on there is nothing here that tells who it was."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.surname}"

    @property
    def address(self) -> list[str]:
        """As it is written on a letter."""
        return [self.name, self.street, f"{self.postcode} {self.city}"]


class Child(Row):
    """Somebody under sixteen, on the account of a guardian."""

    __tablename__ = "children"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)
    given_name: Mapped[str]
    surname: Mapped[str]
    personnummer_sealed: Mapped[bytes]
    personnummer_index: Mapped[bytes] = mapped_column(unique=True)
    born_on: Mapped[date]
    registered_at: Mapped[datetime]

    customer: Mapped[Customer] = relationship()

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.surname}"


def find(session: Session, customer_id: UUID) -> Customer:
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise NotFound("Kunden finns inte.")
    return customer


def actor_of(customer: Customer) -> Actor:
    return Actor(person_id=customer.id, name=customer.name, personnummer_index=b"",
                 roles=frozenset({Role.CUSTOMER}), customer_id=customer.id)

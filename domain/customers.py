"""Private customers of Mina sidor: their accounts, and the children on them.

A customer is no `Person`: nobody but themselves has vouched for who they are, so an account opens
nothing that BankID opens, and the other way round.
"""
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, bindparam, event, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain.access import Actor, Role
from domain.errors import NotAllowed, NotFound
from domain.months import today
from domain.store import Row

ACCOUNT_AGE = 16
"""To have an account of one's own: the terms say so, and with them an edition would change."""
BUYER_AGE = 18
"""To buy over the internet: 9 kap. 1 § föräldrabalken."""


class Customer(Row):
    __tablename__ = "customers"

    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(unique=True)
    """The address as it is found again, whatever the case of its letters."""
    password_hash: Mapped[str]
    given_name: Mapped[str]
    surname: Mapped[str]
    sort_name: Mapped[str] = mapped_column(index=True)
    """As a clerk searches it; follows the names by itself."""
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


@event.listens_for(Customer, "before_insert")
@event.listens_for(Customer, "before_update")
def _sorted(_mapper, _connection, customer: Customer) -> None:
    customer.sort_name = f"{customer.surname} {customer.given_name}".casefold()


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
    customer = session.scalar(_ONE, {"id": customer_id})
    if customer is None:
        raise NotFound("Kunden finns inte.")
    return customer


_ONE = (  # asked on page after page, and therefore made once
    select(Customer).where(Customer.id == bindparam("id"), Customer.deleted_at.is_(None)))


def email_key(email: str) -> str:
    return email.strip().casefold()


def with_email(session: Session, email: str) -> Customer | None:
    return session.scalar(select(Customer).where(Customer.email_key == email_key(email),
                                                 Customer.deleted_at.is_(None)))


def with_personnummer(session: Session, personnummer: str) -> Customer | None:
    index = session.info["vault"].index(personnummer)
    return session.scalar(select(Customer).where(Customer.personnummer_index == index))


def personnummer(session: Session, customer: Customer) -> str | None:
    sealed = customer.personnummer_sealed
    return sealed and session.info["vault"].open(sealed, "personnummer")


def born_on(personnummer: str) -> date:
    """Of twelve digits; in a coordination number the day is sixty more."""
    day = int(personnummer[6:8])
    return date(int(personnummer[:4]), int(personnummer[4:6]), day - 60 * (day > 60))


def birthday(born_on: date, years: int) -> date:
    """The day on which somebody becomes so old: the last of February for who was born on a leap
    day, by the act 1930:173 on periods of time."""
    try:
        return born_on.replace(year=born_on.year + years)
    except ValueError:
        return date(born_on.year + years, 2, 28)


def has_turned(years: int, born_on: date, *, now: datetime) -> bool:
    """From the Swedish midnight at which the birthday begins."""
    return birthday(born_on, years) <= today(now)


def is_of_age(customer: Customer, *, now: datetime) -> bool:
    """Whether they may buy."""
    return has_turned(BUYER_AGE, customer.born_on, now=now)


def check_of_age(customer: Customer, *, now: datetime) -> None:
    if not is_of_age(customer, now=now):
        raise NotAllowed("Du kan handla här från den dag du fyller 18. Så länge köper du hos ett "
                         "ombud eller på kundcenter.")


def actor_of(customer: Customer) -> Actor:
    return Actor(person_id=customer.id, name=customer.name, personnummer_index=b"",
                 roles=frozenset({Role.CUSTOMER}), customer_id=customer.id)


def speak(session: Session, customer_id: UUID, language: str) -> None:
    """The language of the letters to them."""
    find(session, customer_id).language = language

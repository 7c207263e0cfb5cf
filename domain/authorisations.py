"""Authorisations: each promises a traveller room for one ticket, at the price of that moment, until
it is captured, voided or has expired.

They are made and settled in `purchases`; what they take and give back is in the `ledger`.
"""
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain import companies
from domain.access import Actor
from domain.departments import Department
from domain.months import Month
from domain.price_lists import Price
from domain.products import Area, Extent, Product, Trip
from domain.rules import rules
from domain.store import Row, partial_index
from domain.tickets import Ticket


class State(StrEnum):
    OPEN = "open"
    """Also past its time, until the sweep has found it: but then it buys nothing."""
    CAPTURED = "captured"
    VOIDED = "voided"
    EXPIRED = "expired"
    REFUNDED = "refunded"


class Authorisation(Row):
    __tablename__ = "business_travel_authorisations"
    __table_args__ = (
        partial_index("ix_business_travel_authorisations_open", "expires_at",
                      where="state = 'open'"),
        partial_index("ix_business_travel_authorisations_open_of", "connection_id",
                      where="state = 'open'"),
    )

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    department_id: Mapped[UUID] = mapped_column(ForeignKey("departments.id"))
    """Whose budget it is of, wherever the traveller is moved meanwhile."""
    connection_id: Mapped[UUID] = mapped_column(ForeignKey("business_travel_connections.id"))
    product: Mapped[Product]
    extent: Mapped[Extent]
    zones: Mapped[str]
    area: Mapped[Area | None]
    valid_from: Mapped[date | None]
    purpose: Mapped[str] = mapped_column(default="", server_default="")
    """What the traveller told who pays."""
    price_ore: Mapped[int]
    vat_basis_points: Mapped[int]
    price_list_id: Mapped[UUID] = mapped_column(ForeignKey("price_lists.id"))
    authorised_at: Mapped[datetime]
    authorised_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    expires_at: Mapped[datetime]
    state: Mapped[State] = mapped_column(default=State.OPEN)
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"), unique=True)
    """What was bought, once it is captured."""
    trial: Mapped[bool]

    ticket: Mapped[Ticket | None] = relationship()

    @property
    def month(self) -> Month:
        """Whose limit and budget it is of: that of the moment when it was made."""
        return Month.of(self.authorised_at)

    @property
    def trip(self) -> Trip:
        return Trip(self.extent, tuple(map(int, self.zones.split())), self.area)

    @property
    def price(self) -> Price:
        return Price(product=self.product, extent=self.extent, area=self.area,
                     price_ore=self.price_ore, vat_basis_points=self.vat_basis_points,
                     price_list_id=self.price_list_id)


def make(session: Session, price: Price, valid: Trip, *, connection_id: UUID,
         department: Department, purpose: str = "", valid_from: date | None = None, by: Actor,
         now: datetime) -> Authorisation:
    authorisation = Authorisation(
        id=uuid4(), state=State.OPEN, company_id=department.company_id, department_id=department.id,
        connection_id=connection_id, product=price.product, extent=valid.extent,
        zones=" ".join(map(str, valid.zones)), area=valid.area, purpose=purpose,
        valid_from=valid_from, price_ore=price.price_ore,
        vat_basis_points=price.vat_basis_points, price_list_id=price.price_list_id,
        authorised_at=now, authorised_by_id=by.person_id,
        expires_at=now + timedelta(minutes=rules(session).authorisation_minutes),
        trial=companies.find(session, department.company_id).on_trial)
    session.add(authorisation)
    return authorisation


def hold(session: Session, authorisation: Authorisation) -> None:
    """As it stands now, and nobody else settles it until the commit."""
    session.flush()
    session.refresh(authorisation, with_for_update=True)


def open_of(session: Session, connection_ids: list[UUID]) -> list[Authorisation]:
    """Held."""
    return _held(session, Authorisation.connection_id.in_(connection_ids))


def overdue(session: Session, *, now: datetime, most: int) -> list[Authorisation]:
    """Held; those whose time is out."""
    return _held(session, Authorisation.expires_at <= now, most=most)


def _held(session: Session, which: ColumnElement[bool], *,
          most: int | None = None) -> list[Authorisation]:
    """Those that are open, in one order: two who settle many at once do not wait for each other."""
    return list(session.scalars(
        select(Authorisation).where(Authorisation.state == State.OPEN, which)
        .order_by(Authorisation.id).limit(most).with_for_update()
        .execution_options(populate_existing=True)))

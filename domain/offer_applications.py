"""The table of applications for staff offers: what was asked for, and what became of it."""
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.access import Actor
from domain.companies import Deduction
from domain.money import equal_parts
from domain.people import Person
from domain.products import Area, Extent, Product, Trip
from domain.staff_offers import StaffOffer
from domain.store import Row
from domain.tickets import Ticket
from domain.travel_cards import TravelCard
from domain.travellers import Traveller


class State(StrEnum):
    WAITING = "waiting"
    ASKED = "asked"
    """The traveller is asked something, or to consent to what an administrator applied for."""
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


OPEN = (State.WAITING, State.ASKED)


class Consent(StrEnum):
    """How the traveller has said yes to the deduction."""

    PORTAL = "portal"
    PAPER = "paper"


class OfferApplication(Row):
    __tablename__ = "offer_applications"
    __table_args__ = (Index("ix_offer_applications_state", "company_id", "state"),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    traveller_id: Mapped[UUID] = mapped_column(ForeignKey("travellers.id"), index=True)
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("staff_offers.id"), index=True, nullable=True)
    """Never None; added to a table that had rows."""
    card_id: Mapped[UUID | None] = mapped_column(ForeignKey("travel_cards.id"))
    """Which is to carry the ticket; None: the traveller's phone."""
    product: Mapped[Product]
    extent: Mapped[Extent]
    zones: Mapped[str]
    area: Mapped[Area | None]
    price_ore: Mapped[int]
    """As shown to the applicant, who consented to a deduction of the employee's part of it."""
    employer_ore: Mapped[int] = mapped_column(server_default="0")
    employee_ore: Mapped[int] = mapped_column(server_default="0")
    """The two parts of the price."""
    months: Mapped[int] = mapped_column(server_default="12")
    deduction: Mapped[Deduction] = mapped_column(server_default=Deduction.NET)
    """As the offer was then."""
    starts_on: Mapped[date]
    decide_by: Mapped[date] = mapped_column(nullable=True)
    """The last day to decide, for the ticket to begin as asked. Never None."""
    consent: Mapped[Consent | None]
    """None while an administrator who has applied for the traveller waits for it."""
    applied_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    """The administrator who applied for the traveller; None: the traveller did."""
    renews_id: Mapped[UUID | None] = mapped_column(ForeignKey("offer_applications.id"))
    """The granted one whose ticket this takes over after."""
    state: Mapped[State] = mapped_column(default=State.WAITING)
    question: Mapped[str | None]
    asked_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    first_yes_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    first_yes_at: Mapped[datetime | None]
    """Said by the first of two, when the offer wants two."""
    applied_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str | None]
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"))
    version: Mapped[int] = mapped_column()

    traveller: Mapped[Traveller] = relationship()
    offer: Mapped[StaffOffer] = relationship()
    card: Mapped[TravelCard | None] = relationship()
    decided_by: Mapped[Person | None] = relationship(foreign_keys=decided_by_id)
    applied_by: Mapped[Person | None] = relationship(foreign_keys=applied_by_id)
    first_yes_by: Mapped[Person | None] = relationship(foreign_keys=first_yes_by_id)
    ticket: Mapped[Ticket | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def trip(self) -> Trip:
        return Trip(self.extent, tuple(map(int, self.zones.split())), self.area)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def has_rule(self) -> bool:
        """Whether the offer says that it is granted by itself: `offer_decisions.by_rule` is asked
        before anyone is told."""
        above = self.offer.auto_below_ore
        return above is not None and self.price_ore <= above

    @property
    def parts(self) -> list[int]:
        """What the salary pays each month, in öre; the first may be a little more."""
        return equal_parts(self.employee_ore, self.months)

    def is_own(self, actor: Actor) -> bool:
        """Also of the one whom a deputy stands in for."""
        return actor.acts_as(self.traveller.personnummer_index)

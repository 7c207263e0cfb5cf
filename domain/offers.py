"""Staff offers: a traveller applies for a ticket, the company decides, the salary pays."""
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, contains_eager, joinedload, mapped_column, relationship

from domain import assortment, audit, deductions, messages, people, price_lists, sales
from domain.access import Actor, Asked, Scope
from domain.departments import Department
from domain.errors import Conflict, Invalid, NotAllowed, NotFound
from domain.money import equal_parts
from domain.months import Month, today
from domain.people import Person
from domain.products import Area, Extent, Product, Trip
from domain.rules import rules
from domain.sales import Recipient
from domain.services import Service
from domain.store import Row
from domain.tickets import Ticket
from domain.travellers import Traveller

OFFERED = [Product.PERIOD_365]


class State(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class OfferApplication(Row):
    __tablename__ = "offer_applications"
    __table_args__ = (Index("ix_offer_applications_state", "company_id", "state"),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    traveller_id: Mapped[UUID] = mapped_column(ForeignKey("travellers.id"), index=True)
    product: Mapped[Product]
    extent: Mapped[Extent]
    zones: Mapped[str]
    area: Mapped[Area | None]
    price_ore: Mapped[int]
    """As shown to the applicant, who consented to a deduction of this much."""
    starts_on: Mapped[date]
    state: Mapped[State] = mapped_column(default=State.WAITING)
    applied_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str | None]
    ticket_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"))
    version: Mapped[int] = mapped_column()

    traveller: Mapped[Traveller] = relationship()
    decided_by: Mapped[Person | None] = relationship()
    ticket: Mapped[Ticket | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def trip(self) -> Trip:
        return Trip(self.extent, tuple(map(int, self.zones.split())), self.area)

    def parts(self, months: int) -> list[int]:
        """What the salary would pay each month, in öre; the first may be a little more."""
        return equal_parts(self.price_ore, months)

    def is_own(self, actor: Actor) -> bool:
        """Also of the one whom a deputy stands in for."""
        return actor.acts_as(self.traveller.personnummer_index)


def apply(session: Session, traveller: Traveller, product: Product, valid: Trip, *,
          starts_on: date, by: Actor, now: datetime) -> OfferApplication:
    """The traveller has consented to the deduction. The administrators are told."""
    if product not in OFFERED:
        raise Invalid("Din arbetsgivare erbjuder inte den biljetten.", "product")
    if starts_on < today(now):
        raise Invalid("Startdagen har redan varit. Välj i dag eller senare.", "starts_on")
    Recipient.registered(traveller)
    assortment.check(session, Service.STAFF_OFFER, product, department=traveller.department,
                     traveller=traveller)
    session.refresh(traveller, with_for_update={"of": Traveller})  # or two of theirs could pass
    if any(each.state == State.WAITING for each in of_travellers(session, [traveller.id])):
        raise Conflict("Du har redan en ansökan som väntar på besked.")
    price = price_lists.price(session, product, valid, now=now)
    application = OfferApplication(
        company_id=traveller.company_id, traveller=traveller, product=product,
        extent=valid.extent, zones=" ".join(map(str, valid.zones)), area=valid.area,
        price_ore=price.price_ore, starts_on=starts_on, applied_at=now)
    session.add(application)
    session.flush()
    _record(session, audit.Act.OFFER_APPLIED, application, by=by, now=now)
    _tell_administrators(session, application, "offer_arrived", now=now, product=product,
                         price_ore=price.price_ore)
    return application


def waiting(session: Session, *, within: Scope) -> list[OfferApplication]:
    """Those that nobody has decided, the oldest first."""
    return list(session.scalars(
        _with_traveller().where(_seen(within), OfferApplication.state == State.WAITING)
        .order_by(OfferApplication.applied_at)))


def decided(session: Session, *, within: Scope, most: int = 30) -> list[OfferApplication]:
    """The rest, the last decided first, each with its ticket and who decided."""
    return list(session.scalars(
        _with_traveller().where(_seen(within), OfferApplication.state != State.WAITING)
        .options(joinedload(OfferApplication.ticket), joinedload(OfferApplication.decided_by))
        .order_by(OfferApplication.decided_at.desc()).limit(most)))


def of_travellers(session: Session, traveller_ids: list[UUID]) -> list[OfferApplication]:
    """All of theirs, the newest first."""
    return list(session.scalars(
        select(OfferApplication).options(joinedload(OfferApplication.ticket))
        .where(OfferApplication.traveller_id.in_(traveller_ids))
        .order_by(OfferApplication.applied_at.desc())))


def waiting_count(session: Session, *, within: Scope) -> int:
    return session.scalar(*_WAITING.of(within))


def find(session: Session, application_id: UUID, *, within: Scope) -> OfferApplication:
    application = session.get(OfferApplication, application_id)
    if application is None or not within.covers(application.company_id,
                                                application.traveller.department_id):
        raise NotFound("Ansökan finns inte.")
    return application


def giving(session: Session, ticket: Ticket) -> OfferApplication | None:
    """The application that the ticket was granted for."""
    return session.scalar(select(OfferApplication).where(OfferApplication.ticket_id == ticket.id))


def find_own(session: Session, application_id: UUID, *,
             traveller_ids: list[UUID]) -> OfferApplication:
    application = session.get(OfferApplication, application_id)
    if application is None or application.traveller_id not in traveller_ids:
        raise NotFound("Ansökan finns inte.")
    return application


def approve(session: Session, application: OfferApplication, *, by: Actor,
            now: datetime) -> Ticket:
    """Send the ticket and write the deductions, in equal parts from the month it starts in."""
    _decide(application, State.APPROVED, by=by, now=now)
    traveller = application.traveller
    starts_on = max(application.starts_on, today(now))
    to = Recipient.registered(traveller, _language(session, traveller))
    ticket = sales.send(
        session, application.product, application.trip, to=to,
        department=session.get_one(Department, traveller.department_id),
        service=Service.STAFF_OFFER, valid_from=starts_on, by=by, now=now)
    if ticket.price_ore != application.price_ore:
        raise Conflict("Priset har ändrats sedan ansökan. Avslå den och be resenären ansöka igen.")
    application.ticket = ticket
    parts = application.parts(rules(session).deduction_months)
    deductions.write(session, application.id, traveller, parts, Month.on(starts_on))
    _record(session, audit.Act.OFFER_APPROVED, application, by=by, now=now)
    _tell(session, application, "offer_approved", by=by, now=now, starts_on=starts_on.isoformat(),
          part_ore=parts[-1], months=len(parts), first_month=str(Month.on(starts_on)))
    return ticket


def decline(session: Session, application: OfferApplication, *, reason: str, by: Actor,
            now: datetime) -> None:
    _decide(application, State.DECLINED, by=by, now=now)
    application.reason = reason
    _record(session, audit.Act.OFFER_DECLINED, application, by=by, now=now)
    _tell(session, application, "offer_declined", by=by, now=now, reason=reason)


def withdraw(session: Session, application: OfferApplication, *, by: Actor | None,
             now: datetime) -> None:
    """The traveller changes their mind, or leaves, before anyone has decided."""
    _close(application, State.WITHDRAWN, by=by, now=now)
    _record(session, audit.Act.OFFER_WITHDRAWN, application, by=by, now=now)


def _with_traveller():
    return (select(OfferApplication).join(OfferApplication.traveller)
            .join(Traveller.department)
            .options(contains_eager(OfferApplication.traveller).contains_eager(Traveller.department)))


def _seen(within: Scope) -> ColumnElement[bool]:
    return within.holds(OfferApplication.company_id, Traveller.department_id)


A, T = OfferApplication.__table__.c, Traveller.__table__.c
_WAITING = Asked(lambda within: (
    select(func.count()).select_from(
        OfferApplication.__table__ if within.is_whole else
        OfferApplication.__table__.join(Traveller.__table__, T.id == A.traveller_id))
    .where(within.holds(A.company_id, T.department_id), A.state == State.WAITING)))
"""How many, for every page."""


def _decide(application: OfferApplication, state: State, *, by: Actor, now: datetime) -> None:
    if application.is_own(by):
        raise NotAllowed("Du kan inte avgöra din egen ansökan. Be en annan administratör.")
    _close(application, state, by=by, now=now)


def _close(application: OfferApplication, state: State, *, by: Actor | None,
           now: datetime) -> None:
    if application.state != State.WAITING:
        raise Conflict("Ansökan är redan avgjord.")
    application.state, application.decided_at = state, now
    application.decided_by_id = by and by.person_id


def _record(session: Session, act: audit.Act, application: OfferApplication, *, by: Actor | None,
            now: datetime) -> None:
    audit.record(session, act, application.traveller_id, company_id=application.company_id,
                 department_id=application.traveller.department_id, by=by, now=now,
                 traveller=application.traveller.name, product=application.product)


def _tell(session: Session, application: OfferApplication, template: str, *, by: Actor,
          now: datetime, **values: str | int) -> None:
    """Both hear of a decision: the traveller, and every administrator of the company."""
    traveller = application.traveller
    words = {"product": application.product, "price_ore": application.price_ore} | values
    if traveller.email:
        messages.put_email(session, template, to=traveller.email, about_id=traveller.id,
                           language=_language(session, traveller),
                           company_id=traveller.company_id, now=now,
                           name=traveller.given_name, company=by.company_name, **words)
    _tell_administrators(session, application, f"{template}_admin", now=now, decided_by=by.name,
                         **words)


def _language(session: Session, traveller: Traveller) -> str:
    return people.language_of(session, traveller.personnummer_index)


def _tell_administrators(session: Session, application: OfferApplication, template: str, *,
                         now: datetime, **words: str | int) -> None:
    department_id = application.traveller.department_id
    for admin in people.administrators(session, application.company_id, department_id):
        if admin.email:
            messages.put_email(session, template, to=admin.email, language=admin.language,
                               company_id=application.company_id, now=now, name=admin.given_name,
                               traveller=application.traveller.name, **words)

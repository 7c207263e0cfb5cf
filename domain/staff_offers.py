"""What an employer offers its staff: tickets that the salary pays, wholly or in part."""
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, false, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import audit
from domain.access import Actor, Scope
from domain.companies import Company, Deduction
from domain.errors import Conflict, Invalid, NotFound
from domain.months import Month, today
from domain.offer_columns import EmploymentForms, Ids
from domain.policy_columns import Extents
from domain.products import COMPANY_PRODUCTS, EXTENT_NAMES, NAMES, Extent, Product, Products, Trip
from domain.rules import rules
from domain.store import Row, partial_index
from domain.texts import Term
from domain.travellers import EmploymentForm, Traveller

WHOLE = 10_000
"""Basis points."""
MONTHS_MOST = 12
LAST_DAY_MOST = 28
"""Which every month has."""
FIRST_NAME = "Årsbiljett"


@dataclass(frozen=True)
class Details:
    """What the employer decides of an offer, as the columns of `StaffOffer` tell."""

    name: str
    products: tuple[Product, ...] = (Product.PERIOD_365,)
    extents: tuple[Extent, ...] | None = None
    department_ids: tuple[UUID, ...] | None = None
    employment_forms: tuple[EmploymentForm, ...] | None = None
    share_basis_points: int = 0
    share_ore: int | None = None
    deduction: Deduction = Deduction.NET
    months: int = MONTHS_MOST
    last_apply_day: int | None = None
    closes_on: date | None = None
    text: str = ""
    second_eyes_above_ore: int | None = None
    auto_below_ore: int | None = None


class StaffOffer(Row):
    __tablename__ = "staff_offers"
    __table_args__ = (partial_index("uq_staff_offers_default", "company_id",
                                    where="is_default", unique=True),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), index=True)
    name: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    """The employer's own words to whoever applies."""
    products: Mapped[list[Product]] = mapped_column(Products)
    extents: Mapped[list[Extent] | None] = mapped_column(Extents)
    department_ids: Mapped[list[UUID] | None] = mapped_column(Ids)
    """Whose travellers may apply; None: everyone's."""
    employment_forms: Mapped[list[EmploymentForm] | None] = mapped_column(EmploymentForms)
    """Who may apply; None: whatever form theirs has."""
    share_basis_points: Mapped[int] = mapped_column(default=0)
    """Of the price, which the employer pays."""
    share_ore: Mapped[int | None]
    """So much instead, at most the price, whatever the ticket costs."""
    deduction: Mapped[Deduction] = mapped_column(default=Deduction.NET)
    months: Mapped[int] = mapped_column(default=12)
    last_apply_day: Mapped[int | None]
    """Of the month; who applies by then may travel from the first of the next. None: the traveller
    chooses the first day."""
    closes_on: Mapped[date | None]
    """The last day on which anyone may apply."""
    closed_at: Mapped[datetime | None]
    second_eyes_above_ore: Mapped[int | None]
    """A price above this is granted by two administrators, not one."""
    auto_below_ore: Mapped[int | None]
    """A price up to this is granted by itself."""
    is_default: Mapped[bool] = mapped_column(default=False, server_default=false())
    """The one that came with the company."""
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    def employer_ore(self, price_ore: int) -> int:
        """What the employer pays of the price; the employee's part is the rest."""
        if self.share_ore is not None:
            return min(self.share_ore, price_ore)
        return price_ore * self.share_basis_points // WHOLE

    def is_open(self, now: datetime) -> bool:
        """Whether anyone may apply today."""
        return self.closed_at is None and (self.closes_on is None or today(now) <= self.closes_on)

    def is_for(self, traveller: Traveller) -> bool:
        """Whether the traveller is one of those whom it is meant for."""
        return ((self.department_ids is None or traveller.department_id in self.department_ids)
                and (self.employment_forms is None
                     or traveller.employment_form in self.employment_forms))

    def first_day(self, now: datetime, *, by_employer: bool = False) -> date | None:
        """The first that one who applies today may travel from; None: any day one likes. The last
        day to apply is for travellers: a form that was handed in by then may be registered
        later."""
        if self.last_apply_day is None:
            return None
        month = Month.of(now)
        late = not by_employer and today(now).day > self.last_apply_day
        return (month.next.next if late else month.next).first_day

    def apply_by(self, first_day: date) -> date:
        """The last day to apply for travelling from that day."""
        return Month.on(first_day).previous.first_day.replace(day=self.last_apply_day)


# Asked.


def of_company(session: Session, company_id: UUID) -> list[StaffOffer]:
    """Those that are open first, and of them the one that came with the company."""
    return list(session.scalars(
        select(StaffOffer).where(StaffOffer.company_id == company_id)
        .order_by(StaffOffer.closed_at.is_not(None), StaffOffer.is_default.desc(),
                  StaffOffer.created_at, StaffOffer.id)))


def find(session: Session, offer_id: UUID, *, company_id: UUID) -> StaffOffer:
    offer = session.get(StaffOffer, offer_id)
    if offer is None or offer.company_id != company_id:
        raise NotFound("Erbjudandet finns inte.")
    return offer


def open_to(session: Session, traveller: Traveller, *, now: datetime) -> list[StaffOffer]:
    """What the traveller may apply for today, the employer's services apart."""
    return [each for each in of_company(session, traveller.company_id)
            if each.is_open(now) and each.is_for(traveller)]


@dataclass(frozen=True)
class Reach:
    """How many of the company's travellers an offer is for."""

    those: int
    all: int
    unknown: int
    """Those that it might be for: nobody has said what form of employment they have."""


def reach(session: Session, offer: StaffOffer, *, within: Scope) -> Reach:
    rooms = offer.department_ids
    kept = [within.holds(Traveller.company_id, Traveller.department_id),
            Traveller.ended_at.is_(None)]
    there = Traveller.department_id.in_(rooms) if rooms is not None else kept[0]
    forms = offer.employment_forms
    fits = Traveller.employment_form.in_(forms) if forms is not None else kept[0]
    unsaid = Traveller.employment_form.is_(None)
    those, everyone, unknown = session.execute(
        select(func.count().filter(there, fits), func.count(),
               func.count().filter(there, unsaid)).select_from(Traveller).where(*kept)).one()
    return Reach(those, everyone, unknown if forms is not None else 0)


def check(offer: StaffOffer, traveller: Traveller, product: Product, valid: Trip, *,
          starts_on: date, by_employer: bool = False, now: datetime) -> None:
    """Refuse what the offer does not hold."""
    if not offer.is_open(now):
        raise Conflict("Det går inte längre att ansöka om %(offer)s.", offer=offer.name)
    if not offer.is_for(traveller):
        raise Invalid("%(offer)s gäller inte %(traveller)s.", "offer", offer=offer.name,
                      traveller=traveller.name)
    if product not in offer.products:
        raise Invalid("%(product)s ingår inte i erbjudandet.", "product",
                      product=Term(NAMES[product]))
    if offer.extents is not None and valid.extent not in offer.extents:
        raise Invalid("%(extent)s ingår inte i erbjudandet.", "place",
                      extent=Term(EXTENT_NAMES[valid.extent]))
    if starts_on < today(now):
        raise Invalid("Startdagen har redan varit. Välj i dag eller senare.", "starts_on")
    first = offer.first_day(now, by_employer=by_employer)
    if first and (starts_on < first or starts_on.day != 1):
        raise Invalid("Biljetten kan börja gälla %(first)s, eller den första i en senare månad.",
                      "first_on", first=first)


# Done.


def first(session: Session, company: Company, *, now: datetime) -> StaffOffer:
    """The one that comes with the company: a 365-day ticket that the salary pays in a year."""
    offer = StaffOffer(company_id=company.id, is_default=True, created_at=now)
    _write(offer, Details(FIRST_NAME, deduction=company.deduction or Deduction.NET,
                          months=rules(session).deduction_months))
    session.add(offer)
    session.flush()
    return offer


def add(session: Session, company_id: UUID, details: Details, *, by: Actor,
        now: datetime) -> StaffOffer:
    offer = StaffOffer(company_id=company_id, created_at=now)
    _write(offer, details)
    session.add(offer)
    session.flush()
    _record(session, audit.Act.STAFF_OFFER_ADDED, offer, by=by, now=now)
    return offer


def change(session: Session, offer: StaffOffer, details: Details, *, by: Actor,
           now: datetime) -> None:
    """Holds for whoever applies from now on. What is applied for stands as it was agreed."""
    _write(offer, details)
    _record(session, audit.Act.STAFF_OFFER_CHANGED, offer, by=by, now=now)


def close(session: Session, offer: StaffOffer, *, by: Actor, now: datetime) -> None:
    """Nobody may apply any more. What is applied for is decided, and what is granted goes on."""
    if offer.closed_at:
        raise Conflict("Erbjudandet är redan stängt.")
    offer.closed_at = now
    _record(session, audit.Act.STAFF_OFFER_CLOSED, offer, by=by, now=now)


def reopen(session: Session, offer: StaffOffer, *, by: Actor, now: datetime) -> None:
    if not offer.closed_at:
        raise Conflict("Erbjudandet är redan öppet.")
    offer.closed_at = None
    _record(session, audit.Act.STAFF_OFFER_REOPENED, offer, by=by, now=now)


def _write(offer: StaffOffer, details: Details) -> None:
    if not set(details.products) or set(details.products) - set(COMPANY_PRODUCTS):
        raise Invalid("Välj minst en biljett.", "products")
    if not 1 <= details.months <= MONTHS_MOST:
        raise Invalid("Lönen kan betala i 1–12 månader.", "months")
    if details.last_apply_day is not None and not 1 <= details.last_apply_day <= LAST_DAY_MOST:
        raise Invalid("Sista dagen att ansöka är en dag från 1 till 28.", "last_apply_day")
    if not 0 <= details.share_basis_points <= WHOLE:
        raise Invalid("Arbetsgivaren kan betala från 0 till 100 procent.", "share")
    for name, value in vars(details).items():
        setattr(offer, name, value)


def _record(session: Session, act: audit.Act, offer: StaffOffer, *, by: Actor,
            now: datetime) -> None:
    audit.record(session, act, offer.id, company_id=offer.company_id, by=by, now=now,
                 offer=offer.name)

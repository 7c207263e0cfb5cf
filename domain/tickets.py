"""Tickets: sold to a company, carried on a phone, activated by the traveller."""
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    and_,
    case,
    false,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import assortment, audit, messages, products, travellers, trial_limits
from domain.access import Actor, Scope
from domain.departments import Department
from domain.errors import Conflict, Invalid, NotFound
from domain.identity import token_hash
from domain.months import Month, days_later, midnight, today
from domain.products import FLEX, PERIOD_DAYS, Area, Extent, Product, Trip
from domain.rules import rules
from domain.services import Service
from domain.store import Row
from domain.travellers import Traveller


class State(StrEnum):
    UNACTIVATED = "unactivated"
    ACTIVE = "active"
    RESTING = "resting"
    """A flex ticket between two travel days."""
    EXPIRED = "expired"
    RECALLED = "recalled"


OVER = {State.EXPIRED, State.RECALLED}


@dataclass(frozen=True)
class Recipient:
    """Whose phone the ticket goes to; a temporary traveller is nobody's registered one."""

    name: str
    mobile: str
    traveller: Traveller | None = None

    @classmethod
    def registered(cls, traveller: Traveller) -> "Recipient":
        travellers.check_employed(traveller)
        if not traveller.mobile:
            raise Invalid("Resenären har inget mobilnummer. Lägg till det först.", "traveller")
        return cls(traveller.name, traveller.mobile, traveller)


def new_number() -> str:
    """Ten characters that are hard to misread, for a person to read out: K7QF-2M9XD4."""
    alphabet, value = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ", uuid4().int
    text = "".join(alphabet[(value >> shift) % 32] for shift in range(0, 50, 5))
    return f"{text[:4]}-{text[4:]}"


class Ticket(Row):
    __tablename__ = "tickets"
    __table_args__ = (Index("ix_tickets_company_sold", "company_id", "sold_at"),)

    number: Mapped[str] = mapped_column(unique=True, default=new_number)
    service: Mapped[Service]
    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    department_id: Mapped[UUID] = mapped_column(ForeignKey("departments.id"))
    department_name: Mapped[str]
    reference_number: Mapped[str]
    """Department and reference are frozen as they were at the purchase: they go on the invoice."""
    traveller_id: Mapped[UUID | None] = mapped_column(ForeignKey("travellers.id"), index=True)
    holder: Mapped[str]
    mobile: Mapped[str]
    product: Mapped[Product]
    extent: Mapped[Extent]
    zones: Mapped[str]
    area: Mapped[Area | None]
    price_ore: Mapped[int]
    vat_ore: Mapped[int]
    vat_basis_points: Mapped[int]
    price_list_id: Mapped[UUID] = mapped_column(ForeignKey("price_lists.id"))
    sold_at: Mapped[datetime]
    sold_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    trial: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Sent by a company that only tries the portal: nobody pays, and no inspection accepts it."""
    valid_from: Mapped[date | None]
    activate_by: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    recalled_at: Mapped[datetime | None] = mapped_column(index=True)
    """Only one that nobody has activated is recalled; the company is credited."""
    active_until: Mapped[datetime | None]
    days_used: Mapped[int] = mapped_column(default=0)
    use_by: Mapped[datetime | None]
    """When the travel days of a flex ticket run out."""
    link_hash: Mapped[bytes | None] = mapped_column(unique=True)
    bundle: Mapped[bytes | None]
    """The signed mobile ticket bundle while the ticket is active."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def trip(self) -> Trip:
        return Trip(self.extent, tuple(map(int, self.zones.split())), self.area)

    @property
    def days(self) -> int:
        return FLEX[self.product][0] if self.product in FLEX else 1

    @property
    def days_left(self) -> int:
        return self.days - self.days_used

    @property
    def starts_at(self) -> datetime:
        """The earliest that it may be activated."""
        return max(self.sold_at, midnight(self.valid_from)) if self.valid_from else self.sold_at

    @property
    def lasts_days(self) -> int:
        """At most, once it is activated."""
        return PERIOD_DAYS.get(self.product) or FLEX.get(self.product, (1, 1))[1]

    @property
    def useless_at(self) -> datetime:
        """When nobody can use it any longer, whenever it was or was not activated."""
        return days_later(self.activate_by, self.lasts_days)

    def state(self, now: datetime) -> State:
        if self.recalled_at:
            return State.RECALLED
        if self.activated_at is None:
            return State.UNACTIVATED if now < self.activate_by else State.EXPIRED
        if now < self.active_until:
            return State.ACTIVE
        resting = self.days_left and now < self.use_by
        return State.RESTING if resting else State.EXPIRED

    def has_begun(self, now: datetime) -> bool:
        return self.valid_from is None or now >= midnight(self.valid_from)

    def may_activate(self, now: datetime) -> bool:
        return self.has_begun(now) and self.state(now) in (State.UNACTIVATED, State.RESTING)


def sell(session: Session, service: Service, product: Product, valid: Trip, *, to: Recipient,
         department: Department, valid_from: date | None = None, by: Actor,
         now: datetime) -> Ticket:
    """A ticket at the price of this moment, on the department's reference number."""
    price = products.price(session, product, valid, now=now)
    starts = max(now, midnight(valid_from)) if valid_from else now
    ticket = Ticket(
        service=service, company_id=department.company_id, department_id=department.id,
        department_name=department.name, reference_number=department.reference_number,
        traveller_id=to.traveller and to.traveller.id, holder=to.name, mobile=to.mobile,
        product=product, extent=valid.extent, zones=" ".join(map(str, valid.zones)),
        area=valid.area, price_ore=price.price_ore, vat_ore=price.vat_ore,
        vat_basis_points=price.vat_basis_points, price_list_id=price.price_list_id, sold_at=now,
        sold_by_id=by.person_id, valid_from=valid_from,
        trial=trial_limits.take_ticket(session, department.company_id),
        activate_by=days_later(starts, rules(session).activate_within_days))
    session.add(ticket)
    session.flush()
    return ticket


def send(session: Session, product: Product, valid: Trip, *, to: Recipient,
         department: Department, service: Service = Service.SEND_TICKET,
         valid_from: date | None = None, by: Actor, now: datetime) -> Ticket:
    """Sell a ticket and send the link to it to the recipient's phone."""
    assortment.check(session, service, product, department=department, traveller=to.traveller,
                     field="traveller" if to.traveller else "department")
    if valid_from:
        check_start(session, valid_from, "valid_from", now=now)
    ticket = sell(session, service, product, valid, to=to, department=department,
                  valid_from=valid_from, by=by, now=now)
    put_sms(session, ticket, by=by, now=now)
    audit.record(session, audit.Act.TICKET_SENT, ticket.id, company_id=ticket.company_id,
                 department_id=ticket.department_id, by=by, now=now, holder=to.name,
                 product=product, price_ore=ticket.price_ore)
    return ticket


def check_start(session: Session, starts_on: date, field: str, *, now: datetime) -> None:
    """A ticket begins today or later, and not later than one that is bought today may."""
    if starts_on < today(now):
        raise Invalid("Startdagen har redan varit. Välj i dag eller senare.", field)
    if starts_on > today(days_later(now, rules(session).activate_within_days)):
        raise Invalid("Startdagen är för långt fram. Välj en dag inom ett år.", field)


def put_sms(session: Session, ticket: Ticket, *, by: Actor, now: datetime) -> None:
    """The message that carries the link to the ticket."""
    messages.put_sms(session, "ticket", to=ticket.mobile, about_id=ticket.id,
                     company_id=ticket.company_id, now=now, company=by.company_name,
                     product=ticket.product, number=ticket.number)


def of_travellers(session: Session, traveller_ids: list[UUID], *, most: int = 50) -> list[Ticket]:
    """What has been bought for them, newest first."""
    return list(session.scalars(
        select(Ticket).where(Ticket.traveller_id.in_(traveller_ids))
        .order_by(Ticket.sold_at.desc(), Ticket.id).limit(most)))


def find(session: Session, ticket_id: UUID, *, within: Scope) -> Ticket:
    ticket = session.get(Ticket, ticket_id)
    if ticket is None or not within.covers(ticket.company_id, ticket.department_id):
        raise NotFound("Biljetten finns inte.")
    return ticket


def link(session: Session, ticket_id: UUID, message_id: UUID) -> str:
    """The secret that opens the ticket from this message; one in an earlier message does not any
    more."""
    token = session.info["vault"].token(f"ticket link {message_id}")
    session.execute(update(Ticket).where(Ticket.id == ticket_id)
                    .values(link_hash=token_hash(token)))
    return token


def runs_out(session: Session, ticket: Ticket, *, now: datetime) -> datetime:
    """When the ticket, or its next travel day, ends if it is activated now."""
    ends = products.active_until(ticket.product, ticket.extent, now, rules(session))
    return min(ends, ticket.use_by) if ticket.use_by else ends


def activate(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """Start the ticket, or one travel day of a flex ticket."""
    state = ticket.state(now)
    if state == State.ACTIVE:
        raise Conflict("Biljetten är redan aktiv.")
    if state == State.EXPIRED:
        raise Conflict("Biljetten har gått ut.")
    if state == State.RECALLED:
        raise Conflict("Biljetten är återkallad.")
    if not ticket.has_begun(now):
        raise Conflict("Biljetten börjar gälla %(day)s.", day=ticket.valid_from.isoformat())
    if ticket.activated_at is None:
        ticket.activated_at = now
        if ticket.product in FLEX:
            ticket.use_by = days_later(now, FLEX[ticket.product][1])
        audit.record(session, audit.Act.TICKET_ACTIVATED, ticket.id, company_id=None, by=None,
                     now=now)  # when a ticket is used is the traveller's own business
    ticket.active_until = runs_out(session, ticket, now=now)
    ticket.days_used += 1


def sold_in(month: Month) -> ColumnElement[bool]:
    """What the month is charged for: sold in it, and not recalled before it ended."""
    return and_(Ticket.sold_at >= month.start, Ticket.sold_at < month.next.start,
                or_(Ticket.recalled_at.is_(None), Ticket.recalled_at >= month.next.start))


def credited_in(month: Month) -> ColumnElement[bool]:
    """What the month is credited for: charged in an earlier one, and recalled in this."""
    return and_(Ticket.sold_at < month.start, Ticket.recalled_at >= month.start,
                Ticket.recalled_at < month.next.start)


@dataclass(frozen=True)
class Sum:
    service: Service
    tickets: int
    gross_ore: int


def month_so_far(session: Session, *, within: Scope, now: datetime) -> list[Sum]:
    """As the month's report would be now: tickets that were sold, and kronor less what is
    credited."""
    sold, credited = sold_in(Month.of(now)), credited_in(Month.of(now))
    rows = session.execute(
        select(Ticket.service, func.count().filter(sold),
               func.sum(case((sold, Ticket.price_ore), else_=-Ticket.price_ore)))
        .where(within.holds(Ticket.company_id, Ticket.department_id), or_(sold, credited))
        .group_by(Ticket.service))
    found = {service: Sum(service, count, int(total)) for service, count, total in rows}
    return [found.get(service, Sum(service, 0, 0)) for service in Service]

"""Tickets as they are kept: what was sold, to whom, and the state that it is in.

They are sold in `sales`, carried in `carried`, started in `activations`, and taken back in
`recalls`.
"""
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    SQLColumnExpression,
    and_,
    case,
    false,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.access import Scope
from domain.errors import NotFound
from domain.months import Month, days_later, midnight
from domain.products import (
    CATEGORY_OF,
    FLEX,
    PERIOD_DAYS,
    Area,
    Category,
    Extent,
    Product,
    Trip,
)
from domain.services import Service
from domain.store import Row, partial_index


class State(StrEnum):
    UNACTIVATED = "unactivated"
    ACTIVE = "active"
    RESTING = "resting"
    """A flex ticket between two travel days."""
    EXPIRED = "expired"
    RECALLED = "recalled"


OVER = {State.EXPIRED, State.RECALLED}


def new_number() -> str:
    """Ten characters that are hard to misread, for a person to read out: K7QF-2M9XD4."""
    alphabet, value = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ", uuid4().int
    text = "".join(alphabet[(value >> shift) % 32] for shift in range(0, 50, 5))
    return f"{text[:4]}-{text[4:]}"


def begins(number: SQLColumnExpression[str], word: str) -> ColumnElement[bool]:
    """Whether a ticket's number begins so, however it is written. Its first four characters are the
    least that count: one number in a thousand begins with the two letters of Ek."""
    bare = word.upper().replace("-", "")
    if len(bare) < 4:
        return false()
    return number.startswith(f"{bare[:4]}-{bare[4:]}" if bare[4:] else bare, autoescape=True)


class Ticket(Row):
    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_company_sold", "company_id", "sold_at"),
        partial_index("ix_tickets_purchases", "company_id", "sold_at",
                      where="service = 'business_travel'"),
        partial_index("ix_tickets_to_list", "sold_at",
                      where="card_id IS NOT NULL AND card_entry IS NULL"),
        partial_index("ix_tickets_to_cards", "card_entry",
                      where="card_id IS NOT NULL AND available_at IS NULL"),
        partial_index("ix_tickets_uncounted", "company_id", "sold_at", where="counted = 0"),
        partial_index("ix_tickets_recall_uncounted", "company_id", "recalled_at",
                      where="counted < 2 AND recalled_at IS NOT NULL"),
    )

    number: Mapped[str] = mapped_column(unique=True, default=new_number)
    service: Mapped[Service | None]
    """None, like company and department, of what a private customer has bought."""
    customer_id: Mapped[UUID | None] = mapped_column(ForeignKey("customers.id"), index=True)
    """The private customer who bought it, and then nobody's employer has anything to do with it."""
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id"))
    department_id: Mapped[UUID | None] = mapped_column(ForeignKey("departments.id"))
    department_name: Mapped[str]
    reference_number: Mapped[str]
    """Department and reference are frozen as they were at the purchase: they go on the invoice."""
    cost_centre: Mapped[str] = mapped_column(default="", server_default="")
    note: Mapped[str] = mapped_column(default="", server_default="")
    """The buyer's own words for the line on the invoice."""
    purpose: Mapped[str] = mapped_column(default="", server_default="")
    """What the traveller told who pays, of a purchase of their own."""
    order_id: Mapped[UUID | None] = mapped_column(ForeignKey("ticket_orders.id"), index=True)
    """What it was sent with, together with others."""
    renews_id: Mapped[UUID | None] = mapped_column(ForeignKey("tickets.id"), unique=True)
    """The ticket that this one follows, which has no other that does."""
    traveller_id: Mapped[UUID | None] = mapped_column(ForeignKey("travellers.id"), index=True)
    holder: Mapped[str]
    mobile: Mapped[str] = mapped_column(index=True)
    """Empty when a travel card carries it."""
    card_id: Mapped[UUID | None] = mapped_column(ForeignKey("travel_cards.id"), index=True)
    card_entry: Mapped[int | None] = mapped_column(unique=True)
    """Its place in the list of what cards carry, from which the ticket system fetches; None when
    there is something that has not been put there yet."""
    available_at: Mapped[datetime | None]
    """When the ticket system knew that the card carries it."""
    language: Mapped[str] = mapped_column(default="sv", server_default="sv")
    """That the holder is written to in."""
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
    first_from: Mapped[date | None]
    """The day that it was bought from, where the customer has changed it since."""
    activate_by: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    recalled_at: Mapped[datetime | None] = mapped_column(index=True)
    """Only one that nobody has activated is recalled; the company is credited."""
    active_until: Mapped[datetime | None]
    days_used: Mapped[int] = mapped_column(default=0)
    use_by: Mapped[datetime | None]
    """When the travel days of a flex ticket run out."""
    send_at: Mapped[datetime | None]
    """When its message is to go, if later than the purchase."""
    link_hash: Mapped[bytes | None] = mapped_column(unique=True)
    bundle: Mapped[bytes | None]
    """The signed mobile ticket bundle while the ticket is active."""
    counted: Mapped[int] = mapped_column(default=0, server_default="0")
    """What of it is in `statistics` already: 1 when the purchase is, 2 when its recall is too."""
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def trip(self) -> Trip:
        return Trip(self.extent, tuple(map(int, self.zones.split())), self.area)

    @property
    def category(self) -> Category:
        return CATEGORY_OF[self.product]

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
        latest = days_later(self.activate_by, self.lasts_days)
        return max(latest, self.active_until) if self.active_until else latest

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

"""Orders of tickets: what is sent together, to whom, and how far it has come.

An order is a draft until it is sent, and waits in the database for the one button. It is read in
`order_recipients`, checked in `order_checking` and `order_doubts`, and sent in `order_sending`.
"""
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, Index, and_, false, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import price_lists
from domain.access import Actor, Principal, Scope
from domain.errors import Conflict, Invalid, NotFound
from domain.months import days_later
from domain.products import Area, Extent, Product, Trip
from domain.rules import rules
from domain.sales import check_start
from domain.sms_length import most_characters
from domain.store import Row
from domain.tickets import Ticket


class State(StrEnum):
    DRAFT = "draft"
    SENDING = "sending"
    SENT = "sent"


class TicketOrder(Row):
    __tablename__ = "ticket_orders"
    __table_args__ = (Index("ix_ticket_orders_company_made", "company_id", "made_at"),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    state: Mapped[State] = mapped_column(default=State.DRAFT, server_default=State.SENT)
    made_at: Mapped[datetime]
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    within: Mapped[list | None] = mapped_column(JSON)
    """The departments of whoever made it; None for the whole company."""
    by: Mapped[dict | None] = mapped_column(JSON)
    """Who made it, as the log needs to know them."""
    product: Mapped[Product]
    extent: Mapped[Extent]
    zones: Mapped[str]
    area: Mapped[Area | None]
    to_cards: Mapped[bool] = mapped_column(default=False, server_default=false())
    """All of it goes to travel cards, else all to phones."""
    quantity: Mapped[int] = mapped_column(default=1, server_default="1")
    """To each of the recipients."""
    valid_from: Mapped[date | None]
    send_at: Mapped[datetime | None]
    greeting: Mapped[str] = mapped_column(default="")
    """A line of the sender's own in the text message."""
    department_id: Mapped[UUID | None] = mapped_column(ForeignKey("departments.id"))
    """Which pays; None when each traveller's own does."""
    cost_centre: Mapped[str | None]
    """None when it is that of each department that pays."""
    note: Mapped[str] = mapped_column(default="", server_default="")
    ordered_at: Mapped[datetime | None]
    """When the button was pressed."""
    price_ore: Mapped[int | None]
    """Of one ticket, as it was then; so are those below."""
    vat_ore: Mapped[int | None]
    vat_basis_points: Mapped[int | None]
    price_list_id: Mapped[UUID | None] = mapped_column(ForeignKey("price_lists.id"))
    trial: Mapped[bool] = mapped_column(default=False, server_default=false())
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    """Recipients that it is sent to."""
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    """So many of them have their tickets."""

    @property
    def trip(self) -> Trip:
        return Trip(self.extent, tuple(map(int, self.zones.split())), self.area)

    @property
    def tickets(self) -> int:
        return self.total * self.quantity

    @property
    def scope(self) -> Scope:
        """Of whoever made it."""
        return Scope(self.company_id,
                     None if self.within is None else frozenset(map(UUID, self.within)))

    @property
    def actor(self) -> Actor:
        """Who made it, as far as the log and a text message need to know them."""
        by = self.by or {}
        stands_in = by.get("for")
        return Actor(
            self.made_by_id, by.get("name", ""), b"", frozenset(), administers=self.company_id,
            company_name=by.get("company", ""),
            on_behalf_of=Principal(UUID(stands_in[0]), stands_in[1], b"") if stands_in else None)


@dataclass(frozen=True)
class Wish:
    """What is wanted, and on whose account; each already parsed."""

    product: Product
    trip: Trip
    quantity: int = 1
    valid_from: date | None = None
    send_at: datetime | None = None
    greeting: str = ""
    department_id: UUID | None = None
    cost_centre: str | None = None
    note: str = ""


def draft(session: Session, wish: Wish, *, by: Actor, now: datetime) -> TicketOrder:
    """Nothing is sold yet. Its recipients are put by `order_recipients`."""
    check(session, wish, now=now)
    departments = by.scope.departments
    order = TicketOrder(
        company_id=by.company_id, made_at=now, made_by_id=by.person_id,
        within=None if departments is None else sorted(each.hex for each in departments),
        by=kept(by),
        product=wish.product, extent=wish.trip.extent, area=wish.trip.area,
        zones=" ".join(map(str, wish.trip.zones)), quantity=wish.quantity,
        valid_from=wish.valid_from, send_at=wish.send_at, greeting=wish.greeting,
        department_id=wish.department_id, cost_centre=wish.cost_centre, note=wish.note)
    session.add(order)
    session.flush()
    return order


def kept(by: Actor) -> dict:
    principal = by.on_behalf_of
    return {"name": by.name, "company": by.company_name,
            "for": principal and [str(principal.person_id), principal.name]}


def check(session: Session, wish: Wish, *, now: datetime) -> None:
    limits = rules(session)
    price_lists.price(session, wish.product, wish.trip, now=now)
    if not 1 <= wish.quantity <= limits.order_quantity_max:
        raise Invalid("Antalet är mellan 1 och %(most)s.", "quantity",
                      most=limits.order_quantity_max)
    if wish.valid_from:
        check_start(session, wish.valid_from, "valid_from", now=now)
    if wish.send_at:
        check_sending(session, wish.send_at, now=now)
    most = most_characters(wish.greeting, limits.greeting_max)
    if len(wish.greeting) > most:
        raise Invalid("Hälsningen är för lång. Med de tecken som står i den får den ha högst "
                      "%(most)s.", "greeting", most=most)


def check_sending(session: Session, send_at: datetime, *, now: datetime) -> None:
    most = rules(session).send_later_days
    if send_at <= now:
        raise Invalid("Den tiden har redan varit. Välj en senare, eller lämna dagen tom så skickas "
                      "sms:et genast.", "send_on")
    if send_at > days_later(now, most):
        raise Invalid("Sms:et kan skickas högst %(most)s dagar fram.", "send_on", most=most)


def find(session: Session, order_id: UUID, *, by: Actor) -> TicketOrder:
    """A draft is for whoever made it. What others have sent, an administrator of departments finds
    only when it is of no other departments."""
    order = session.get(TicketOrder, order_id)
    if order is None or not _sees(by, order):
        raise NotFound("Beställningen finns inte. Ett utkast sparas i ett dygn.")
    return order


def of_ticket(session: Session, ticket: Ticket, *, by: Actor) -> TicketOrder | None:
    """What the ticket was sent with, if that may be seen."""
    order = ticket.order_id and session.get(TicketOrder, ticket.order_id)
    return order if order and _sees(by, order) else None


def _sees(by: Actor, order: TicketOrder) -> bool:
    if by.company_id != order.company_id or (
            order.state == State.DRAFT and order.made_by_id != by.person_id):
        return False
    theirs = order.scope.departments
    return by.scope.is_whole or (theirs is not None and theirs <= by.scope.departments)


def check_draft(order: TicketOrder) -> None:
    if order.state != State.DRAFT:
        raise Conflict("Beställningen är redan skickad.")


@dataclass(frozen=True)
class Page:
    rows: list[TicketOrder]
    after: str | None
    """Where the next page begins; None on the last."""


def listed(session: Session, *, by: Actor, after: str | None = None, most: int = 40) -> Page:
    """The newest first: what was sent, and the drafts of whoever asks."""
    found = (select(TicketOrder)
             .where(TicketOrder.company_id == by.company_id,
                    or_(TicketOrder.state != State.DRAFT, TicketOrder.made_by_id == by.person_id))
             .order_by(TicketOrder.made_at.desc(), TicketOrder.id))
    if not by.scope.is_whole:
        found = found.where(TicketOrder.made_by_id == by.person_id)
    if after:
        made_at, order_id = _place_in_list(after)
        found = found.where(or_(TicketOrder.made_at < made_at,
                                and_(TicketOrder.made_at == made_at, TicketOrder.id > order_id)))
    rows = list(session.scalars(found.limit(most + 1)))
    last = rows[most - 1] if len(rows) > most else None
    return Page(rows[:most], last and f"{last.made_at.isoformat()}|{last.id}")


def _place_in_list(after: str) -> tuple[datetime, UUID]:
    moment, _, order_id = after.partition("|")
    try:
        return datetime.fromisoformat(moment).astimezone(UTC), UUID(order_id)
    except (ValueError, OverflowError) as wrong:
        raise NotFound("Sidan finns inte.") from wrong

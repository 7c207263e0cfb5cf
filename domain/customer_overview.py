"""The first page of a customer: what waits for them, then what they travel with."""
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from domain import (
    card_contents,
    children,
    customer_cards,
    customers,
    email_changes,
    own_tickets,
    parcels,
    shop_orders,
)
from domain.card_contents import Content
from domain.customers import BUYER_AGE, Child, Customer
from domain.email_changes import EmailChange
from domain.own_tickets import Own
from domain.parcels import Parcel
from domain.shop_orders import ShopOrder
from domain.tickets import OVER

TICKETS = 20
ON_ITS_WAY = (parcels.State.ORDERED, parcels.State.PACKED)
LATELY = timedelta(days=7)
"""So long what has been posted may be on its way."""


@dataclass(frozen=True)
class Overview:
    customer: Customer
    may_buy: bool
    buyer_on: date
    """The day from which they may."""
    unpaid: list[ShopOrder]
    coming: list[Parcel]
    """That have not been posted yet, or were so lately."""
    email_change: EmailChange | None
    grown: list[Child]
    """Who may have an account of their own by now."""
    cards: list[Content]
    """Those that are not blocked."""
    in_phone: list[Own]
    """Tickets that can be used."""

    @property
    def waits(self) -> bool:
        return bool(self.unpaid or self.coming or self.email_change or self.grown)


def of_customer(session: Session, customer: Customer, *, now: datetime) -> Overview:
    tickets = own_tickets.listed(session, customer.id, now=now, most=TICKETS)
    return Overview(
        customer, customers.is_of_age(customer, now=now),
        customers.birthday(customer.born_on, BUYER_AGE),
        unpaid=shop_orders.awaiting(session, customer.id),
        coming=[each for each in parcels.of_customer(session, customer.id)
                if _is_coming(each, now)],
        email_change=email_changes.waiting(session, customer.id, now=now),
        grown=[each for each in children.of_customer(session, customer.id)
               if children.is_grown(each, now=now)],
        cards=card_contents.of_cards(session, customer_cards.usable(session, customer.id),
                                     now=now),
        in_phone=[each for each in tickets
                  if each.card is None and each.ticket.state(now) not in OVER])


def _is_coming(parcel: Parcel, now: datetime) -> bool:
    posted = parcel.state == parcels.State.POSTED and now - parcel.posted_at < LATELY
    return posted or parcel.state in ON_ITS_WAY

"""A private customer as a clerk sees them: what is on the account, the newest first."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from domain import audit, card_contents, children, customer_cards, parcels, service_acts
from domain.audit import Event
from domain.card_contents import Content
from domain.customers import Child, Customer
from domain.parcel_cases import ParcelCase
from domain.parcels import Parcel
from domain.payments import Payment
from domain.purses import Shortfall
from domain.refunds import Refund
from domain.service_acts import ServiceAct
from domain.shop_orders import ShopOrder
from domain.tickets import Ticket
from domain.travel_cards import TravelCard

MOST = 25
"""Of each kind on the page."""


@dataclass(frozen=True)
class Seen:
    children: list[Child]
    cards: list[Content]
    tickets: list[Ticket]
    """In a phone."""
    shortfalls: list[Shortfall]
    orders: list[ShopOrder]
    payments: dict[UUID, list[Payment]]
    """By order."""
    refunds: dict[UUID, list[Refund]]
    """By payment."""
    parcels: list[Parcel]
    cases: list[ParcelCase]
    acts: list[ServiceAct]
    events: list[Event]


def seen(session: Session, customer: Customer, *, now: datetime) -> Seen:
    cards = customer_cards.listed(session, customer.id)[:MOST]
    orders = _orders(session, customer)
    payments = _payments(session, orders)
    return Seen(
        children=children.of_customer(session, customer.id),
        cards=card_contents.of_cards(session, cards, now=now),
        tickets=_in_phone(session, customer), shortfalls=_shortfalls(session, cards),
        orders=orders,
        payments=_by(payments, "order_id"),
        refunds=_by(_refunds(session, payments), "payment_id"),
        parcels=parcels.of_customer(session, customer.id, most=MOST),
        cases=_cases(session, customer), acts=service_acts.of_customer(session, customer.id),
        events=audit.newest(session, customer.id, most=MOST))


def _in_phone(session: Session, customer: Customer) -> list[Ticket]:
    return list(session.scalars(
        select(Ticket).where(Ticket.customer_id == customer.id, Ticket.card_id.is_(None))
        .order_by(Ticket.sold_at.desc(), Ticket.id).limit(MOST)))


def _shortfalls(session: Session, cards: Sequence[TravelCard]) -> list[Shortfall]:
    return list(session.scalars(
        select(Shortfall).where(Shortfall.card_id.in_([card.id for card in cards]))
        .options(joinedload(Shortfall.card))
        .order_by(Shortfall.month_on.desc(), Shortfall.id).limit(MOST)))


def _orders(session: Session, customer: Customer) -> list[ShopOrder]:
    return list(session.scalars(
        select(ShopOrder).where(ShopOrder.customer_id == customer.id)
        .options(selectinload(ShopOrder.lines))
        .order_by(ShopOrder.placed_at.desc(), ShopOrder.id).limit(MOST)))


def _payments(session: Session, orders: list[ShopOrder]) -> list[Payment]:
    return list(session.scalars(
        select(Payment).where(Payment.order_id.in_([order.id for order in orders]))
        .order_by(Payment.begun_at.desc())))


def _refunds(session: Session, payments: list[Payment]) -> list[Refund]:
    return list(session.scalars(
        select(Refund).where(Refund.payment_id.in_([payment.id for payment in payments]))
        .order_by(Refund.asked_at)))


def _cases(session: Session, customer: Customer) -> list[ParcelCase]:
    return list(session.scalars(
        select(ParcelCase).where(ParcelCase.customer_id == customer.id)
        .options(joinedload(ParcelCase.parcel))
        .order_by(ParcelCase.opened_at.desc()).limit(MOST)))


def _by(rows, name: str) -> dict[UUID, list]:
    found: dict[UUID, list] = {}
    for row in rows:
        found.setdefault(getattr(row, name), []).append(row)
    return found

"""What a private customer has bought, paid and been sent, as it is kept, for `own_data`."""
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from domain.card_numbers import mask_card
from domain.carts import Cart
from domain.customers import Customer
from domain.parcel_cases import ParcelCase
from domain.parcels import Parcel
from domain.payments import Payment
from domain.products import place
from domain.refunds import Refund
from domain.shop_orders import ShopOrder, ShopOrderLine
from domain.tickets import Ticket
from domain.travel_cards import TravelCard

Row = dict[str, Any]


def _plain(thing: object, *names: str) -> Row:
    return {name: getattr(thing, name) for name in names}


def _carts(session: Session, customer: Customer, now: datetime) -> Iterable[Row]:
    for cart in session.scalars(select(Cart).where(Cart.customer_id == customer.id)):
        yield from (_plain(line, "kind", "quantity", "label", "product", "valid_from",
                           "purse_ore", "shown_ore") for line in cart.lines)


def _orders(session: Session, customer: Customer, now: datetime) -> Iterable[Row]:
    for order in session.scalars(
            select(ShopOrder).where(ShopOrder.customer_id == customer.id)
            .options(selectinload(ShopOrder.lines).joinedload(ShopOrderLine.card))
            .order_by(ShopOrder.placed_at.desc())):
        yield {**_plain(order, "number", "placed_at", "state", "paid_at", "closed_at",
                        "total_ore", "vat_ore", "name", "street", "postcode", "city"),
               "lines": [_line(line) for line in order.lines]}


def _line(line: ShopOrderLine) -> Row:
    return {**_plain(line, "kind", "product"), "valid_in": line.trip and place(line.trip),
            **_plain(line, "valid_from", "label"), "card": line.card and mask_card(
                line.card.number),
            **_plain(line, "amount_ore", "vat_ore", "done_at", "refused_because",
                     "refunded_ore")}


def _payments(session: Session, customer: Customer, now: datetime) -> Iterable[Row]:
    for payment in session.scalars(
            select(Payment).join(Payment.order).where(ShopOrder.customer_id == customer.id)
            .options(joinedload(Payment.order)).order_by(Payment.begun_at.desc())):
        yield {"order": payment.order.number, **_plain(
            payment, "means", "state", "amount_ore", "begun_at", "settled_at", "paid_with",
            "refunded_ore", "provider_id", "reference")}


def _refunds(session: Session, customer: Customer, now: datetime) -> Iterable[Row]:
    for refund, number in session.execute(
            select(Refund, ShopOrder.number).join(Refund.payment).join(Payment.order)
            .where(ShopOrder.customer_id == customer.id).order_by(Refund.asked_at.desc())):
        yield {"order": number, **_plain(refund, "amount_ore", "reason", "state", "asked_at",
                                         "settled_at")}


def _tickets(session: Session, customer: Customer, now: datetime) -> Iterable[Row]:
    """Also what an employer has put on a card of theirs, but for what is the employer's own."""
    ours = select(TravelCard.id).where(TravelCard.customer_id == customer.id)
    for ticket in session.scalars(
            select(Ticket).where(or_(Ticket.customer_id == customer.id, Ticket.card_id.in_(ours)))
            .order_by(Ticket.sold_at.desc())):
        own = ("holder", "mobile", "price_ore", "vat_ore") if ticket.customer_id else ()
        yield {**_plain(ticket, "number", "product"), "valid_in": place(ticket.trip),
               **_plain(ticket, "sold_at", "valid_from", "activate_by", "activated_at",
                        "active_until", "recalled_at", *own)}


def _parcels(session: Session, customer: Customer, now: datetime) -> Iterable[Row]:
    for parcel in session.scalars(
            select(Parcel).where(Parcel.customer_id == customer.id)
            .options(joinedload(Parcel.card)).order_by(Parcel.ordered_at.desc())):
        yield {**_plain(parcel, "kind", "state", "name", "street", "postcode", "city", "label",
                        "ordered_at", "promised_on", "packed_at", "posted_at", "cancelled_at",
                        "purse_ore"),
               "card": parcel.card and mask_card(parcel.card.number)}


def _cases(session: Session, customer: Customer, now: datetime) -> Iterable[Row]:
    return (_plain(each, "reason", "words", "opened_at", "closed_at", "outcome", "answer")
            for each in session.scalars(
                select(ParcelCase).where(ParcelCase.customer_id == customer.id)
                .order_by(ParcelCase.opened_at.desc())))


BOUGHT = {"carts": _carts, "orders": _orders, "payments": _payments, "refunds": _refunds,
          "tickets": _tickets, "parcels": _parcels, "parcel_cases": _cases}

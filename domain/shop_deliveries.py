"""An order of the shop is paid, and what was bought is carried out, line by line.

Who settles a payment calls `paid`; who packs a new card calls `fill`.
"""
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from domain import (
    audit,
    customers,
    messages,
    parcels,
    private_sales,
    purse_loads,
    refunds,
    shop_orders,
    shop_wares,
    ticket_changes,
    travel_cards,
)
from domain.access import Actor
from domain.customers import Customer
from domain.errors import Conflict, DomainError
from domain.parcels import Address
from domain.payments import Payment
from domain.price_lists import Price
from domain.refunds import Reason
from domain.shop_orders import Kind, ShopOrder, ShopOrderLine, State
from domain.travel_cards import TravelCard

STILL = (State.OPEN, State.EXPIRED)
"""Whose payment is for something, also when it is late."""
WAITING = ("events", "outbox", "blocked")
"""What a session remembers until the commit."""


def paid(session: Session, order: ShopOrder, payment: Payment | None, *, now: datetime) -> bool:
    """What was bought is delivered, in the same transaction. False when the order is paid already
    by another payment, was cancelled, or its customer is gone: the whole payment is then to be paid
    back by who asks. True also when it was this payment that had paid it. None pays what costs
    nothing.

    A line that cannot be delivered any longer is refunded."""
    if _is_gone(session, order) or not _turned(session, order, payment, now=now):
        return payment is not None and order.payment_id == payment.id
    by = customers.actor_of(order.customer)
    if len(cards := {line.card_id for line in order.lines if line.card_id}) > 1:
        travel_cards.hold(session, *cards)
    for line in order.lines:
        if line.within_id is None:
            _carry_out(session, line, payment, by=by, now=now)
    audit.record(session, audit.Act.SHOP_ORDER_PAID, order.id, company_id=order.customer_id,
                 by=None, now=now, number=order.number, amount_ore=order.total_ore)
    messages.put_email(session, "shop_receipt", to=order.customer.email, now=now,
                       language=order.customer.language, about_id=order.id)
    return True


def _is_gone(session: Session, order: ShopOrder) -> bool:
    """Whether the customer has left. Nobody deletes the account, or makes it one with another,
    until the commit."""
    customer = session.get_one(Customer, order.customer_id, populate_existing=True,
                               with_for_update={"read": True})
    return customer.deleted_at is not None


def _turned(session: Session, order: ShopOrder, payment: Payment | None, *, now: datetime) -> bool:
    """Whether it is this that pays it: of all that come at once, one does."""
    session.flush()
    turned = session.execute(
        update(ShopOrder).where(ShopOrder.id == order.id, ShopOrder.state.in_(STILL))
        .values(state=State.PAID, paid_at=now, payment_id=payment and payment.id)
        .execution_options(synchronize_session=False))
    session.refresh(order, ["state", "paid_at", "payment_id"])
    return bool(turned.rowcount)


def fill(session: Session, line: ShopOrderLine, card: TravelCard, *, by: Actor | None,
         now: datetime) -> None:
    """Put on the new card, which has just been packed, what was bought for it: the purse is loaded,
    the period sold. `line` is the one that the card was bought with."""
    order = line.order
    payment = session.get(Payment, order.payment_id) if order.payment_id else None
    line.card = card
    for each in shop_orders.contents(line):
        if each.done_at is None and not each.refused_because:
            each.card = card
            _carry_out(session, each, payment, by=by or customers.actor_of(order.customer),
                       now=now)


def _carry_out(session: Session, line: ShopOrderLine, payment: Payment | None, *, by: Actor,
               now: datetime) -> None:
    """Delivered, or paid back."""
    try:
        with whole(session):
            line.done_id, line.done_at = _DELIVER[line.kind](session, line, by, now), now
    except DomainError as refusal:
        session.refresh(line, ["done_id", "done_at"])
        _refuse(session, line, refusal, payment, now=now)


@contextmanager
def whole(session: Session) -> Iterator[None]:
    """All of the block, or nothing of it; what was to be logged and sent before it stands."""
    kept = {name: copy(session.info[name]) for name in WAITING if name in session.info}
    try:
        with session.begin_nested():
            yield
    except DomainError:
        session.info.update(kept)
        raise


def _refuse(session: Session, line: ShopOrderLine, why: DomainError, payment: Payment | None, *,
            now: datetime) -> None:
    order = line.order
    line.refused_because = why.message
    line.refused_values = {name: str(value) for name, value in why.values.items()}
    audit.record(session, audit.Act.SHOP_LINE_REFUSED, line.id, company_id=order.customer_id,
                 by=None, now=now, number=order.number, kind=line.kind,
                 amount_ore=line.amount_ore)
    if payment and line.amount_ore:
        refunds.ask(session, payment, line.amount_ore, reason=Reason.NOT_DELIVERED,
                    line_id=line.id, by=None, now=now)


def _new_card(session: Session, line: ShopOrderLine, by: Actor, now: datetime) -> UUID:
    order = line.order
    address = Address(order.name, order.street, order.postcode, order.city)
    return parcels.put_new(session, order.customer, line, label=line.label, child=line.child,
                           address=address, now=now).id


def _purse(session: Session, line: ShopOrderLine, by: Actor, now: datetime) -> UUID:
    _check_card(line)
    return purse_loads.put(session, line.card, line.amount_ore, source_id=line.id, by=by,
                           now=now).id


def _period(session: Session, line: ShopOrderLine, by: Actor, now: datetime) -> UUID:
    _check_card(line)
    return private_sales.to_card(
        session, line.order.customer, line.card, line.product, line.trip, price=_price(line),
        valid_from=line.valid_from, by=by, now=now).id


def _check_card(line: ShopOrderLine) -> None:
    """Somebody else may have it by now."""
    if line.card.customer_id != line.order.customer_id:
        raise Conflict("Kortet fanns inte längre på ditt konto när köpet betalades.")


def _ticket(session: Session, line: ShopOrderLine, by: Actor, now: datetime) -> UUID:
    return private_sales.to_phone(
        session, line.order.customer, line.product, line.trip, price=_price(line),
        valid_from=line.valid_from, by=by, now=now).id


def _change(session: Session, line: ShopOrderLine, by: Actor, now: datetime) -> UUID:
    ticket_changes.carry_out(session, line.ticket, shop_wares.changed(line),
                             paid_ore=line.amount_ore, agreed_at=line.order.placed_at, by=by,
                             now=now)
    return line.ticket_id


def _postage(session: Session, line: ShopOrderLine, by: Actor, now: datetime) -> UUID:
    return line.id


def _price(line: ShopOrderLine) -> Price:
    """As it was agreed on, whatever the list says now."""
    return Price(product=line.product, extent=line.extent, area=line.area,
                 price_ore=line.amount_ore, vat_basis_points=line.vat_basis_points,
                 price_list_id=line.price_list_id)


_DELIVER = {Kind.NEW_CARD: _new_card, Kind.PURSE: _purse, Kind.PERIOD: _period,
            Kind.TICKET: _ticket, Kind.CHANGE: _change, Kind.POSTAGE: _postage}

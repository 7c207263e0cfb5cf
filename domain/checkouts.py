"""From a cart to an order that waits for its payment, and back when it is not paid."""
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain import audit, cart_prices, carts, customers
from domain.access import Actor
from domain.cart_prices import PricedCart
from domain.carts import Cart
from domain.customers import Customer
from domain.errors import Conflict, Invalid
from domain.money import kr
from domain.rules import rules
from domain.shop_orders import Kind, ShopOrder, ShopOrderLine, State, new_number
from domain.shop_wares import Part, Wish

ON_CARD = (Kind.PURSE, Kind.PERIOD)


def place(session: Session, cart: Cart, *, agreed_ore: int | None, by: Actor,
          now: datetime) -> ShopOrder:
    """Everything in the cart, at the price that was shown; the cart is empty afterwards. Whoever
    presses the button in two windows finds it so."""
    customer = customers.find(session, by.customer_id)
    customers.check_of_age(customer, now=now)
    if not cart.lines:
        raise Conflict("Varukorgen är tom. Det du har beställt finns under Köp.")
    priced = cart_prices.of(session, cart, customer, now=now)
    _check(priced, agreed_ore)
    order = _order(session, priced, customer, now=now)
    _put_lines(session, order, priced)
    cart.lines.clear()
    session.flush()
    _record(session, audit.Act.SHOP_ORDER_PLACED, order, by=by, now=now)
    return order


def _check(priced: PricedCart, agreed_ore: int | None) -> None:
    if not priced.is_sellable:
        raise Invalid("Något i varukorgen kan inte köpas längre. Ta bort den raden först.")
    if priced.total_ore != agreed_ore:
        raise Invalid("Det kostar %(price)s nu. Fortsätt om det stämmer.",
                      price=kr(priced.total_ore))


def _order(session: Session, priced: PricedCart, customer: Customer, *,
           now: datetime) -> ShopOrder:
    address = ({"name": customer.name, "street": customer.street, "postcode": customer.postcode,
                "city": customer.city} if priced.is_posted else {})
    order = ShopOrder(
        id=uuid4(), number=new_number(), customer_id=customer.id, customer=customer,
        state=State.OPEN, total_ore=priced.total_ore, vat_ore=priced.vat_ore, placed_at=now,
        pay_by=now + timedelta(minutes=rules(session).shop_order_minutes), **address)
    session.add(order)
    return order


def _put_lines(session: Session, order: ShopOrder, priced: PricedCart) -> None:
    new_card = None
    for position, part in enumerate(priced.parts):
        within = new_card if part.kind in ON_CARD and part.card is None else None
        line = _line(part, position, within)
        order.lines.append(line)
        if part.kind == Kind.NEW_CARD:
            new_card = line
            session.flush()  # what lies on the card refers to it


def _line(part: Part, position: int, within: ShopOrderLine | None) -> ShopOrderLine:
    trip = part.trip
    return ShopOrderLine(
        id=uuid4(), position=position, kind=part.kind, within_id=within and within.id,
        card=part.card, child=part.child, label=part.label, ticket=part.ticket,
        product=part.product, extent=trip and trip.extent,
        zones=" ".join(map(str, trip.zones)) if trip else "", area=trip and trip.area,
        valid_from=part.valid_from, price_list_id=part.price_list_id, amount_ore=part.amount_ore,
        vat_ore=part.vat_ore, vat_basis_points=part.vat_basis_points, refused_because="",
        refunded_ore=0)


def cancel(session: Session, order: ShopOrder, *, by: Actor, now: datetime) -> None:
    """The customer does not want it after all; what can still be bought lies in the cart again.
    What is paid for it all the same is paid back."""
    if not _close(session, order, State.CANCELLED, now=now):
        if order.state == State.PAID:
            raise Conflict("Beställningen är redan betald.")
        raise Conflict("Beställningen är redan avslutad.")
    _record(session, audit.Act.SHOP_ORDER_CANCELLED, order, by=by, now=now)
    cart = carts.opened(session, customer_id=order.customer_id, now=now)
    for wish in _wishes(order):
        try:
            carts.put(session, cart, wish, customer=order.customer, now=now)
        except (Invalid, Conflict):
            continue


def _wishes(order: ShopOrder) -> list[Wish]:
    """What the order was made of."""
    found = []
    for line in order.lines:
        if line.within_id or line.kind == Kind.POSTAGE:
            continue
        inside = [line, *(each for each in order.lines if each.within_id == line.id)]
        purse = sum(each.amount_ore for each in inside if each.kind == Kind.PURSE)
        ticket = next((each for each in inside if each.product), line)
        found.append(Wish(kind=line.kind, card=line.card, child=line.child, label=line.label,
                          ticket=line.ticket, purse_ore=purse, product=ticket.product,
                          trip=ticket.trip, valid_from=ticket.valid_from))
    return found


def expire(session: Session, *, now: datetime, most: int) -> int:
    """How many were found that nobody has paid in time. Harmless twice."""
    overdue = session.scalars(
        select(ShopOrder).where(ShopOrder.state == State.OPEN, ShopOrder.pay_by <= now)
        .order_by(ShopOrder.pay_by).limit(most)).all()
    for order in overdue:
        if _close(session, order, State.EXPIRED, now=now):
            _record(session, audit.Act.SHOP_ORDER_EXPIRED, order, by=None, now=now)
    return len(overdue)


def _close(session: Session, order: ShopOrder, state: State, *, now: datetime) -> bool:
    """Whether it was open until now: a payment may be settled at the same moment."""
    closed = session.execute(
        update(ShopOrder).where(ShopOrder.id == order.id, ShopOrder.state == State.OPEN)
        .values(state=state, closed_at=now).execution_options(synchronize_session=False))
    session.refresh(order, ["state", "closed_at"])
    return bool(closed.rowcount)


def _record(session: Session, act: audit.Act, order: ShopOrder, *, by: Actor | None,
            now: datetime) -> None:
    audit.record(session, act, order.id, company_id=order.customer_id, by=by, now=now,
                 number=order.number, amount_ore=order.total_ore)

"""The shop under load: orders that are paid through a payment's callback, by a gunicorn as in
production; and the till and the page of a card among two hundred thousand customers."""
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import func, insert, select

from benchmarks import _buyers, _shop_pages, _shoppers
from benchmarks._buyers import Purchase
from benchmarks._machinery import paying
from benchmarks._shoppers import ORE
from benchmarks.databases import portal
from benchmarks.table import Row, at_least
from domain import callbacks
from domain.customers import Customer
from domain.payments import Means, Payment
from domain.payments import State as PaymentState
from domain.purse_loads import PurseLoad
from domain.shop_orders import ShopOrder, ShopOrderLine, State
from domain.store import Store
from domain.travel_cards import TravelCard
from integrations.clock import SystemClock

ORDERS, CLIENTS, A_SECOND = 1_500, 8, 50


def measure(database: str) -> list[Row]:
    with portal(database, clock=SystemClock()) as app:
        rate = paid(app, ORDERS, now=SystemClock().now())
    return [at_least("shop: orders paid through a callback, by two processes", rate, "orders/s",
                     A_SECOND), *_shop_pages.measure(database)]


def paid(app: Flask, orders: int, *, now: datetime) -> float:
    """Orders a second, each told of twice."""
    calls = opened(app.extensions["store"], orders, now=now)
    warm = len(calls) // 10
    with paying(app.config["PORTAL"], ore=ORE) as port:
        _buyers.buy(port, calls[:warm], clients=CLIENTS)  # they have their statements by then
        _, seconds = _buyers.buy(port, calls[warm:], clients=CLIENTS)
        _buyers.buy(port, calls[:warm], clients=CLIENTS)
    check(app, orders)
    return (len(calls) - warm) / seconds


def opened(store: Store, orders: int, *, now: datetime) -> list[Purchase]:
    """So many orders that are to be paid, each of a purse of somebody's own; and what Swish will
    tell of them."""
    with store.session() as session, store.transaction(session):
        rows, calls = [], []
        for place in range(orders):
            payment_id = uuid4()
            rows.append(_rows(place, payment_id, callbacks.key_hash(session, payment_id), now))
            calls.append(_buyers.told(callbacks.key(session, payment_id),
                                      callbacks.proof(session, payment_id),
                                      payment_id.hex.upper()))
        for table, columns in zip((Customer, TravelCard, ShopOrder, ShopOrderLine, Payment),
                                  zip(*rows, strict=True), strict=True):
            session.connection().execute(insert(table.__table__), list(columns))
    return calls


def _rows(place: int, payment_id: UUID, callback_hash: bytes, now: datetime) -> tuple[dict, ...]:
    order_id = uuid4()
    card, _, order, line, _ = _shoppers.belongings(place)
    order |= {"id": order_id, "state": State.OPEN, "placed_at": now, "paid_at": None,
              "pay_by": now + timedelta(hours=1)}
    return (_shoppers.person(place), card, order, line | {"order_id": order_id}, {
        "id": payment_id, "order_id": order_id, "means": Means.SWISH, "state": PaymentState.OPEN,
        "amount_ore": ORE, "callback_hash": callback_hash, "provider_id": payment_id.hex.upper(),
        "begun_at": now, "version": 1})


def check(app: Flask, orders: int) -> None:
    """Each is paid, and what was bought is delivered once."""
    with app.extensions["store"].session() as session:
        loads = session.scalar(select(func.count()).select_from(PurseLoad))
        done = session.scalar(select(func.count()).select_from(ShopOrder)
                              .where(ShopOrder.state == State.PAID))
    if not loads == done == orders:
        raise RuntimeError(f"{orders} orders: {done} are paid, and {loads} purses loaded")

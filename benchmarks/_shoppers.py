"""Two hundred thousand private customers, each with a card, a purse and an order behind them, and
one who looks at hers."""
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from uuid import UUID, uuid4

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from benchmarks._people import GIVEN_NAMES, SURNAMES
from benchmarks._travel import ONE_ZONE, PRICES
from benchmarks.databases import NOW
from demo import customers as demo
from domain import card_trips, carts, customer_logins, price_lists
from domain.card_trips import Means as TripMeans
from domain.customers import Customer
from domain.months import today
from domain.products import Product
from domain.purse_entries import Purse
from domain.purse_loads import PurseLoad
from domain.shop_orders import Kind, ShopOrder, ShopOrderLine, State
from domain.shop_wares import Wish
from domain.store import Store
from domain.travel_cards import TravelCard

CUSTOMERS, AT_ONCE = 200_000, 5_000
TOKEN = f"{customer_logins.PREFIX}the browser of one of them"
ORE = 20_000
THEN = NOW - timedelta(days=40)


def fill(store: Store, customers: int) -> UUID:
    """The one who is signed in with `TOKEN`."""
    with store.session() as session, store.transaction(session):
        [lines] = price_lists.read(PRICES.read_text(encoding="utf-8").splitlines()).values()
        price_lists.add(session, "Prislista", today(NOW) - timedelta(days=400), lines, by=None,
                        now=NOW)
        rows = _rows(customers)
        while some := list(islice(rows, AT_ONCE)):
            for table, columns in zip((Customer, TravelCard, Purse, ShopOrder, ShopOrderLine,
                                       PurseLoad), zip(*some, strict=True), strict=True):
                session.connection().execute(insert(table.__table__), list(columns))
        found = _one(session)
    if store.engine.dialect.name == "postgresql":  # as it does by itself within a minute
        with store.engine.begin() as connection:
            connection.execute(text("ANALYZE"))
    return found


def _one(session: Session) -> UUID:
    """With two cards, a purse, periods, ten trips, and three things in the cart."""
    kajsa = demo.customer(session, "Kajsa", "Nyström", 401, demo.EMAIL,
                          now=NOW - timedelta(days=200))
    own, _school = demo.furnish(session, kajsa, now=NOW)
    for hours in range(10, 90, 10):
        card_trips.record(session, own, NOW - timedelta(hours=hours), zone=181, now=NOW,
                          means=TripMeans.PURSE, price_ore=4_200)
    cart = carts.opened(session, customer_id=kajsa.id, now=NOW)
    for wish in (Wish(kind=Kind.NEW_CARD, purse_ore=ORE, label="Jobbet"),
                 Wish(kind=Kind.TICKET, product=Product.SINGLE, trip=ONE_ZONE),
                 Wish(kind=Kind.PURSE, card=own, purse_ore=ORE)):
        carts.put(session, cart, wish, customer=kajsa, now=NOW)
    customer_logins.begin(session, kajsa, token=TOKEN, now=NOW)
    return own.id


def _rows(customers: int) -> Iterator[tuple[dict, ...]]:
    for place in range(customers):
        yield person(place), *belongings(place)



def person(place: int) -> dict:
    given_name = GIVEN_NAMES[place % len(GIVEN_NAMES)]
    surname = SURNAMES[place // 7 % len(SURNAMES)]
    return {
        "id": UUID(int=place + 1), "email": f"{place}@brevladan.example",
        "email_key": f"{place}@brevladan.example", "password_hash": "$argon2id$",
        "given_name": given_name, "surname": surname, "sort_name": f"{surname} {given_name}",
        "personnummer_sealed": b"sealed", "personnummer_index": b"%d" % place,
        "born_on": date(1970, 1, 1), "municipality": "0680", "street": "Storgatan 1",
        "postcode": "553 20", "city": "Jönköping", "mobile": f"+4670{place:07}",
        "created_at": THEN, "confirmed_at": THEN, "version": 1}


def belongings(place: int) -> tuple[dict, ...]:
    card_id, order_id, line_id = uuid4(), uuid4(), uuid4()
    customer_id = UUID(int=place + 1)
    card = {"id": card_id, "number": f"9752{500_000_000_000 + place}", "customer_id": customer_id,
            "mobile": f"+4670{place:07}", "registered_at": THEN}
    return (card, {"card_id": card_id, "balance_ore": 0}, order(place, order_id),
            line(line_id, order_id, card_id),
            {"id": uuid4(), "card_id": card_id, "amount_ore": ORE, "source_id": line_id,
             "paid_at": THEN, "expires_at": THEN + timedelta(days=90), "available_at": THEN})


def order(place: int, order_id: UUID, **over) -> dict:
    return {"id": order_id, "number": f"F-{place:08}", "customer_id": UUID(int=place + 1),
            "state": State.PAID, "total_ore": ORE, "vat_ore": 1_132, "placed_at": THEN,
            "pay_by": THEN + timedelta(hours=1), "paid_at": THEN} | over


def line(line_id: UUID, order_id: UUID, card_id: UUID) -> dict:
    return {"id": line_id, "order_id": order_id, "position": 0, "kind": Kind.PURSE,
            "card_id": card_id, "amount_ore": ORE, "vat_ore": 1_132, "vat_basis_points": 600}

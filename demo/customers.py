"""Private customers of Mina sidor: one with cards of her own and her child's, a purse, a period and
orders behind her, and some who wait for a new card."""
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from demo import names, parcels
from domain import (
    activations,
    card_tickets,
    card_trips,
    cart_prices,
    carts,
    checkouts,
    customer_cards,
    customer_passwords,
    customer_terms,
    customers,
    purse_loads,
    shop_deliveries,
)
from domain.card_numbers import make_card
from domain.card_trips import Means as TripMeans
from domain.customers import Child, Customer
from domain.identity import token_hash
from domain.parcels import Parcel
from domain.payments import Means, Payment, State
from domain.products import Extent, Product, Trip
from domain.rules import rules
from domain.shop_orders import Kind, ShopOrder
from domain.shop_wares import Wish
from domain.tickets import Ticket
from domain.travel_cards import TravelCard

EMAIL, PASSWORD = "kajsa.nystrom@brevladan.example", "solros pa balkongen"
"""What the sandbox tells newcomers to log in with."""
FIRST = 9_001
"""The serial number of the first card."""
JONKOPING = Trip(Extent.ZONES_1, (181,))
WAITING = (("Rut", "Åkesson", 9), ("Ahmed", "Saleh", 3), ("Päivi", "Virtanen", 2),
           ("Björn", "Fransson", 1), ("Selma", "Begić", 0))
"""Who has ordered a new card, and so many days ago."""


def settle(session: Session, *, now: datetime) -> None:
    kajsa = customer(session, "Kajsa", "Nyström", 401, EMAIL, now=now - timedelta(days=200))
    furnish(session, kajsa, now=now)
    ordered = [_order_card(session, customer(
        session, given, surname, 402 + number, f"kund{number}@brevladan.example",
        now=now - timedelta(days=30)), now=now - timedelta(days=days, hours=3))
        for number, (given, surname, days) in enumerate(WAITING)]
    parcels.send(session, ordered, now=now)


def customer(session: Session, given_name: str, surname: str, number: int, email: str, *,
             now: datetime) -> Customer:
    vault, personnummer = session.info["vault"], names.personnummer(number)
    made = Customer(
        id=uuid4(), email=email, email_key=customers.email_key(email), given_name=given_name,
        surname=surname, personnummer_sealed=vault.seal(personnummer, "personnummer"),
        personnummer_index=vault.index(personnummer), born_on=customers.born_on(personnummer),
        password_hash=customer_passwords.hashed(PASSWORD), municipality="0680",
        street=f"Odengatan {number}", postcode="553 16", city="Jönköping",
        mobile=f"+467017406{number - 340}", language="sv", created_at=now, confirmed_at=now)
    session.add(made)
    session.flush()
    customer_terms.accept(session, customer_terms.owed(session, made.id, now=now),
                          by=customers.actor_of(made), now=now)
    return made


def furnish(session: Session, kajsa: Customer, *, now: datetime) -> list[TravelCard]:
    then, by = now - timedelta(days=190), customers.actor_of(kajsa)
    maja = _child(session, kajsa, now=then)
    own, school = cards = [customer_cards.register(
        session, kajsa, make_card(FIRST + number, rules(session)), label=label, child=child,
        by=by, now=then) for number, (label, child) in enumerate((("Mitt kort", None),
                                                                  ("Skolkortet", maja)))]
    bought(session, kajsa, [purse(own, 500)], now=now - timedelta(days=35))
    purse_loads.activate(session, own.id, at=now - timedelta(days=30),
                         now=now - timedelta(days=30))
    order = bought(session, kajsa, [_period(own, Product.PERIOD_30),
                                     _period(school, Product.PERIOD_30_YOUTH)],
                    now=now - timedelta(days=12))
    for line in order.lines:
        _begin(session, session.get_one(Ticket, line.done_id), now=now - timedelta(days=11))
    bought(session, kajsa, [purse(own, 200)], now=now - timedelta(hours=2))
    for days in (9, 6, 2):
        card_trips.record(session, own, now - timedelta(days=days), zone=181, now=now,
                          means=TripMeans.TICKET, product=Product.PERIOD_30)
    return cards


def _child(session: Session, guardian: Customer, *, now: datetime) -> Child:
    nine = f"{date(now.year - 11, 4, 7):%y%m%d}238"
    number = f"{now.year - 11}"[:2] + names.with_check_digit(nine)
    vault = session.info["vault"]
    child = Child(id=uuid4(), customer_id=guardian.id, given_name="Maja", surname="Nyström",
                  personnummer_sealed=vault.seal(number, "personnummer"),
                  personnummer_index=vault.index(number), born_on=customers.born_on(number),
                  registered_at=now)
    session.add(child)
    session.flush()
    return child


def purse(card: TravelCard, kronor: int) -> Wish:
    return Wish(kind=Kind.PURSE, card=card, purse_ore=100 * kronor)


def _period(card: TravelCard, product: Product) -> Wish:
    return Wish(kind=Kind.PERIOD, card=card, product=product, trip=JONKOPING)


def _begin(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """Read on board for the first time."""
    ticket.available_at = now
    activations.activate(session, ticket, now=now)
    card_tickets.put_anew(ticket)


def _order_card(session: Session, buyer: Customer, *, now: datetime) -> Parcel:
    order = bought(session, buyer, [Wish(kind=Kind.NEW_CARD, purse_ore=30_000)], now=now)
    return session.get_one(Parcel, order.lines[0].done_id)


def bought(session: Session, buyer: Customer, wishes: Sequence[Wish], *,
           now: datetime) -> ShopOrder:
    """Ordered, and paid a minute later."""
    cart = carts.opened(session, customer_id=buyer.id, now=now)
    for wish in wishes:
        carts.put(session, cart, wish, customer=buyer, now=now)
    total_ore = cart_prices.of(session, cart, buyer, now=now).total_ore
    order = checkouts.place(session, cart, agreed_ore=total_ore, by=customers.actor_of(buyer),
                            now=now)
    paid_at = now + timedelta(minutes=1)
    payment = Payment(
        id=uuid4(), order_id=order.id, order=order, means=Means.SWISH, state=State.PAID,
        amount_ore=total_ore, callback_hash=token_hash(order.id.hex), begun_at=now,
        settled_at=paid_at, provider_id=order.id.hex.upper(),
        reference=f"DEMO{uuid4().hex[4:].upper()}")
    session.add(payment)
    session.flush()
    shop_deliveries.paid(session, order, payment, now=paid_at)
    return order

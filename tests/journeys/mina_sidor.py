"""What the journeys of Mina sidor begin with: a customer who has an account, and a bus."""
from datetime import date
from uuid import uuid4

from domain import customer_terms, customers, price_lists, private_sales, purses
from domain.card_numbers import show_card
from domain.customers import Customer
from domain.products import Extent, Product, Trip
from domain.purse_entries import Kind
from domain.travel_cards import numbered
from tests.factories import PASSWORD, Factory, born
from tests.journeys.person import Person

JONKOPING = Trip(Extent.ZONES_1, (181,))


def customer(theatre, **details) -> Customer:
    """Has an account with the password PASSWORD, and nothing on it."""
    now = theatre.world.clock.now()
    details = {"email": "prov@brevladan.example", "number": born(date(1961, 2, 3))} | details
    with theatre.store.session() as session:
        who = Factory(theatre.store, session).customer(**details)
        with theatre.store.transaction(session):
            customer_terms.accept(session, customer_terms.owed(session, who.id, now=now),
                                  by=customers.actor_of(who), now=now)
    return who


def comes_in(person: Person, who: Customer) -> Person:
    person.opens("/mina-sidor/logga-in").fills(email=who.email, password=PASSWORD)
    person.page.locator("main").get_by_role("button", name="Logga in", exact=True).click()
    person.page.wait_for_url(lambda url: "/logga-in" not in url)
    return person


def has_bought(theatre, number: str, product: Product | None = None, *, purse_ore: int = 0) -> None:
    """On the card with the number, without the shop."""
    now = theatre.world.clock.now()
    with theatre.store.session() as session, theatre.store.transaction(session):
        card = numbered(session, number)
        whose = customers.find(session, card.customer_id)
        if product:
            private_sales.to_card(
                session, whose, card, product, JONKOPING, by=customers.actor_of(whose), now=now,
                price=price_lists.price(session, product, JONKOPING, now=now))
        if purse_ore:
            purses.put(session, card, purse_ore, kind=Kind.RECHARGED, source_id=uuid4(), now=now)


def taps(theatre, person: Person, number: str) -> Person:
    """In Jönköping."""
    theatre.sandbox.bus.connect(theatre.config.base_url, theatre.config.validation_token)
    person.opens(f"{theatre.sandbox_url}/buss/").fills(number=show_card(number))
    person.page.get_by_label("Zon").first.select_option("181 Jönköping")
    return person.presses("Blippa kortet")

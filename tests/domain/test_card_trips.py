from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import func, select

from domain import card_trips, customer_cards, customers, validations
from domain.card_trips import CardTrip, Means
from domain.products import Product
from domain.validations import Reading
from tests.conftest import NOON
from tests.factories import COUNTY

DAY = timedelta(days=1)


@pytest.fixture
def card(make):
    return make.customer_card()


@pytest.fixture
def travel(db, store, card):
    def travel(at=NOON, now=None):
        with store.transaction(db):
            card_trips.record(db, card, at, zone=181, means=Means.PURSE, price_ore=4200,
                              now=now or at)
    return travel


def kept(db):
    db.rollback()
    return db.scalar(select(func.count()).select_from(CardTrip))


def test_the_ten_latest_are_kept_and_no_more(db, card, travel):
    for minutes in (*range(2, 13), 1):
        travel(NOON + timedelta(minutes=minutes))
    found = card_trips.latest(db, card, now=NOON + DAY)
    assert [(trip.at - NOON).seconds // 60 for trip in found] == [*range(12, 2, -1)]
    assert kept(db) == 10


def test_none_older_than_sixty_days_is_shown_whether_forgotten_or_not(db, store, card, travel):
    travel()
    for now, shown in ((NOON + 60 * DAY - timedelta(seconds=1), 1), (NOON + 60 * DAY, 0)):
        assert len(card_trips.latest(db, card, now=now)) == shown
    with store.transaction(db):
        assert card_trips.forget(db, now=NOON + 60 * DAY) == 1
    assert kept(db) == 0


def test_one_that_is_told_of_too_late_is_not_kept(db, travel):
    travel(NOON, now=NOON + 61 * DAY)
    assert kept(db) == 0


def test_a_period_on_the_card_is_a_trip_each_time_it_is_read(db, store, make, card):
    ticket, number = make.card_ticket(card, Product.PERIOD_30, COUNTY), count()
    for zone in (181, 185):
        with store.transaction(db):
            validations.take(db, Reading(str(next(number)), ticket.number, NOON, zone=zone),
                             now=NOON)
    found = card_trips.latest(db, card, now=NOON)
    assert {(trip.zone, trip.means, trip.product, trip.price_ore) for trip in found} == {
        (181, Means.TICKET, Product.PERIOD_30, 0), (185, Means.TICKET, Product.PERIOD_30, 0)}


def test_what_is_refused_is_no_trip(db, store, make, card):
    ticket = make.card_ticket(card)
    with store.transaction(db):
        validations.take(db, Reading("1", ticket.number, NOON, zone=183), now=NOON)
    assert kept(db) == 0


def test_of_a_card_on_no_account_nothing_is_kept(db, store, make):
    for card in (make.card(), make.private_card()):
        with store.transaction(db):
            card_trips.record(db, card, NOON, zone=181, means=Means.PURSE, now=NOON)
    assert kept(db) == 0


def test_when_the_card_leaves_the_account_its_trips_are_gone(db, store, card, travel):
    travel()
    customer = db.get_one(customers.Customer, card.customer_id)
    with store.transaction(db):
        customer_cards.remove(db, card, by=customers.actor_of(customer), now=NOON)
    assert kept(db) == 0

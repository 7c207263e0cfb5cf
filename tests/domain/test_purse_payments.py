from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import card_trips, customer_cards, purse_payments, purses
from domain.card_trips import CardTrip, Means
from domain.errors import Conflict, Invalid, NotFound
from domain.products import Extent
from domain.purse_entries import Purse
from domain.purse_payments import Payment, trip
from domain.validations import Result, Validation
from tests.conftest import NOON
from tests.factories import MORNING

SINGLE = 4200
LATE = int(Result.OK)


@pytest.fixture
def card(make):
    make.price_list()
    return make.purse(make.customer_card(), 20_000)


@pytest.fixture
def pay(db, store):
    def pay(card, event_id="1", at=NOON, now=None, zone=181, to_zone=None, **payment):
        with store.transaction(db):
            receipt, _ = purse_payments.take(
                db, Payment(event_id, card.number, at, zone, to_zone or zone, **payment),
                now=now or at)
        return receipt
    return pay


def test_a_single_ticket_for_the_zone_is_paid_for(db, card, pay):
    receipt = pay(card)
    assert (receipt.result, receipt.reason, receipt.taken_ore, receipt.balance_ore) == (
        0, "ok", SINGLE, 20_000 - SINGLE)
    assert receipt.valid_until == (NOON + timedelta(hours=1)).isoformat()


@pytest.mark.parametrize(("zones", "extent"), [
    ((181, 181), Extent.ZONES_1), ((183, 181), Extent.ZONES_2), ((182, 186), Extent.COUNTY)])
def test_the_price_is_by_where_one_goes(zones, extent):
    assert trip(*zones).extent == extent


def test_there_is_no_price_to_where_there_is_no_zone(card, pay):
    with pytest.raises(Invalid, match="999"):
        pay(card, to_zone=999)


def test_what_waits_is_activated_and_told(make, card, pay):
    make.purse_load(card, 10_000)
    assert pay(card).loaded_ore == 10_000


def test_with_too_little_nothing_is_paid_and_there_is_no_trip(db, make, card, pay):
    poor = make.purse(make.customer_card(), 4100)
    receipt = pay(poor)
    assert (receipt.result, receipt.reason, receipt.balance_ore) == (1, "too_little", 4100)
    assert card_trips.latest(db, poor, now=NOON) == []


def test_a_card_that_has_no_purse_has_too_little(make, card, pay):
    assert pay(make.card()).reason == "too_little"


def test_whoever_changes_to_another_bus_in_time_has_paid(card, pay):
    first = pay(card)
    later = pay(card, "2", NOON + timedelta(minutes=59))
    assert (later.reason, later.taken_ore, later.valid_until) == ("paid", 0, first.valid_until)
    assert pay(card, "3", NOON + timedelta(minutes=60)).taken_ore == SINGLE
    assert pay(card, "4", NOON + timedelta(minutes=61), zone=183).taken_ore == SINGLE


def test_a_frozen_card_is_refused(db, store, card, pay):
    with store.transaction(db):
        customer_cards.freeze(db, card, by=None, now=MORNING)
    receipt = pay(card)
    assert (receipt.result, receipt.reason, receipt.balance_ore) == (
        Result.BLACKLIST, "frozen", 20_000)


def test_a_ride_that_is_reported_late_is_paid_as_of_then(db, card, pay):
    assert pay(card, now=NOON + timedelta(days=2), result=LATE).taken_ore == SINGLE
    [made] = card_trips.latest(db, card, now=NOON + timedelta(days=2))
    assert (made.at, made.means, made.zone, made.price_ore) == (NOON, Means.PURSE, 181, SINGLE)


def test_a_late_one_that_finds_too_little_is_told_so(db, make, card, pay):
    poor = make.purse(make.customer_card(), 1200)
    receipt = pay(poor, result=LATE)
    assert (receipt.result, receipt.reason, receipt.price_ore, receipt.taken_ore) == (
        0, "too_little", SINGLE, 1200)
    assert [each.missing_ore for each in purses.shortfalls(db)] == [3000]


def test_what_a_reader_refused_is_noted_and_costs_nothing(card, pay):
    receipt = pay(card, result=int(Result.OTHER))
    assert (receipt.reason, receipt.balance_ore) == ("noted", 20_000)


def test_a_payment_that_comes_twice_is_answered_as_the_first_time(db, store, card):
    payment = Payment("1", card.number, NOON, 181, 181)
    given = []
    for _ in range(2):
        with store.transaction(db):
            given.append(purse_payments.take(db, payment, now=NOON))
    assert given == [(given[0][0], True), (given[0][0], False)]
    with pytest.raises(Conflict, match="samma eventId"), store.transaction(db):
        purse_payments.take(db, replace(payment, to_zone=183), now=NOON)


def test_nothing_is_kept_of_a_payment_with_what_is_no_card(db, card, pay):
    with pytest.raises(NotFound):
        pay(replace_number(card))
    assert db.scalar(select(Validation)) is None


def replace_number(card):
    return type("Card", (), {"number": card.number[::-1]})


def test_where_somebody_paid_is_kept_for_a_customer_alone(db, make, card, pay):
    anonymous = make.purse(make.card())
    assert pay(anonymous).taken_ore == SINGLE
    assert db.scalar(select(CardTrip)) is None
    assert "181" not in str(db.scalar(select(Validation.answer)))


def test_what_was_paid_for_is_forgotten_the_night_after(db, store, card, pay):
    pay(card)
    with store.transaction(db):
        purses.forget(db, now=NOON + timedelta(hours=14))
    [purse] = db.scalars(select(Purse).execution_options(populate_existing=True))
    assert (purse.paid_at, purse.paid_until, purse.paid_zones) == (None, None, "")


def test_one_that_is_told_late_does_not_take_back_the_time_of_one_that_came_after_it(card, pay):
    pay(card)
    pay(card, "2", NOON - timedelta(minutes=90), now=NOON, result=LATE)
    assert pay(card, "3", NOON + timedelta(minutes=30)).reason == "paid"

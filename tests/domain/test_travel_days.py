from datetime import UTC, date, datetime, timedelta

import pytest

from domain import business_travel, purchases, travel_days
from domain.errors import Conflict, Invalid
from domain.products import Product
from tests.conftest import NOON
from tests.factories import ONE_ZONE

TODAY, LATER = date(2026, 11, 20), date(2026, 12, 1)
LATER_BEGINS = datetime(2026, 11, 30, 23, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company))


@pytest.fixture
def connection(make, company):
    return make.connection(make.traveller(company), registered=True)


@pytest.fixture
def change(db, store, connection, admin):
    def change(from_on=None, to_on=None):
        with store.transaction(db):
            travel_days.change(db, connection, from_on, to_on, by=admin, now=NOON)
    return change


@pytest.fixture
def buy(db, store, connection, admin):
    def buy(at):
        with store.transaction(db):
            return purchases.authorise(db, connection, Product.SINGLE, ONE_ZONE, by=admin, now=at)
    return buy


def test_from_the_first_day_on_one_may_buy(buy, change):
    change(from_on=LATER)
    with pytest.raises(Conflict) as refusal:
        buy(LATER_BEGINS - SECOND)
    assert str(refusal.value) == "Du kan köpa från och med den 2026-12-01."
    assert buy(LATER_BEGINS).state == "open"


def test_until_the_last_day_is_over_one_may_buy(buy, change):
    change(to_on=LATER - timedelta(days=1))
    assert buy(LATER_BEGINS - SECOND).state == "open"
    with pytest.raises(Conflict):
        buy(LATER_BEGINS)


def test_the_code_is_sent_at_once_also_to_one_who_begins_later(db, store, make, company, admin,
                                                               world):
    rung, traveller = len(world.queue.rung), make.traveller(company)
    with store.transaction(db):
        business_travel.connect(db, traveller, limit_ore=50_000, from_on=LATER, by=admin, now=NOON)
    assert len(world.queue.rung) == rung + 1


@pytest.mark.parametrize(("from_on", "to_on", "said"), [
    (None, TODAY - timedelta(days=1), "Dagen har redan varit."),
    (LATER, TODAY, "Den sista dagen kan inte vara före den första."),
])
def test_days_that_cannot_be_are_refused(change, connection, from_on, to_on, said):
    with pytest.raises(Invalid) as refusal:
        change(from_on, to_on)
    assert (said in str(refusal.value), refusal.value.field) == (True, "to_on")


def test_today_may_be_both_the_first_and_the_last(change, buy):
    change(TODAY, TODAY)
    assert buy(NOON).state == "open"


def test_it_ends_by_itself_when_the_last_day_is_over(db, store, change, buy, connection):
    change(to_on=LATER - timedelta(days=1))
    reserved = buy(LATER_BEGINS - SECOND)
    assert travel_days.due(db, now=LATER_BEGINS - SECOND) == []
    assert travel_days.due(db, now=LATER_BEGINS) == [connection.id]
    for _ in range(2):
        with store.transaction(db):
            travel_days.carry_out(db, connection.id, now=LATER_BEGINS)
    assert (connection.ended_at, reserved.state) == (LATER_BEGINS, "voided")
    assert travel_days.due(db, now=LATER_BEGINS) == []


def test_one_that_got_another_last_day_meanwhile_does_not_end(db, store, change, connection):
    change(to_on=TODAY)
    assert travel_days.due(db, now=LATER_BEGINS) == [connection.id]
    change(to_on=LATER)
    with store.transaction(db):
        travel_days.carry_out(db, connection.id, now=LATER_BEGINS)
    assert connection.ended_at is None

from datetime import UTC, date, datetime, timedelta

import pytest

from domain import business_travel, purchases, raise_requests, raises, spendings
from domain.errors import Invalid
from domain.products import Product
from domain.raises import Room
from domain.rules import Rules
from domain.spendings import Spending
from tests.conftest import NOON
from tests.factories import MORNING, NOBODY, ONE_ZONE

FRIDAY = date(2026, 11, 27)
LAST_MOMENT = datetime(2026, 11, 27, 22, 59, 59, tzinfo=UTC)
MOST = Rules().credit_limit_max_ore


@pytest.fixture
def connection(make):
    make.price_list()
    return make.connection(limit_ore=4200, registered=True)


def limit(db, connection, now=NOON):
    return raises.rooms(db, [connection.id], now=now)[connection.id].limit_ore


def buy(db, store, connection, now):
    with store.transaction(db):
        return purchases.buy(db, connection, Product.SINGLE, ONE_ZONE, by=NOBODY, now=now)


def test_a_raise_holds_from_the_decision_to_the_swedish_midnight_after_its_day(db, make, store,
                                                                               connection):
    asked = make.raise_request(connection, 5000, until_on=FRIDAY)
    assert limit(db, connection) == 4200
    with store.transaction(db):
        raise_requests.grant(db, asked, by=NOBODY, now=NOON)
    assert limit(db, connection) == limit(db, connection, LAST_MOMENT) == 9200
    assert limit(db, connection, LAST_MOMENT + timedelta(seconds=1)) == 4200


def test_who_has_been_granted_more_buys_more_and_no_longer_when_it_is_over(db, store, make,
                                                                           connection):
    buy(db, store, connection, MORNING)
    with pytest.raises(Invalid, match=r"Du har 0\s*kr kvar"):
        buy(db, store, connection, NOON)
    make.raise_request(connection, 8400, until_on=FRIDAY, granted=True)
    buy(db, store, connection, NOON)
    with pytest.raises(Invalid):
        buy(db, store, connection, LAST_MOMENT + timedelta(seconds=1))
    buy(db, store, connection, LAST_MOMENT)
    with pytest.raises(Invalid):
        buy(db, store, connection, LAST_MOMENT)
    assert spendings.spent(db, Spending, [connection.id], now=NOON) == {connection.id: 3 * 4200}


def test_a_raise_over_the_end_of_a_month_raises_what_may_be_bought_in_both(db, store, make,
                                                                          connection):
    make.raise_request(connection, 4200, until_on=date(2026, 12, 2), granted=True)
    for day in (NOON, datetime(2026, 12, 1, 11, tzinfo=UTC)):
        buy(db, store, connection, day)
        buy(db, store, connection, day)
        with pytest.raises(Invalid):
            buy(db, store, connection, day)


def test_two_raises_at_once_are_added_and_nothing_passes_what_the_rules_allow(db, store, make,
                                                                             connection):
    make.raise_request(connection, 5000, granted=True)
    make.raise_request(connection, 800, granted=True)
    assert limit(db, connection) == 10_000
    with store.transaction(db):
        business_travel.change_limit(db, connection, limit_ore=MOST - 100, by=NOBODY, now=NOON)
    assert limit(db, connection) == MOST


def test_whatever_is_asked_with_the_limit_is_planned_with_the_index_of_raises(db, connection):
    """So that SQLite plans it once, and not for each purchase."""
    if db.get_bind().dialect.name != "sqlite":
        pytest.skip("other databases plan a statement for any parameters")
    asked = str(raises.limit_of(db, connection.id, now=NOON).asked.compile(db.get_bind()))
    plan = db.connection().exec_driver_sql(
        f"EXPLAIN QUERY PLAN SELECT {asked}", (None,) * asked.count("?")).all()
    assert "ix_limit_raises_granted" in str(plan)


def test_the_rooms_of_many_are_told_at_once(db, store, make, connection):
    colleague = make.connection(limit_ore=20_000, registered=True)
    make.raise_request(colleague, 5000, granted=True)
    buy(db, store, colleague, NOON)
    found = raises.rooms(db, [connection.id, colleague.id], now=NOON)
    assert found == {connection.id: Room(4200, 0), colleague.id: Room(25_000, 4200)}
    assert found[colleague.id].left_ore == 20_800


def test_what_is_left_is_never_below_nothing():
    assert Room(limit_ore=100, spent_ore=200).left_ore == 0

import pytest

from domain import card_holdings, customer_cards, purse_entries, purse_lists, purses
from domain.purses import Lack
from tests.conftest import NOON
from tests.factories import MORNING, NOBODY


@pytest.fixture
def card(make):
    make.price_list()
    return make.purse(make.customer_card(), 5000)


@pytest.fixture
def fetch(db, store):
    def fetch(after=0, **most):
        with store.transaction(db):
            return purse_lists.fetch(db, after=after, now=NOON, **most)
    return fetch


def test_it_tells_what_is_in_the_purse_and_what_waits(make, card, fetch):
    load = make.purse_load(card)
    [row] = fetch().rows
    assert (row.number, row.balance_ore, row.loads, row.refused) == (
        card.number, 5000, (load,), None)


def test_whoever_has_all_is_told_nothing(fetch, card):
    last = fetch().last
    assert (fetch(last).rows, fetch(last).last) == ([], last)


def test_a_purse_that_changes_comes_again_at_the_end(db, store, make, card, fetch):
    make.purse(make.customer_card())
    last = fetch().last
    with store.transaction(db):
        purses.charge(db, card, 1000, "1", NOON, 181, now=NOON)
    assert [(row.entry, row.balance_ore) for row in fetch(last).rows] == [(last + 1, 4000)]


def test_it_is_fetched_a_part_at_a_time(make, card, fetch):
    make.purse(make.customer_card())
    first = fetch(most=1)
    second = fetch(first.last, most=1)
    assert len({row.number for row in first.rows + second.rows}) == 2
    assert fetch(second.last, most=1).rows == []


def test_a_frozen_card_and_a_blocked_one_are_told_of(db, store, card, fetch):
    last = fetch().last
    with store.transaction(db):
        customer_cards.freeze(db, card, by=None, now=NOON)
    assert [row.refused for row in fetch(last).rows] == [Lack.FROZEN]
    with store.transaction(db):
        card_holdings.block(db, card, by=NOBODY, now=NOON)
        purse_entries.put_anew(db, card.id)
    assert [row.refused for row in fetch(last).rows] == [Lack.BLOCKED]


def test_a_load_has_arrived_once_the_ticket_system_asks_for_what_came_after_it(db, make, card,
                                                                               fetch):
    first = make.purse_load(card, at=MORNING)
    last = fetch().last
    second = make.purse_load(card, at=MORNING)
    fetch(last)
    db.expire_all()
    assert (first.available_at, second.available_at) == (NOON, None)

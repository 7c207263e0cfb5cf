import pytest

from domain import card_contents, customer_cards
from domain.months import days_later
from domain.products import Product
from tests.conftest import NOON
from tests.factories import MORNING, NOBODY

LATER = days_later(NOON, 3)


@pytest.fixture
def card(make):
    return make.customer_card()


def content(db, card, now=NOON):
    return card_contents.of_cards(db, [card], now=now)[0]


def test_what_is_used_up_is_apart_from_what_can_be_used(db, make, card):
    day = make.card_period(card, Product.DAY, activated_at=MORNING)
    period = make.card_period(card)
    assert (content(db, card).usable, content(db, card).over) == ([day, period], [])
    assert (content(db, card, LATER).usable, content(db, card, LATER).over) == ([period], [day])


def test_who_registers_a_card_sees_what_is_on_it_and_not_what_another_has_used(
        db, store, make, card):
    make.card_period(card, Product.DAY, activated_at=MORNING)
    period, other = make.card_period(card), make.customer()
    with store.transaction(db):
        customer_cards.remove(db, card, by=NOBODY, now=NOON)
        customer_cards.register(db, other, card.number, by=NOBODY, now=LATER)
    assert (content(db, card, LATER).usable, content(db, card, LATER).over) == ([period], [])


def test_a_load_that_nobody_used_in_time_waits_no_longer(db, make, card):
    load = make.purse_load(card, 20_000)
    late = days_later(NOON, 100)
    assert (content(db, card).waiting_ore, content(db, card).loads) == (20_000, [load])
    assert (content(db, card, late).waiting_ore, content(db, card, late).loads) == (0, [load])


def test_what_was_bought_to_a_card_is_its_owners_to_see(db, make, card):
    assert card_contents.bought(db, card, customer_id=card.customer_id) == []

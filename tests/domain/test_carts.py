from datetime import date, timedelta

import pytest

from domain import carts
from domain.cart_prices import of
from domain.errors import Invalid
from domain.products import Product
from domain.shop_orders import Kind
from domain.shop_wares import Wish
from tests.conftest import NOON
from tests.factories import COUNTY, NEW_CARD, ONE_ZONE, born

YOUTH_CARD = Wish(kind=Kind.NEW_CARD, product=Product.PERIOD_30_YOUTH, trip=ONE_ZONE)


@pytest.fixture
def put(db, store, make):
    make.price_list()

    def put(wish, *, customer=None, token="the browser's", at=NOON):
        with store.transaction(db):
            whose = {"customer_id": customer.id} if customer else {"token": token}
            cart = carts.opened(db, **whose, now=at)
            carts.put(db, cart, wish, customer=customer, now=at)
        return cart
    return put


def purse(card, kronor=200):
    return Wish(kind=Kind.PURSE, card=card, purse_ore=100 * kronor)


def ticket(product=Product.SINGLE, **over):
    return Wish(kind=Kind.TICKET, product=product, trip=over.pop("trip", ONE_ZONE), **over)


def test_the_same_ticket_twice_is_two_of_it(put):
    put(ticket())
    cart = put(ticket())
    put(ticket(trip=COUNTY))
    assert [line.quantity for line in cart.lines] == [2, 1]


def test_a_purse_twice_is_one_load_with_more_money(put, make):
    customer = make.customer()
    card = make.customer_card(customer)
    put(purse(card, 200), customer=customer)
    [line] = put(purse(card, 300), customer=customer).lines
    assert (line.purse_ore, line.quantity) == (50_000, 1)


def test_no_more_than_the_purse_holds_lies_in_the_cart(put, make):
    customer = make.customer()
    card = make.customer_card(customer)
    put(purse(card, 2_000), customer=customer)
    with pytest.raises(Invalid, match="högst 3\N{NO-BREAK SPACE}000"):
        put(purse(card, 1_100), customer=customer)
    put(purse(card, 1_000), customer=customer)


def test_what_is_ordered_and_not_paid_counts_in_the_purse(put, make):
    customer = make.customer()
    card = make.customer_card(customer)
    make.shop_order(customer, purse(card, 2_500), at=NOON)
    with pytest.raises(Invalid, match="har 2\N{NO-BREAK SPACE}500"):
        put(purse(card, 600), customer=customer)


@pytest.mark.parametrize("kronor", [99, 3_001])
def test_a_purse_is_loaded_with_a_hundred_to_three_thousand(put, make, kronor):
    customer = make.customer()
    with pytest.raises(Invalid, match="Ladda mellan"):
        put(purse(make.customer_card(customer), kronor), customer=customer)


def test_somebody_elses_card_is_not_loaded(put, make):
    with pytest.raises(Invalid, match="inte på ditt konto"):
        put(purse(make.customer_card()), customer=make.customer())


def test_a_card_has_one_period_in_the_cart(put, make):
    customer = make.customer()
    wish = Wish(kind=Kind.PERIOD, card=make.customer_card(customer), product=Product.PERIOD_30,
                trip=ONE_ZONE)
    put(wish, customer=customer)
    with pytest.raises(Invalid, match="redan en period"):
        put(wish, customer=customer)


def test_a_period_for_the_young_is_for_a_child_and_not_for_its_parent(put, make):
    customer = make.customer(number=born(date(1985, 5, 5)))
    child = make.child(customer)
    with pytest.raises(Invalid, match="för ungdom"):
        put(YOUTH_CARD, customer=customer)
    put(Wish(**vars(YOUTH_CARD) | {"child": child}), customer=customer)


def test_only_a_period_lies_on_a_card(put):
    with pytest.raises(Invalid, match="bara i mobilen"):
        put(Wish(kind=Kind.NEW_CARD, product=Product.SINGLE, trip=ONE_ZONE))


def test_a_cart_has_room_for_so_many_lines_and_so_many_alike(put, db, store):
    for day in range(20):
        cart = put(ticket(valid_from=date(2026, 12, 1) + timedelta(days=day)))
    with pytest.raises(Invalid, match="full"):
        put(ticket())
    for _ in range(9):
        put(cart.lines[0].wish)
    with pytest.raises(Invalid, match="högst 10"):
        put(cart.lines[0].wish)


def test_logging_in_brings_the_cart_along(put, db, store, make):
    customer = make.customer(number=born(date(1985, 5, 5)))
    put(ticket(), customer=customer)
    for wish in (ticket(), NEW_CARD, YOUTH_CARD):
        put(wish)
    with store.transaction(db):
        carts.take_over(db, "the browser's", customer, now=NOON)
    found = carts.of_customer(db, customer.id).lines
    assert [(line.kind, line.quantity) for line in found] == [
        (Kind.TICKET, 2), (Kind.NEW_CARD, 1)], "what they are too old for was left out"
    assert carts.of_browser(db, "the browser's") is None


def test_what_can_no_longer_be_bought_says_why(put, db, store, make):
    customer = make.customer()
    card = make.customer_card(customer)
    cart = put(purse(card), customer=customer)
    put(ticket(), customer=customer)
    with store.transaction(db):
        card.blocked_at = NOON
    priced = of(db, cart, customer, now=NOON)
    assert [str(row.refusal or "")[:5] for row in priced.rows] == ["Korte", ""]
    assert not priced.is_sellable
    assert priced.total_ore == priced.rows[1].amount_ore


def test_a_price_that_has_changed_is_told(put, db, make):
    cart = put(ticket())
    before = of(db, cart, None, now=NOON)
    make.coming_list(dearer=300)
    after = of(db, cart, None, now=NOON + timedelta(days=60))
    assert before.rows[0].was_ore is None
    assert (after.rows[0].was_ore, after.total_ore) == (before.total_ore, before.total_ore + 300)


def test_the_vat_is_that_of_each_line(put, db):
    put(NEW_CARD)
    priced = of(db, put(NEW_CARD), None, now=NOON)
    assert [part.amount_ore for part in priced.parts] == [2_000, 20_000] * 2
    assert priced.vat_ore == 2 * (113 + 1_132)


def test_what_nobody_has_touched_is_forgotten(put, db, store):
    put(ticket(), token="old")
    put(ticket(), token="new", at=NOON + timedelta(days=1))
    with store.transaction(db):
        carts.forget(db, before=NOON + timedelta(hours=1))
    assert carts.of_browser(db, "old") is None
    assert carts.of_browser(db, "new")

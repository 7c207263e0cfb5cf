from datetime import UTC, date, datetime, timedelta

import pytest

from domain import cart_prices, carts, checkouts, customers, shop_orders
from domain.errors import Conflict, Invalid, NotAllowed, NotFound
from domain.products import Product
from domain.shop_orders import Kind, State
from domain.shop_wares import Wish
from tests.conftest import NOON
from tests.factories import NEW_CARD, ONE_ZONE, born

CARD_WITH_PERIOD = Wish(kind=Kind.NEW_CARD, purse_ore=20_000, product=Product.PERIOD_30,
                        trip=ONE_ZONE, label="Jobbet")
TICKET = Wish(kind=Kind.TICKET, product=Product.SINGLE, trip=ONE_ZONE)


@pytest.fixture
def place(db, store, make):
    """Puts what is wished for in the cart, if anything, and places the order."""
    make.price_list()

    def place(customer, *wishes, agreed_ore=None, now=NOON):
        with store.transaction(db):
            cart = carts.opened(db, customer_id=customer.id, now=now)
            for wish in wishes:
                carts.put(db, cart, wish, customer=customer, now=now)
        shown = cart_prices.of(db, cart, customer, now=now).total_ore
        with store.transaction(db):
            return checkouts.place(db, carts.opened(db, customer_id=customer.id, now=now),
                                   agreed_ore=agreed_ore or shown,
                                   by=customers.actor_of(customer), now=now)
    return place


def test_a_new_card_and_what_lies_on_it_are_lines_of_their_own(place, make):
    order = place(make.customer(), CARD_WITH_PERIOD, TICKET)
    card, purse, period, ticket = order.lines
    assert [each.kind for each in order.lines] == [
        Kind.NEW_CARD, Kind.PURSE, Kind.PERIOD, Kind.TICKET]
    assert (purse.within_id, period.within_id, ticket.within_id) == (card.id, card.id, None)
    assert order.total_ore == sum(each.amount_ore for each in order.lines)
    assert order.vat_ore == sum(each.vat_ore for each in order.lines)


def test_the_address_is_frozen_where_something_is_posted(place, make):
    customer = make.customer()
    assert place(customer, NEW_CARD).city == "Jönköping"
    assert place(customer, TICKET).city == ""


def test_two_of_a_card_are_two_cards(place, make):
    order = place(make.customer(), NEW_CARD, NEW_CARD)
    first, second = (each for each in order.lines if each.kind == Kind.NEW_CARD)
    assert [len(shop_orders.contents(each)) for each in (first, second)] == [1, 1]


def test_nobody_pays_another_price_than_the_one_shown(place, make):
    customer = make.customer()
    with pytest.raises(Invalid, match="Det kostar 220"):
        place(customer, NEW_CARD, agreed_ore=21_900)
    assert place(customer, agreed_ore=22_000).total_ore == 22_000, "the cart was kept"


def test_the_button_pressed_in_two_windows_makes_one_order(place, db, make):
    customer = make.customer()
    place(customer, NEW_CARD)
    with pytest.raises(Conflict, match="tom"):
        place(customer)
    assert len(shop_orders.listed(db, customer.id).rows) == 1


def test_nothing_is_ordered_while_something_cannot_be_bought(place, db, store, make):
    customer = make.customer()
    card = make.customer_card(customer)
    with store.transaction(db):
        cart = carts.opened(db, customer_id=customer.id, now=NOON)
        carts.put(db, cart, Wish(kind=Kind.PURSE, card=card, purse_ore=20_000),
                  customer=customer, now=NOON)
        card.blocked_at = NOON
    with pytest.raises(Invalid, match="kan inte köpas"):
        place(customer, TICKET)


def test_one_buys_from_the_swedish_midnight_of_ones_birthday(place, make):
    customer = make.customer(number=born(date(2008, 11, 21)))
    midnight = datetime(2026, 11, 20, 23, tzinfo=UTC)
    with pytest.raises(NotAllowed, match="fyller 18"):
        place(customer, TICKET, now=midnight - timedelta(seconds=1))
    assert place(customer, now=midnight).state == State.OPEN


def test_what_is_cancelled_lies_in_the_cart_again(place, db, store, make):
    customer = make.customer()
    order = place(customer, CARD_WITH_PERIOD, TICKET, TICKET)
    with store.transaction(db):
        checkouts.cancel(db, order, by=customers.actor_of(customer), now=NOON)
    again = carts.of_customer(db, customer.id)
    assert order.state == State.CANCELLED
    assert [(line.kind, line.quantity, line.purse_ore, line.product) for line in again.lines] == [
        (Kind.NEW_CARD, 1, 20_000, Product.PERIOD_30), (Kind.TICKET, 2, 0, Product.SINGLE)]
    assert place(customer).total_ore == order.total_ore


def test_what_is_paid_is_not_cancelled(db, store, make):
    customer = make.customer()
    order = make.shop_order(customer, TICKET, paid_with="swish")
    with pytest.raises(Conflict, match="redan betald"), store.transaction(db):
        checkouts.cancel(db, order, by=customers.actor_of(customer), now=NOON)


def test_an_order_waits_an_hour_for_its_payment(place, db, store, make):
    order = place(make.customer(), TICKET)
    for minutes, state in ((59, State.OPEN), (60, State.EXPIRED)):
        with store.transaction(db):
            checkouts.expire(db, now=NOON + timedelta(minutes=minutes), most=10)
        assert order.state == state


def test_somebody_elses_order_is_not_found(db, make):
    with pytest.raises(NotFound):
        shop_orders.find(db, make.shop_order().id, customer_id=make.customer().id)


def test_older_orders_stand_on_the_next_page(db, make):
    customer = make.customer()
    for hour in range(3):
        make.shop_order(customer, TICKET, at=NOON + timedelta(hours=hour))
    first = shop_orders.listed(db, customer.id, most=2)
    second = shop_orders.listed(db, customer.id, after=first.after, most=2)
    assert [len(first.rows), len(second.rows), second.after] == [2, 1, None]
    assert first.rows[0].placed_at > second.rows[0].placed_at
    for nowhere in ("in the middle", "0001-01-01T00:00:00+14:00"):
        with pytest.raises(NotFound):
            shop_orders.listed(db, customer.id, after=nowhere)


def test_bookkeeping_keeps_an_order_and_not_whose(db, store, make):
    customer = make.customer()
    child = make.child(customer)
    order = make.shop_order(customer, Wish(**vars(NEW_CARD) | {"child": child, "label": "Kims"}))
    with store.transaction(db):
        shop_orders.forget_person(db, customer.id)
    db.expire_all()
    assert (order.name, order.street, order.postcode, order.city) == ("", "", "", "")
    assert [(each.label, each.child_id) for each in order.lines] == [("", None)] * 2
    assert order.total_ore == 22_000

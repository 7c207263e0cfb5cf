from datetime import date

import pytest

from blueprints import basket
from domain import carts
from domain.products import Product
from domain.shop_orders import Kind, State
from domain.shop_wares import Wish
from tests.browser import FRAGMENT
from tests.conftest import NOON as NOW
from tests.factories import COUNTY, NEW_CARD, ONE_ZONE, born
from tests.queries import queries

SHOP, CART, TILL = "/mina-sidor/butik/", "/mina-sidor/varukorg/", "/mina-sidor/kassa/"
ORDERS = "/mina-sidor/kop/"
TICKET = {"place": "zones_1 181", "product": "single"}
WISH = Wish(kind=Kind.TICKET, product=Product.SINGLE, trip=ONE_ZONE)


@pytest.fixture
def customer(make):
    make.price_list()
    return make.customer()


@pytest.fixture
def shopper(browser, customer):
    return browser.log_in(customer)


def pay(browser, agreed_ore, **typed):
    return browser.post(TILL, {"means": "swish", "agreed_ore": agreed_ore} | typed)


def test_the_shop_is_open_to_anyone_and_a_card_of_ones_own_to_who_is_logged_in(browser, make):
    make.price_list()
    for path in ("", "nytt-kort", "biljett"):
        assert browser.get(f"{SHOP}{path}").status == 200
    assert "logga-in" in browser.get(f"{SHOP}reskassa").location


def test_a_cart_survives_the_login(browser, customer, db):
    browser.post(f"{SHOP}biljett", TICKET)
    assert "Enkelbiljett" in browser.get(CART).said
    browser.log_in(customer)
    assert "Enkelbiljett" in browser.get(CART).said
    assert len(carts.of_customer(db, customer.id).lines) == 1
    assert browser.client.get_cookie(basket.COOKIE) is None


def test_another_browser_has_another_cart(browser, app, customer):
    browser.post(f"{SHOP}biljett", TICKET)
    assert "Enkelbiljett" not in type(browser)(app).get(CART).said


def test_a_card_is_ordered_with_a_purse_and_a_period_for_a_child(shopper, make, customer, db):
    child = make.child(customer, "Maja")
    sent = shopper.post(f"{SHOP}nytt-kort", TICKET | {
        "whom": child.id, "label": "Skolkortet", "purse": "200", "with_period": "y",
        "product": "period_30_youth"})
    assert sent.location == CART
    [line] = carts.of_customer(db, customer.id).lines
    assert (line.child_id, line.label, line.purse_ore, line.product) == (
        child.id, "Skolkortet", 20_000, Product.PERIOD_30_YOUTH)


def test_the_youth_period_is_suggested_on_a_childs_card(shopper, make, customer):
    for child, product in ((None, "period_30"), (make.child(customer), "period_30_youth")):
        card = make.customer_card(customer, child=child)
        shown = shopper.get(f"{SHOP}period?kort={card.id}")
        assert [each["value"] for each in shown.all("input")
                if each.get("name") == "product" and "checked" in each] == [product]


def test_a_card_that_one_comes_from_is_chosen(shopper, make, customer):
    make.customer_card(customer, label="Ena")
    other = make.customer_card(customer, label="Andra")
    for path in ("reskassa", "period"):
        shown = shopper.get(f"{SHOP}{path}?kort={other.id}")
        [chosen] = [each for each in shown.all("input")
                    if each.get("name") == "card" and "checked" in each]
        assert chosen["value"] == str(other.id)


def test_an_amount_that_cannot_be_loaded_is_said_beside_the_field(shopper, make, customer):
    card = make.customer_card(customer)
    refused = shopper.post(f"{SHOP}reskassa", {"card": card.id, "purse": "50"})
    assert refused.status == 422
    assert "Belopp: Ladda mellan 100" in refused.said.replace("\N{NO-BREAK SPACE}", " ")


def test_the_price_follows_what_is_chosen(shopper):
    part = shopper.get(f"{SHOP}biljett?place=county&product=day", **FRAGMENT)
    assert not part.whole
    assert "Lägg i varukorgen ·" in part.said


def test_how_many_alike_is_changed_in_the_cart(shopper, db, customer):
    shopper.post(f"{SHOP}biljett", TICKET)
    [line] = carts.of_customer(db, customer.id).lines
    shopper.post(f"{CART}{line.id}/antal", {"antal": 3})
    assert "3 × Enkelbiljett" in shopper.get(CART).said
    shopper.post(f"{CART}{line.id}/borttagning")
    assert "Varukorgen är tom" in shopper.get(CART).said


def test_the_till_says_what_one_should_know_before_paying(shopper, make, customer):
    shopper.post(f"{SHOP}biljett", TICKET)
    till = shopper.get(TILL)
    assert "ingen ångerrätt" in till.said
    assert "Varav moms" in till.said
    assert "/villkor/mina-sidor" in till.links()
    assert "Storgatan 1" not in till.said, "nothing is posted"
    shopper.post(f"{SHOP}nytt-kort", TICKET | {"product": "period_30"})
    assert "Storgatan 1" in shopper.get(TILL).said


def test_a_sum_that_is_no_longer_the_one_shown_is_to_be_accepted(shopper, make, customer):
    shopper.post(f"{SHOP}biljett", TICKET)
    refused = pay(shopper, 100)
    assert refused.status == 422
    assert "Fortsätt om det stämmer" in refused.said
    [agreed] = [each["value"] for each in refused.all("button") if each.get("name") == "agreed_ore"]
    assert "/mina-sidor/betalning/" in pay(shopper, agreed).location


def test_an_empty_cart_has_no_till(shopper):
    assert shopper.get(TILL).location == CART


def test_who_is_seventeen_is_told_why_not(browser, make):
    make.price_list()
    browser.log_in(make.customer(number=born(date(2009, 1, 1))))
    for path in (SHOP, TILL):
        assert "när du har fyllt 18" in browser.get(path).said
    assert browser.get(f"{SHOP}nytt-kort").location == SHOP
    assert pay(browser, 0).said.count("fyllt 18") == 1


def test_an_order_shows_how_far_it_has_come_and_has_a_receipt(shopper, make, customer):
    card = make.customer_card(customer)
    order = make.shop_order(customer, NEW_CARD, WISH, Wish(
        kind=Kind.PURSE, card=card, purse_ore=20_000), paid_with="swish", at=NOW)
    shown = shopper.get(f"{ORDERS}{order.id}")
    for word in ("köpet är betalt", "Packas", "På kortet", "Aktiveras i mobilen", "Swish",
                 "Storgatan 1"):
        assert word in shown.said
    receipt = shopper.client.get(f"{ORDERS}{order.id}/kvitto.pdf")
    assert receipt.data.startswith(b"%PDF")


def test_what_could_not_be_delivered_says_why_and_that_the_money_comes_back(
        shopper, make, customer, db, store):
    card = make.customer_card(customer)
    order = make.shop_order(customer, Wish(kind=Kind.PURSE, card=card, purse_ore=20_000))
    with store.transaction(db):
        card.blocked_at = order.placed_at
    make.paid(order)
    shown = shopper.get(f"{ORDERS}{order.id}").said
    assert "Kunde inte levereras" in shown
    assert "går tillbaka till dig" in shown


def test_an_order_that_is_not_paid_can_be_paid_anew_or_cancelled(shopper, make, customer, db):
    order = make.shop_order(customer, WISH)
    assert "Köpet är inte betalt" in shopper.get(f"{ORDERS}{order.id}").said
    assert "Ett köp väntar" in shopper.get(SHOP).said
    paying = shopper.post(f"{ORDERS}{order.id}", {"means": "card"})
    assert "/mina-sidor/betalning/" in paying.location
    assert shopper.client.get(f"{ORDERS}{order.id}/kvitto.pdf").status_code == 404
    assert shopper.post(f"{ORDERS}{order.id}/avbrott").location == CART
    db.refresh(order)
    assert order.state == State.CANCELLED
    assert "Enkelbiljett" in shopper.get(CART).said


def test_somebody_elses_order_is_not_there(shopper, make):
    order = make.shop_order(make.customer(), WISH, paid_with="swish")
    for path in ("", "/kvitto.pdf"):
        assert shopper.client.get(f"{ORDERS}{order.id}{path}").status_code == 404


def test_a_long_list_asks_no_more_of_the_database_than_a_short_one(shopper, make, customer,
                                                                   store):
    def asked():
        counts = []
        for path in (CART, TILL):
            with queries(store) as found:
                shopper.get(path)
            counts.append(len(found))
        return counts

    def another(serial):
        wish = Wish(kind=Kind.PERIOD, card=make.customer_card(customer, serial),
                    product=Product.PERIOD_30, trip=COUNTY)
        make.cart(customer, wish, at=NOW)

    for _ in range(3):
        make.shop_order(customer, WISH, paid_with="swish")
    another(4711)
    shopper.get(CART)
    one = asked()
    another(4712)
    another(4713)
    assert asked() == one

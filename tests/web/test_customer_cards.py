from datetime import timedelta

import pytest
from sqlalchemy import select

from domain.card_numbers import make_card, show_card
from domain.products import Product
from domain.rules import Rules
from domain.travel_cards import TravelCard
from tests.factories import MORNING
from tests.queries import queries

INDEX = "/mina-sidor/kort/"
NUMBER = make_card(4711, Rules())


@pytest.fixture
def customer(make):
    return make.customer()


@pytest.fixture
def card(make, customer):
    return make.customer_card(customer, label="Mitt kort")


@pytest.fixture(autouse=True)
def here(browser, customer):
    browser.log_in_customer(customer)


def kept(db):
    db.rollback()
    db.expire_all()
    return db.scalar(select(TravelCard).where(TravelCard.number == NUMBER))


def test_a_card_is_registered_by_its_number(browser, db, customer):
    answer = browser.post(f"{INDEX}nytt", {"number": show_card(NUMBER), "label": "Mitt"})
    assert (answer.status, answer.location) == (303, f"{INDEX}{kept(db).id}")
    assert (kept(db).customer_id, kept(db).label) == (customer.id, "Mitt")


def test_a_card_is_registered_for_a_child_of_the_account_alone(browser, db, make, customer):
    child = make.child(customer)
    assert browser.post(f"{INDEX}nytt", {"number": NUMBER, "child": str(make.child().id)}
                        ).status == 422
    browser.post(f"{INDEX}nytt", {"number": NUMBER, "child": str(child.id)})
    assert kept(db).child_id == child.id


def test_a_number_that_is_refused_is_told_of_beside_the_field(browser, make):
    page = browser.post(f"{INDEX}nytt", {
        "number": make.customer_card(make.customer("Olle")).number})
    assert (page.status, "redan registrerat" in page.said, "Olle" in page.said) == (
        422, True, False)


def test_tries_are_counted_also_when_they_are_refused(browser, make):
    number = make.customer_card().number
    for _ in range(Rules().card_tries_per_hour):
        assert browser.post(f"{INDEX}nytt", {"number": number}).status == 422
    assert browser.post(f"{INDEX}nytt", {"number": NUMBER}).status == 429


def test_the_list_shows_purse_and_period_of_each(browser, make, customer, card):
    make.card_period(make.purse(card, 15_000), activated_at=MORNING)
    make.purse_load(card, 20_000)
    said = browser.get(INDEX).said
    for words in ("Mitt kort", "150 kr", "200 kr är på väg", "30-dagarsbiljett"):
        assert words in said.replace("\N{NO-BREAK SPACE}", " "), words


def test_the_list_asks_as_much_at_three_cards_as_at_one(browser, make, store, customer, card):
    make.card_period(make.purse(card))
    browser.get(INDEX)
    with queries(store) as at_one:
        browser.get(INDEX)
    for _ in range(2):
        make.card_period(make.purse(make.customer_card(customer, child=make.child(customer))))
    with queries(store) as at_three:
        browser.get(INDEX)
    assert len(at_one) == len(at_three)


def test_the_page_shows_where_each_thing_is_on_its_way(browser, make, card):
    make.card_period(make.purse(card))
    make.purse_load(card, 20_000)
    said = browser.get(f"{INDEX}{card.id}").said
    for words in (show_card(card.number), "På kortet", "inom ett dygn", "Aktiveras ombord",
                  "när du betalar med kortet"):
        assert words in said, words


def test_a_card_is_frozen_and_opened_by_one_press_each(browser, make, card):
    page = f"{INDEX}{card.id}"
    assert browser.post(f"{page}/frysning").location == page
    said = browser.get(page).said
    assert ("Kortet är fryst" in said, "Frys kortet" in said) == (True, False)
    assert browser.post(f"{page}/oppning").location == page
    assert "Kortet är fryst" not in browser.get(page).said


def test_a_card_is_renamed(browser, db, card):
    browser.post(f"{INDEX}{card.id}/andra", {"label": "Resekortet"})
    db.refresh(card)
    assert card.label == "Resekortet"


def test_a_card_is_removed_from_the_account(browser, card):
    assert browser.post(f"{INDEX}{card.id}/borttagning").location == INDEX
    assert browser.get(f"{INDEX}{card.id}").status == 404


@pytest.mark.parametrize("page", ["", "/andra", "/sparr"])
def test_another_customers_card_is_not_there(browser, make, page):
    assert browser.get(f"{INDEX}{make.customer_card().id}{page}").status == 404


def test_a_companys_card_is_not_there(browser, make):
    assert browser.get(f"{INDEX}{make.card().id}").status == 404


def test_a_used_up_ticket_is_among_what_has_been(browser, make, clock, card):
    make.card_period(card, Product.DAY, activated_at=MORNING)
    clock.at += timedelta(days=3)
    said = browser.get(f"{INDEX}{card.id}").said
    assert ("En tidigare biljett" in said, "Ingen period" in said) == (True, True)

import pytest
from sqlalchemy import select

from domain.parcels import Parcel
from domain.travel_cards import TravelCard

SURE = {"sure": "y"}
HOME = {"street": "Storgatan 1", "postcode": "553 20", "city": "Jönköping"}


@pytest.fixture
def customer(make):
    return make.customer()


@pytest.fixture
def card(make, customer):
    return make.customer_card(customer, label="Mitt kort")


@pytest.fixture
def at(browser, customer, card):
    browser.log_in_customer(customer)
    return f"/mina-sidor/kort/{card.id}/sparr"


def blocked(db, card):
    db.rollback()
    return db.scalar(select(TravelCard.blocked_at).where(TravelCard.id == card.id)) is not None


def test_what_moves_and_where_to_is_shown_before(browser, make, card, at):
    make.card_period(make.purse(card))
    page = browser.get(at)
    for words in ("30-dagarsbiljett", "150", "Det går inte att ångra", "Kajsa Kund",
                  "inom 5 arbetsdagar"):
        assert words in page.said, words
    assert "Storgatan 1" in page.response.text


def test_a_small_purse_is_told_of_before(browser, make, card, at):
    make.card_period(make.purse(card, 950))
    assert "Reskassan skickas inte" in browser.get(at).said


def test_a_card_is_blocked_and_its_page_tells_what_became_of_it(browser, db, make, card, at):
    make.purse(card)
    answer = browser.post(at, SURE | HOME | {"to": "post"})
    assert (answer.status, blocked(db, card)) == (303, True)
    said = browser.get(answer.location).said
    assert "Reskassa som flyttades" in said
    assert "Det nya kortet" in said


def test_the_address_of_this_parcel_alone_is_changed(browser, db, make, customer, card, at):
    make.purse(card)
    browser.post(at, SURE | HOME | {"to": "post", "street": "Lillgatan 2"})
    db.rollback()
    assert db.scalar(select(Parcel)).street == "Lillgatan 2"
    assert customer.street == "Storgatan 1"


@pytest.mark.parametrize(("wrong", "said"), [
    ({"street": ""}, "Fyll i det här"), ({"postcode": "5"}, "fem siffror"),
    ({"sure": ""}, "Bekräfta att du vill"), ({"to": "card"}, "")])
def test_what_is_wrong_blocks_nothing(browser, db, make, card, at, wrong, said):
    make.purse(card)
    page = browser.post(at, {**SURE, **HOME, "to": "post", **wrong})
    assert (page.status, said in page.said, blocked(db, card)) == (422, True, False)


def test_it_goes_at_once_to_another_card_without_an_address(browser, db, make, customer, card, at):
    other = make.customer_card(customer)
    make.purse(card)
    answer = browser.post(at, SURE | {"to": "card", "other": str(other.id)})
    assert answer.status == 303
    assert "150" in browser.get(f"/mina-sidor/kort/{other.id}").said


def test_an_empty_card_needs_no_address(browser, db, card, at):
    assert "Inget nytt kort skickas" in browser.get(at).said
    assert browser.post(at, SURE | {"to": "nowhere"}).status == 303
    assert blocked(db, card)


def test_what_has_been_blocked_leads_to_its_page(browser, make, card, at):
    make.purse(card)
    browser.post(at, SURE | HOME | {"to": "post"})
    for again in (browser.get(at), browser.post(at, SURE | HOME | {"to": "post"})):
        assert (again.status, again.location) == (303, f"/mina-sidor/kort/{card.id}")


def test_a_blocked_card_stays_in_the_list_with_its_history(browser, make, card, at):
    make.purse(card)
    browser.post(at, SURE | HOME | {"to": "post"})
    said = browser.get("/mina-sidor/kort/").said
    assert ("Ett spärrat kort" in said, "På väg till dig" in said) == (True, True)

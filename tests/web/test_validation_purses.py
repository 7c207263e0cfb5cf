import pytest
from sqlalchemy import select

from domain import customer_cards, purses
from domain.validations import Validation
from tests.conftest import NOON
from tests.web.test_validation_api import TicketSystem, event

SINGLE = 4200


@pytest.fixture
def system(app):
    return TicketSystem(app)


@pytest.fixture
def card(make):
    make.price_list()
    return make.purse(make.customer_card(), 20_000)


def paying(**said):
    return event(zone="181") | said


def test_the_list_tells_what_a_bus_without_a_net_needs_to_know(system, make, card):
    load = make.purse_load(card, 10_000)
    answer = system.get("purses").json
    assert answer["purses"] == [{
        "id": 1, "tokenIssuer": "24", "tokenId": card.number, "balance": 20_000, "refused": None,
        "waiting": [{"loadId": str(load.id), "amount": 10_000,
                     "activateBy": "2027-02-18T07:00:00Z"}]}]
    assert answer["prices"] == {"zones_1": {"price": 4200, "minutes": 60},
                                "zones_2": {"price": 8000, "minutes": 90},
                                "county": {"price": 13_000, "minutes": 150}}
    assert system.get(f"purses?after={answer['last']}").json["purses"] == []


def test_a_payment_is_answered_with_what_it_cost_and_what_is_left(system, make, card):
    make.purse_load(card, 10_000)
    answer = system.post(f"purses/{card.number}", paying(vehicle="buss 4711"))
    assert (answer.status_code, answer.json) == (201, {
        "eventId": "bus-1", "tokenId": card.number, "eventResult": 0, "reason": "ok",
        "price": SINGLE, "taken": SINGLE, "balance": 30_000 - SINGLE, "activated": 10_000,
        "validUntil": "2026-11-20T12:00:00+00:00"})
    again = system.post(f"purses/{card.number}", paying(vehicle="buss 4711"))
    assert (again.status_code, again.json) == (200, answer.json)


def test_another_payment_with_the_same_id_is_a_conflict(system, card):
    system.post(f"purses/{card.number}", paying())
    answer = system.post(f"purses/{card.number}", paying(toZone="183"))
    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")


def test_a_frozen_card_is_refused_and_told_why(system, db, store, card):
    with store.transaction(db):
        customer_cards.freeze(db, card, by=None, now=NOON)
    answer = system.post(f"purses/{card.number}", paying()).json
    assert (answer["eventResult"], answer["reason"], answer["taken"]) == (7, "frozen", 0)


def test_a_report_is_taken_whole_or_not_at_all(system, db, card):
    def report(*numbers):
        return [paying(eventId=f"bus-{n}", tokenId=number, eventResult=0,
                       time=f"2026-11-20T0{n}:00:00+01:00") for n, number in enumerate(numbers)]

    assert system.post("purses", report(card.number, card.number[::-1])).status_code == 404
    db.rollback()
    assert purses.balance(db, card.id) == 20_000
    answer = system.post("purses", report(*[card.number] * 5))
    assert (answer.status_code, [each["taken"] for each in answer.json]) == (
        201, [SINGLE, SINGLE, SINGLE, SINGLE, 20_000 - 4 * SINGLE])
    db.rollback()
    assert [each.missing_ore for each in purses.shortfalls(db)] == [1000]


@pytest.mark.parametrize("body", [
    [], "text", {}, paying(zone=None), paying(zone="abc"), paying(zone="9" * 400),
    paying(toZone=[181]), paying(zone="999"), paying(eventId="å"), paying(time="now"),
    paying(eventResult=-1), paying(time="2020-01-01T00:00:00Z")], ids=lambda body: str(body)[:60])
def test_a_body_that_is_none_is_refused_and_takes_nothing(system, db, card, body):
    answer = system.post(f"purses/{card.number}", body)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert (purses.balance(db, card.id), db.scalar(select(Validation))) == (20_000, None)


@pytest.mark.parametrize("number", ["9752000000000000", "K7QF-2M9XD4", "%00", "1" * 300])
def test_a_card_that_is_none_is_told(system, card, number):
    assert system.post(f"purses/{number}", paying()).status_code in (404, 422)


def test_without_the_token_nothing_is_told_or_taken(system, card):
    assert system.get("purses", Authorization="x").status_code == 401
    assert system.post(f"purses/{card.number}", paying(), Authorization="x").status_code == 401
    assert system.post("purses", [paying()], Authorization="x").status_code == 401


def test_no_employer_is_told_of_trips_with_a_card_that_they_have_loaded(system, browser, make):
    company, card = make.company(), make.customer_card()
    ticket = make.card_ticket(card, company=company)
    make.purse(card, 20_000)
    browser.log_in(make.admin(company))
    before = browser.get(f"/foretag/skicka-biljett/{ticket.id}").said
    system.post(f"validation/{ticket.number}", event(zone="181"))
    system.post(f"purses/{card.number}", paying(eventId="2"))
    assert browser.get(f"/foretag/skicka-biljett/{ticket.id}").said == before


def test_the_customer_sees_the_trip_and_what_was_missing_on_the_page_of_the_card(
        system, browser, make, db):
    make.price_list()
    customer = make.customer()
    card = make.purse(make.customer_card(customer), 1200)
    system.post("purses", [paying(tokenId=card.number, eventResult=0)])
    browser.log_in_customer(customer)
    page = browser.get(f"/mina-sidor/kort/{card.id}").said
    assert "Zon 181" in page
    assert "30 kr av 42 kr saknades" in page
    browser.log_in_customer(make.customer())
    assert browser.get(f"/mina-sidor/kort/{card.id}").status == 404

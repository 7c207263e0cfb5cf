from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from documents import mtb
from domain import codes, limits, messages, standings
from domain.codes import OneTimeCode
from domain.messages import Sms
from domain.services import Service
from domain.tickets import Ticket
from tests.browser import FRAGMENT, Browser
from tests.conftest import NOON
from tests.factories import personnummer

ALLPAY, BUY = "/resa/allpay", "/resa/kop"


@pytest.fixture
def traveller(make):
    make.price_list()
    return make.traveller()


@pytest.fixture
def me(browser, make, traveller):
    me = make.as_person(traveller)
    browser.log_in(me)
    return me


@pytest.fixture
def connection(make, traveller, me):
    """With a limit of 500 kr; its code is in no message yet."""
    return make.connection(traveller, limit_ore=50_000)


@pytest.fixture
def code(db, store, connection):
    """The digits that came in the text message."""
    with store.transaction(db):
        messages.sent(db.scalar(select(Sms)), now=NOON)
        return codes.issue(db, codes.current(db, [connection.id])[connection.id].id, now=NOON)


@pytest.fixture
def registered(connection, store, db):
    with store.transaction(db):
        connection.registered_at = NOON
    return connection


def register(browser, connection, digits):
    return browser.post(ALLPAY, {"user_name": connection.user_name, "code": digits})


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06}"


def buy(browser, agreed="4200", **changes):
    return browser.post(BUY, {"place": "zones_1 181", "product": "single",
                              "agreed_ore": agreed} | changes)


def buy_now(browser, agreed="4200", **changes):
    """By the button that activates too."""
    return browser.post(BUY, {"place": "zones_1 181", "product": "single",
                              "activated_ore": agreed} | changes)


# Registering.


def test_whoever_is_not_connected_is_told_whom_to_ask(browser, me):
    page = browser.get(BUY)
    assert (page.status, "Du är inte ansluten till Tjänsteresor" in page.said) == (200, True)
    assert browser.get(ALLPAY).status == 200


def test_a_code_on_its_way_is_said_to_be(browser, connection):
    assert "Koden är på väg" in browser.get(BUY).said


def test_a_code_that_has_come_leads_to_registering(browser, connection, code):
    page = browser.get(BUY)
    assert ("Du har fått en kod" in page.said, ALLPAY in page.links()) == (True, True)


def test_a_code_that_did_not_come_is_told(browser, connection, code, db, store):
    with store.transaction(db):
        messages.refused(db.scalar(select(Sms)), "no such number")
    assert "Sms:et kom inte fram" in browser.get(BUY).said


@pytest.mark.parametrize("typed", [str, str.lower, " {} ".format])
def test_registering_with_the_code(browser, connection, code, db, typed):
    answer = browser.post(ALLPAY, {"user_name": typed(connection.user_name), "code": typed(code)})
    assert (answer.status, answer.location) == (303, BUY)
    db.refresh(connection)
    assert connection.registered_at == NOON
    assert "Köp · 42" in browser.get(BUY).said


def test_a_double_click_registers_once(browser, connection, code, clock, db):
    register(browser, connection, code)
    clock.at += timedelta(seconds=1)
    assert register(browser, connection, code).location == BUY
    db.refresh(connection)
    assert connection.registered_at == NOON


def test_a_wrong_code_counts_and_says_how_many_tries_are_left(browser, connection, code, db):
    said = []
    for _ in range(6):
        page = register(browser, connection, wrong(code))
        assert page.status == 422
        said.append(page.said.split("Engångskod: ")[1].partition(".")[0])
    assert said == ["Användarnamnet eller koden stämmer inte"] * 4 + [
        "Koden är låst efter för många försök"] * 2
    assert db.scalar(select(OneTimeCode.wrong_tries)) == 5
    assert "låst" in register(browser, connection, code).said
    assert "Koden är låst" in browser.get(BUY).said


def test_a_wrong_user_name_costs_a_try_and_is_answered_as_a_wrong_code(browser, connection, code,
                                                                       db):
    name = browser.post(ALLPAY, {"user_name": "AP00000000", "code": code})
    assert "Användarnamnet eller koden stämmer inte. Du har 4 försök kvar." in name.said
    assert db.scalar(select(OneTimeCode.wrong_tries)) == 1
    digits = register(browser, connection, wrong(code))
    assert digits.said.replace("3 försök", "4 försök").replace(
        connection.user_name, "AP00000000") == name.said


def test_one_address_types_only_so_many_codes_an_hour(browser, connection, code, db, store):
    with store.transaction(db):
        limits.take(db, "one-time code from", "127.0.0.1", number=200, per_hour=200, now=NOON)
    assert register(browser, connection, code).status == 429
    assert connection.registered_at is None


def test_who_is_paused_is_told_so_and_buys_nothing(browser, registered, db, store):
    with store.transaction(db):
        registered.paused_at = NOON
    page = browser.get(BUY)
    assert ("Tjänsteresor är pausat" in page.said, "Köp ·" in page.said) == (True, False)
    assert buy(browser).status == 200
    assert db.scalars(select(Ticket)).all() == []


def test_another_persons_code_does_not_register_me(browser, connection, code, make, db, store):
    other = make.connection()
    with store.transaction(db):
        digits = codes.issue(db, codes.current(db, [other.id])[other.id].id, now=NOON)
    assert register(browser, other, digits).status == 422
    db.refresh(other)
    assert other.registered_at is None


def test_a_code_that_has_gone_out_leads_to_the_administrator(browser, connection, code, db, store):
    with store.transaction(db):
        db.scalar(select(OneTimeCode)).expires_at = NOON
    page = register(browser, connection, code)
    assert (page.status, "Be din administratör att skicka en ny." in page.said) == (422, True)


def test_before_the_code_is_sent_there_is_none_to_use(browser, connection):
    page = register(browser, connection, "123456")
    assert (page.status, "Ingen kod gäller just nu." in page.said) == (422, True)


def test_guessing_is_stopped_for_the_hour(browser, connection, code):
    typed = {"user_name": "AP00000000", "code": "000000"}
    assert [browser.post(ALLPAY, typed).status for _ in range(21)] == [422] * 20 + [429]


def test_empty_fields_are_asked_for(browser, connection):
    page = browser.post(ALLPAY, {"user_name": "", "code": ""})
    assert (page.status, page.said.count("Fyll i det här.")) == (422, 4)


# Buying.


def test_buying_leads_to_the_ticket(browser, registered, db, traveller):
    answer = buy(browser)
    [ticket] = db.scalars(select(Ticket))
    assert answer.location == f"/resa/biljetter/{ticket.id}"
    assert (ticket.service, ticket.traveller_id, ticket.price_ore, ticket.state(NOON)) == (
        Service.BUSINESS_TRAVEL, traveller.id, 4_200, "unactivated")
    assert "Kvar den här månaden: 458 kr av 500 kr. Bolaget AB får fakturan." in browser.get(
        BUY).said


def test_one_press_buys_and_activates_for_whoever_travels_now(browser, registered, app, db):
    answer = buy_now(browser)
    [ticket] = db.scalars(select(Ticket))
    assert (answer.location, ticket.state(NOON)) == (f"/resa/biljetter/{ticket.id}", "active")
    mtb.read(ticket.bundle).verify(app.extensions["world"].ticket_keys.public_keys())
    shown = browser.get(answer.location)
    assert ("Biljetten är köpt och aktiverad." in shown.said, "1 tim 0 min kvar" in shown.said) == (
        True, True)
    assert shown.all("img")[0]["src"].startswith("data:image/svg+xml")


def test_another_phone_does_not_have_what_was_activated_here(browser, registered, db, app, me):
    at = buy_now(browser).location
    other = Browser(app)
    with other.client.session_transaction() as cookie:
        cookie["_user_id"] = f"browser of {me.id}"
    assert [each for each in other.get(at).all("img") if each["src"].startswith("data:")] == []


def test_the_same_press_twice_activates_one_ticket(browser, registered, db):
    key = {"form_key": "5c1f0c52-6e0c-4f6e-9d54-0e5d2b8c7a11"}
    assert buy_now(browser, **key).location == buy_now(browser, **key).location
    assert [each.days_used for each in db.scalars(select(Ticket))] == [1]


def test_a_ticket_for_another_day_is_not_activated_now(browser, registered, db):
    tomorrow = (NOON + timedelta(days=1)).date().isoformat()
    assert "Köp och aktivera:" in browser.get(BUY).said
    assert "Köp och aktivera" not in browser.get(f"{BUY}?valid_from={tomorrow}").said
    page = buy_now(browser, valid_from=tomorrow)
    assert (page.status, "Den dagen kan biljetten aktiveras." in page.said) == (422, True)
    assert db.scalars(select(Ticket)).all() == []
    today = NOON.date().isoformat()
    assert buy_now(browser, valid_from=today).status == 303


def test_nobody_activates_for_another_price_than_they_were_shown(browser, registered, db):
    page = buy_now(browser, place="county")
    assert (page.status, "Biljetten kostar 130 kr." in page.said) == (422, True)
    assert db.scalars(select(Ticket)).all() == []


def test_the_form_sent_twice_buys_one_ticket(browser, registered, db):
    key = {"form_key": "5c1f0c52-6e0c-4f6e-9d54-0e5d2b8c7a11"}
    assert buy(browser, **key).location == buy(browser, **key).location
    assert len(db.scalars(select(Ticket)).all()) == 1


def test_over_the_limit_is_refused_with_what_is_left(browser, registered, db):
    buy(browser)
    page = buy(browser, agreed="51000", product="flex_10_30")
    assert page.status == 422
    assert "Biljett: Köpet på 510 kr ryms inte. Du har 458 kr kvar den här månaden." in page.said
    assert len(db.scalars(select(Ticket)).all()) == 1


def test_a_new_month_starts_over_at_swedish_midnight(browser, traveller, make, clock):
    make.connection(traveller, limit_ore=4_200, registered=True)
    clock.at = datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC)
    browser.log_in(make.as_person(traveller))
    assert [buy(browser).status, buy(browser).status] == [303, 422]
    assert "Kvar den här månaden: 0 kr av 42 kr." in browser.get(BUY).said
    clock.at += timedelta(seconds=1)
    assert "Kvar den här månaden: 42 kr av 42 kr." in browser.get(BUY).said
    assert [buy(browser).status, buy(browser).status] == [303, 422]


def test_a_price_that_was_not_shown_is_shown_first(browser, registered, db):
    page = buy(browser, place="county")
    assert (page.status, "Biljetten kostar 130 kr. Fortsätt om det stämmer." in page.said) == (
        422, True)
    assert db.scalars(select(Ticket)).all() == []


def test_prices_follow_the_place(browser, registered):
    part = browser.get(f"{BUY}?place=county&product=day", **FRAGMENT)
    assert (part.whole, part.all("form")[0]["id"]) == (False, "form")
    assert "Enkelbiljett 130 kr 24-timmarsbiljett 260 kr" in part.said
    assert "Köp · 260 kr" in part.said


def test_what_was_bought_last_is_chosen_the_next_time(browser, registered):
    buy(browser, agreed="16000", place="zones_2 181 183", product="day")
    assert "Köp · 160 kr" in browser.get(BUY).said


def test_an_unregistered_connection_buys_nothing(browser, connection, db):
    assert "Koden är på väg" in buy(browser).said
    assert db.scalars(select(Ticket)).all() == []


def test_nonsense_is_refused_beside_its_field(browser, registered):
    page = buy(browser, place="nowhere", product="gold")
    assert (page.status, page.said.count("Välj ett av alternativen.")) == (422, 4)


def test_whoever_works_for_two_chooses_who_pays(browser, make, store, db):
    make.price_list()
    number = personnummer(900)
    people = [make.traveller(make.company(name), number=number) for name in ("Ett AB", "Två AB")]
    with store.transaction(db):
        people[1].registered_at = NOON
    connections = [make.connection(each, registered=True) for each in people]
    browser.log_in(make.as_person(people[0]))
    page = browser.get(BUY)
    assert [each["value"] for each in page.all("input") if each["name"] == "connection"] == [
        str(each.id) for each in connections]
    for connection in connections:
        buy(browser, connection=str(connection.id))
    assert set(db.scalars(select(Ticket.company_id))) == {each.company_id for each in people}


def test_nobody_buys_on_another_persons_connection(browser, registered, make, db):
    other = make.connection(registered=True)
    page = buy(browser, connection=str(other.id))
    assert page.status == 422
    assert db.scalars(select(Ticket)).all() == []
    assert standings.of_connections(db, [other], now=NOON)[0].spent_ore == 0

import gzip
from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from domain import carried, holdings
from domain.carts import CartLine
from domain.messages import Sms
from domain.products import Product
from domain.tickets import State
from tests.browser import FRAGMENT
from tests.conftest import NOON
from tests.factories import COUNTY
from tests.queries import queries
from tests.web.inspector import code

MINE = "/mina-sidor/biljetter/"
FIRST = date(2026, 12, 10)


@pytest.fixture
def customer(make):
    return make.customer()


@pytest.fixture
def home(browser, customer):
    return browser.log_in_customer(customer)


def at(ticket, part=""):
    return f"{MINE}{ticket.id}{part}"


def test_the_list_has_what_is_on_the_phone_and_what_is_on_cards(home, make, customer):
    make.own_ticket(customer, Product.DAY)
    make.card_period(make.customer_card(customer, label="Mitt kort"), Product.PERIOD_30_STUDENT)
    page = home.get(MINE)
    assert "24-timmarsbiljettZon 181 Jönköping · i mobilenInte aktiverad" in page.said
    assert "Period student 30 DZon 181 Jönköping · Mitt kortInte aktiverad" in page.said


def test_whoever_has_bought_nothing_is_told_what_comes_here(home):
    assert "Du har ingen biljett att använda" in home.get(MINE).said


def test_the_list_asks_the_database_as_often_for_three_as_for_one(store, home, make, customer):
    def asked():
        with queries(store) as statements:
            page = home.get(MINE)
        assert len(gzip.compress(page.response.text.encode())) < 14_000
        return len(statements)

    make.card_period(make.customer_card(customer, child=make.child(customer)))
    make.own_ticket(customer)
    home.get(MINE)
    few = asked()
    for _ in range(2):
        make.card_period(make.customer_card(customer, child=make.child(customer)))
        make.own_ticket(customer)
    assert asked() == few


def test_it_is_opened_on_this_phone_activated_and_kept_for_where_there_is_no_net(db, home, make,
                                                                                 customer):
    ticket = make.own_ticket(customer, Product.PERIOD_30_STUDENT)
    assert home.post(at(ticket, "/telefon")).location == at(ticket)
    assert home.post(at(ticket, "/aktivering")).location == at(ticket)
    page = home.get(at(ticket))
    assert code(page)
    assert "/mina-sidor/butik/" in page.links()
    db.refresh(ticket)
    assert (ticket.state(NOON), "KategoriStudent" in page.said) == (State.ACTIVE, True)
    assert "Period student 30 D" in home.get(at(ticket, "/sparad")).said


def test_a_password_alone_does_not_move_it_from_another_phone(db, store, home, make, customer):
    ticket = make.own_ticket(customer)
    with store.transaction(db):
        holdings.take(db, ticket, "another phone", now=NOON)
    page = home.get(at(ticket))
    assert "Biljetten finns på en annan telefon" in page.said
    assert "Flytta den hit med en kod" in page.said
    assert home.post(at(ticket, "/kod")).location == at(ticket, "/flytt")


def test_one_on_a_card_shows_how_far_it_has_come_and_leads_to_the_card(home, make, customer):
    card = make.customer_card(customer, child=make.child(customer, "Kim"))
    ticket = make.card_period(card, Product.PERIOD_30_YOUTH)
    page = home.get(at(ticket))
    assert "Aktiveras ombord återstår senast tors 18 feb 2027" in page.said
    assert "ResenärKim KundKategoriUngdomPris410 kr" in page.said
    assert f"/mina-sidor/kort/{card.id}" in page.links()
    assert home.get(at(ticket, "/sparad")).status == 404


def test_somebody_elses_is_not_found(home, make):
    ticket = make.own_ticket()
    for part in ("", "/andra", "/borta", "/aktivering"):
        assert home.get(at(ticket, part)).status == 404


def test_the_link_is_sent_again(db, home, make, customer):
    ticket = make.own_ticket(customer)
    assert home.post(at(ticket, "/lank")).location == at(ticket)
    assert "Länken är på väg till" in home.get(at(ticket)).said
    assert len(db.scalars(select(Sms).where(Sms.about_id == ticket.id)).all()) == 2


def test_when_the_phone_is_lost_the_ticket_gets_another_number(db, home, make, customer):
    ticket = make.own_ticket(customer)
    former = ticket.number
    assert "logga in på Mina sidor på en annan telefon" in home.get(at(ticket, "/borta")).said
    assert home.post(at(ticket, "/borta"), {"text": "y"}).location == at(ticket)
    db.refresh(ticket)
    assert ticket.number != former


def test_another_first_day_is_changed_at_once(db, home, make, customer):
    ticket = make.own_ticket(customer, valid_from=FIRST)
    page = home.get(at(ticket, "/andra"))
    assert "Från fre 20 nov till sön 10 jan 2027." in page.said
    assert 'value="2026-12-10"' in page.response.text
    done = home.post(at(ticket, "/andra"), {
        "valid_from": "2026-12-24", "product": "period_30", "place": "zones_1 181",
        "agreed_ore": "0"})
    assert (done.status, done.location) == (303, at(ticket))
    db.refresh(ticket)
    assert ticket.valid_from == date(2026, 12, 24)


def test_a_dearer_one_is_put_in_the_cart_to_be_paid(db, home, make, customer):
    ticket = make.own_ticket(customer)
    told = home.get(at(ticket, "/andra?product=period_30&place=county"), **FRAGMENT)
    assert "Lägg i varukorgen · 700 kr" in told.said
    done = home.post(at(ticket, "/andra"), {
        "product": "period_30", "place": "county", "agreed_ore": "70000"})
    assert (done.status, done.location) == (303, "/mina-sidor/varukorg/")
    [line] = db.scalars(select(CartLine))
    assert (line.ticket_id, line.extent, line.shown_ore) == (ticket.id, COUNTY.extent, 70_000)
    db.refresh(ticket)
    assert ticket.zones == "181"


@pytest.mark.parametrize(("typed", "said"), [
    ({"place": "county", "agreed_ore": "0"}, "Ändringen kostar 700 kr. Fortsätt om det stämmer."),
    ({"valid_from": "2027-02-01", "agreed_ore": "0"}, "från fre 20 nov 2026 till sön 10 jan 2027"),
    ({"valid_from": "i morgon", "agreed_ore": "0"}, "Skriv datumet så här"),
    ({"product": "period_30_student", "agreed_ore": "0"}, "billigare än den du har"),
    ({"product": "period_30_senior", "agreed_ore": "0"}, "Välj"),
    ({"agreed_ore": "0"}, "Det är så biljetten är nu")])
def test_what_cannot_be_changed_is_said_and_what_was_chosen_stands(home, make, customer, typed,
                                                                   said):
    ticket = make.own_ticket(customer, valid_from=FIRST)
    page = home.post(at(ticket, "/andra"), {
        "valid_from": "2026-12-10", "product": "period_30", "place": "zones_1 181"} | typed)
    assert (page.status, said in page.said) == (422, True)


def test_one_that_has_begun_says_kindly_why_it_is_not_changed(home, make, customer):
    ticket = make.card_period(make.customer_card(customer), activated_at=NOON)
    assert "Biljetten kan inte ändras" in home.get(at(ticket, "/andra")).said
    assert "/andra" not in "".join(home.get(at(ticket)).links())


def test_the_link_in_the_text_message_says_nothing_of_any_company(db, store, browser, make,
                                                                  customer):
    ticket = make.own_ticket(customer, Product.PERIOD_30_STUDENT)
    with store.transaction(db):
        address = f"/b/{carried.link(db, ticket.id, uuid4())}"
    page = browser.get(address)
    assert "KategoriStudent" in page.said
    assert "Köpt" in page.said
    assert "Mina sidor" in page.said.partition("Till innehållet")[0]

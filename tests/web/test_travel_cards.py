import pytest
from sqlalchemy import select

from domain import card_holdings, travellers
from domain.card_holdings import Holder
from domain.card_numbers import make_card, show_card
from domain.products import Product
from domain.rules import Rules
from domain.travel_cards import TravelCard
from tests import files
from tests.browser import FRAGMENT
from tests.conftest import NOON
from tests.factories import NOBODY
from tests.queries import queries

INDEX = "/foretag/resekort/"
NEW = "/foretag/resekort/nytt"
NUMBER = make_card(4711, Rules())


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def card(make, company):
    return make.card(company, name="Busskort 1")


def at(card, more=""):
    return f"{INDEX}{card.id}{more}"


def fresh(db, card):
    db.rollback()
    db.refresh(card)
    return card


def form(make, company, **typed):
    return {"number": show_card(NUMBER), "name": "Busskort 7",
            "department": str(make.first_department(company).id)} | typed


def test_without_cards_the_page_says_what_to_do(browser):
    assert "Inga resekort än" in browser.get(INDEX).said


def test_a_card_is_added_by_its_number(browser, db, make, company):
    page = browser.post(NEW, form(make, company))
    db.rollback()
    card = db.scalar(select(TravelCard))
    assert (page.status, page.location) == (303, at(card))
    assert (card.number, card.name) == (NUMBER, "Busskort 7")
    assert show_card(NUMBER) in browser.get(INDEX).said


def test_a_number_with_a_slip_is_refused_beside_its_field(browser, make, company):
    page = browser.post(NEW, form(make, company, number=NUMBER[:-2] + "00"))
    assert page.status == 422
    assert "Kortnumret stämmer inte" in page.said
    assert NUMBER[:-2] + "00" in page.response.text


def test_a_card_that_another_has_is_refused_without_telling_whose(browser, make, company):
    other = make.card(make.company("Hemliga AB"))
    page = browser.post(NEW, form(make, company, number=other.number))
    assert page.status == 422
    assert "registrerat av någon annan" in page.said
    assert "Hemliga" not in page.response.text


def test_a_card_is_handed_to_a_traveller_who_is_searched_for(browser, db, make, company, card):
    rut = make.traveller(company, "Rut", "Resenär")
    page = browser.get(at(card, "/innehavare?sok=rut"))
    assert "Rut Resenär" in page.said
    assert browser.post(at(card, "/innehavare"), {"traveller": str(rut.id)}).status == 303
    assert fresh(db, card).held_by == "Rut Resenär"


def test_the_search_answers_htmx_with_its_part(browser, make, company, card):
    make.traveller(company, "Rut", "Resenär")
    page = browser.get(at(card, "/innehavare?sok=rut"), **FRAGMENT)
    assert ("Rut Resenär" in page.said, page.whole) == (True, False)


def test_a_card_is_handed_to_somebody_by_name(browser, db, card):
    browser.post(at(card, "/innehavare"), {"name": "Reception"})
    assert fresh(db, card).holder == "Reception"
    assert "Reception" in browser.get(at(card)).said


def test_a_card_is_not_handed_to_nobody(browser, card):
    page = browser.post(at(card, "/innehavare"), {"name": ""})
    assert (page.status, "Skriv vem som får kortet" in page.said) == (422, True)


@pytest.mark.parametrize("traveller", ["x", "00000000-0000-0000-0000-000000000000"])
def test_a_card_is_not_handed_to_who_is_not_there(browser, card, traveller):
    assert browser.post(at(card, "/innehavare"), {"traveller": traveller}).status == 404


def test_a_card_is_not_handed_to_another_companys_traveller(browser, make, card):
    other = make.traveller(make.company("Andra AB"))
    assert browser.post(at(card, "/innehavare"), {"traveller": str(other.id)}).status == 404


def test_a_card_that_is_handed_in_lies_ready(browser, db, make, company):
    card = make.card(company, holder=Holder(name="Åke"))
    browser.post(at(card, "/aterlamning"))
    assert fresh(db, card).held_by == ""
    assert "Tog emot resekortet" in browser.get(at(card)).said


def test_a_leavers_card_is_to_be_handed_in(browser, db, store, make, company):
    rut = make.traveller(company)
    card = make.card(company, holder=Holder(rut))
    with store.transaction(db):
        travellers.end(db, rut, by=NOBODY, now=NOON)
    assert "Rut Resenär har slutat" in browser.get(at(card)).said
    assert "Ska lämnas tillbaka" in browser.get(f"{INDEX}?visa=due").said


def test_a_lost_card_is_blocked(browser, db, card):
    browser.post(at(card, "/sparr"))
    assert fresh(db, card).blocked_at == NOON
    page = browser.get(at(card))
    assert "Inget på kortet gäller längre" in page.said
    assert at(card, "/sparr") not in page.response.text


def test_what_a_card_has_been_sent_is_seen_with_how_far_it_has_come(browser, make, card):
    make.card_ticket(card)
    page = browser.get(at(card))
    assert "30-dagarsbiljett Zon 181 Jönköping 690 kr På väg till kortet" in page.said


def test_a_ticket_is_sent_from_the_cards_own_page(browser, make, card):
    make.price_list()
    [onward] = [link for link in browser.get(at(card)).links() if "kort=" in link]
    page = browser.get(onward)
    assert [each["value"] for each in page.all("input")
            if each.get("name") == "to" and "checked" in each] == ["card"]
    assert card.number in page.response.text


def test_a_ticket_of_another_kind_than_the_unused_is_refused(browser, db, make, card):
    make.card_ticket(card, Product.SINGLE)
    page = browser.post("/foretag/skicka-biljett/", {
        "place": "zones_1 181", "product": "period_30", "quantity": "1", "to": "card",
        "cards": card.number, "department": "", "when": "now", "agreed_ore": "69000"})
    shown = browser.get(page.location).said
    assert ("annat slag" in shown, "behöver rättas" in shown) == (True, True)


def test_a_card_without_tickets_can_be_removed(browser, db, make, card):
    assert "Ta bort kortet ur listan" in browser.get(at(card)).said
    assert browser.post(at(card, "/borttagning")).status == 303
    db.rollback()
    db.expire_all()
    assert db.scalar(select(TravelCard)) is None


def test_the_name_and_the_department_are_changed(browser, db, make, company, card):
    other = make.department(company)
    browser.post(at(card, "/andra"), {"name": "Nytt namn", "department": str(other.id)})
    assert (fresh(db, card).name, card.department_id) == ("Nytt namn", other.id)


def test_another_departments_card_is_not_there_for_who_has_one(browser, make, company, card):
    mine = make.department(company)
    make.card(department=mine, name="Mitt kort")
    browser.log_in(make.department_admin(mine))
    page = browser.get(INDEX)
    assert ("Mitt kort" in page.said, "Busskort 1" in page.said) == (True, False)
    for more in ("", "/andra", "/innehavare"):
        assert browser.get(at(card, more)).status == 404


def test_the_list_is_searched_and_answers_htmx_with_its_part(browser, make, company, card):
    make.card(company, name="Annat")
    page = browser.get(f"{INDEX}?q=busskort", **FRAGMENT)
    assert ("Busskort 1" in page.said, "Annat" in page.said, page.whole) == (True, False, False)


@pytest.mark.parametrize("query", ["q=%00", "q='%25_", "visa=x", "efter=9999"])
def test_an_odd_search_is_answered(browser, card, query):
    assert browser.get(f"{INDEX}?{query}").status == 200


def test_a_page_that_is_none_is_not_found(browser):
    assert browser.get(f"{INDEX}?efter=%00").status == 404


def test_the_list_goes_on_where_the_page_ends(browser, make, company):
    for serial in range(1, 43):
        make.card(company, serial, name=f"Kort {serial}")
    page = browser.get(INDEX)
    assert "42 kort" in page.said
    [onward] = [link for link in page.links() if "efter=" in link]
    assert "Kort 42" in browser.get(onward).said


def test_the_list_asks_as_much_at_three_cards_as_at_one(browser, make, company, store):
    def one_more():
        make.card(company, holder=Holder(make.traveller(company)))
    one_more()
    browser.get(INDEX)
    with queries(store) as at_one:
        browser.get(INDEX)
    one_more(), one_more()
    with queries(store) as at_three:
        browser.get(INDEX)
    assert len(at_one) == len(at_three)


def test_a_card_asks_as_much_at_three_tickets_as_at_one(browser, make, card, store):
    make.card_ticket(card)
    browser.get(at(card))
    with queries(store) as at_one:
        browser.get(at(card))
    make.card_ticket(card), make.card_ticket(card)
    with queries(store) as at_three:
        browser.get(at(card))
    assert len(at_one) == len(at_three)


def test_the_file_holds_what_the_list_does(browser, db, store, make, company, card):
    make.card(company, name="Annat", holder=Holder(name="Åke"))
    with store.transaction(db):
        card_holdings.block(db, card, by=NOBODY, now=NOON)
    [row] = files.rows(browser, f"{INDEX}?q=busskort")
    assert (row["Kortnummer"], row["Läge"]) == (show_card(card.number), "Spärrat")
    assert [row["Vem som har kortet"] for row in files.rows(browser, INDEX)] == ["", "Åke"]

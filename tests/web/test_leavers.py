from datetime import date

import pytest

from domain import offer_decisions
from domain.card_holdings import Holder
from domain.products import Product
from domain.travellers import Traveller
from tests.conftest import NOON

INDEX = "/foretag/resenarer/"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def traveller(make, company):
    return make.traveller(company)


def anew(db, traveller) -> Traveller:
    db.rollback()
    db.expire_all()
    return db.get_one(Traveller, traveller.id)


def test_what_stops_and_what_remains_is_told_before_anything_does(browser, db, make, store, company,
                                                                  traveller):
    make.connection(traveller)
    make.offer_application(traveller)
    make.sent_ticket(traveller)
    make.ticket(traveller, Product.PERIOD_30)
    said = browser.get(f"{INDEX}{traveller.id}/avslut").said
    for words in ("Tjänsteresor: inga fler köp på företagets faktura.",
                  "Ansökan om 365-dagarsbiljett tas tillbaka.",
                  "Enkelbiljett skickad fre 20 nov",
                  "Kan gälla än: 30-dagarsbiljett köpt fre 20 nov"):
        assert words in said
    assert anew(db, traveller).ended_at is None


def test_a_card_to_be_handed_in_is_told_of(browser, make, traveller):
    card = make.card(department=traveller.department, holder=Holder(traveller))
    page = browser.get(f"/foretag/resenarer/{traveller.id}/avslut")
    assert f"Resekortet •••• {card.number[-4:]} ska lämnas tillbaka" in page.said


def test_deductions_that_remain_are_told_with_months_and_sum(browser, db, make, store, traveller,
                                                             admin):
    application = make.offer_application(traveller)
    with store.transaction(db):
        offer_decisions.approve(db, application, by=make.actor(admin), now=NOON)
    assert ("Löneavdrag: 12 månader kvar, till och med november 2027, sammanlagt"
            in browser.get(f"{INDEX}{traveller.id}/avslut").said)


def test_one_who_administers_is_told_of(browser, make, company):
    number = "198112189876"
    make.person(number=number)
    admin = make.admin(company, number=number)
    traveller = make.traveller(company, number=number)
    assert admin.personnummer_index == traveller.personnummer_index
    assert "är också administratör" in browser.get(f"{INDEX}{traveller.id}/avslut").said


def test_a_leaver_stops_everything_and_what_is_unused_is_recalled(browser, db, make, traveller):
    connection, ticket = make.connection(traveller), make.sent_ticket(traveller)
    answer = browser.post(f"{INDEX}{traveller.id}/avslut", {"when": "now", "recall": "y"})
    assert (answer.status, answer.location) == (303, INDEX)
    assert anew(db, traveller).ended_at == NOON
    assert (connection.ended_at, ticket.recalled_at) == (NOON, NOON)


def test_a_day_ahead_is_shown_and_may_be_taken_back(browser, db, traveller):
    at = f"{INDEX}{traveller.id}"
    typed = {"when": "later", "last_day": "2026-12-24", "recall": "y"}
    answer = browser.post(f"{at}/avslut", typed)
    assert (answer.status, answer.location) == (303, at)
    assert anew(db, traveller).leaves_on == date(2026, 12, 24)
    assert "Slutar, med tors 24 dec som sista dag" in browser.get(at).said
    inputs = browser.get(f"{at}/avslut").all("input")
    assert "2026-12-24" in [attrs.get("value") for attrs in inputs]
    assert browser.post(f"{at}/avslut/atertagande").location == at
    assert anew(db, traveller).leaves_on is None
    assert browser.post(f"{at}/avslut/atertagande").status == 409


@pytest.mark.parametrize(("typed", "said"), [
    ({"when": "later"}, "Fyll i det här."),
    ({"when": "later", "last_day": "2026-11-19"}, "Dagen har redan varit."),
    ({"when": "later", "last_day": "i morgon"}, "Skriv datumet så här"),
    ({"when": "aldrig"}, "Välj ett av alternativen.")])
def test_what_will_not_do_is_said_and_nobody_leaves(browser, db, traveller, typed, said):
    page = browser.post(f"{INDEX}{traveller.id}/avslut", typed)
    assert (page.status, said in page.said) == (422, True)
    assert (anew(db, traveller).ended_at, traveller.leaves_on) == (None, None)


def test_the_same_form_twice_ends_once(browser, db, traveller):
    key = {"form_key": "00000000-0000-4000-8000-000000000001", "when": "later",
           "last_day": "2026-12-24"}
    answers = [browser.post(f"{INDEX}{traveller.id}/avslut", key) for _ in range(2)]
    assert [answer.status for answer in answers] == [303, 303]

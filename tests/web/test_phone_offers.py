from datetime import date

import pytest
from sqlalchemy import select

from domain import deductions, offers
from domain.companies import Deduction
from domain.offers import OfferApplication, State
from tests.browser import FRAGMENT
from tests.conftest import NOON
from tests.factories import personnummer

OFFERS, APPLY = "/resa/erbjudanden", "/resa/erbjudanden/ansokan"


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


@pytest.fixture
def traveller(make, company):
    return make.traveller(company)


@pytest.fixture
def me(browser, make, traveller):
    me = make.as_person(traveller)
    browser.log_in(me)
    return me


def apply(browser, **changes):
    typed = {"place": "zones_1 181", "product": "period_365", "consent": "y",
             "starts_on": "2026-12-01", "agreed_ore": "690000"} | changes
    return browser.post(APPLY, {name: value for name, value in typed.items() if value})


@pytest.fixture
def application(browser, me, db):
    apply(browser)
    return db.scalar(select(OfferApplication))


def test_what_the_employer_offers_is_there_to_apply_for(browser, me):
    page = browser.get(OFFERS)
    assert ("365-dagarsbiljett" in page.said, APPLY in page.links()) == (True, True)


def test_the_form_says_what_it_costs_each_month_and_starts_on_the_next_first(browser, me):
    page = browser.get(APPLY)
    for words in ("Varje månad575 kr", "Sammanlagt6 900 kr",
                  "efter skatt (nettolöneavdrag) i 12 månader"):
        assert words in page.said
    [starts_on] = [each for each in page.all("input") if each["name"] == "starts_on"]
    assert starts_on["value"] == "2026-12-01"


def test_the_cost_follows_the_place_and_has_the_odd_ore_first(browser, me, company, store, db):
    with store.transaction(db):
        company.deduction = Deduction.GROSS
    part = browser.get(f"{OFFERS}/avdrag?place=county&product=period_365", **FRAGMENT)
    assert (part.whole, part.all("aside")[0]["id"]) == (False, "sum")
    for words in ("Första månaden1 158,37 kr", "Sedan varje månad1 158,33 kr",
                  "Sammanlagt13 900 kr", "före skatt (bruttolöneavdrag)"):
        assert words in part.said


def test_applying(browser, application, traveller):
    assert (application.traveller_id, application.price_ore, application.starts_on,
            application.state) == (traveller.id, 690_000, date(2026, 12, 1), State.WAITING)
    page = browser.get(OFFERS)
    assert "Ansökan är skickad till din arbetsgivare." in page.said
    assert "Ansökt klart fre 20 nov 12:00 Beslut Biljett återstår" in page.said
    assert APPLY not in page.links()


def test_applying_twice_at_once_is_one_application(browser, me, db):
    key = {"form_key": "5c1f0c52-6e0c-4f6e-9d54-0e5d2b8c7a11"}
    assert [apply(browser, **key).location for _ in range(2)] == [OFFERS, OFFERS]
    assert len(db.scalars(select(OfferApplication)).all()) == 1
    assert apply(browser).status == 409


@pytest.mark.parametrize(("changes", "said"), [
    ({"consent": None}, "Kryssa i att du godkänner löneavdraget."),
    ({"starts_on": "2026-11-19"}, "Startdagen har redan varit."),
    ({"starts_on": "9999-12-31"}, "Startdagen är för långt fram."),
    ({"starts_on": "1 december"}, "Skriv datumet så här"),
    ({"product": "single"}, "Välj ett av alternativen."),
    ({"place": "zones_2 181 184"}, "Välj ett av alternativen."),
    ({"agreed_ore": "590000"}, "Biljetten kostar 6 900 kr."),
])
def test_what_cannot_be_applied_for_says_why(browser, me, db, changes, said):
    page = apply(browser, **changes)
    assert (page.status, said in page.said) == (422, True)
    assert db.scalars(select(OfferApplication)).all() == []


def test_a_granted_offer_shows_its_ticket_and_what_is_deducted(browser, application, make, store,
                                                               db, company):
    boss = make.actor(make.admin(company))
    with store.transaction(db):
        ticket = offers.approve(db, application, by=boss, now=NOON)
    page = browser.get(OFFERS)
    assert ("575 kr i månaden dras efter skatt (nettolöneavdrag) från december 2026 till "
            "november 2027.") in page.said
    assert f"/resa/biljetter/{ticket.id}" in page.links()
    assert len(deductions.of_applications(db, [application.id])[application.id]) == 12
    assert APPLY in page.links()


def test_a_refused_offer_shows_the_reason(browser, application, make, store, db, company):
    boss = make.actor(make.admin(company))
    with store.transaction(db):
        offers.decline(db, application, reason="Du slutar i december.", by=boss, now=NOON)
    page = browser.get(OFFERS)
    assert ("Avslagen gick inte" in page.said, "Du slutar i december." in page.said) == (True, True)


def test_an_application_is_taken_back_once(browser, application, db):
    url = f"{OFFERS}/{application.id}/atertagande"
    assert browser.post(url).location == OFFERS
    db.rollback()  # to see what was saved meanwhile
    db.refresh(application)
    assert application.state == State.WITHDRAWN
    assert browser.post(url).status == 409


def test_another_persons_application_is_not_found(browser, me, make, db):
    other = make.offer_application()
    assert browser.post(f"{OFFERS}/{other.id}/atertagande").status == 404
    assert str(other.id) not in browser.get(OFFERS).response.text
    db.refresh(other)
    assert other.state == State.WAITING


def test_whoever_works_for_two_chooses_whom_to_ask(browser, make, db):
    make.price_list()
    number = personnummer(900)
    mine = [make.traveller(make.company(name), number=number) for name in ("Ett AB", "Två AB")]
    browser.log_in(make.as_person(mine[0]))
    for traveller in mine:
        apply(browser, employer=str(traveller.id))
    db.rollback()  # to see what was saved meanwhile
    assert set(db.scalars(select(OfferApplication.traveller_id))) == {each.id for each in mine}


def test_nobody_applies_as_another_person(browser, me, make, db):
    page = apply(browser, employer=str(make.traveller().id))
    assert (page.status, "Välj ett av alternativen." in page.said) == (422, True)


def test_from_and_to_choose_the_zones_without_scripts_and_as_one_types(browser, me, db):
    page = apply(browser, from_place="Gränna", to_place="Jönköping", act="places", consent="")
    part = browser.get(f"{APPLY}?place=zones_1+181&product=period_365&starts_on=2027-02-01"
                       "&from_place=Gränna&to_place=Jönköping", **FRAGMENT)
    for shown in (page, part):
        assert shown.status == 200
        assert "Gränna → Jönköping: två zoner intill varandra (181 + 183)" in shown.said
        assert [each["value"] for each in shown.all("option") if "selected" in each] == [
            "zones_2 181 183"]
    assert part.whole is False
    assert [each["value"] for each in part.all("input") if each.get("name") == "starts_on"] == [
        "2027-02-01"]
    assert db.scalars(select(OfferApplication)).all() == []

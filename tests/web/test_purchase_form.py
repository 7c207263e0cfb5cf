"""Buying with the policy of who pays: what is greyed, why, and what is asked."""
from datetime import date, time, timedelta

import pytest
from sqlalchemy import select

from domain.policy_rules import Weekday
from domain.products import Extent, Product
from domain.tickets import Ticket
from tests.browser import FRAGMENT
from tests.conftest import NOON
from tests.factories import personnummer

BUY = "/resa/kop"
WORKDAYS = list(Weekday)[:5]
SATURDAY = NOON + timedelta(days=1)


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


@pytest.fixture
def connection(make, company, browser):
    """Of the one who is signed in."""
    traveller = make.traveller(company)
    browser.log_in(make.as_person(traveller))
    return make.connection(traveller, 50_000, registered=True)


@pytest.fixture
def policy(make, company, connection):
    def policy(**decided):
        return make.policy_group(company, default=True, **decided)
    return policy


@pytest.fixture
def on_saturday(clock):
    """Before anybody signs in."""
    clock.at = SATURDAY


def buy(browser, agreed="4200", **changes):
    return browser.post(BUY, {"place": "zones_1 181", "product": "single",
                              "agreed_ore": agreed} | changes)


def greyed(page):
    return [each["value"] for each in page.all("input") + page.all("option") if "disabled" in each]


def chosen(page, name="product"):
    [found] = [each["value"] for each in page.all("input")
               if each.get("name") == name and "checked" in each]
    return found


def bought(db):
    db.rollback()
    return db.scalars(select(Ticket)).all()


def test_without_a_policy_nothing_is_greyed(browser, connection):
    page = browser.get(BUY)
    assert (greyed(page), "privat" in page.said, "policy" in page.said) == ([], False, False)


def test_tickets_outside_the_policy_are_greyed_with_the_reason_beside(browser, policy):
    policy(products=[Product.SINGLE, Product.DAY], top_price_ore=5_000)
    page = browser.get(BUY)
    assert greyed(page) == ["day", "flex_10_30", "flex_20_60", "period_30", "period_365"]
    assert "Enkelbiljett 42 kr 24-timmarsbiljett 84 kr · över 50 kr, det högsta" in page.said
    assert "Flex 10/30 510 kr · ingår inte i policyn" in page.said
    assert "/mina-sidor/" in page.links()
    assert ("Köp · 42 kr" in page.said, chosen(page)) == (True, "single")


def test_the_first_that_is_allowed_is_chosen_beforehand(browser, policy):
    policy(products=[Product.DAY], zones=[183])
    page = browser.get(BUY)
    [place] = [each["value"] for each in page.all("option") if "selected" in each]
    assert (chosen(page), place) == ("day", "zones_1 183")


def test_one_that_is_greyed_is_refused_all_the_same(browser, policy, db):
    policy(products=[Product.DAY])
    page = buy(browser)
    assert page.status == 422
    assert "Biljett: Enkelbiljett ingår inte i din arbetsgivares policy." in page.said
    assert bought(db) == []


def test_places_outside_the_policy_are_greyed(browser, policy):
    policy(extents=[Extent.ZONES_1, Extent.ZONES_2], zones=[181, 182])
    allowed = [each["value"] for each in browser.get(BUY).all("option")
               if each.get("value", "").startswith(("zones", "county", "border"))
               and "disabled" not in each]
    assert allowed == ["zones_1 181", "zones_1 182", "zones_2 181 182"]


def test_a_place_that_is_searched_for_says_why_it_cannot_be_bought(browser, policy):
    policy(zones=[181])
    part = browser.get(f"{BUY}?from_place=Jönköping&to_place=Gränna", **FRAGMENT)
    why = "Din arbetsgivares policy gäller i zon 181. Biljetten gäller i zon 181, 183."
    assert (why in part.said, "Köp ·" in part.said) == (True, False)


def test_on_a_saturday_the_reason_stands_there_and_no_button(browser, on_saturday, policy, db):
    policy(weekdays=WORKDAYS, begins=time(6), ends=time(19))
    page = browser.get(BUY)
    why = "Din arbetsgivares policy gäller måndag–fredag 06–19. I dag är det lördag."
    assert (why in page.said, "Köp ·" in page.said) == (True, False)
    assert "Betala privat i stället" in page.said
    refused = buy(browser)
    assert (refused.status, why in refused.said, bought(db)) == (422, True, [])


def test_on_a_saturday_a_ticket_for_monday_is_bought(browser, on_saturday, policy, db):
    policy(weekdays=WORKDAYS)
    part = browser.get(f"{BUY}?valid_from=2026-11-23&place=zones_1+181&product=single", **FRAGMENT)
    assert "Köp · 42 kr" in part.said
    assert buy(browser, valid_from="2026-11-23").status == 303
    assert [each.valid_from for each in bought(db)] == [date(2026, 11, 23)]


@pytest.mark.parametrize(("day", "said"), [
    ("2026-11-19", "Startdagen har redan varit."), ("i morgon", "Skriv datumet så här"),
    ("2028-01-01", "Startdagen är för långt fram."),
])
def test_a_start_that_cannot_be_is_refused_beside_its_field(browser, connection, db, day, said):
    page = buy(browser, valid_from=day)
    assert (page.status, f"Första giltighetsdag: {said}" in page.said, bought(db)) == (
        422, True, [])


def test_the_companys_own_words_are_there(browser, policy):
    policy(text="Åk tåg.\nRing Karin.")
    page = browser.get(BUY)
    assert "Bolaget ABÅk tåg. Ring Karin." in page.said


def test_the_policy_can_be_read(browser, policy):
    policy(weekdays=WORKDAYS, top_price_ore=20_000)
    said = browser.get(BUY).said
    assert ("Din arbetsgivares policy" in said, "Måndag–fredag" in said, "200 kr" in said) == (
        True, True, True)


def test_a_purpose_is_asked_for_required_and_kept(browser, policy, db):
    policy(purpose="Projekt")
    page = browser.get(BUY)
    assert "Projekt Din arbetsgivare frågar efter det." in page.said
    empty = buy(browser, purpose=" ")
    assert (empty.status, "Projekt: Fyll i det här." in empty.said, bought(db)) == (422, True, [])
    wrong = buy(browser, purpose="Norra bron", agreed="1")
    assert "Norra bron" in [each.get("value") for each in wrong.all("input")]
    assert buy(browser, purpose="Norra bron").status == 303
    assert [each.purpose for each in bought(db)] == ["Norra bron"]


def test_a_purpose_is_chosen_among_those_that_there_are(browser, policy, db):
    policy(purpose="Projekt", purpose_choices=["Norr", "Söder"])
    for typed in ({}, {"purpose": ""}, {"purpose": "Öster"}):
        page = buy(browser, **typed)
        assert (page.status, "Projekt: Välj ett av alternativen." in page.said) == (422, True)
    assert buy(browser, purpose="Söder").status == 303
    assert [each.purpose for each in bought(db)] == ["Söder"]


@pytest.mark.parametrize("choices", [[], ["Norr", "Söder"]])
def test_the_purpose_of_the_last_purchase_is_proposed(browser, policy, choices):
    policy(purpose="Projekt", purpose_choices=choices)
    buy(browser, purpose="Söder")
    page = browser.get(BUY)
    proposed = [each.get("value") for each in page.all("input") + page.all("option")
                if each.get("name") == "purpose" or "selected" in each]
    assert "Söder" in proposed


def test_what_is_typed_stays_while_the_form_follows(browser, policy):
    policy(purpose="Projekt")
    part = browser.get(f"{BUY}?place=county&product=day&purpose=Norra+bron", **FRAGMENT)
    assert "Norra bron" in [each.get("value") for each in part.all("input")]


def test_what_is_dearer_than_what_is_left_is_told(browser, connection):
    page = browser.get(BUY)
    assert "Flex 10/30 510 kr · mer än du har kvar" in page.said
    assert "/resa/hojning" in page.links()


def test_each_who_pays_has_a_policy_of_their_own(browser, make):
    make.price_list()
    employers = [make.company(name) for name in ("Ett AB", "Två AB")]
    people = sorted((make.traveller(each, number=personnummer(900)) for each in employers),
                    key=lambda each: each.id)
    connections = [make.connection(each, registered=True) for each in people]
    other = next(each for each in employers if each.id == people[1].company_id)
    make.chosen_policy(connections[1], make.policy_group(other, products=[Product.DAY]))
    browser.log_in(make.as_person(people[0]))
    assert greyed(browser.get(BUY)) == []
    part = browser.get(f"{BUY}?connection={connections[1].id}", **FRAGMENT)
    assert (chosen(part), "single" in greyed(part)) == ("day", True)


def test_before_the_first_day_nothing_can_be_bought_and_it_says_so(browser, connection, store, db):
    with store.transaction(db):
        connection.from_on = date(2026, 11, 23)
    page = browser.get(BUY)
    assert "Du kan köpa från och med den 2026-11-23." in page.said
    assert "Köp ·" not in page.said

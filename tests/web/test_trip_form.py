"""The search for a place in the forms that sell, seen where a traveller buys."""
import pytest
from sqlalchemy import select

from domain.tickets import Ticket
from tests.browser import FRAGMENT

BUY = "/resa/kop"


@pytest.fixture
def me(browser, make):
    make.price_list()
    traveller = make.traveller()
    make.connection(traveller, limit_ore=100_000, registered=True)
    return browser.log_in(make.as_person(traveller))


def typed(start="", end="", **values):
    return {"place": "zones_1 181", "product": "single", "agreed_ore": "4200",
            "from_place": start, "to_place": end} | values


def chosen(page) -> str:
    return next(attrs["value"] for attrs in page.all("option") if "selected" in attrs)


def searched(page) -> str:
    return next(attrs["value"] for attrs in page.all("input") if attrs.get("name") == "searched")


def test_from_and_to_choose_the_zones(me):
    page = me.post(BUY, typed("granna", "Jönköping", act="places"))
    assert (page.status, chosen(page)) == (200, "zones_2 181 183")
    assert "Gränna → Jönköping: två zoner intill varandra (181 + 183)" in page.said
    assert "Köp · 80 kr" in page.said


def test_the_form_follows_while_one_types(me):
    part = me.get(f"{BUY}?place=zones_1+181&product=single&from_place=Habo&to_place=Tranås",
                  **FRAGMENT)
    assert (part.whole, chosen(part), "Köp · 130 kr" in part.said) == (False, "county", True)


def test_what_is_chosen_in_the_list_afterwards_stands(me):
    page = me.post(BUY, typed("Gränna", "Jönköping", act="places"))
    again = me.post(BUY, typed("Gränna", "Jönköping", place="county", act="places",
                               searched=searched(page)))
    assert chosen(again) == "county"


def test_a_search_that_is_not_shown_yet_is_not_bought_at_another_price(me, db):
    page = me.post(BUY, typed("Gränna", "Jönköping"))
    assert (page.status, "Biljetten kostar 80 kr" in page.said) == (422, True)
    assert db.scalars(select(Ticket)).all() == []
    me.post(BUY, typed("Gränna", "Jönköping", agreed_ore="8000", place=chosen(page),
                       searched=searched(page)))
    db.rollback()
    assert db.scalars(select(Ticket.zones)).all() == ["181 183"]


@pytest.mark.parametrize(("start", "end", "said"), [
    ("Jönkping", "Gränna", "Från: Vi hittar inte Jönkping. Menar du Jönköping"),
    ("Gränna", "Haparanda", "Till: Vi hittar inte Haparanda i länet eller intill."),
    ("Tranås", "Linköping", "Till: Biljetter till Östergötland säljs inte här."),
    ("Lund", "Malmö", "Till: Resan börjar och slutar utanför länet.")])
def test_a_search_without_an_answer_says_why_and_nothing_is_bought(me, db, start, end, said):
    for act in ({"act": "places"}, {}):
        page = me.post(BUY, typed(start, end, **act))
        assert (page.status, said in page.said, chosen(page)) == (422, True, "zones_1 181")
    assert db.scalars(select(Ticket)).all() == []


def test_one_end_alone_changes_nothing(me, db):
    assert me.post(BUY, typed("Gränna")).status == 303
    assert db.scalars(select(Ticket.zones)).all() == ["181"]


def test_every_place_is_suggested(me):
    page = me.get(BUY)
    options = {attrs["value"] for attrs in page.all("option")}
    assert {"Gränna", "Växjö", "Köpenhamn"} <= options
    assert "Linköping" not in options

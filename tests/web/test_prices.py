import gzip
from datetime import UTC, datetime

import pytest

from tests.browser import FRAGMENT
from tests.queries import queries

PRICES = "/priser"


@pytest.fixture(autouse=True)
def price_list(make):
    return make.price_list()


def search(browser, start="", end="", **headers):
    return browser.get(f"{PRICES}?fran={start}&till={end}", **headers)

def test_anyone_sees_the_whole_list_and_the_zones(browser):
    page = browser.get(PRICES)
    assert "Två zoner intill varandra 80 kr 160 kr 830 kr 1 550 kr 1 090 kr 10 900 kr" in page.said
    assert "Zon 183 Gränna, Visingsö 181, 184, 185" in page.said
    assert ("Alla priser är inklusive 6 % moms, och för vuxen om inget annat står. Priserna gäller "
            "från tors 1 jan.") in page.said
    assert "GällerVuxenUngdomSeniorStudent En zon 690 kr 410 kr 410 kr 520 kr" in page.said
    assert len(gzip.compress(page.text.encode())) <= 14 * 1_024


@pytest.mark.parametrize("where", ["/", "/logga-in"])
def test_the_prices_are_found_from_every_page(browser, where):
    assert PRICES in browser.get(where).links()


@pytest.mark.parametrize(("start", "end", "told", "price"), [
    ("Gränna", "Jönköping", "Gränna → Jönköping: två zoner intill varandra (181 + 183)", "80 kr"),
    ("GRANNA", "jonkoping", "Gränna → Jönköping: två zoner intill varandra (181 + 183)", "80 kr"),
    ("Huskvarna", "Taberg", "Huskvarna → Taberg: en zon (181)", "42 kr"),
    ("Habo kommun", "Tranås", "Habo → Tranås: hela länet", "130 kr"),
    ("Vetlanda", "Växjö", "Vetlanda → Växjö: länet och Kronoberg", "128 kr"),
    ("Köpenhamn", "Nässjö", "Köpenhamn → Nässjö: länet och Köpenhamn", "310 kr")])
def test_a_journey_is_told_with_its_zones_and_every_ticket(browser, start, end, told, price):
    page = search(browser, start, end)
    assert told in page.said
    assert price in page.said.partition(told)[2].partition("Hela prislistan")[0]


def test_the_tickets_of_a_journey_say_how_long_they_last(browser):
    told = search(browser, "Gränna", "Jönköping").said
    for words in ("Enkelbiljett 90 minuter 80 kr", "24-timmarsbiljett 24 timmar 160 kr",
                  "Flex 10/30 10 resdagar inom 30 dagar 830 kr",
                  "365-dagarsbiljett 365 dagar 10 900 kr"):
        assert words in told


def test_what_is_not_sold_for_a_journey_is_left_out(browser):
    told = search(browser, "Vetlanda", "Växjö").said
    assert "Flex" not in told.partition("länet och Kronoberg")[2].partition("Hela prislistan")[0]


def test_to_östergötland_nothing_is_sold_and_the_page_says_so_kindly(browser):
    page = search(browser, "Tranås", "Linköping")
    assert (page.status, "Biljetter till Östergötland säljs inte här." in page.said) == (200, True)


def test_an_unknown_place_is_answered_with_those_that_are_near(browser):
    page = search(browser, "Jönkping", "Gränna")
    assert "Vi hittar inte Jönkping. Menar du Jönköping" in page.said
    [link] = [each for each in page.links() if "fran=J%C3%B6nk%C3%B6ping" in each]
    assert "Gränna: två zoner" in browser.get(link).said.replace("Jönköping → ", "")


def test_a_place_far_away_is_said_not_to_be_here(browser):
    page = search(browser, "Haparanda", "Gränna")
    assert "Vi hittar inte Haparanda i länet eller intill." in page.said


def test_half_a_journey_says_where_it_begins(browser):
    assert "Gränna ligger i zon 183. Skriv också den andra orten." in search(browser, "Gränna").said


def test_while_one_types_only_the_result_is_answered(browser):
    part = search(browser, "gr", "jön", **FRAGMENT)
    assert not part.whole
    assert part.all("div")[0]["id"] == "result"
    assert "Menar du Gränna" in part.said


@pytest.mark.parametrize("start", [
    "%00", "<script>alert(1)</script>", "a" * 5_000, "%27%3B--", "%C3%28", "{{7*7}}"])
def test_whatever_is_typed_is_answered_kindly(browser, start):
    page = search(browser, start, "Gränna")
    assert (page.status, "Gränna" in page.said) == (200, True)


def test_a_list_that_is_decided_is_told_beforehand(browser, make):
    make.coming_list()
    page = search(browser, "Gränna", "Jönköping")
    assert "Nya priser från fre 1 jan 2027" in page.said
    assert "Enkelbiljett 90 minuter 80 kr 82 kr" in page.said


def test_at_new_year_the_new_prices_are_the_prices(browser, make, clock):
    make.coming_list()
    clock.at = datetime(2026, 12, 31, 23, tzinfo=UTC)
    page = browser.get(PRICES)
    assert "En zon 44 kr" in page.said
    assert "Nya priser" not in page.said


def test_before_the_first_list_the_page_stands(browser, clock):
    clock.at = datetime(2025, 6, 1, tzinfo=UTC)
    assert "säljs ingen biljett" in search(browser, "Gränna", "Jönköping").said


def test_a_search_asks_no_more_than_the_page_does(browser, store):
    browser.get(PRICES)
    with queries(store) as plain:
        browser.get(PRICES)
    with queries(store) as searched:
        search(browser, "Gränna", "Jönköping")
    assert len(searched) == len(plain)

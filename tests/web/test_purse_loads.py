import pytest

from domain import purses
from domain.months import days_later
from tests.conftest import NOON
from tests.factories import MORNING
from tests.queries import queries

INDEX = "/intern/laddningar/"


@pytest.fixture
def clerk(browser, make, clock):
    clock.at = days_later(MORNING, 91)
    return browser.log_in(make.clerk())


def test_what_nobody_used_in_time_is_there_with_the_way_to_pay_it_back(clerk, make):
    customer = make.customer("Kajsa", "Kund")
    load = make.purse_load(make.customer_card(customer), 30_000)
    make.purse_load(make.customer_card(), 70_000, at=days_later(NOON, 30))
    assert "En laddning har inte använts i tid" in clerk.get("/intern/").said
    page = clerk.get(INDEX)
    assert ("Kajsa Kund" in page.said, "300 kr" in page.said, "700 kr" in page.said) == (
        True, True, False)
    assert f"/intern/kunder/{customer.id}/laddningar/{load.id}/aterbetalning" in page.links()


def test_with_none_the_clerk_is_told_so(clerk):
    assert "Inget väntar" in clerk.get(INDEX).said


def test_what_was_missing_is_told_with_its_month_and_why(clerk, make, db, store):
    card = make.purse(make.customer_card(), 1200)
    with store.transaction(db):
        purses.charge(db, card, 4200, "1", NOON, late=True, now=NOON)
    page = clerk.get(INDEX).said
    assert ("november 2026" in page, "För lite i kassan" in page, "30 kr" in page) == (
        True, True, True)


def test_many_loads_are_asked_for_as_few(clerk, make, db, store):
    asked = []
    for number in range(3):
        card = make.customer_card()
        make.purse_load(card)
        with store.transaction(db):
            purses.charge(db, make.purse(make.customer_card(), 100), 4200, str(number), NOON,
                          late=True, now=NOON)
        with queries(store) as seen:
            clerk.get(INDEX)
        asked.append(len(seen))
    assert asked[0] == asked[-1]

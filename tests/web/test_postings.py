from datetime import timedelta

import pytest

from tests.conftest import NOON
from tests.queries import queries

INDEX = "/intern/utskick/postade/"


@pytest.fixture(autouse=True)
def clerk(browser, make):
    browser.log_in(make.clerk())


def test_the_months_are_measured_against_the_promise(browser, make):
    make.parcel(posted=True)
    said = browser.get(INDEX).said
    assert "november 2026 Nya, lovade inom 3 arbetsdagar 1 0 dagar 100 %" in said


def test_a_batch_shows_what_was_in_it(browser, make):
    parcel = make.parcel(make.customer("Rut", "Ek"), posted=True)
    page = browser.get(f"{INDEX}{parcel.posting_id}")
    assert f"Rut Ek Storgatan 1, 553 20 Jönköping •••• {parcel.card.number[-4:]}" in page.said


def test_nothing_posted_says_so(browser):
    assert "Inget är postat än" in browser.get(INDEX).said
    assert browser.get(f"{INDEX}?sida=0'x").status == 200


def test_the_list_asks_as_much_at_three_batches_as_at_one(browser, make, store):
    make.parcel(posted=True)
    browser.get(INDEX)
    with queries(store) as at_one:
        browser.get(INDEX)
    for days in (1, 2):
        make.parcel(posted=True, at=NOON - timedelta(days=days))
    with queries(store) as at_three:
        browser.get(INDEX)
    assert len(at_one) == len(at_three)

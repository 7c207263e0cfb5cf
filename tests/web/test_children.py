from datetime import date

import pytest

from domain import children
from tests.factories import born
from tests.queries import queries

KIM = {"given_name": "Kim", "surname": "Kund", "personnummer": born(date(2014, 3, 1))}
PATH = "/mina-sidor/barn/"


@pytest.fixture
def kajsa(make, browser):
    customer = make.customer()
    browser.log_in(customer)
    return customer


def test_a_child_is_added_corrected_and_removed(browser, kajsa, db):
    assert "Inga barn på kontot" in browser.get(PATH).said
    assert browser.post(f"{PATH}nytt", KIM).location == PATH
    page = browser.get(PATH)
    assert "Kan få ett eget konto från" in page.said
    [where] = [link for link in page.links() if link.startswith(PATH) and len(link) > 40]
    assert browser.post(where, KIM | {"given_name": "Kimberly"}).location == PATH
    assert "Kimberly Kund" in browser.get(PATH).said
    assert browser.post(f"{where}/borttagning").location == PATH
    assert children.of_customer(db, kajsa.id) == []


def test_who_is_sixteen_is_told_to_have_an_account_of_their_own(browser, kajsa):
    page = browser.post(f"{PATH}nytt", KIM | {"personnummer": born(date(2010, 11, 20))})
    assert (page.status, "registrerar ett eget konto" in page.said) == (422, True)


def test_a_child_who_has_grown_is_told_so(browser, kajsa, make):
    make.child(kajsa, number=born(date(2010, 11, 20)))
    assert "Kan få ett eget konto nu" in browser.get(PATH).said


def test_the_list_asks_as_much_at_three_children_as_at_one(browser, kajsa, make, store):
    asked = []
    for more in (1, 2):
        for _ in range(more):
            make.child(kajsa)
        browser.get(PATH)
        with queries(store) as statements:
            browser.get(PATH)
        asked.append(len(statements))
    assert asked[0] == asked[1]

import pytest

from domain.parcel_cases import Outcome, ParcelCase
from tests.queries import queries

INDEX = "/intern/arenden/"


@pytest.fixture(autouse=True)
def clerk(browser, make):
    browser.log_in(make.clerk())


def kept(db, case):
    db.rollback()
    db.expire_all()
    return db.get_one(ParcelCase, case.id)


def test_a_case_tells_what_the_customer_says(browser, make):
    case = make.parcel_case(words="Kuvertet var tomt.")
    assert "Kajsa Kund" in browser.get(INDEX).said
    page = browser.get(f"{INDEX}{case.id}")
    assert "Kuvertet var tomt." in page.said
    assert "Spärra kortet och skicka ett nytt" in page.said
    assert "Kortet går att använda, inget nytt skickas" in page.said


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_case_is_answered(browser, db, make, outcome):
    case = make.parcel_case()
    page = browser.post(f"{INDEX}{case.id}", {"outcome": outcome, "words": "Förlåt."})
    assert page.location == INDEX
    assert (kept(db, case).outcome, kept(db, case).answer) == (outcome, "Förlåt.")
    assert "Förlåt." in browser.get(f"{INDEX}{case.id}").said


def test_an_answer_says_how_it_goes(browser, db, make):
    case = make.parcel_case()
    page = browser.post(f"{INDEX}{case.id}", {"words": "Förlåt."})
    assert (page.status, "Välj ett av alternativen" in page.said) == (422, True)
    assert kept(db, case).closed_at is None


def test_the_list_asks_as_much_at_three_cases_as_at_one(browser, make, store):
    make.parcel_case()
    browser.get(INDEX)
    with queries(store) as at_one:
        browser.get(INDEX)
    make.parcel_case(), make.parcel_case()
    with queries(store) as at_three:
        browser.get(INDEX)
    assert len(at_one) == len(at_three)

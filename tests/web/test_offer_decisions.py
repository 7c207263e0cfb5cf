import re
from datetime import date

import pytest
from sqlalchemy import select

from domain.messages import Sms
from domain.offers import OfferApplication, State
from tests.queries import queries

INDEX = "/foretag/personalerbjudande/"
ALL = f"{INDEX}beviljande?valda=alla"
NO = f"{INDEX}avslag?valda=alla"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def applications(make, company):
    return [make.offer_application(make.traveller(company)) for _ in range(3)]


def hidden(page, name):
    [value] = [each["value"] for each in page.all("input") if each.get("name") == name]
    return value


def states(db):
    db.rollback()
    return sorted(db.scalars(select(OfferApplication.state)))


def test_all_that_wait_are_granted_in_two_presses(browser, applications, db):
    assert ALL in browser.get(INDEX).links()
    preview = browser.get(ALL)
    for words in ("Bevilja 3 ansökningar", "20 700 kr", "1 725 kr i december 2026"):
        assert words in preview.said
    answer = browser.post(ALL, {"agreed": hidden(preview, "agreed")})
    assert (answer.status, answer.location) == (303, INDEX)
    assert "3 ansökningar är beviljade." in browser.get(INDEX).said
    assert states(db) == [State.APPROVED] * 3


def test_only_those_that_are_chosen_and_match_are_granted(browser, applications, db):
    at = f"{INDEX}beviljande?vald={applications[0].id}&vald={applications[1].id}"
    browser.post(at, {"agreed": hidden(browser.get(at), "agreed")})
    assert states(db) == [State.APPROVED, State.APPROVED, State.WAITING]


def test_one_with_a_doubt_is_granted_when_it_is_ticked(browser, applications, db, store):
    leaving, *_ = applications
    with store.transaction(db):
        leaving.traveller.leaves_on = date(2027, 1, 31)
    preview = browser.get(ALL)
    assert "slutar innan lönen har betalat allt" in preview.said
    agreed = hidden(preview, "agreed")
    browser.post(ALL, {"agreed": agreed, "med": str(leaving.id)})
    assert states(db) == [State.APPROVED] * 3


def test_another_list_than_the_one_that_was_shown_is_shown_again(browser, applications, make,
                                                                 company, db):
    agreed = hidden(browser.get(ALL), "agreed")
    make.offer_application(make.traveller(company))
    page = browser.post(ALL, {"agreed": agreed})
    assert (page.status, "Listan har ändrats" in page.said) == (422, True)
    assert (hidden(page, "agreed") != agreed, db.scalars(select(Sms)).all()) == (True, [])


def test_nothing_chosen_leads_back_to_the_list(browser):
    for act in ("beviljande", "avslag"):
        assert browser.get(INDEX + act).location == INDEX
    assert "Välj minst en ansökan" in browser.get(INDEX).said


def test_many_are_refused_for_one_reason(browser, applications, db):
    page = browser.get(NO)
    assert "Avslå 3 ansökningar" in page.said
    agreed = hidden(page, "agreed")
    assert browser.post(NO, {"agreed": agreed, "reason": ""}).status == 422
    browser.post(NO, {"agreed": agreed, "reason": "Vi har pausat."})
    assert states(db) == [State.DECLINED] * 3


def test_none_is_refused_that_was_not_shown(browser, applications, make, company, db):
    typed = {"agreed": hidden(browser.get(NO), "agreed"), "reason": "Vi har pausat."}
    make.offer_application(make.traveller(company))
    page = browser.post(NO, typed)
    assert (page.status, "Listan har ändrats" in page.said, "Vi har pausat." in page.said) == (
        422, True, True)
    assert states(db) == [State.WAITING] * 4
    browser.post(NO, typed | {"agreed": hidden(page, "agreed")})
    assert states(db) == [State.DECLINED] * 4


def test_the_preview_asks_as_many_questions_of_many(browser, make, company, store):
    def count(more):
        for _ in range(more):
            make.offer_application(make.traveller(company))
        with queries(store) as made:
            browser.get(ALL)
        return len(made)

    assert count(1) == count(2)


def test_a_long_list_is_a_light_page(browser, make, company):
    for _ in range(60):
        make.offer_application(make.traveller(company))
    page = browser.get(INDEX)
    assert len(re.findall("<tr>", page.response.text)) == 51
    assert "1–50 av 60" in page.said
    assert "51–60 av 60" in browser.get(f"{INDEX}?fran=50").said

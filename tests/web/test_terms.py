from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from domain import terms
from domain.terms import Acceptance, Edition, Kind

ACCEPT = "/villkor/godkannande"
PAGES = {"privacy": "personuppgifter", "travel": "resevillkor", "company": "foretag",
         "traveller": "resenar", "accessibility": "tillganglighet"}
COMPANY = ("privacy", "travel", "company")


@pytest.fixture
def admin(browser, make):
    """An administrator who has accepted nothing yet."""
    return browser.log_in(make.admin(), accepted=False)


def tick(browser, kinds, *, onward="/foretag/"):
    return browser.post(f"{ACCEPT}?next={onward}",
                        dict.fromkeys(kinds, "y") | {"form_key": str(uuid4())})


def boxes(page):
    return [attrs["name"] for attrs in page.all("input") if attrs["type"] == "checkbox"]


def accepted(db):
    db.rollback()
    return sorted((each.kind, each.version) for each in db.scalars(select(Acceptance)))


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("language", ["sv", "en"])
def test_each_text_can_be_read_by_anyone_in_both_languages(browser, app, kind, language):
    with app.test_request_context():
        assert app.url_for("terms.show", kind=kind) == f"/villkor/{PAGES[kind]}"
    page = browser.get(f"/villkor/{PAGES[kind]}", **{"Accept-Language": language})
    assert page.all("html")[0]["lang"] == language
    assert len(page.said.split()) > 150


def test_a_text_says_its_version_and_its_date(browser):
    page = browser.get("/villkor/resevillkor")
    assert "Version 2026:1, gäller från sön 1 nov" in page.said


def test_a_text_that_is_none_is_not_found(browser):
    assert browser.get("/villkor/annat").status == 404


def test_nothing_opens_before_the_terms_are_accepted(admin):
    answer = admin.get("/foretag/")
    assert (answer.status, answer.location) == (303, f"{ACCEPT}?next=/foretag/")
    assert boxes(admin.get(answer.location)) == ["privacy", "travel", "company"]


def test_accepting_them_all_leads_on_to_where_one_was_going(admin, db):
    answer = tick(admin, COMPANY)
    assert (answer.status, answer.location) == (303, "/foretag/")
    assert accepted(db) == [("company", "2026:1"), ("privacy", "2026:1"), ("travel", "2026:1")]
    assert admin.get("/foretag/").status == 200


def test_a_box_left_empty_is_pointed_out_and_nothing_is_accepted(admin, db):
    page = tick(admin, ("privacy", "travel"))
    assert page.status == 422
    assert [attrs["id"] for attrs in page.all("p") if attrs.get("class") == "error"] == [
        "company-error"]
    assert accepted(db) == []


def test_each_role_owes_its_own(browser, make):
    traveller = make.as_person(make.traveller())
    page = browser.log_in(traveller, accepted=False).get(ACCEPT)
    assert boxes(page) == ["privacy", "travel", "traveller"]


def test_a_clerk_owes_none(browser, make):
    answer = browser.log_in(make.clerk(), accepted=False).get(ACCEPT)
    assert (answer.status, answer.location) == (303, "/intern/")


def test_a_new_version_is_owed_again(admin, monkeypatch, db):
    tick(admin, COMPANY)
    monkeypatch.setitem(terms.IN_FORCE, Kind.TRAVEL, Edition("2027:1", date(2027, 1, 1)))
    page = admin.get(admin.get("/foretag/").location)
    assert boxes(page) == ["travel"]
    tick(admin, ["travel"])
    assert accepted(db)[-1] == ("travel", "2027:1")


def test_accepting_never_leads_elsewhere(admin):
    assert tick(admin, COMPANY, onward="//evil.example").location == "/foretag/"


def test_sending_the_acceptance_twice_is_harmless(admin, db):
    tick(admin, COMPANY)
    assert tick(admin, COMPANY).location == "/foretag/"
    assert len(accepted(db)) == 3


def test_a_stranger_is_asked_to_log_in_first(browser):
    assert browser.get(ACCEPT).location == f"/logga-in?next={ACCEPT}"


def test_who_will_not_accept_can_log_out(admin):
    assert admin.post("/logga-ut").location == "/"
    assert admin.get("/foretag/").location == "/logga-in?next=/foretag/"

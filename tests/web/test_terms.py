from datetime import date
from uuid import uuid4

import pytest
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import select

from domain import terms
from domain.terms import Acceptance, Edition, Kind

ACCEPT = "/villkor/godkannande"
PAGES = {"privacy": "personuppgifter", "travel": "resevillkor", "company": "foretag",
         "traveller": "resenar", "customer": "mina-sidor",
         "accessibility": "tillganglighet"}
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
        there = (app.url_for("terms.accessibility") if kind == "accessibility" else
                 app.url_for("terms.show", kind=kind))
    assert there == f"/villkor/{PAGES[kind]}"
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


@pytest.fixture
def editions(monkeypatch, app):
    """A second edition, in force since this morning, and a third that is announced."""
    texts = {f"terms/sv/travel-{year}-1.html": f"<p>Texten från {year}</p>"
             for year in (2027, 2028)}
    loader = ChoiceLoader([DictLoader(texts), app.jinja_env.loader])
    monkeypatch.setattr(app.jinja_env, "loader", loader)
    monkeypatch.setattr(app.jinja_env, "bytecode_cache", None)
    monkeypatch.setitem(terms.EDITIONS, Kind.TRAVEL, [
        *terms.EDITIONS[Kind.TRAVEL], Edition("2027:1", date(2026, 11, 20), "Hundar åker gratis."),
        Edition("2028:1", date(2028, 1, 1), "Katter åker gratis.")])


def test_a_new_version_is_owed_again_and_says_what_has_changed(admin, db, request, store):
    tick(admin, COMPANY)
    request.getfixturevalue("editions")
    page = admin.get(admin.get("/foretag/").location)
    assert boxes(page) == ["travel"]
    assert ("Hundar åker gratis." in page.said, "Katter" in page.said) == (True, False)
    assert "Texten från 2027" in page.said
    tick(admin, ["travel"])
    assert ("travel", "2027:1") in accepted(db)
    assert admin.get("/foretag/").status == 200


def test_who_has_accepted_none_is_told_of_no_changes(admin, editions):
    assert "Hundar åker gratis." not in admin.get(ACCEPT).said


def test_a_text_leads_to_its_other_versions_and_each_says_what_it_is(browser, editions):
    page = browser.get("/villkor/resevillkor")
    assert "Version 2027:1, gäller från fre 20 nov" in page.said
    old, coming = ("/villkor/resevillkor?version=2026:1", "/villkor/resevillkor?version=2028:1")
    assert {old, coming} <= set(page.links())
    assert "Det här är en äldre version" in browser.get(old).said
    page = browser.get(coming)
    assert "Versionen gäller inte än" in page.said
    assert "Texten från 2028" in page.said
    assert browser.get("/villkor/resevillkor?version=2029:1").status == 404


def test_each_edition_has_its_text_in_both_languages(browser, app):
    for kind, editions in terms.EDITIONS.items():
        for edition in editions:
            for language in ("sv", "en"):
                page = browser.get(f"/villkor/{PAGES[kind]}?version={edition.version}",
                                   **{"Accept-Language": language})
                assert (page.status, len(page.said.split()) > 150) == (200, True)


def test_a_person_sees_what_they_have_accepted(admin):
    tick(admin, COMPANY)
    page = admin.get("/villkor/mina")
    assert "Resevillkor 2026:1 fre 20 nov 12:00" in page.said
    assert "/villkor/mina" in admin.get("/villkor/resevillkor").links()


def test_what_a_person_has_accepted_is_not_for_strangers(browser):
    assert browser.get("/villkor/mina").location == "/logga-in?next=/villkor/mina"


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

from datetime import timedelta

import pytest

from domain import administrators
from domain.access import Role
from tests import files
from tests.factories import MORNING
from tests.queries import queries

INDEX = "/foretag/administratorer/"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def karin(make, company, browser):
    karin = make.admin(company, given_name="Karin", surname="Lind")
    browser.log_in(karin)
    return karin


@pytest.fixture
def dan(make, company):
    return make.department_admin(make.department(company))


@pytest.fixture
def post_id(db, dan):
    return administrators.own(db, dan.id).id


def role(db, person):
    db.rollback()
    db.expire_all()
    post = administrators.own(db, person.id)
    return post and post.role


def test_the_page_tells_who_administers_what_who_is_invited_and_who_stands_in(browser, make, karin,
                                                                              dan):
    make.invitation(karin)
    make.deputyship(karin, dan)
    page = browser.get(INDEX).said
    for said in ("Karin Lind (du) asa@bolaget.example Hela företaget",
                 "Dan Lund dan@bolaget.example Verkstad",
                 "Anna Ek anna@bolaget.example fre 4 dec", "Dan Lund Karin Lind"):
        assert said in page


def test_an_invitation_that_has_run_out_says_so(browser, make, karin):
    make.invitation(karin, at=MORNING - timedelta(days=15))
    assert "tors 19 nov, har gått ut" in browser.get(INDEX).said


def test_the_page_asks_as_much_for_three_as_for_one(browser, make, company, karin, dan, store):
    make.invitation(karin)
    make.deputyship(karin, dan)
    make.deputyship(dan, karin)
    browser.get(INDEX)
    with queries(store) as at_one:
        browser.get(INDEX)
    for number in range(2):
        other = make.department_admin(make.department(company, f"Nr {number}"))
        make.invitation(karin, email=f"{number}@bolaget.example", secret=f"{number}")
        make.deputyship(other, karin)
    with queries(store) as at_three:
        browser.get(INDEX)
    assert len(at_three) == len(at_one)


def test_what_somebody_administers_is_changed(browser, db, karin, dan, post_id):
    page = browser.get(f"{INDEX}{post_id}")
    assert "department_admin" in [
        attrs["value"] for attrs in page.all("input") if "checked" in attrs]
    answer = browser.post(f"{INDEX}{post_id}", {"role": "company_admin"})
    assert (answer.status, answer.location) == (303, INDEX)
    assert role(db, dan) == Role.COMPANY_ADMIN


def test_no_department_chosen_is_told_beside_the_boxes(browser, db, karin, dan, post_id):
    page = browser.post(f"{INDEX}{post_id}", {"role": "department_admin"})
    assert (page.status, "Välj minst en avdelning." in page.said) == (422, True)
    assert role(db, dan) == Role.DEPARTMENT_ADMIN


def test_somebody_is_removed_after_a_question(browser, db, karin, dan, post_id):
    page = browser.get(f"{INDEX}{post_id}/borttagning")
    assert "Ta bort Dan Lund som administratör?" in page.said
    assert role(db, dan)
    answer = browser.post(f"{INDEX}{post_id}/borttagning")
    assert (answer.status, answer.location) == (303, INDEX)
    assert "Dan Lund är inte längre administratör." in browser.get(INDEX).said
    assert role(db, dan) is None


def test_one_who_is_removed_while_signed_in_is_refused_at_the_next_page(app, browser, karin, dan,
                                                                        post_id):
    theirs = type(browser)(app).log_in(dan)
    assert theirs.get("/foretag/").status == 200
    browser.post(f"{INDEX}{post_id}/borttagning")
    assert theirs.get("/foretag/").status == 403


def test_the_last_administrator_is_told_why_they_stay(browser, db, karin):
    own = administrators.own(db, karin.id)
    answer = browser.post(f"{INDEX}{own.id}/borttagning")
    assert answer.status == 403
    assert "Företaget behöver minst en administratör för hela företaget." in answer.said
    assert role(db, karin) == Role.COMPANY_ADMIN


def test_an_administrator_of_departments_sees_none_of_it(browser, dan):
    browser.log_in(dan)
    assert browser.get(INDEX).status == 403
    rail = browser.get("/foretag/stallforetradare/").links()
    assert INDEX not in rail
    assert "/foretag/stallforetradare/" in rail


def test_the_file_tells_who_administers_what(browser, karin, dan):
    assert [list(row.values()) for row in files.rows(browser, INDEX)] == [
        ["Lind", "Karin", "asa@bolaget.example", "Hela företaget", "2026-11-20"],
        ["Lund", "Dan", "dan@bolaget.example", "Verkstad", "2026-11-20"]]

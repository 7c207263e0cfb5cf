from datetime import date

import pytest
from sqlalchemy import select

from domain import deputies
from domain.people import Deputyship
from tests import files
from tests.browser import FRAGMENT

INDEX = "/foretag/stallforetradare/"
DAYS = {"first_on": "2026-11-20", "last_on": "2026-11-26"}


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def karin(make, company, browser):
    karin = make.admin(company, given_name="Karin", surname="Lind")
    browser.log_in(karin)
    return karin


def named(db):
    db.rollback()
    return [(each.person.name, each.first_on, each.last_on, each.ended_at)
            for each in db.scalars(select(Deputyship))]


def choices(page):
    return [attrs["value"] for attrs in page.all("input") if attrs.get("name") == "deputy"]


def test_who_has_none_is_offered_to_name_one(browser, karin):
    page = browser.get(INDEX)
    assert "Du har ingen ställföreträdare" in page.said
    assert f"{INDEX}ny" in page.links()


def test_a_colleague_is_named(browser, db, make, company, karin):
    eva = make.admin(company, given_name="Eva", surname="Ask")
    assert choices(browser.get(f"{INDEX}ny")) == [str(eva.id)]
    answer = browser.post(f"{INDEX}ny", DAYS | {"deputy": str(eva.id)})
    assert (answer.status, answer.location) == (303, INDEX)
    assert named(db) == [("Eva Ask", date(2026, 11, 20), date(2026, 11, 26), None)]
    assert "Eva Ask är utsedd till ställföreträdare." in browser.get(INDEX).said


def test_a_traveller_is_searched_for_and_named(browser, db, make, company, karin):
    rut, _ = make.traveller(company, "Rut", "Ek"), make.traveller(company, "Siv", "Alm")
    found = browser.get(f"{INDEX}resenarer?search=rut", **FRAGMENT)
    assert (found.whole, choices(found)) == (False, [str(rut.id)])
    without_scripts = browser.post(f"{INDEX}ny", DAYS | {"search": "rut", "act": "search"})
    assert choices(without_scripts) == [str(rut.id)]
    browser.post(f"{INDEX}ny", DAYS | {"search": "rut", "deputy": str(rut.id)})
    assert [name for name, *_ in named(db)] == ["Rut Ek"]


@pytest.mark.parametrize(("typed", "said"), [
    ({"deputy": ""}, "Välj någon i listan, eller sök bland resenärerna."),
    ({"first_on": "2026-11-19"}, "Välj i dag eller en senare dag."),
    ({"last_on": "2026-11-19"}, "Sista dagen kan inte vara före den första."),
    ({"last_on": "2027-11-19"}, "Det får vara högst 180 dagar."),
    ({"last_on": "snart"}, "Skriv datumet så här")])
def test_what_will_not_do_is_told_and_what_was_typed_is_kept(browser, db, make, company, karin,
                                                             typed, said):
    eva = make.admin(company, given_name="Eva")
    page = browser.post(f"{INDEX}ny", DAYS | {"deputy": str(eva.id)} | typed)
    assert (page.status, said in page.said) == (422, True)
    assert named(db) == []


def test_without_colleagues_the_search_says_what_is_missing(browser, karin):
    page = browser.post(f"{INDEX}ny", DAYS)
    [wrong] = [attrs for attrs in page.all("input") if attrs.get("aria-invalid")]
    assert (page.status, wrong["name"]) == (422, "search")


def test_one_with_some_departments_chooses_among_theirs(browser, db, make, company, karin):
    verkstad, lager = make.department(company), make.department(company, "Lager")
    dan = make.department_admin(verkstad)
    stranger = make.department_admin(lager, given_name="Främling")
    theirs = make.traveller(given_name="Rut", department=lager)
    browser.log_in(dan)
    assert choices(browser.get(f"{INDEX}ny")) == [str(karin.id)]
    assert choices(browser.get(f"{INDEX}resenarer?search=rut")) == [str(karin.id)]
    assert browser.post(f"{INDEX}ny", DAYS | {"deputy": str(theirs.id)}).status == 404
    assert browser.post(f"{INDEX}ny", DAYS | {"deputy": str(stranger.id)}).status == 404
    assert named(db) == []


def test_another_companys_people_are_not_found(browser, db, make, karin):
    theirs = make.traveller(make.company("Annat AB"), "Rut", "Ek")
    assert choices(browser.get(f"{INDEX}resenarer?search=rut")) == []
    assert browser.post(f"{INDEX}ny", DAYS | {"deputy": str(theirs.id)}).status == 404


def test_the_holder_ends_it(browser, db, make, company, karin):
    deputyship = make.deputyship(karin, make.admin(company, given_name="Eva"))
    answer = browser.post(f"{INDEX}{deputyship.id}/slut")
    assert (answer.status, answer.location) == (303, INDEX)
    assert named(db)[0][-1]
    assert browser.post(f"{INDEX}{deputyship.id}/slut").status == 409


def test_an_administrator_ends_a_colleagues_and_is_led_back_to_all(browser, db, make, company,
                                                                   karin):
    dan = make.department_admin(make.department(company))
    deputyship = make.deputyship(dan, karin)
    assert browser.post(f"{INDEX}{deputyship.id}/slut").location == "/foretag/administratorer/"
    assert deputies.of_company(db, company.id, now=deputyship.named_at) == []


def test_a_deputy_names_nobody(browser, make, company, karin):
    rut = make.as_person(make.traveller(company, "Rut", "Ek"))
    deputyship = make.deputyship(karin, rut)
    browser.log_in(rut)
    assert [browser.get(f"{INDEX}ny").status, browser.get("/foretag/administratorer/").status,
            browser.post(f"{INDEX}{deputyship.id}/slut").status] == [403, 403, 403]
    assert browser.get("/foretag/installningar/").status == 200


def test_the_file_has_ones_own_and_whoever_manages_administrators_has_all(browser, make, company,
                                                                          karin):
    dan = make.department_admin(make.department(company))
    make.deputyship(karin, dan)
    assert [list(row.values()) for row in files.rows(browser, INDEX)] == [
        ["Dan Lund", "Karin Lind", "2026-11-20", "2026-11-26"]]
    browser.log_in(dan)
    assert files.table(browser, f"{INDEX}stallforetradare.csv")[1:] == []

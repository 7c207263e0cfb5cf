import pytest

from domain.companies import Deduction
from domain.services import Service
from tests import files
from tests.browser import FRAGMENT
from tests.queries import queries

INDEX = "/foretag/installningar/"
RECORD = "/foretag/installningar/villkor"
TYPED = {"street": "Kungsgatan 2", "postcode": "57331", "city": "Tranås",
         "deduction": "gross",
         "services": ["send_ticket", "staff_offer"]}


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


def test_the_page_shows_what_is_settled(browser):
    page = browser.get(INDEX)
    values = {attrs.get("name"): attrs.get("value") for attrs in page.all("input")}
    assert (values["street"], values["city"]) == ("Storgatan 1", "Jönköping")
    ticked = [attrs["value"] for attrs in page.all("input") if "checked" in attrs]
    assert ticked == [*Service, "net"]
    assert "Bolaget AB" in page.said


def test_what_is_changed_is_saved(browser, db, company):
    answer = browser.post(INDEX, TYPED)
    assert (answer.status, answer.location) == (303, INDEX)
    db.refresh(company)
    assert (company.street, company.postcode, company.deduction) == (
        "Kungsgatan 2", "573 31", Deduction.GROSS)
    assert company.services == [Service.SEND_TICKET, Service.STAFF_OFFER]
    assert "Ändrade företagets inställningar." in browser.get("/foretag/handelser/").said


@pytest.mark.parametrize(("typed", "said"), [
    ({"services": []}, "Välj minst en tjänst."), ({"deduction": "all"}, "Välj ett av"),
    ({"street": ""}, "Fyll i det här.")])
def test_what_will_not_do_is_told_and_nothing_is_saved(browser, db, company, typed, said):
    page = browser.post(INDEX, TYPED | typed)
    assert (page.status, said in page.said) == (422, True)
    db.refresh(company)
    assert company.city == "Jönköping"


def test_an_administrator_of_departments_settles_nothing(browser, make, company):
    browser.log_in(make.department_admin(make.department(company)))
    assert [browser.get(INDEX).status, browser.get(RECORD).status] == [403, 403]


def test_the_record_tells_who_accepted_what_and_when(browser):
    page = browser.get(RECORD)
    assert "Åsa Öberg Resevillkor 2026:1 fre 20 nov 12:00" in page.said
    fragment = browser.get(f"{RECORD}?q=någon+annan", **FRAGMENT)
    assert (fragment.whole, "Ingen stämmer" in fragment.said) == (False, True)
    assert browser.get(f"{RECORD}?efter=x").status == 404


def test_the_record_asks_as_much_at_three_as_at_one(app, browser, make, company, store):
    browser.get(RECORD)
    with queries(store) as at_one:
        browser.get(RECORD)
    for _ in range(2):
        type(browser)(app).log_in(make.as_person(make.traveller(company)))
    with queries(store) as at_three:
        browser.get(RECORD)
    assert len(at_three) == len(at_one)


def test_the_file_of_the_record_holds_what_is_searched_for(app, browser, make, company):
    type(browser)(app).log_in(make.as_person(make.traveller(company, "Rut", "Ek")))
    found = files.rows(browser, f"{RECORD}?q=rut")
    assert {row["Namn"] for row in found} == {"Rut Ek"}
    assert ("Resevillkor", "2026:1", "2026-11-20 12:00") in {
        (row["Villkor"], row["Version"], row["När"]) for row in found}

import pytest

from domain import departments
from domain.access import Scope
from tests.queries import queries

INDEX = "/foretag/avdelningar/"
TYPED = {"name": "Verkstad", "reference_number": "2000", "cost_centre": ""}


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


def known(db, company):
    db.rollback()
    db.expire_all()
    return [(each.name, each.reference_number, each.cost_centre)
            for each in departments.of_company(db, within=Scope(company.id))]


def test_the_list_tells_reference_and_number_of_travellers(browser, make, company):
    verkstad = make.department(company)
    make.traveller(department=verkstad)
    page = browser.get(INDEX)
    assert "Huvudavdelning 1000 – 0" in page.said
    assert "Verkstad 2000 – 1" in page.said
    assert f"/foretag/avdelningar/{verkstad.id}/import" in page.links()


def test_the_list_asks_as_much_at_three_departments_as_at_one(browser, make, company, store):
    browser.get(INDEX)
    with queries(store) as at_one:
        browser.get(INDEX)
    for name in ("Verkstad", "Lager"):
        make.traveller(department=make.department(company, name))
    with queries(store) as at_three:
        browser.get(INDEX)
    assert len(at_three) == len(at_one)


def test_a_department_is_added(browser, db, company):
    answer = browser.post(f"{INDEX}ny", TYPED)
    assert (answer.status, answer.location) == (303, INDEX)
    assert "Avdelningen Verkstad är tillagd." in browser.get(INDEX).said
    assert known(db, company) == [("Huvudavdelning", "1000", None), ("Verkstad", "2000", None)]


def test_a_department_is_changed(browser, db, make, company):
    department = make.first_department(company)
    answer = browser.post(f"{INDEX}{department.id}", TYPED | {"cost_centre": "77"})
    assert (answer.status, answer.location) == (303, INDEX)
    assert known(db, company) == [("Verkstad", "2000", "77")]


def test_the_page_of_a_department_shows_what_it_has(browser, make, company):
    page = browser.get(f"{INDEX}{make.first_department(company).id}")
    values = {attrs.get("name"): attrs.get("value") for attrs in page.all("input")}
    assert (values["name"], values["reference_number"]) == ("Huvudavdelning", "1000")


@pytest.mark.parametrize(("typed", "said"), [
    ({"name": "huvudavdelning"}, "Det finns redan en avdelning som heter så."),
    ({"name": " "}, "Fyll i det här."), ({"reference_number": "x" * 51}, "Det är för långt."),
])
def test_what_will_not_do_is_told_beside_its_field_and_the_rest_is_kept(browser, db, company, typed,
                                                                        said):
    page = browser.post(f"{INDEX}ny", TYPED | {"cost_centre": "kept"} | typed)
    assert page.status == 422
    [wrong] = [attrs for attrs in page.all("input") if attrs.get("aria-invalid")]
    assert wrong["name"] in typed
    assert said in page.said
    assert "kept" in [attrs.get("value") for attrs in page.all("input")]
    assert len(known(db, company)) == 1


def test_the_same_form_twice_is_one_department(browser, db, company):
    key = {"form_key": "00000000-0000-4000-8000-000000000001"}
    answers = [browser.post(f"{INDEX}ny", TYPED | key) for _ in range(2)]
    assert [(answer.status, answer.location) for answer in answers] == [(303, INDEX)] * 2
    assert len(known(db, company)) == 2


def test_another_companys_department_is_not_found(browser, make):
    theirs = make.first_department(make.company())
    assert [browser.get(f"{INDEX}{theirs.id}").status,
            browser.post(f"{INDEX}{theirs.id}", TYPED).status] == [404, 404]

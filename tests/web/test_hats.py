from datetime import timedelta

import pytest

from domain import administrators

HATS = "/uppdrag/"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def karin(make, company):
    return make.admin(company, given_name="Karin", surname="Lind")


@pytest.fixture
def dan(make, company, karin, browser):
    """Has a department of his own, and stands in for Karin this week."""
    dan = make.department_admin(make.department(company))
    make.deputyship(karin, dan)
    browser.log_in(dan)
    return dan


def offered(page):
    return [attrs["value"] for attrs in page.all("button") if attrs.get("name") == "post_id"]


def wear(browser, page):
    [other] = offered(page)
    return browser.post(HATS, {"post_id": other})


def test_every_page_of_the_company_tells_whom_one_works_for_and_leads_to_the_other(browser, dan):
    page = browser.get("/foretag/resenarer/")
    assert "Du arbetar som dig själv." in page.said
    answer = wear(browser, page)
    assert (answer.status, answer.location) == (303, "/foretag/")
    page = browser.get("/foretag/resenarer/")
    assert "Du arbetar för Karin Lind." in page.said
    assert "Arbeta som dig själv" in page.said
    wear(browser, page)
    assert "Du arbetar som dig själv." in browser.get("/foretag/").said


def test_what_is_done_is_told_on_behalf_of_whom(browser, dan):
    wear(browser, browser.get("/foretag/"))
    browser.post("/foretag/installningar/", {
        "street": "Kungsgatan 2", "postcode": "57331", "city": "Tranås", "deduction": "net",
        "invoice_email": "ny@bolaget.example", "services": "send_ticket"})
    said = browser.get("/foretag/handelser/").said
    assert "Ändrade företagets inställningar.Dan Lund för Karin Lind" in said


def test_one_who_works_only_for_somebody_else_is_told_so_with_nothing_to_switch(browser, make,
                                                                                company, karin):
    rut = make.as_person(make.traveller(company, "Rut", "Ek"))
    make.deputyship(karin, rut)
    page = browser.log_in(rut).get("/foretag/")
    assert "Du arbetar för Karin Lind." in page.said
    assert offered(page) == []


def test_one_with_a_single_post_of_their_own_sees_nothing_of_it(browser, karin):
    assert "Du arbetar" not in browser.log_in(karin).get("/foretag/").said


def test_the_phone_is_ones_own(browser, make, company, karin):
    rut = make.as_person(make.traveller(company, "Rut", "Ek"))
    make.deputyship(karin, rut)
    assert "Du arbetar" not in browser.log_in(rut).get("/resa/").said


@pytest.mark.parametrize("post_id", ["00000000-0000-4000-8000-000000000001", "x", ""])
def test_a_hat_that_is_not_ones_own_is_not_found(browser, dan, post_id):
    assert browser.post(HATS, {"post_id": post_id}).status == 404


def test_when_the_days_are_over_one_is_oneself_again(browser, make, company, karin, clock):
    dan = make.department_admin(make.department(company))
    make.deputyship(karin, dan, last_on=clock.at.date())
    clock.at += timedelta(hours=8)
    browser.log_in(dan)
    wear(browser, browser.get("/foretag/"))
    clock.at += timedelta(hours=4)  # midnight in Sweden
    page = browser.get("/foretag/")
    assert (page.status, "Du arbetar" in page.said, offered(page)) == (200, False, [])


def test_one_sees_what_one_has_been_asked_to_do_and_may_end_it(browser, dan):
    page = browser.get(HATS)
    assert "Ställföreträdare för Karin Lind Bolaget AB" in page.said
    [end] = [form["action"] for form in page.all("form") if form["action"].endswith("/slut")]
    answer = browser.post(end)
    assert (answer.status, answer.location) == (303, HATS)
    page = browser.get(HATS)
    assert "Du är inte längre ställföreträdare för Karin Lind." in page.said
    assert offered(page) == []


def test_nobody_ends_what_others_have_been_asked(browser, make, company, karin):
    deputyship = make.deputyship(karin, make.admin(company, given_name="Eva"))
    browser.log_in(make.admin(company, given_name="Siv"))
    assert browser.post(f"{HATS}{deputyship.id}/slut").status == 404


def test_a_traveller_with_nothing_to_do_is_told_so(browser, make, company):
    browser.log_in(make.as_person(make.traveller(company)))
    assert "Du har inget uppdrag" in browser.get(HATS).said
    assert browser.get(f"{HATS}avslut").status == 404


def test_one_leaves_ones_own_post_after_a_question(browser, db, dan):
    assert browser.get(f"{HATS}avslut").status == 200
    answer = browser.post(f"{HATS}avslut")
    assert (answer.status, answer.location) == (303, "/")
    db.rollback()
    assert administrators.own(db, dan.id) is None


def test_the_last_one_cannot_leave(browser, db, karin):
    browser.log_in(karin)
    assert browser.post(f"{HATS}avslut").status == 403
    assert administrators.own(db, karin.id)

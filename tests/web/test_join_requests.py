from uuid import uuid4

import pytest
from sqlalchemy import select

from domain import join_requests, messages, people
from domain.access import Role
from domain.join_requests import JoinRequest, State
from tests import files
from tests.browser import Browser
from tests.factories import personnummer
from tests.queries import queries

FORM, LIST = "/ansok/kollega", "/foretag/ansokningar/"
TYPED = {"given_name": "Kim", "surname": "Kollega", "personnummer": personnummer(50),
         "email": "kim@bolaget.example", "mobile": "070-174 06 07", "note": ""}


@pytest.fixture
def company(make):
    return make.company("Bolaget AB")


@pytest.fixture
def admin(browser, make, company):
    return browser.log_in(make.admin(company))


@pytest.fixture
def asked(make, company):
    return make.join_request(company, number=personnummer(70), note="Jag är på ekonomi.")


def send(browser, url, **typed):
    return browser.post(url, {"form_key": str(uuid4())} | typed)


def approve(browser, asked, role="company_admin", **typed):
    return send(browser, f"{LIST}{asked.id}/godkannande", role=role, **typed)


def fresh(db, row):
    db.rollback()
    db.refresh(row)
    return row


def test_a_colleague_asks_and_is_told_that_the_company_decides(app, db, company):
    stranger = Browser(app)
    answer = send(stranger, FORM, organisation_number=company.organisation_number, **TYPED)
    assert answer.status == 303
    page = stranger.get(answer.location)
    assert "Företagets administratörer avgör ansökan" in page.said
    assert {"name": "robots", "content": "noindex"} in page.all("meta")
    assert "Bolaget AB" not in page.response.text
    request = db.scalars(select(JoinRequest)).one()
    assert answer.location == f"{FORM}/{join_requests.secret(db, request)}"


def test_a_number_without_an_account_leads_to_the_other_form(browser, db):
    page = send(browser, FORM, organisation_number="559000-0013", **TYPED)
    assert page.status == 422
    assert "Ansök om ett konto för företaget i stället." in page.said
    assert "/ansok" in page.links()
    assert db.scalars(select(JoinRequest)).all() == []


@pytest.mark.parametrize(("field", "typed", "sentence"), [
    ("personnummer", "19700101-0000", "Personnumret stämmer inte."),
    ("email", "kim", "E-postadressen ska se ut så här"),
    ("note", "x" * 501, "Det är för långt.")])
def test_what_is_wrong_is_said_beside_its_field(browser, company, field, typed, sentence):
    page = send(browser, FORM, **{"organisation_number": company.organisation_number} | TYPED
                | {field: typed})
    assert (page.status, sentence in page.said) == (422, True)
    assert {"class": "error", "id": f"{field}-error"} in page.all("p")


def test_a_colleague_withdraws(app, db, asked):
    browser, url = Browser(app), f"{FORM}/{join_requests.secret(db, asked)}"
    assert browser.post(f"{url}/aterkallelse").location == url
    assert "Ansökan är återtagen" in browser.get(url).said
    assert fresh(db, asked).state == State.WITHDRAWN


def test_a_letter_that_did_not_arrive_is_told(app, db, store, asked):
    with store.transaction(db):
        messages.refused(messages.latest_email(db, asked.id), "550")
    url = f"{FORM}/{join_requests.secret(db, asked)}"
    assert "E-brevet kom inte fram" in Browser(app).get(url).said


def test_the_administrator_finds_it_on_the_first_page(admin, asked):
    page = admin.get("/foretag/")
    assert "En kollega vill bli administratör" in page.said
    assert LIST in page.links()
    assert "Kim Kollega" in admin.get(LIST).said


def test_a_department_administrator_neither_sees_nor_decides(browser, make, company, asked):
    browser.log_in(make.department_admin(make.department(company)))
    assert "vill bli administratör" not in browser.get("/foretag/").said
    assert browser.get(LIST).status == 403
    assert approve(browser, asked).status == 403


def test_the_administrator_sees_all_that_is_stated_but_the_end_of_the_number(admin, asked):
    page = admin.get(f"{LIST}{asked.id}").said
    for fact in ("Kim Kollega", "-••••", "kim@bolaget.example", "070-174 06 07",
                 "Jag är på ekonomi."):
        assert fact in page


def test_who_is_approved_for_the_whole_company_can_sign_in_and_see_it(admin, app, asked, db):
    answer = approve(admin, asked)
    assert (answer.status, answer.location) == (303, LIST)
    assert "Kim Kollega är administratör och får ett e-brev." in admin.get(LIST).said
    kim = Browser(app).log_in(people.with_personnummer(db, personnummer(70)))
    assert kim.get("/foretag/administratorer/").status == 200
    assert "Du är administratör" in Browser(app).get(
        f"{FORM}/{join_requests.secret(db, asked)}").said


def test_who_is_approved_for_a_department_has_that(admin, asked, db, make, company):
    room = make.department(company)
    assert approve(admin, asked, "department_admin", departments=[str(room.id)]).status == 303
    [post] = people.with_personnummer(db, personnummer(70)).posts
    assert (post.role, [each.department_id for each in post.rooms]) == (
        Role.DEPARTMENT_ADMIN, [room.id])


@pytest.mark.parametrize("typed", [{"role": "department_admin"}, {"role": "clerk"},
                                   {"role": "department_admin", "departments": [str(uuid4())]}])
def test_an_approval_says_for_what(admin, asked, db, typed):
    assert approve(admin, asked, **typed).status == 422
    assert fresh(db, asked).state == State.WAITING


def test_who_is_administrator_elsewhere_is_told_of_clearly(admin, make, asked):
    make.admin(number=personnummer(70))
    answer = approve(admin, asked)
    assert answer.status == 409
    assert "redan administratör för ett annat företag" in answer.said


def test_declining_takes_a_reason_that_the_applicant_reads(admin, app, asked, db):
    refused = send(admin, f"{LIST}{asked.id}/avslag", **{"avslag-reason": ""})
    assert (refused.status, "Fyll i det här." in refused.said) == (422, True)
    answer = send(admin, f"{LIST}{asked.id}/avslag", **{"avslag-reason": "Fel företag."})
    assert (answer.status, answer.location) == (303, LIST)
    assert "Fel företag." in Browser(app).get(f"{FORM}/{join_requests.secret(db, asked)}").said
    assert "Fel företag." in admin.get(f"{LIST}{asked.id}").said


def test_another_companys_request_is_not_found(admin, make, db):
    theirs = make.join_request()
    assert admin.get(f"{LIST}{theirs.id}").status == 404
    assert approve(admin, theirs).status == 404
    assert send(admin, f"{LIST}{theirs.id}/avslag", **{"avslag-reason": "Nej"}).status == 404
    assert fresh(db, theirs).state == State.WAITING


def test_the_list_takes_as_many_questions_at_three_rows_as_at_one(admin, make, company, store,
                                                                   asked):
    with queries(store) as at_one:
        admin.get(LIST)
    for _ in range(2):
        make.join_request(company)
    with queries(store) as at_three:
        admin.get(LIST)
    assert len(at_one) == len(at_three)


def test_the_file_tells_who_has_asked_and_what_was_decided(browser, admin, asked):
    send(browser, f"{LIST}{asked.id}/avslag", **{"avslag-reason": "Vi är nog."})
    [row] = files.rows(browser, LIST)
    assert (row["Sökande"], row["Läge"], row["Skäl till avslaget"]) == (
        asked.applicant, "Avslagen", "Vi är nog.")

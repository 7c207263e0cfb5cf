from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from domain import departments
from domain.access import Scope
from domain.applications import CompanyApplication, State
from domain.companies import Company
from domain.messages import Email
from tests.browser import Browser
from tests.factories import luhn, personnummer
from tests.queries import queries

TYPED = {
    "company_name": "Nya Bolaget AB", "organisation_number": "559000-0013",
    "street": "Storgatan 1", "postcode": "55320", "city": "Jönköping",
    "invoice_email": "faktura@nya.example", "peppol_id": "", "reference_number": "4711",
    "given_name": "Oskar", "surname": "Dahl", "personnummer": personnummer(50),
    "email": "oskar@nya.example", "mobile": "070-174 06 06", "attested": "y",
}
LIST = "/intern/ansokningar/"


@pytest.fixture
def clerk(browser, make):
    return browser.log_in(make.clerk())


@pytest.fixture
def application(make):
    return make.company_application()


def send(browser, **typed):
    return browser.post("/ansok", {"form_key": str(uuid4())} | TYPED | typed)


def fresh(db, row):
    db.rollback()
    db.refresh(row)
    return row


def letters(db):
    db.rollback()
    return [(email.template, email.to) for email in db.scalars(select(Email))]


def stops(page):
    return [attrs["class"] for attrs in page.all("li") if attrs.get("class") in (
        "past", "now", "coming", "failed")]


def test_the_form_has_four_steps_and_asks_for_all_of_it_at_once(browser):
    page = browser.get("/ansok")
    assert len(page.all("fieldset")) == 4
    assert {field["name"] for field in page.all("input")} >= set(TYPED)


def test_applying_leads_to_a_page_that_follows_the_application(browser, db, make, world):
    make.clerk()
    answer = send(browser)
    assert answer.status == 303
    page = browser.get(answer.location)
    assert "svarar till oskar@nya.example senast fre 27 nov." in page.said
    assert stops(page) == ["past", "now", "coming"]
    application = db.scalars(select(CompanyApplication)).one()
    assert (application.organisation_number, application.postcode, application.mobile) == (
        "5590000013", "553 20", "+46701740606")
    assert letters(db) == [("application_received", "oskar@nya.example"),
                           ("application_arrived", "berit@lanstrafiken.example")]
    assert len(world.queue.rung) == 2


def test_the_link_in_the_letter_is_the_page_that_follows(browser, db):
    answer = send(browser)
    [letter] = db.scalars(select(Email))
    assert answer.location == f"/ansok/{letter.values['secret']}"
    assert len(letter.values["secret"]) == 43


def test_the_page_that_follows_tells_no_number(browser):
    page = browser.get(send(browser).location)
    assert TYPED["personnummer"][8:] not in page.response.text


@pytest.mark.parametrize(("field", "typed", "sentence"), [
    ("company_name", "", "Fyll i det här."),
    ("city", "   ", "Fyll i det här."),
    ("company_name", "x" * 101, "Det är för långt."),
    ("organisation_number", "556000-1235", "Organisationsnumret stämmer inte."),
    ("postcode", "123", "Postnumret har fem siffror"),
    ("invoice_email", "faktura", "E-postadressen ska se ut så här"),
    ("peppol_id", "0007:12", "Ett Peppol-id börjar med 0007: och tio siffror"),
    ("personnummer", "19700101-0000", "Personnumret stämmer inte."),
    ("email", "a b@c.se", "E-postadressen ska se ut så här"),
    ("mobile", "036-10 20 30", "Det är inte ett mobilnummer."),
    ("attested", "", "Bara den som får ansöka"),
])
def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(browser, db, field, typed,
                                                                     sentence):
    page = send(browser, **{field: typed})
    assert page.status == 422
    assert sentence in page.said
    [error] = [attrs["id"] for attrs in page.all("p") if attrs.get("class") == "error"]
    assert error == f"{field}-error"
    kept = {attrs["name"]: attrs.get("value") for attrs in page.all("input")}
    others = [name for name in TYPED if name != field]
    assert {name: kept[name] for name in others} == {name: TYPED[name] for name in others}
    assert db.scalars(select(CompanyApplication)).all() == []


def test_a_company_that_has_an_account_is_told_whom_to_ask(browser, make):
    company = make.company()
    page = send(browser, organisation_number=company.organisation_number)
    assert page.status == 422
    assert "Be företagets administratör att lägga till dig." in page.said


def test_the_same_form_sent_twice_is_one_application(browser, db):
    key = str(uuid4())
    first, second = send(browser, form_key=key), send(browser, form_key=key)
    assert second.location == first.location
    assert db.scalar(select(func.count()).select_from(CompanyApplication)) == 1


def test_applications_from_one_address_are_counted(browser, store):
    for number in range(store.session().info["rules"].applications_per_hour):
        nine = f"559{number:06}"
        assert send(browser, organisation_number=f"{nine}{luhn(nine)}").status == 303
    answer = send(browser)
    assert (answer.status, "för många försök" in answer.said) == (429, True)


def test_a_link_that_opens_nothing_is_not_found(browser):
    page = browser.get("/ansok/guessed")
    assert (page.status, "Kontrollera länken i e-brevet." in page.said) == (404, True)


def test_the_clerk_sees_the_first_promised_first_and_what_is_late(clerk, make, world):
    make.company_application("Första AB", secret="one")
    make.company_application("Andra AB", secret="two")
    world.clock.at += timedelta(days=8)
    clerk.log_in(make.clerk(number=personnummer(90)))
    page = clerk.get(LIST)
    assert page.said.index("Första AB") < page.said.index("Andra AB")
    assert page.said.count("fre 27 nov, försenat") == 2


def test_without_applications_the_clerk_is_told_so(clerk):
    assert "Ingen ansökan väntar" in clerk.get(LIST).said


def test_the_list_takes_as_many_questions_at_three_rows_as_at_one(clerk, make, store):
    make.company_application("Första AB", secret="one")
    with queries(store) as at_one:
        clerk.get(LIST)
    make.company_application("Andra AB", secret="two")
    make.company_application("Tredje AB", secret="three")
    with queries(store) as at_three:
        clerk.get(LIST)
    assert len(at_one) == len(at_three)


def test_the_clerk_sees_all_that_is_stated_but_the_end_of_the_number(clerk, application):
    page = clerk.get(f"{LIST}{application.id}")
    for fact in ("Nya Bolaget AB", "Storgatan 1, 553 20 Jönköping", "4711", "Oskar Dahl",
                 "faktura@nya.example", "oskar@nya.example", "070-174 06 06", "-••••"):
        assert fact in page.said


def test_approving_makes_the_company_and_answers_the_applicant(clerk, application, db, world):
    world.queue.rung.clear()
    answer = clerk.post(f"{LIST}{application.id}/godkannande")
    assert (answer.status, answer.location) == (303, LIST)
    assert "Nya Bolaget AB är godkänt. Oskar får svar med e-post." in clerk.get(LIST).said
    company = db.get(Company, fresh(db, application).company_id)
    [first] = departments.of_company(db, within=Scope(company.id))
    assert first.reference_number == "4711"
    assert letters(db)[-1] == ("application_approved", "oskar@nya.example")
    assert len(world.queue.rung) == 1


def test_who_is_approved_is_shown_the_way_in(clerk, app, application):
    clerk.post(f"{LIST}{application.id}/godkannande")
    page = Browser(app).get("/ansok/a secret")
    assert stops(page) == ["past", "past", "past"]
    assert "Logga in med BankID, godkänn villkoren" in page.said


def test_deciding_twice_is_a_conflict(clerk, application, db, world):
    clerk.post(f"{LIST}{application.id}/godkannande")
    world.queue.rung.clear()
    again = clerk.post(f"{LIST}{application.id}/godkannande")
    assert (again.status, "Ansökan är redan avgjord." in again.said) == (409, True)
    late = clerk.post(f"{LIST}{application.id}/avslag",
                      {"form_key": str(uuid4()), "reason": "Nej."})
    assert late.status == 409
    assert fresh(db, application).state == State.APPROVED
    assert world.queue.rung == []


def test_declining_takes_a_reason(clerk, application, db):
    page = clerk.post(f"{LIST}{application.id}/avslag", {"form_key": str(uuid4()), "reason": " "})
    assert (page.status, "Fyll i det här." in page.said) == (422, True)
    assert {"open": None} in page.all("details")
    assert fresh(db, application).state == State.RECEIVED


def test_declining_answers_the_applicant_with_the_reason(clerk, app, application, db):
    reason = "Organisationsnumret hör till ett annat företag."
    answer = clerk.post(f"{LIST}{application.id}/avslag",
                        {"form_key": str(uuid4()), "reason": reason})
    assert (answer.status, answer.location) == (303, LIST)
    assert fresh(db, application).reason == reason
    assert letters(db)[-1] == ("application_declined", "oskar@nya.example")
    page = Browser(app).get("/ansok/a secret")
    assert stops(page) == ["past", "past", "failed"]
    assert reason in page.said


def test_only_a_clerk_decides(browser, make, application, db):
    browser.log_in(make.admin())
    for url in (LIST, f"{LIST}{application.id}"):
        assert browser.get(url).status == 403
    for act in ("godkannande", "avslag"):
        assert browser.post(f"{LIST}{application.id}/{act}").status == 403
    assert fresh(db, application).state == State.RECEIVED


def test_an_application_that_is_not_there_is_not_found(clerk):
    assert clerk.get(f"{LIST}{uuid4()}").status == 404
    assert clerk.post(f"{LIST}{uuid4()}/godkannande").status == 404

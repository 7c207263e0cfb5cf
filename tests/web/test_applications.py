from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from domain import application_letters, application_questions, departments
from domain.access import Scope
from domain.applications import CompanyApplication, Size, State
from domain.companies import Company, Sector
from domain.join_requests import JoinRequest
from domain.messages import Email
from domain.services import Service
from tests import files
from tests.browser import Browser
from tests.conftest import NOON
from tests.factories import luhn, personnummer
from tests.queries import queries

TYPED = {
    "company_name": "Nya Bolaget AB", "organisation_number": "559000-0013",
    "street": "Storgatan 1", "postcode": "55320", "city": "Jönköping",
    "invoice_email": "faktura@nya.example", "peppol_id": "", "reference_number": "4711",
    "given_name": "Oskar", "surname": "Dahl", "personnummer": personnummer(50),
    "email": "oskar@nya.example", "mobile": "070-174 06 06", "attested": "y",
}
CHOSEN = {"sector": "public", "size": "50", "services": ["send_ticket", "staff_offer"]}
LIST = "/intern/ansokningar/"


@pytest.fixture
def clerk(browser, make):
    return browser.log_in(make.clerk())


@pytest.fixture
def application(make):
    return make.company_application()


def send(browser, **typed):
    return browser.post("/ansok", {"form_key": str(uuid4())} | TYPED | CHOSEN | typed)


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


def status_page(db, application):
    return f"/ansok/{application_letters.secret(db, application)}"


def test_the_form_has_five_steps_and_asks_for_all_of_it_at_once(browser):
    page = browser.get("/ansok")
    assert [each.get("class") for each in page.all("fieldset")].count("step") == 5
    assert {field["name"] for field in page.all("input") + page.all("select")} >= {*TYPED, *CHOSEN}


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
    assert (application.sector, application.size, application.services) == (
        Sector.PUBLIC, Size.UP_TO_50, [Service.SEND_TICKET, Service.STAFF_OFFER])
    assert letters(db) == [("application_received", "oskar@nya.example"),
                           ("application_arrived", "berit@lanstrafiken.example")]
    assert len(world.queue.rung) == 2


def test_the_link_in_the_letter_is_the_page_that_follows(browser, db):
    answer = send(browser)
    [letter] = db.scalars(select(Email))
    assert answer.location == f"/ansok/{letter.values['secret']}"


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
    ("peppol_id", "0007:5560125791", "Sista siffran i Peppol-id:t stämmer inte."),
    ("invoice_postcode", "12", "Postnumret har fem siffror"),
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


@pytest.mark.parametrize(("field", "sentence"), [
    ("size", "Välj ett av alternativen."), ("sector", "Välj ett av alternativen."),
    ("services", "Välj ett av alternativen.")])
def test_what_is_not_among_the_choices_is_refused(browser, db, field, sentence):
    page = send(browser, **{field: "other"})
    assert (page.status, sentence in page.said) == (422, True)
    assert db.scalars(select(CompanyApplication)).all() == []


def test_half_an_invoice_address_is_refused_where_it_is_missing(browser):
    page = send(browser, invoice_street="Box 1")
    assert page.status == 422
    assert {"class": "error", "id": "invoice_postcode-error"} in page.all("p")
    assert {"open": None} in page.all("details")


def test_with_a_number_that_has_an_account_one_asks_that_companys_administrators(browser, db,
                                                                               make):
    company = make.company()
    answer = send(browser, organisation_number=company.organisation_number, invoice_email="",
                  street="", attested="", size="")
    assert answer.status == 303
    assert "/ansok/kollega/" in answer.location
    assert "Företagets administratörer avgör ansökan" in browser.get(answer.location).said
    assert db.scalars(select(JoinRequest)).one().company_id == company.id
    assert db.scalars(select(CompanyApplication)).all() == []


def test_what_is_wrong_with_the_person_is_asked_again_in_the_short_form(browser, make):
    company = make.company("Hemliga AB")
    page = send(browser, organisation_number=company.organisation_number, mobile="12")
    assert page.status == 422
    assert {"class": "error", "id": "mobile-error"} in page.all("p")
    assert "Företaget har redan ett konto" in page.said
    assert "Hemliga" not in page.response.text
    assert "attested" not in {field["name"] for field in page.all("input")}


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
    make.company_application("Första AB", at=NOON - timedelta(hours=9))
    make.company_application("Andra AB")
    world.clock.at += timedelta(days=8)
    clerk.log_in(make.clerk(number=personnummer(90)))
    page = clerk.get(LIST)
    assert page.said.index("Första AB") < page.said.index("Andra AB")
    assert page.said.count("fre 27 nov, försenat") == 2


def test_without_applications_the_clerk_is_told_so(clerk):
    assert "Ingen ansökan väntar" in clerk.get(LIST).said


def test_the_list_takes_as_many_questions_at_three_rows_as_at_one(clerk, make, store):
    make.company_application("Första AB")
    with queries(store) as at_one:
        clerk.get(LIST)
    make.company_application("Andra AB")
    make.company_application("Tredje AB")
    with queries(store) as at_three:
        clerk.get(LIST)
    assert len(at_one) == len(at_three)


def test_the_clerk_sees_all_that_is_stated_but_the_end_of_the_number(clerk, application):
    page = clerk.get(f"{LIST}{application.id}")
    for fact in ("Nya Bolaget AB", "Storgatan 1, 553 20 Jönköping", "4711", "Oskar Dahl",
                 "faktura@nya.example", "oskar@nya.example", "070-174 06 06", "-••••", "Privat",
                 "Skicka biljett, Tjänsteresor, Personalerbjudande", "Ansökan kom in."):
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


def test_who_is_approved_is_shown_the_way_in(clerk, app, application, db):
    clerk.post(f"{LIST}{application.id}/godkannande")
    page = Browser(app).get(status_page(db, application))
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
    page = Browser(app).get(status_page(db, application))
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


def act(clerk, application, what, **typed):
    return clerk.post(f"{LIST}{application.id}/{what}", {"form_key": str(uuid4())} | typed)


def test_a_clerk_takes_an_application_and_hands_it_over(clerk, make, application, db):
    bo = make.clerk(given_name="Bo", surname="Ek", email="bo@lanstrafiken.example")
    page = clerk.get(f"{LIST}{application.id}")
    [mine] = [field["value"] for field in page.all("input") if field["name"] == "till-clerk"]
    act(clerk, application, "handlaggare", **{"till-clerk": mine})
    page = clerk.get(f"{LIST}{application.id}").said
    assert "Berit Handläggare har ansökan." in page
    assert "Lämnade ansökan till Berit Handläggare." in page
    act(clerk, application, "handlaggare", **{"till-clerk": str(bo.id)})
    assert fresh(db, application).clerk_id == bo.id


@pytest.mark.parametrize("nobody", ["", "x", str(UUID(int=7))])
def test_an_application_is_handed_over_to_a_clerk_only(clerk, application, db, nobody):
    assert act(clerk, application, "handlaggare", **{"till-clerk": nobody}).status == 422
    assert fresh(db, application).clerk_id is None


def test_a_question_makes_the_application_wait_for_the_applicant(clerk, application, db):
    answer = act(clerk, application, "fraga", **{"fraga-text": "Vem är firmatecknare?"})
    assert (answer.status, answer.location) == (303, f"{LIST}{application.id}")
    page = clerk.get(answer.location).said
    assert "Löftet vilar tills Oskar svarar." in page
    assert "Vem är firmatecknare?" in page
    assert fresh(db, application).state == State.NEEDS_INFORMATION
    assert letters(db)[-1] == ("application_question", "oskar@nya.example")
    assert "Väntar på den sökande" in clerk.get(LIST).said


def test_a_question_has_words(clerk, application, db):
    page = act(clerk, application, "fraga", **{"fraga-text": " "})
    assert (page.status, "Fyll i det här." in page.said) == (422, True)
    assert fresh(db, application).state == State.RECEIVED


def test_the_same_organisation_number_is_shown_in_the_list_and_on_the_page(clerk, make):
    first = make.company_application("Första AB")
    other = make.company_application("Andra AB", organisation_number=first.organisation_number)
    assert clerk.get(LIST).said.count("finns redan") == 2
    page = clerk.get(f"{LIST}{first.id}")
    assert "Organisationsnumret finns redan" in page.said
    assert f"{LIST}{other.id}" in page.links()


def test_the_queue_is_searched_by_name_and_by_who_has_it(clerk, make, application):
    make.company_application("Andra AB")
    act(clerk, application, "handlaggare", **{"till-clerk": next(
        field["value"] for field in clerk.get(f"{LIST}{application.id}").all("input")
        if field["name"] == "till-clerk")})
    for asked, found, missed in (("sok=andra", "Andra AB", "Nya Bolaget"),
                                 ("hos=mina", "Nya Bolaget", "Andra AB"),
                                 ("hos=lediga", "Andra AB", "Nya Bolaget")):
        page = clerk.get(f"{LIST}?{asked}").said
        assert (found in page, missed in page) == (True, False), asked
    assert "Ingen ansökan stämmer" in clerk.get(f"{LIST}?sok=finnsinte").said


def test_the_list_follows_as_one_types(clerk, application):
    page = clerk.get(f"{LIST}?sok=nya", **{"HX-Request": "true"})
    assert (page.whole, "Nya Bolaget AB" in page.said) == (False, True)


@pytest.mark.parametrize("page", ["2", "0", "-1", "x", "99999999999999999999"])
def test_any_page_of_the_decided_can_be_asked_for(clerk, application, page):
    act(clerk, application, "avslag", reason="Nej.")
    assert clerk.get(f"{LIST}?sida={page}").status == 200


def test_answers_are_shown_to_the_clerk(clerk, application, db, store, make):
    with store.transaction(db):
        by = make.actor(make.clerk(number=personnummer(90)))
    with store.transaction(db):
        application_questions.ask(db, application, "Vilken ort?", by=by, now=NOON)
    with store.transaction(db):
        application_questions.answer(db, application, "Habo, i år.", now=NOON)
    page = clerk.get(f"{LIST}{application.id}").said
    assert "Habo, i år." in page
    assert "Den sökande svarade på frågan." in page


def test_the_file_holds_what_is_searched_for_in_the_order_of_the_page(browser, clerk, make):
    late = make.company_application("Sena AB", at=NOON)
    make.company_application("Tidiga AB", at=NOON - timedelta(days=7))
    make.company_application("Andra bolaget")
    browser.post(f"{LIST}{late.id}/avslag", {"reason": "Fel nummer"})
    make.company_application("Mellersta AB", at=NOON - timedelta(days=3))
    found = files.rows(browser, f"{LIST}?sok=ab")
    assert [(row["Företag"], row["Läge"], row["Skäl till avslaget"]) for row in found] == [
        ("Tidiga AB", "Granskas", ""), ("Mellersta AB", "Granskas", ""),
        ("Sena AB", "Avslagen", "Fel nummer")]
    assert (found[0]["Kom in"], found[0]["Sökande"], found[2]["Beslutad"]) == (
        "2026-11-13", "Oskar Dahl", "2026-11-20")


def test_the_file_asks_as_much_at_three_applications_as_at_one(browser, clerk, make, store):
    make.company_application()
    csv = files.addresses(browser, LIST)["csv"]
    with queries(store) as at_one:
        files.table(browser, csv)
    for _ in range(2):
        make.company_application()
    with queries(store) as at_three:
        files.table(browser, csv)
    assert len(at_three) == len(at_one)

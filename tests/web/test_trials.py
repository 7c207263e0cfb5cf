from uuid import uuid4

import pytest
from sqlalchemy import select

from domain import application_decisions, carried, people, trials
from domain.companies import Company
from domain.messages import Sms
from domain.tickets import Ticket
from sandbox.verifier import Refused
from tests.browser import Browser
from tests.conftest import NOON
from tests.factories import personnummer
from tests.web.inspector import code, inspected

TRY, CHOICE = "/prova/", "/prova/efterat"


@pytest.fixture
def application(make):
    return make.company_application(number=personnummer(70))


@pytest.fixture
def applicant(browser, make, application):
    return browser.log_in(make.applicant(application))


@pytest.fixture
def company(make, application):
    return make.trial(application)


@pytest.fixture
def admin(browser, db, company):
    [person] = people.administrators(db, company.id)
    return browser.log_in(person)


def test_who_has_only_applied_is_led_to_try(applicant):
    assert applicant.get("/logga-in").location == TRY
    page = applicant.get(TRY)
    assert "upp till 50 provbiljetter" in page.said
    assert "ingen biljettkontroll godtar dem" in page.said


def test_trying_begins_with_the_terms(browser, make, application, db):
    browser.log_in(make.applicant(application))
    assert browser.post(TRY).location == "/foretag/"
    assert db.scalars(select(Company)).one().on_trial
    assert browser.get("/foretag/").location.startswith("/villkor/godkannande")


def test_who_has_not_applied_has_nothing_to_try(browser, make, db):
    browser.log_in(make.admin())
    page = browser.get(TRY)
    assert (page.status, "inget att prova" in page.said) == (404, True)
    assert browser.post(TRY).status == 404
    assert browser.post(CHOICE, {"form_key": str(uuid4()), "afterwards": "keep"}).status == 404


def test_a_stranger_is_asked_to_log_in_first(browser):
    assert browser.get(TRY).location.startswith("/logga-in")


def test_every_page_says_that_it_is_only_a_trial(admin, make, company):
    for path in ("/foretag/", "/foretag/resenarer/", TRY):
        assert "50 provbiljetter kvar" in admin.get(path).said, path
    make.sent_ticket(make.traveller(company))
    assert "49 provbiljetter kvar" in admin.get("/foretag/").said


def test_who_does_not_try_sees_nothing_of_it(browser, make):
    browser.log_in(make.admin())
    assert "Provläge" not in browser.get("/foretag/").said


def test_it_says_where_all_messages_go(admin):
    page = admin.get(TRY)
    assert "070-174 06 06" in page.said
    assert "oskar@nya.example" in page.said


def test_the_administrator_chooses_what_stays(admin, db, company):
    answer = admin.post(CHOICE, {"form_key": str(uuid4()), "afterwards": "wipe"})
    assert (answer.status, answer.location) == (303, TRY)
    db.rollback()
    assert not trials.find(db, company.id).keeps
    assert [box["value"] for box in admin.get(TRY).all("input") if "checked" in box] == ["wipe"]


def test_a_choice_that_is_none_is_refused(admin, db, company):
    page = admin.post(CHOICE, {"form_key": str(uuid4()), "afterwards": "both"})
    assert (page.status, "Välj ett av alternativen." in page.said) == (422, True)
    assert trials.find(db, company.id).keeps


def test_a_department_administrator_sees_the_terms_of_the_trial_but_does_not_choose(
        browser, make, company):
    browser.log_in(make.department_admin(make.department(company)))
    page = browser.get(TRY)
    assert ("50 av 50" in page.said, "Spara valet" in page.said) == (True, False)
    assert browser.post(CHOICE, {"form_key": str(uuid4()), "afterwards": "wipe"}).status == 403


def test_the_last_trial_ticket_is_told_of(admin, store, db, make, company):
    traveller = make.traveller(company)
    make.price_list()
    with store.transaction(db):
        trials.find(db, company.id).tickets = 50
    page = admin.post("/foretag/skicka-biljett/", {
        "form_key": str(uuid4()), "to": "registered", "traveller": str(traveller.id),
        "product": "single", "place": "zones_1 181", "agreed_ore": "4200"})
    assert (page.status, "Alla 50 provbiljetter är skickade." in page.said) == (422, True)
    assert db.scalars(select(Ticket)).all() == []


@pytest.fixture
def ticket(store, db, make, company):
    """A trial ticket, and the address that its text message leads to."""
    sent = make.sent_ticket(make.traveller(company))
    with store.transaction(db):
        return sent, f"/b/{carried.link(db, sent.id, uuid4())}"


def test_the_phone_says_that_it_is_no_real_ticket(browser, ticket):
    _, at = ticket
    assert "PROV" in browser.get(at).said
    browser.post(f"{at}/aktivering")
    page = browser.get(at)
    assert code(page)
    for words in ("PROV", "Provbiljett", "Ingen biljettkontroll godtar den."):
        assert words in page.said


def test_the_authoritys_key_refuses_its_code(browser, ticket, world):
    _, at = ticket
    browser.post(f"{at}/aktivering")
    page, keys = browser.get(at), world.ticket_keys
    with pytest.raises(Refused, match="Provbiljett"):
        inspected(page, keys.public_keys())
    header, payload = inspected(page, {keys.trial.kid: keys.trial.public})
    assert header["kid"] == keys.trial.kid
    assert (header["iid"], list(payload)) == ("24-prov", ["24-prov"])
    assert keys.trial.kid not in {jwk["kid"] for jwk in keys.jwks()["keys"]}


def test_a_ticket_of_a_trial_that_is_over_opens_nothing(browser, ticket, store, db, make,
                                                        application):
    _, at = ticket
    clerk = make.actor(make.clerk())
    with store.transaction(db):
        application_decisions.approve(db, application, by=clerk, now=NOON)
    assert browser.get(at).status == 404
    assert db.scalars(select(Sms)).all() == []


def test_the_clerk_sees_that_it_is_being_tried(app, make, application, ticket):
    clerk = Browser(app).log_in(make.clerk())
    assert "Provar, 1 biljett" in clerk.get("/intern/ansokningar/").said
    assert "Provar, 1 biljett" in clerk.get(f"/intern/ansokningar/{application.id}").said

from datetime import timedelta

import pytest

from blueprints.events import SENTENCES
from domain import audit, business_travel, leavers, offers, reports, travellers
from domain.audit import Act
from domain.months import Month
from domain.products import Product
from tests.conftest import NOON
from tests.factories import ONE_ZONE
from tests.queries import queries

INDEX = "/foretag/handelser/"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


def test_every_act_that_a_company_may_read_has_its_sentence():
    not_theirs = {Act.COMPANY_APPLIED, Act.COMPANY_DECLINED, Act.TICKET_ACTIVATED}
    counted = {Act.TRAVELLERS_IMPORTED}
    assert set(SENTENCES) == set(Act) - not_theirs - counted


def test_what_is_done_is_told_in_sentences_with_who_did_it(browser, db, store, make, company,
                                                           admin):
    traveller, by = make.traveller(company, "Rut", "Ek"), make.actor(admin)
    connection = make.connection(traveller, 150_000, registered=True)
    application = make.offer_application(traveller)
    with store.transaction(db):
        business_travel.change_limit(db, connection, limit_ore=200_000, by=by, now=NOON)
        business_travel.buy(db, connection, Product.SINGLE, ONE_ZONE, by=by, now=NOON)
        offers.decline(db, application, reason="Nej", by=by, now=NOON)
        travellers.change(db, traveller, traveller.department, traveller.details, by=by, now=NOON)
        reports.make(db, company.id, Month(2026, 10), now=NOON)
        leavers.leave(db, traveller, by=by, now=NOON)
    page = browser.get(INDEX).said
    for sentence in (
            "Lade till avdelningen Huvudavdelning.", "Lade till Rut Ek.", "Godkände villkoren.",
            "Anslöt Rut Ek till Tjänsteresor med kreditgränsen 1 500 kr.",
            "Ändrade kreditgränsen för Rut Ek till 2 000 kr.",
            "Rut Ek köpte enkelbiljett för 42 kr.",
            "Rut Ek ansökte om 365-dagarsbiljett som personalerbjudande.",
            "Avslog ansökan från Rut Ek.", "Ändrade uppgifter om Rut Ek.",
            "Rapporten för oktober 2026 blev klar.", "Avslutade Tjänsteresor för Rut Ek.",
            "Avslutade Rut Ek."):
        assert sentence in page
    assert ("Åsa Öberg" in page, "Portalen" in page) == (True, True)


@pytest.mark.parametrize(("count", "sentence"), [
    (1, "Importerade en resenär till Verkstad."), (7, "Importerade 7 resenärer till Verkstad.")])
def test_an_import_is_told_with_its_number(browser, db, store, company, count, sentence):
    with store.transaction(db):
        audit.record(db, Act.TRAVELLERS_IMPORTED, None, company_id=company.id, by=None, now=NOON,
                     department="Verkstad", count=count)
    assert sentence in browser.get(INDEX).said


def test_a_name_is_text_and_never_markup(browser, make, company):
    make.traveller(company, "<b>Rut</b>", "100 %")
    page = browser.get(INDEX)
    assert "Lade till <b>Rut</b> 100 %." in page.said


def test_older_events_are_a_page_away(browser, db, store, company):
    with store.transaction(db):
        for number in range(60):
            audit.record(db, Act.TRAVELLER_ADDED, None, company_id=company.id, by=None,
                         now=NOON + timedelta(minutes=number), traveller=f"nummer {60 - number}")
    first = browser.get(INDEX)
    [older] = [attrs["href"] for attrs in first.all("a") if attrs.get("rel") == "next"]
    second = browser.get(older)
    assert ("nummer 10." in first.said, "nummer 60." in first.said) == (True, False)
    assert ("nummer 10." in second.said, "nummer 60." in second.said) == (False, True)
    assert not [attrs for attrs in second.all("a") if attrs.get("rel") == "next"]


def test_a_page_that_is_no_page_is_not_found(browser):
    assert browser.get(f"{INDEX}?efter=x").status == 404


def test_another_company_is_not_read(browser, make):
    make.traveller(make.company(), "Hemlig", "Person")
    assert "Hemlig" not in browser.get(INDEX).said


def test_the_log_asks_as_much_at_many_events_as_at_few(browser, make, company, store):
    browser.get(INDEX)
    with queries(store) as at_few:
        browser.get(INDEX)
    for _ in range(3):
        make.traveller(company)
    with queries(store) as at_more:
        browser.get(INDEX)
    assert len(at_more) == len(at_few)

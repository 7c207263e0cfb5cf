from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from blueprints import customer_events
from blueprints.event_log import GROUPS, group
from blueprints.events import SENTENCES
from domain import audit, business_travel, leavers, offer_decisions, purchases, reports, travellers
from domain.access import Principal
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
    not_theirs = {Act.COMPANY_APPLIED, Act.COMPANY_DECLINED, Act.TICKET_ACTIVATED,
                  Act.TICKET_MOVED, Act.INVOICES_POSTED, Act.BANK_FILE_READ,
                  Act.INCOMING_PAYMENT_CLOSED,
                  *(act for act in Act if act.startswith((
                      "api_client_", "application_", "price_list_", "private_card_")))}
    counted = {Act.TRAVELLERS_IMPORTED, Act.IMPORT_UNDONE}
    assert set(SENTENCES) == set(Act) - not_theirs - counted - set(customer_events.SENTENCES)


def test_every_act_with_a_sentence_is_of_a_kind_that_can_be_chosen():
    assert {group(act) for act in SENTENCES} <= set(GROUPS)


def test_what_is_done_is_told_in_sentences_with_who_did_it(browser, db, store, make, company,
                                                           admin):
    traveller, by = make.traveller(company, "Rut", "Ek"), make.actor(admin)
    connection = make.connection(traveller, 150_000, registered=True)
    application = make.offer_application(traveller)
    with store.transaction(db):
        business_travel.change_limit(db, connection, limit_ore=200_000, by=by, now=NOON)
        purchases.buy(db, connection, Product.SINGLE, ONE_ZONE, by=by, now=NOON)
        offer_decisions.decline(db, application, reason="Nej", by=by, now=NOON)
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


def test_what_a_deputy_did_is_told_with_both_names(browser, db, store, make, company, admin):
    principal = Principal(admin.id, "Åsa Öberg", admin.personnummer_index)
    by = replace(make.actor(admin), name="Dan Lund", on_behalf_of=principal)
    with store.transaction(db):
        audit.record(db, Act.TRAVELLER_ADDED, None, company_id=company.id, now=NOON,
                     by=by, traveller="Rut Ek")
    assert "Dan Lund för Åsa Öberg" in browser.get(INDEX).said


@pytest.fixture
def some(make, company, db, store):
    """Something of two kinds, about two people, on two days."""
    make.traveller(company, "Rut", "Ek")
    with store.transaction(db):
        audit.record(db, Act.TICKET_SENT, None, company_id=company.id, by=None,
                     now=NOON + timedelta(days=1), holder="Émil Åberg", product="single",
                     price_ore=4_200)


@pytest.mark.parametrize(("query", "rut", "emil"), [
    ("", True, True), ("namn=ek", True, False), ("namn=åberg émil", False, True),
    ("vad=ticket", False, True), ("vad=traveller", True, False), ("vad=nonsense", True, True),
    ("fran=2026-11-21", False, True), ("till=2026-11-20", True, False),
    ("till=9999-12-31", True, True), ("fran=2026-02-30", True, True), ("namn=%00", True, True),
])
def test_the_log_is_searched_by_person_kind_and_time(browser, some, query, rut, emil):
    said = browser.get(f"{INDEX}?{query}").said
    assert ("Lade till Rut Ek." in said, "till Émil Åberg" in said) == (rut, emil)


def test_the_file_holds_what_is_searched_for(browser, some):
    page = browser.get(f"{INDEX}?vad=ticket")
    [csv] = [link for link in page.links() if ".csv" in link]
    text = browser.get(csv).response.get_data().decode("utf-8-sig").replace("\xa0", " ")
    assert text.splitlines() == [
        "Tid;Vem;Vad",
        "2026-11-21 12:00;Portalen;Skickade enkelbiljett till Émil Åberg för 42 kr."]


def test_the_log_is_a_spreadsheet_too(browser, some):
    [xlsx] = [link for link in browser.get(INDEX).links() if ".xlsx" in link]
    book = CalamineWorkbook.from_filelike(BytesIO(browser.get(xlsx).response.get_data()))
    rows = book.get_sheet_by_index(0).to_python()
    assert rows[0] == ["Tid", "Vem", "Vad"]
    assert "Lade till Rut Ek." in {row[2] for row in rows}

import re
from datetime import timedelta

import pytest

from domain import codes, messages, reports
from domain.months import Month
from domain.services import Service
from tests.conftest import NOON
from tests.queries import queries

TODAY = "/foretag/"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


def lost_ticket(db, store, make, company):
    ticket = make.sent_ticket(make.traveller(company))
    with store.transaction(db):
        messages.refused(messages.about(db, [ticket.id])[ticket.id], "not delivered")
    return ticket


def lost_code(db, store, make, company):
    connection = make.connection(make.traveller(company, "Alva", "Ek"))
    with store.transaction(db):
        code = codes.current(db, [connection.id])[connection.id]
        codes.issue(db, code.id, now=NOON)
        messages.refused(messages.about(db, [code.id])[code.id], "not delivered")
    return connection


def test_nothing_waiting_says_so_and_offers_the_two_most_used_acts(browser):
    page = browser.get(TODAY)
    assert "Inget väntar på dig just nu." in page.said
    assert {"/foretag/resenarer/ny", "/foretag/skicka-biljett/"} <= set(page.links())


def test_offers_that_wait_are_counted_and_lead_to_the_decision(browser, make, company):
    make.offer_application(make.traveller(company))
    page = browser.get(TODAY)
    assert "En ansökan om personalerbjudande väntar på beslut" in page.said
    make.offer_application(make.traveller(company))
    assert "2 ansökningar om personalerbjudande" in browser.get(TODAY).said
    assert "/foretag/personalerbjudande/" in page.links()


def test_a_ticket_that_did_not_arrive_leads_to_where_it_is_mended(browser, db, store, make,
                                                                  company):
    ticket = lost_ticket(db, store, make, company)
    page = browser.get(TODAY)
    assert "Biljetten till Rut Resenär kom inte fram" in page.said
    assert f"/foretag/skicka-biljett/{ticket.id}" in page.links()


def test_a_code_that_did_not_arrive_has_its_act_beside(browser, db, store, make, company):
    connection = lost_code(db, store, make, company)
    page = browser.get(TODAY)
    assert "Alva Ek har inte registrerat Allpay" in page.said
    assert "Numret tog inte emot. Kontrollera mobilnumret och skicka en ny kod." in page.said
    assert f"/foretag/tjansteresor/{connection.id}/nummer" in page.links()


def test_a_code_about_to_expire_can_be_sent_anew_from_here(browser, db, store, make, company):
    connection = make.connection(make.traveller(company))
    with store.transaction(db):
        code = codes.current(db, [connection.id])[connection.id]
        codes.issue(db, code.id, now=NOON - timedelta(days=6))
        messages.sent(messages.about(db, [code.id])[code.id], now=NOON - timedelta(days=6))
    page = browser.get(TODAY)
    assert "Koden går ut lör 21 nov." in page.said
    new_code = f"/foretag/tjansteresor/{connection.id}/kod"
    assert new_code in [attrs["action"] for attrs in page.all("form")]
    assert browser.post(new_code).status == 303
    assert "Inget väntar på dig just nu." in browser.get(TODAY).said


def test_last_months_report_is_told_of_while_it_is_new(browser, db, store, make, company):
    make.ticket(make.traveller(company), at=NOON - timedelta(days=30))
    with store.transaction(db):
        reports.make(db, company.id, Month(2026, 10), now=NOON)
    page = browser.get(TODAY)
    assert "Rapporten för oktober 2026 är klar" in page.said
    assert "En biljett, 42 kr." in page.said
    assert "/foretag/rapporter/2026-10" in page.links()


def test_the_month_so_far_is_summed_for_each_service(browser, make, company):
    traveller = make.traveller(company)
    make.ticket(traveller)
    make.ticket(traveller, service=Service.BUSINESS_TRAVEL)
    make.ticket(traveller, at=NOON - timedelta(days=30))
    make.ticket(make.traveller(make.company()))
    page = browser.get(TODAY)
    figures = re.findall(r"<dt>(.*?)</dt><dd>(.*?)<span.*?>(.*?)</span>", page.response.text)
    assert "Hittills i november 2026" in page.said
    assert [tuple(" ".join(words.split()) for words in each) for each in figures] == [
        ("Skicka biljett", "42 kr", "1 biljett"), ("Tjänsteresor", "42 kr", "1 biljett"),
        ("Personalerbjudande", "0 kr", "0 biljetter"), ("Summa", "84 kr", "2 biljetter")]


def test_the_page_asks_as_much_when_three_of_each_wait_as_when_one_does(browser, db, store, make,
                                                                        company):
    def one_of_each():
        make.offer_application(make.traveller(company))
        lost_ticket(db, store, make, company)
        lost_code(db, store, make, company)

    one_of_each()
    browser.get(TODAY)
    with queries(store) as at_one:
        browser.get(TODAY)
    one_of_each()
    one_of_each()
    with queries(store) as at_three:
        browser.get(TODAY)
    assert len(at_three) == len(at_one)


def test_what_waits_in_another_company_is_not_told(browser, db, store, make):
    other = make.company()
    make.offer_application(make.traveller(other))
    lost_ticket(db, store, make, other)
    lost_code(db, store, make, other)
    assert "Inget väntar på dig just nu." in browser.get(TODAY).said


def test_the_last_days_of_a_month_lead_to_going_through_it(browser, make, company, clock):
    make.ticket(make.traveller(company))
    clock.at = NOON + timedelta(days=7)
    page = browser.log_in(make.admin(company)).get(TODAY)
    assert "November 2026 stängs natten till tis 1 dec" in page.said
    assert "/foretag/rapporter/2026-11" in page.links()


def test_an_invoice_that_is_late_is_told_with_what_is_left(browser, make, company, clock):
    make.put(make.invoice(make.traveller(company), Month(2026, 7)))
    clock.at = NOON + timedelta(days=40)
    page = browser.log_in(make.admin(company)).get(TODAY)
    assert "En faktura är inte betald i tid" in page.said
    assert ("1 390 kr är kvar att betala." in page.said,
            "/foretag/fakturor/" in page.links()) == (True, True)

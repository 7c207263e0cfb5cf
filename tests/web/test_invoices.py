from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import credit_notes, invoice_deliveries, invoice_lists
from domain.access import Scope
from domain.invoice_questions import InvoiceQuestion
from domain.months import Month
from domain.products import Product
from tests import files
from tests.browser import FRAGMENT
from tests.conftest import NOON
from tests.factories import COUNTY, NOBODY
from tests.queries import queries

INDEX = "/foretag/fakturor/"
OCTOBER = Month(2026, 10)


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def invoice(make, company):
    return make.invoice(make.traveller(company))


@pytest.fixture
def note(store, db, make, invoice):
    with store.transaction(db):
        return credit_notes.credit(db, invoice, {make.line(invoice).id: 100_00},
                                   reason="Fel avdelning.", by=NOBODY, now=NOON)


def test_before_the_first_invoice_it_says_when_that_comes(browser):
    assert "Ingen faktura än" in browser.get(INDEX).said


def test_the_list_tells_each_and_how_far_it_has_come(browser, invoice, note):
    page = browser.get(INDEX)
    assert f"Faktura {invoice.number} 1000 fre 20 nov Skickas 1 390 kr" in page.said
    assert f"Kreditfaktura {note.number} 1000 fre 20 nov Skickas −100 kr" in page.said
    assert f"{INDEX}{invoice.id}" in page.links()
    fragment = browser.get(f"{INDEX}?kredit=y", **FRAGMENT)
    assert (fragment.whole, str(invoice.number) in fragment.said) == (False, False)
    assert "Ingen faktura stämmer" in browser.get(f"{INDEX}?q=4711").said
    assert [row["Inkl. moms"] for row in files.rows(browser, INDEX)] == ["-100,00", "1390,00"]


def test_an_invoice_tells_its_course_its_sums_and_its_lines(browser, invoice):
    page = browser.get(f"{INDEX}{invoice.id}")
    for words in ("Skapad klart", "Skickas", "Betalas återstår senast sön 20 dec", invoice.ocr,
                  "Skicka biljett 30-dagarsbiljett 1 1 311,32 kr 78,68 kr 6 % 1 390 kr",
                  "Rut Resenär"):
        assert words in page.said, words
    assert {f"{INDEX}{invoice.id}/faktura.{kind}" for kind in ("pdf", "csv", "sie")} <= set(
        page.links())


def test_an_invoice_and_what_credits_it_lead_to_each_other(browser, invoice, note):
    page = browser.get(f"{INDEX}{invoice.id}")
    assert "Krediterad med 100 krFel avdelning." in page.said
    assert f"{INDEX}{note.id}" in page.links()
    page = browser.get(f"{INDEX}{note.id}")
    assert f"Krediterar faktura {invoice.number}Fel avdelning." in page.said
    assert f"{INDEX}{invoice.id}" in page.links()


def test_the_lines_are_found_by_name(browser, make, company):
    for name in ("Alva", "Rut"):
        make.ticket(make.traveller(company, name), Product.PERIOD_30, COUNTY, at=OCTOBER.start)
    make.closed(company)
    [(invoice, _part)] = invoice_lists.of_month(make.session, OCTOBER, within=Scope(company.id))
    fragment = browser.get(f"{INDEX}{invoice.id}?q=alva", **FRAGMENT)
    assert ("Alva" in fragment.said, "Rut" in fragment.said, fragment.whole) == (True, False,
                                                                                 False)
    assert "Ingen rad stämmer" in browser.get(f"{INDEX}{invoice.id}?q=nej").said


def test_a_drawn_file_is_fetched_under_its_own_name(browser, invoice):
    answer = browser.get(f"{INDEX}{invoice.id}/faktura.sie").response
    assert answer.data.startswith(b"#FLAGGA 0")
    assert f"faktura-{invoice.number}.si" in answer.headers["Content-Disposition"]
    text = browser.get(f"{INDEX}{invoice.id}/rader.csv").response.get_data().decode("utf-8-sig")
    assert text.splitlines()[1].split(";")[10:] == ["1390,00", "78,68"]


def test_who_has_a_department_sees_its_lines_and_no_files(browser, make, company, invoice):
    room = make.department(company, "Måleri", "1000")
    make.ticket(make.traveller(given_name="Vera", department=room), Product.PERIOD_30, COUNTY,
                at=OCTOBER.next.start)
    make.ticket(make.traveller(company, "Hemlig"), Product.PERIOD_30, COUNTY,
                at=OCTOBER.next.start)
    make.closed(company, OCTOBER.next, at=OCTOBER.next.next.start)
    [(shared, _)] = invoice_lists.of_month(make.session, OCTOBER.next, within=Scope(company.id))
    browser.log_in(make.department_admin(room))
    page = browser.get(f"{INDEX}{shared.id}")
    assert ("Vera" in page.said, "Hemlig" in page.said, "2 780 kr" in page.said) == (
        True, False, False)
    assert [link for link in page.links() if "faktura." in link] == []
    assert browser.get(f"{INDEX}{shared.id}/faktura.pdf").status == 404
    assert browser.get(f"{INDEX}{invoice.id}").status == 404
    assert str(invoice.number) not in browser.get(INDEX).said


def test_a_line_is_asked_about(browser, db, make, invoice, admin):
    line = make.line(invoice)
    address = f"{INDEX}{invoice.id}/rader/{line.id}/fraga"
    assert address in browser.get(f"{INDEX}{invoice.id}").links()
    assert browser.post(address, {"words": ""}).status == 422
    assert browser.post(address, {"words": "Hon hade slutat."}).location == f"{INDEX}{invoice.id}"
    db.rollback()
    [question] = db.scalars(select(InvoiceQuestion))
    assert (question.line_id, question.words, question.asked_by_id) == (
        line.id, "Hon hade slutat.", admin.id)
    page = browser.get(f"{INDEX}{invoice.id}")
    assert ("Hon hade slutat." in page.said, address in page.links()) == (True, False)
    assert browser.post(address, {"words": "Igen."}).status == 409


@pytest.mark.parametrize("path", ["?efter=x", "?efter=" + "9" * 20])
def test_a_place_that_is_none_is_not_found(browser, invoice, path):
    assert browser.get(f"{INDEX}{path}").status == 404
    assert browser.get(f"{INDEX}{invoice.id}{path}").status == 404


@pytest.mark.parametrize(("number", "status"), [(2 ** 31 - 1, 200), (2 ** 31, 404)])
def test_a_number_that_no_invoice_can_have_is_not_found(browser, number, status):
    assert browser.get(f"{INDEX}?efter={number}").status == status


def test_three_take_as_many_queries_as_one(browser, make, company, store):
    def count(url):
        with queries(store) as asked:
            browser.get(url)
        return len(asked)

    invoice = make.invoice(make.traveller(company))
    one = count(INDEX), count(f"{INDEX}{invoice.id}")
    for month in (OCTOBER.next, OCTOBER.next.next):
        for _ in range(3):
            make.ticket(make.traveller(company), Product.PERIOD_30, COUNTY, at=month.start)
        make.closed(company, month, at=month.next.start)
    [(last, _)] = invoice_lists.of_month(make.session, month, within=Scope(company.id))
    assert (count(INDEX), count(f"{INDEX}{last.id}")) == one


def test_what_came_back_leads_to_how_one_wants_ones_invoices(browser, store, db, make, invoice):
    make.put(invoice)
    with store.transaction(db):
        invoice_deliveries.failed(db, invoice_deliveries.of_invoice(db, invoice)[0].id, "No such",
                                  now=NOON)
    page = browser.get(f"{INDEX}{invoice.id}")
    assert "Fakturan kom inte fram" in page.said
    assert "/foretag/installningar/fakturering/" in page.links()


def test_what_is_late_says_what_to_pay_with(browser, make, company, clock, invoice):
    make.put(invoice)
    clock.at = NOON + timedelta(days=40)
    browser.log_in(make.admin(company))
    assert f"Ange OCR-numret {invoice.ocr} när ni betalar." in browser.get(
        f"{INDEX}{invoice.id}").said
    assert "Obetald förföll sön 20 dec" in browser.get(INDEX).said

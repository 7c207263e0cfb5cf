import pytest

from domain import invoice_deliveries, invoice_files, invoice_prints
from domain.invoice_files import Kind
from jobs import invoice_prints as printing
from tests.conftest import NOON
from tests.queries import queries
from tests.sheets import blank

INDEX = "/intern/utskrifter/"


@pytest.fixture(autouse=True)
def clerk(browser, make):
    browser.log_in(make.clerk())


@pytest.fixture
def on_paper(store, db, make):
    def on_paper():
        invoice = make.invoice()
        with store.transaction(db):
            invoice_files.keep(db, invoice.id, Kind.PDF, blank(1), now=NOON)
            invoice_deliveries.put(db, invoice, NOON)
        return invoice
    return on_paper


def test_what_waits_is_printed_and_posted(browser, db, portal, on_paper):
    invoices = [on_paper(), on_paper()]
    page = browser.get(INDEX)
    assert "Skriv ut 2 fakturor" in page.said
    assert all(str(each.number) in page.said for each in invoices)
    browser.post(INDEX)
    assert "Görs i ordning" in browser.get(INDEX).said
    db.rollback()
    made = invoice_prints.listed(db)[0]
    assert browser.get(f"{INDEX}{made.id}/fakturor.pdf").status == 404
    printing.write(portal, db, print_id=made.id)
    assert browser.get(f"{INDEX}{made.id}/fakturor.pdf").response.data.startswith(b"%PDF")
    done = browser.post(f"{INDEX}{made.id}/postning")
    said = browser.get(done.location).said
    assert "Fakturorna är markerade som postade." in said
    assert "Inget väntar" in said
    assert "Berit Handläggare" in browser.get(f"{INDEX}{made.id}").said
    assert browser.post(f"{INDEX}{made.id}/postning").status == 409


def test_a_print_is_undone_before_it_is_posted(browser, db, on_paper):
    on_paper()
    browser.post(INDEX)
    db.rollback()
    browser.post(f"{INDEX}{invoice_prints.listed(db)[0].id}/angra")
    assert "Skriv ut en faktura" in browser.get(INDEX).said
    assert browser.post(INDEX).status == 303
    assert browser.post(INDEX).status == 409


def test_the_list_asks_as_much_at_three_as_at_one(browser, store, on_paper):
    on_paper()
    browser.get(INDEX)
    with queries(store) as at_one:
        browser.get(INDEX)
    on_paper()
    on_paper()
    with queries(store) as at_three:
        browser.get(INDEX)
    assert len(at_one) == len(at_three)

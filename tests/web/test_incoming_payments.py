import io

import pytest

from domain import incoming_payments, invoice_payments, receivables
from tests.conftest import NOON
from tests.documents.bank import bgmax_file, payment
from tests.queries import queries

INDEX = "/intern/inbetalningar/"


@pytest.fixture(autouse=True)
def clerk(browser, make):
    browser.log_in(make.clerk())


@pytest.fixture
def upload(browser):
    def upload(*payments, content=None):
        content = bgmax_file(*payments) if content is None else content
        return browser.post(INDEX, {"file": (io.BytesIO(content), "bgmax.txt")},
                            content_type="multipart/form-data")
    return upload


@pytest.fixture
def doubtful(db, upload):
    """The address of a payment that names no invoice."""
    def doubtful(ore, message=""):
        upload(payment(ore, message=message))
        db.rollback()
        return f"{INDEX}{incoming_payments.doubtful(db)[0].id}"
    return doubtful


def left(db, invoice):
    db.rollback()
    db.expire_all()
    return invoice_payments.left_ore(db, invoice)


def test_a_file_from_the_bank_is_read_and_matched(browser, db, make, upload):
    invoice = make.invoice()
    content = bgmax_file(payment(invoice.gross_ore, invoice.ocr))
    done = upload(content=content)
    assert "En inbetalning är inläst." in browser.get(done.location).said
    assert left(db, invoice) == 0
    assert "Allt har hittat sin faktura" in browser.get(INDEX).said
    kept = next(link for link in browser.get(done.location).links() if link.endswith("fil.txt"))
    assert browser.get(kept).response.data == content


def test_the_same_file_again_changes_nothing(browser, make, upload, clock):
    content = bgmax_file(payment(1_000, make.invoice().ocr))
    first = upload(content=content)
    clock.at = clock.at.replace(minute=30)
    second = upload(content=content)
    assert second.location == first.location
    assert "Filen är redan inläst. Inget är ändrat." in browser.get(second.location).said


@pytest.mark.parametrize(("content", "said"), [
    (b"", "ingen BgMax-fil"), (b"PK\x03\x04", "ingen BgMax-fil"),
    (bgmax_file(payment(1), bankgiro="50501055"), "Vårt är 9912346"),
])
def test_what_is_no_file_of_ours_is_refused(upload, content, said):
    page = upload(content=content)
    assert (page.status, said in page.said) == (422, True)


def test_a_payment_without_a_number_is_put_on_its_likeliest_invoice(browser, store, db, make,
                                                                    doubtful):
    invoice = make.invoice()
    with store.transaction(db):
        receivables.open_of(db, invoice, now=NOON)
    url = doubtful(2_000, f"Faktura {invoice.number} oktober")
    page = browser.get(url)
    assert "Kan gälla" in page.said
    assert f"Bokför här {invoice.number}" in page.said
    done = browser.post(f"{url}/faktura", {"number": invoice.number})
    assert f"är bokfört på faktura {invoice.number}" in browser.get(done.location).said
    assert left(db, invoice) == invoice.gross_ore - 2_000


def test_a_number_that_is_none_is_refused_beside_its_field(browser, doubtful):
    url = doubtful(2_000)
    refused = browser.post(f"{url}/faktura", {"number": "7"})
    assert (refused.status, "Det finns ingen faktura med det numret." in refused.said) == (
        422, True)
    assert browser.post(f"{url}/faktura", {"number": "x"}).status == 422


def test_a_payment_that_is_not_ours_is_closed_with_what_became_of_it(browser, doubtful):
    url = doubtful(2_000)
    assert browser.post(f"{url}/avslut", {"close-note": ""}).status == 422
    browser.post(f"{url}/avslut", {"close-note": "Återbetald"})
    assert "Återbetald" in browser.get(url).said
    assert "Allt har hittat sin faktura" in browser.get(INDEX).said


def test_the_list_asks_as_much_at_three_payments_as_at_one(browser, store, upload):
    upload(payment(100))
    browser.get(INDEX)
    with queries(store) as at_one:
        browser.get(INDEX)
    upload(payment(200), payment(300))
    with queries(store) as at_three:
        browser.get(INDEX)
    assert len(at_one) == len(at_three)

import io
from uuid import uuid4

import pytest
from pypdf import PdfReader

from domain.months import Month
from domain.own_purchases import AT_ONCE
from domain.services import Service
from tests.conftest import NOON
from tests.queries import queries

MINE = "/resa/mina-kop"
OWN = Service.BUSINESS_TRAVEL


@pytest.fixture
def traveller(make, browser):
    make.price_list()
    traveller = make.traveller()
    browser.log_in(make.as_person(traveller))
    return traveller


@pytest.fixture
def ticket(make, traveller, store, db):
    ticket = make.ticket(traveller, at=NOON, service=OWN)
    with store.transaction(db):
        ticket.purpose = "Norra bron"
    return ticket


@pytest.fixture
def paid_back(ticket, store, db):
    with store.transaction(db):
        ticket.recalled_at = NOON
    return ticket


def test_nothing_bought_leads_to_buying(browser, traveller):
    page = browser.get(MINE)
    assert ("Inga köp" in page.said, "/resa/kop" in page.links()) == (True, True)


def test_a_purchase_stands_in_its_month_with_price_purpose_and_state(browser, ticket):
    page = browser.get(MINE)
    assert "November 2026 Ett köp, 42 kr" in page.said
    assert "Enkelbiljettfre 20 nov 12:00 · Zon 181 Jönköping · Norra bron" in page.said
    assert "42 kr Inte aktiverad" in page.said
    assert f"{MINE}/{ticket.id}" in page.links()


def test_a_refund_is_shown(browser, paid_back):
    assert "Ett köp, 0 kr" in browser.get(MINE).said
    assert "42 kr Återbetald" in browser.get(MINE).said
    receipt = browser.get(f"{MINE}/{paid_back.id}")
    assert "Betalades tillbaka till Bolaget AB fre 20 nov 12:00." in receipt.said


def test_the_list_asks_as_much_at_three_as_at_one(browser, make, traveller, ticket, store):
    browser.get(MINE)
    with queries(store) as at_one:
        browser.get(MINE)
    for _each in range(2):
        make.ticket(traveller, at=NOON, service=OWN)
    with queries(store) as at_three:
        browser.get(MINE)
    assert len(at_one) == len(at_three)


def test_older_purchases_are_on_a_page_of_their_own(browser, make, traveller, ticket):
    for _each in range(AT_ONCE):
        make.ticket(traveller, at=Month(2026, 9).start, service=OWN)
    page = browser.get(MINE)
    assert "September 2026" not in page.said
    [older] = [each for each in page.links() if "fore=" in each]
    assert f"September 2026 {AT_ONCE} köp" in browser.get(older).said


@pytest.mark.parametrize("before", ["", "nonsense", "2026-13", "99999-01", "2026-11-01"])
def test_a_page_that_does_not_exist_is_the_first(browser, ticket, before):
    assert "Norra bron" in browser.get(f"{MINE}?fore={before}").said


def test_a_receipt_shows_the_vat_apart(browser, ticket):
    page = browser.get(f"{MINE}/{ticket.id}")
    assert f"Kvitto {ticket.number}" in page.said
    for words in ("Exkl. moms39,62 kr", "Moms 6 %2,38 kr", "Summa inkl. moms42,00 kr",
                  "Betalas avBolaget AB", "ÄndamålNorra bron", "Referensnummer1000"):
        assert words in page.said


def test_a_receipt_is_a_pdf_too(browser, paid_back):
    answer = browser.get(f"{MINE}/{paid_back.id}/kvitto.pdf")
    assert answer.response.mimetype == "application/pdf"
    assert f"Kvitto {paid_back.number}.pdf" in answer.response.headers["Content-Disposition"]
    [page] = PdfReader(io.BytesIO(answer.response.data)).pages
    said = " ".join(page.extract_text().split())
    for words in ("Jönköpings Länstrafik", paid_back.number, "Norra bron", "42,00 kr",
                  "Betalades tillbaka till Bolaget AB"):
        assert words in said


def test_a_ticket_that_was_bought_leads_to_its_receipt(browser, make, traveller, ticket):
    assert f"{MINE}/{ticket.id}" in browser.get(f"/resa/biljetter/{ticket.id}").links()
    sent = make.ticket(traveller, at=NOON)
    assert f"{MINE}/{sent.id}" not in browser.get(f"/resa/biljetter/{sent.id}").links()


def test_what_another_person_bought_or_was_sent_is_not_there(browser, make, traveller):
    theirs = make.ticket(make.traveller(), at=NOON, service=OWN)
    sent = make.ticket(traveller, at=NOON)
    for ticket_id in (theirs.id, sent.id, uuid4()):
        for url in (f"{MINE}/{ticket_id}", f"{MINE}/{ticket_id}/kvitto.pdf"):
            assert browser.get(url).status == 404
    assert "Inga köp" in browser.get(MINE).said

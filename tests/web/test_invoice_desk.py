"""All companies' invoices, as the clerks see and settle them."""
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import company_stops, credit_notes, invoice_deliveries, invoice_payments, invoices
from domain.invoice_deliveries import State
from domain.invoice_reminders import InvoiceReminder
from domain.invoices import Invoice
from tests.conftest import NOON
from tests.queries import queries

INDEX = "/intern/fakturor/"


@pytest.fixture(autouse=True)
def clerk(browser, make):
    clerk = make.clerk()
    browser.log_in(clerk)
    return make.actor(clerk)


@pytest.fixture
def sent(store, db, make):
    """An invoice whose files are made."""
    def sent(**more):
        invoice = make.invoice(**more)
        with store.transaction(db):
            invoice_deliveries.put(db, invoice, NOON)
        return invoice
    return sent


@pytest.fixture
def late(store, db, make):
    """One that should have been paid."""
    invoice = make.invoice()
    invoice.due_on = NOON.date() - timedelta(days=30)
    db.commit()
    with store.transaction(db):
        invoice_deliveries.put(db, invoice, NOON)
    return invoice


def left(db, invoice):
    db.rollback()
    db.expire_all()
    return invoice_payments.left_ore(db, invoice)


def test_an_invoice_is_found_by_company_number_and_ocr(browser, make, sent):
    one = sent(to=make.traveller(make.company("Sågen AB")))
    other = sent(to=make.traveller(make.company("Kvarnen AB")))
    for words in ("såg", one.ocr, str(one.number), one.organisation_number):
        said = browser.get(f"{INDEX}?q={words}").said
        assert ("Sågen AB" in said, "Kvarnen AB" in said) == (True, False), words
    assert other.name in browser.get(INDEX).said
    assert "Ingen faktura stämmer" in browser.get(f"{INDEX}?q=ingen%00%27+999999999999").said


def test_what_is_overdue_and_what_did_not_arrive_is_a_click_away(browser, store, db, late):
    delivery = invoice_deliveries.of_invoice(db, late)[-1]
    with store.transaction(db):
        invoice_deliveries.failed(db, delivery.id, "unknown receiver", now=NOON)
    page = browser.get(INDEX)
    assert {f"{INDEX}?vilka=overdue", f"{INDEX}?vilka=troubled"} <= set(page.links())
    for which in ("overdue", "troubled", "unpaid"):
        assert str(late.number) in browser.get(f"{INDEX}?vilka={which}").said
    assert str(late.number) not in browser.get(f"{INDEX}?vilka=credit").said


def test_the_list_asks_as_much_at_three_invoices_as_at_one(browser, store, sent):
    sent()
    browser.get(INDEX)
    with queries(store) as at_one:
        browser.get(INDEX)
    sent()
    sent()
    with queries(store) as at_three:
        browser.get(INDEX)
    assert len(at_one) == len(at_three)


def test_one_that_did_not_arrive_is_sent_another_way(browser, store, db, sent):
    invoice = sent()
    delivery = invoice_deliveries.of_invoice(db, invoice)[-1]
    with store.transaction(db):
        invoice_deliveries.failed(db, delivery.id, "unknown receiver", now=NOON)
    assert "unknown receiver" in browser.get(f"{INDEX}{invoice.id}").said
    done = browser.post(f"{INDEX}{invoice.id}/leverans", {"channel": "email"})
    assert done.status == 303
    assert "Fakturan skickas." in browser.get(done.location).said
    db.rollback()
    assert invoice_deliveries.of_invoice(db, invoice)[-1].to == "faktura@bolaget.example"
    assert browser.post(f"{INDEX}{invoice.id}/leverans", {"channel": "duva"}).status == 404
    assert browser.post(f"{INDEX}{invoice.id}/leverans", {"channel": "email"}).status == 409


def test_an_invoice_is_marked_as_paid(browser, db, sent):
    invoice = sent()
    url = f"{INDEX}{invoice.id}/betalning"
    refused = browser.post(url, {"amount": "1 000 000", "paid_on": "2026-11-20",
                                 "note": "Kort i kassan"})
    assert (refused.status, "Ange högst det." in refused.said) == (422, True)
    done = browser.post(url, {"amount": "100,50", "paid_on": "2026-11-20",
                              "note": "Kort i kassan"})
    assert done.status == 303
    assert left(db, invoice) == invoice.gross_ore - 10_050
    said = browser.get(done.location).said
    assert "Kort i kassan" in said
    assert "Delvis reglerad" in browser.get(INDEX).said


def test_a_payment_is_taken_back_and_waits_for_its_invoice(browser, store, db, clerk, sent):
    invoice = sent()
    with store.transaction(db):
        entry = invoice_payments.mark(db, invoice, 500, NOON.date(), "", by=clerk, now=NOON)
    done = browser.post(f"{INDEX}betalningar/{entry.id}/aterbokning")
    assert "Tillbakatagen" in browser.get(done.location).said
    assert left(db, invoice) == invoice.gross_ore


def test_an_invoice_that_is_late_is_reminded_of(browser, db, late):
    page = browser.get(f"{INDEX}{late.id}")
    assert "Ingen påminnelse är skickad." in page.said
    done = browser.post(f"{INDEX}{late.id}/paminnelse")
    assert "En påminnelse är skickad." in browser.get(done.location).said
    db.rollback()
    assert db.scalars(select(InvoiceReminder)).one().by_name == "Berit Handläggare"


def test_lines_are_credited_by_a_note_that_lessens_the_invoice(browser, db, sent):
    invoice = sent()
    line = invoices.lines(db, invoice)[0]
    url, name = f"{INDEX}{invoice.id}/kreditering", f"line_{line.id}"
    assert browser.post(url, {name: "10", "reason": ""}).status == 422
    assert "Välj minst en rad" in browser.post(url, {name: "", "reason": "Fel"}).said
    refused = browser.post(url, {name: "99999", "reason": "Fel pris"})
    assert (refused.status, "kvar att kreditera" in refused.said) == (422, True)
    done = browser.post(url, {name: "10", "reason": "Fel pris"})
    assert "Fel pris" in browser.get(done.location).said
    db.rollback()
    note = db.scalars(select(Invoice).where(Invoice.credits_id == invoice.id)).one()
    assert note.gross_ore == -1_000


def test_a_credit_note_is_set_off_by_a_button(browser, store, db, make, clerk, sent):
    company = make.company()
    paid, open_ = sent(to=make.traveller(company)), None
    with store.transaction(db):
        invoice_payments.mark(db, paid, paid.gross_ore, NOON.date(), "", by=clerk, now=NOON)
        line = invoices.lines(db, paid)[0]
        note = credit_notes.credit(db, paid, {line.id: 300}, reason="Fel", by=clerk, now=NOON)
        invoice_deliveries.put(db, note, NOON)
    open_ = sent(to=make.traveller(company), month=paid.month.previous)
    page = browser.get(f"{INDEX}{open_.id}")
    assert f"Kvitta mot kreditfaktura {note.number}, 3 kr" in page.said
    done = browser.post(f"{INDEX}{open_.id}/kvittning", {"credit": note.id})
    assert "är avräknat" in browser.get(done.location).said
    assert left(db, open_) == open_.gross_ore - 300
    assert browser.post(f"{INDEX}{open_.id}/kvittning", {"credit": "x"}).status == 404


def test_a_company_that_does_not_pay_is_stopped_and_let_in_again(browser, db, late):
    page = browser.get(f"{INDEX}{late.id}")
    new = f"/intern/stoppade/{late.company_id}"
    assert new in page.links()
    assert browser.post(new, {"stops_on": "2026-11-20", "reason": "Obetalt"}).status == 422
    done = browser.post(new, {"stops_on": "2026-12-01", "reason": "Obetalt sedan länge"})
    assert done.status == 303
    said = browser.get(done.location).said
    assert "Stoppas" in said
    assert "Obetalt sedan länge" in said
    browser.post(f"{new}/havning")
    assert "Inget företag är stoppat" in browser.get("/intern/stoppade/").said
    db.rollback()
    db.expire_all()
    assert late.company.stops_at is None


def test_the_state_of_a_delivery_is_said(browser, store, db, sent):
    invoice = sent()
    delivery = invoice_deliveries.of_invoice(db, invoice)[-1]
    with store.transaction(db):
        invoice_deliveries.heard(db, delivery.id, State.REFUSED, "Okänd referens", now=NOON)
    said = browser.get(f"{INDEX}{invoice.id}").said
    assert "Mottagaren tog inte emot fakturan" in said
    assert "Okänd referens" in said


def test_its_administrators_see_that_they_are_stopped(browser, store, db, make, clerk):
    company = make.company()
    with store.transaction(db):
        company_stops.announce(db, company, NOON.date() + timedelta(days=7), "Obetalt", by=clerk,
                               now=NOON)
    browser.log_in(make.admin(company))
    assert "Från fre 27 nov kan företaget inte köpa något nytt" in browser.get("/foretag/").said

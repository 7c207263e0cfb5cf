"""Invoices on their way: by Peppol, by e-mail and on paper."""
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from domain import invoice_deliveries, invoice_files, invoice_prints, outbox
from domain.companies import Company, InvoiceChannel
from domain.invoice_deliveries import State
from domain.invoice_files import Kind
from integrations.errors import Unreachable
from jobs import invoice_deliveries as sending
from jobs import invoice_prints as printing
from jobs.outbox import sweep
from sandbox.faults import MAIL_NEVER, PEPPOL_DOWN, PEPPOL_UNKNOWN
from tests.conftest import NOON
from tests.jobs.conftest import Death
from tests.sheets import blank

XML = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'


@pytest.fixture
def sent_by(store, db, make):
    """An invoice with its files, of a company that has chosen how it is sent."""
    def sent_by(channel, pages=1):
        invoice = make.invoice()
        invoice.peppol_id = "0007:5560000001"
        db.get_one(Company, invoice.company_id).invoice_channel = channel
        db.commit()
        with store.transaction(db):
            invoice_files.keep(db, invoice.id, Kind.PEPPOL, XML, now=NOON)
            invoice_files.keep(db, invoice.id, Kind.PDF, blank(pages), now=NOON)
            invoice_deliveries.put(db, invoice, NOON)
        return invoice_deliveries.of_invoice(db, invoice)[-1]
    return sent_by


@pytest.fixture
def send(portal, db):
    def send(delivery, via=portal):
        sending.send(via, db, delivery_id=delivery.id)
        db.refresh(delivery)
        return delivery.state
    return send


@pytest.fixture
def look(portal, db, clock):
    def look(delivery):
        clock.at += timedelta(minutes=2)
        sending.look(portal)
        db.rollback()
        db.refresh(delivery)
        return delivery.state
    return look


def test_an_e_invoice_is_sent_and_followed_until_it_is_accepted(sent_by, send, look, stage):
    delivery = sent_by(InvoiceChannel.PEPPOL)
    assert send(delivery) == State.SENT
    assert stage.peppol.find(delivery.provider_id)["document"] == XML
    assert look(delivery) == State.DELIVERED
    stage.peppol.answer(delivery.provider_id, "accepted")
    for _ in range(3):
        look(delivery)
    assert (delivery.state, delivery.next_look_at) == (State.ACCEPTED, None)


def test_what_the_receiver_refuses_is_told_with_their_reason(sent_by, send, look, stage):
    delivery = sent_by(InvoiceChannel.PEPPOL)
    send(delivery)
    stage.peppol.answer(delivery.provider_id, "rejected", "Okänd referens")
    assert look(delivery) == State.REFUSED
    assert (delivery.problem, delivery.is_troubled) == ("Okänd referens", True)


def test_a_receiver_that_is_not_in_peppol_is_a_clerk_s_to_see_and_not_the_queue_s(
        portal, db, sent_by, send, stage):
    delivery = sent_by(InvoiceChannel.PEPPOL)
    stage.faults.turn_on(PEPPOL_UNKNOWN)
    assert send(delivery) == State.FAILED
    assert "not registered" in delivery.problem
    assert outbox.troubled_count(db) == 0


def test_an_access_point_that_is_down_is_tried_again(sent_by, send, stage):
    delivery = sent_by(InvoiceChannel.PEPPOL)
    stage.faults.turn_on(PEPPOL_DOWN)
    with pytest.raises(Unreachable):
        send(delivery)
    stage.faults.turn_off(PEPPOL_DOWN)
    assert send(delivery) == State.SENT


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_dies_while_sending_sends_it_once(sent_by, send, stage, wire, when):
    delivery = sent_by(InvoiceChannel.PEPPOL)
    wire.dies = when
    with pytest.raises(Death):
        send(delivery)
    wire.dies = ""
    assert send(delivery) == State.SENT
    assert len(stage.peppol.all()) == 1


def test_what_is_sent_is_not_sent_again(sent_by, send, stage):
    delivery = sent_by(InvoiceChannel.PEPPOL)
    send(delivery)
    send(delivery)
    assert len(stage.peppol.all()) == 1


def test_an_e_mail_carries_the_invoice(mail, sent_by, send, stage):
    delivery = sent_by(InvoiceChannel.EMAIL)
    assert send(delivery, mail) == State.SENT
    [row] = stage.mailbox.rows()
    letter = message_from_bytes(row["raw"], policy=policy.default)
    assert delivery.invoice.ocr in letter.get_body(("plain",)).get_content()
    [pdf] = letter.iter_attachments()
    assert (pdf.get_filename(), pdf.get_content()) == (
        f"faktura-{delivery.invoice.number}.pdf", blank(1))


def test_an_address_that_is_refused_is_a_clerk_s_to_see(mail, sent_by, send, stage):
    delivery = sent_by(InvoiceChannel.EMAIL)
    stage.faults.turn_on(MAIL_NEVER)
    assert send(delivery, mail) == State.FAILED


def test_paper_is_printed_as_one_file_with_each_invoice_on_a_sheet_of_its_own(
        portal, store, db, make, sent_by):
    for pages in (1, 2, 3):
        sent_by(InvoiceChannel.PAPER, pages)
    with store.transaction(db):
        made = invoice_prints.make(db, by=make.actor(make.clerk()), now=NOON)
    for _ in range(2):
        printing.write(portal, db, print_id=made.id)
    db.refresh(made)
    assert (made.size, made.pages) == (3, 2 + 2 + 3)
    assert made.content.startswith(b"%PDF")


def test_the_sweep_carries_out_what_nobody_has_rung_for(portal, db, sent_by, clock):
    delivery = sent_by(InvoiceChannel.PEPPOL)
    clock.at += timedelta(seconds=1)
    sweep(portal)
    db.rollback()
    db.refresh(delivery)
    assert delivery.state == State.SENT

from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import invoice_deliveries, invoice_payments
from domain.companies import Company, InvoiceChannel
from domain.errors import Conflict, Invalid
from domain.invoice_deliveries import State
from domain.outbox import OutboxMessage, Task
from tests.conftest import NOON


@pytest.fixture
def clerk(make):
    return make.actor(make.clerk())


@pytest.fixture
def put(store, db):
    def put(invoice):
        with store.transaction(db):
            return invoice_deliveries.put(db, invoice, NOON)
    return put


@pytest.fixture
def again(store, db, clerk):
    def again(invoice, channel):
        with store.transaction(db):
            return invoice_deliveries.again(db, invoice, channel, by=clerk, now=NOON)
    return again


@pytest.fixture
def at_peppol(db, make):
    """An invoice of a company that has a Peppol id."""
    invoice = make.invoice()
    invoice.peppol_id = "0007:5560000001"
    db.commit()
    return invoice


def told(db):
    return len(list(db.scalars(select(OutboxMessage).where(
        OutboxMessage.task == Task.DELIVER_INVOICE))))


def heard(store, db, delivery, state, problem="", *, after=timedelta(0)):
    with store.transaction(db):
        invoice_deliveries.heard(db, delivery.id, state, problem, now=NOON + after)


def test_an_invoice_goes_by_peppol_when_the_company_has_an_id_there(db, put, at_peppol):
    delivery = put(at_peppol)
    assert (delivery.channel, delivery.to) == (InvoiceChannel.PEPPOL, "0007:5560000001")
    assert told(db) == 1


def test_it_goes_on_paper_when_nothing_else_is_said(db, make, put):
    delivery = put(make.invoice())
    assert (delivery.channel, delivery.to) == (
        InvoiceChannel.PAPER, "Storgatan 1, 553 20 Jönköping")
    assert told(db) == 0


@pytest.mark.parametrize("channel", [InvoiceChannel.EMAIL, InvoiceChannel.PAPER])
def test_the_company_chooses(db, put, at_peppol, channel):
    db.get_one(Company, at_peppol.company_id).invoice_channel = channel
    db.commit()
    assert put(at_peppol).channel == channel


def test_what_is_put_twice_is_sent_once(db, put, at_peppol):
    assert put(at_peppol).id == put(at_peppol).id
    assert told(db) == 1


def test_a_credit_note_that_is_put_lessens_its_invoice(db, make, put, credit):
    invoice = make.invoice()
    put(credit(invoice, 300))
    assert invoice_payments.left_ore(db, invoice) == invoice.gross_ore - 300


def test_a_refused_one_is_sent_another_way(store, db, put, again, at_peppol):
    first = put(at_peppol)
    heard(store, db, first, State.REFUSED, "Okänd referens")
    assert (first.is_troubled, invoice_deliveries.troubled_count(db)) == (True, 1)
    second = again(at_peppol, InvoiceChannel.EMAIL)
    assert (second.attempt, second.to) == (2, "faktura@bolaget.example")
    assert invoice_deliveries.troubled_count(db) == 0
    assert invoice_deliveries.of_invoice(db, at_peppol)[-1] == second


def test_what_is_on_its_way_is_not_sent_again(put, again, at_peppol):
    put(at_peppol)
    with pytest.raises(Conflict):
        again(at_peppol, InvoiceChannel.PEPPOL)


def test_nothing_is_sent_where_the_company_has_no_address(make, put, again):
    invoice = make.invoice()
    put(invoice)
    with pytest.raises(Invalid):
        again(invoice, InvoiceChannel.PEPPOL)


def test_what_has_ended_is_not_changed_back(store, db, put, at_peppol):
    delivery = put(at_peppol)
    heard(store, db, delivery, State.ACCEPTED)
    heard(store, db, delivery, State.REFUSED, "För sent")
    assert (delivery.state, delivery.problem) == (State.ACCEPTED, "")


@pytest.mark.parametrize(("known", "ends_as"), [(State.SENT, State.FAILED),
                                                (State.DELIVERED, State.DELIVERED)])
def test_nobody_is_asked_for_ever(store, db, put, at_peppol, known, ends_as):
    delivery = put(at_peppol)
    with store.transaction(db):
        invoice_deliveries.sent(db, delivery.id, provider_id="1", answers=True, now=NOON)
    heard(store, db, delivery, known, after=timedelta(days=6))
    assert (delivery.state, delivery.next_look_at) == (ends_as, None)


def test_the_access_point_is_asked_more_and_more_seldom(store, db, put, at_peppol):
    delivery = put(at_peppol)
    with store.transaction(db):
        invoice_deliveries.sent(db, delivery.id, provider_id="1", answers=True, now=NOON)
    looked, now = [], NOON
    for _ in range(400):
        now += timedelta(minutes=1)
        if invoice_deliveries.due(db, now=now, most=9):
            with store.transaction(db):
                assert invoice_deliveries.take_look(db, delivery, now=now)
                assert not invoice_deliveries.take_look(db, delivery, now=now)
            db.refresh(delivery)
            looked.append((now - NOON) // timedelta(minutes=1))
    assert looked == [1, 2, 7, 37, 97, 337]

from datetime import timedelta

import pytest

from domain import invoice_standings, receivables
from domain.companies import InvoiceChannel
from domain.invoice_deliveries import InvoiceDelivery
from domain.invoice_deliveries import State as Delivery
from domain.invoice_standings import State
from domain.receivables import Receivable
from tests.conftest import NOON

LATE = NOON + timedelta(days=60)


@pytest.fixture
def invoice(make):
    return make.invoice()


@pytest.fixture
def sent(store, db, invoice):
    def sent(state=Delivery.SENT, attempt=1):
        with store.transaction(db):
            db.add(InvoiceDelivery(
                invoice_id=invoice.id, attempt=attempt, channel=InvoiceChannel.EMAIL, to="x",
                state=state, put_at=NOON, sent_at=None if state == Delivery.WAITING else NOON))
    return sent


@pytest.fixture
def left(store, db, invoice):
    """That so much of it is left to pay."""
    def left(ore):
        with store.transaction(db):
            receivables.open_of(db, invoice, now=NOON)
            owed = db.get_one(Receivable, invoice.id)
            owed.left_ore, owed.settled_at = ore, None if ore else NOON
    return left


def state(db, invoice, now=NOON):
    return invoice_standings.of(db, [invoice], now=now)[invoice.id].state


def test_an_invoice_is_made_then_sent_then_paid(db, invoice, sent, left):
    assert state(db, invoice) == State.MADE
    sent()
    assert state(db, invoice) == State.SENT
    left(invoice.gross_ore - 100)
    assert state(db, invoice) == State.PARTLY
    left(0)
    assert state(db, invoice) == state(db, invoice, LATE) == State.PAID


def test_what_is_not_paid_in_time_is_overdue_the_day_after(db, invoice, sent):
    sent()
    due = NOON.replace(year=invoice.due_on.year, month=invoice.due_on.month,
                       day=invoice.due_on.day)
    assert (state(db, invoice, due), state(db, invoice, due + timedelta(days=1))) == (
        State.SENT, State.OVERDUE)


def test_what_came_back_is_refused_until_it_is_sent_anew(db, invoice, sent):
    sent(Delivery.REFUSED)
    assert state(db, invoice) == State.REFUSED
    sent(Delivery.WAITING, attempt=2)
    assert state(db, invoice) == State.MADE
    sent(attempt=3)
    assert state(db, invoice) == State.SENT

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from domain import invoice_deliveries, invoice_payments, invoice_reminders, receivables
from domain.errors import Conflict
from domain.messages import Email
from tests.conftest import NOON

DUE = date(2026, 12, 20)


@pytest.fixture
def invoice(store, db, make):
    invoice = make.invoice()
    invoice.due_on = DUE
    with store.transaction(db):
        receivables.open_of(db, invoice, now=NOON)
    return invoice


@pytest.fixture
def remind(store, db):
    def remind(invoice, *, days):
        with store.transaction(db):
            return invoice_reminders.remind(db, invoice, now=after(days))
    return remind


def after(days):
    """So many days after the last day to pay."""
    return NOON + timedelta(days=30 + days)


def due(db, days):
    return invoice_reminders.due(db, now=after(days), most=10)


def test_what_is_not_paid_ten_days_late_is_reminded_of(db, invoice):
    assert due(db, 9) == []
    assert due(db, 10) == [invoice.id]


def test_what_has_not_reached_who_is_to_pay_is_not_reminded_of(store, db, invoice):
    with store.transaction(db):
        delivery = invoice_deliveries.put(db, invoice, NOON)
    assert due(db, 10) == []
    with store.transaction(db):
        invoice_deliveries.sent(db, delivery.id, now=NOON)
    assert due(db, 10) == [invoice.id]
    with store.transaction(db):
        invoice_deliveries.failed(db, delivery.id, "unknown receiver", now=NOON)
    assert due(db, 10) == []


def test_a_second_reminder_comes_ten_days_after_the_first_and_no_third(db, invoice, remind):
    remind(invoice, days=10)
    assert (due(db, 19), due(db, 20)) == ([], [invoice.id])
    remind(invoice, days=20)
    assert due(db, 90) == []


def test_what_is_paid_is_not_reminded_of(store, db, make, invoice, remind):
    with store.transaction(db):
        invoice_payments.mark(db, invoice, invoice.gross_ore, DUE, "",
                              by=make.actor(make.clerk()), now=after(5))
    assert due(db, 10) == []
    with pytest.raises(Conflict):
        remind(invoice, days=10)


def test_a_reminder_goes_to_the_invoice_s_address_and_the_administrators(db, make, invoice,
                                                                         remind):
    make.admin(invoice.company)
    reminder = remind(invoice, days=10)
    assert (reminder.number, reminder.left_ore) == (1, invoice.gross_ore)
    letters = list(db.scalars(select(Email).where(Email.template == "invoice_reminder")))
    assert {each.to for each in letters} == {"faktura@bolaget.example", "asa@bolaget.example"}
    assert {each.values["ocr"] for each in letters} == {invoice.ocr}


def test_nobody_is_reminded_twice_a_day(invoice, remind):
    remind(invoice, days=10)
    with pytest.raises(Conflict, match="redan skickad"):
        remind(invoice, days=10)


def test_nothing_is_reminded_of_before_it_is_due(invoice, remind):
    with pytest.raises(Conflict, match="inte förfallen"):
        remind(invoice, days=0)

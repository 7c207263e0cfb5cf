"""Files from the bank, read and matched."""
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from documents import bgmax
from domain import bank_reading, incoming_payments, invoice_payments, receivables
from domain.errors import Invalid
from domain.incoming_payments import Doubt, IncomingPayment
from domain.invoice_payments import InvoicePayment
from domain.receivables import Receivable
from tests.conftest import NOON
from tests.documents.bank import bgmax_file, deduction, payment


@pytest.fixture
def clerk(make):
    return make.actor(make.clerk())


@pytest.fixture
def read(store, db, clerk):
    def read(*payments, content=None, bankgiro="9912346"):
        content = content or bgmax_file(*payments)
        with store.transaction(db):
            return bank_reading.read(db, "bank.txt", content, bgmax.read(content),
                                     bankgiro=bankgiro, by=clerk, now=NOON)
    return read


def doubts(db):
    return [(each.doubt, each.left_ore) for each in incoming_payments.doubtful(db)]


def left(db, invoice):
    return invoice_payments.left_ore(db, invoice)


def test_a_payment_finds_its_invoice_by_the_ocr_number(db, make, read):
    invoice = make.invoice()
    file = read(payment(invoice.gross_ore, invoice.ocr))
    assert (file.payments, file.known, file.total_ore) == (1, 0, invoice.gross_ore)
    assert left(db, invoice) == 0
    assert db.get(Receivable, invoice.id).settled_at == NOON
    assert doubts(db) == []


def test_the_same_file_twice_is_read_once(db, make, read):
    invoice = make.invoice()
    content = bgmax_file(payment(1_000, invoice.ocr))
    assert read(content=content).id == read(content=content).id
    assert left(db, invoice) == invoice.gross_ore - 1_000


def test_a_payment_that_comes_in_two_files_is_one(db, make, read):
    invoice = make.invoice()
    one = payment(1_000, invoice.ocr)
    read(one)
    second = read(one, payment(500, invoice.ocr))
    assert (second.payments, second.known) == (2, 1)
    assert left(db, invoice) == invoice.gross_ore - 1_500


def test_a_part_leaves_the_rest(db, make, read):
    invoice = make.invoice()
    read(payment(100, invoice.ocr))
    assert (left(db, invoice), invoice_payments.paid_ore(db, invoice)) == (
        invoice.gross_ore - 100, 100)
    assert doubts(db) == []


def test_what_is_too_much_waits_for_a_clerk(db, make, read):
    invoice = make.invoice()
    read(payment(invoice.gross_ore + 100, invoice.ocr))
    assert (left(db, invoice), doubts(db)) == (0, [(Doubt.OVER, 100)])


def test_an_invoice_that_is_paid_twice_is_paid_once(db, make, read):
    invoice = make.invoice()
    read(payment(invoice.gross_ore, invoice.ocr))
    read(payment(invoice.gross_ore, invoice.ocr))
    assert (left(db, invoice), doubts(db)) == (0, [(Doubt.PAID_ALREADY, invoice.gross_ore)])


@pytest.mark.parametrize("references", [(), ("12345674",), ("Faktura oktober",)])
def test_what_names_no_invoice_waits_for_a_clerk(db, make, read, references):
    make.invoice()
    read(payment(500, *references))
    assert doubts(db) == [(Doubt.UNKNOWN, 500)]


def test_a_wrong_check_digit_names_no_invoice(db, make, read):
    invoice = make.invoice()
    read(payment(500, invoice.ocr[:-1] + str((int(invoice.ocr[-1]) + 1) % 10)))
    assert doubts(db) == [(Doubt.UNKNOWN, 500)]


def test_several_invoices_are_paid_by_one_sum(db, make, read):
    one, other = make.invoice(), make.invoice()
    read(payment(one.gross_ore + other.gross_ore, one.ocr, other.ocr))
    assert (left(db, one), left(db, other)) == (0, 0)


def test_a_sum_that_is_not_that_of_its_invoices_waits_for_a_clerk(db, make, read):
    one, other = make.invoice(), make.invoice()
    read(payment(one.gross_ore + 1, one.ocr, other.ocr))
    assert doubts(db) == [(Doubt.SEVERAL, one.gross_ore + 1)]
    assert left(db, one) == one.gross_ore


def test_a_payer_may_draw_off_a_credit_note(db, make, read, credit):
    note = credit(make.invoice(), 300)
    with_more = make.invoice()
    read(payment(with_more.gross_ore, with_more.ocr), deduction(300, note.ocr))
    assert left(db, note) == 0
    assert doubts(db) == []


def test_nobody_draws_off_what_is_not_theirs(db, make, read):
    invoice = make.invoice()
    read(payment(1_000, invoice.ocr), deduction(300, invoice.ocr))
    assert doubts(db) == [(Doubt.DEDUCTION, -300)]


def test_a_file_of_somebody_else_s_bankgiro_is_refused(db, read):
    with pytest.raises(Invalid, match="bankgiro 9912346"):
        read(payment(1_000), bankgiro="50501055")
    assert db.scalar(select(func.count()).select_from(IncomingPayment)) == 0


def test_what_is_left_is_the_sum_less_its_entries(db, make, read):
    invoices = [make.invoice() for _ in range(3)]
    read(*(payment(ore, each.ocr) for each, ore in zip(invoices, (10, 20, 30), strict=True)))
    read(payment(5, invoices[0].ocr))
    for invoice in invoices:
        entered = db.scalar(select(func.sum(InvoicePayment.amount_ore))
                            .where(InvoicePayment.invoice_id == invoice.id))
        assert left(db, invoice) == invoice.gross_ore - entered
    assert receivables.overdue_ore(db, invoices[0].company_id,
                                   now=NOON + timedelta(days=60)) == left(db, invoices[0])

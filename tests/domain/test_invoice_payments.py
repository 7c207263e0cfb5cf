from datetime import date

import pytest

from domain import incoming_payments, invoice_payments, receivables
from domain.errors import Conflict, Invalid, NotFound
from domain.incoming_payments import Doubt, IncomingPayment
from tests.conftest import NOON

TODAY = date(2026, 11, 20)


@pytest.fixture
def clerk(make):
    return make.actor(make.clerk())


@pytest.fixture
def do(store, db, clerk):
    def do(verb, *args, **more):
        with store.transaction(db):
            return verb(db, *args, by=clerk, now=NOON, **more)
    return do


@pytest.fixture
def unknown(store, db):
    def unknown(ore):
        with store.transaction(db):
            db.add(payment := IncomingPayment(
                paid_on=TODAY, amount_ore=ore, left_ore=ore, reference="oktober",
                doubt=Doubt.UNKNOWN, made_at=NOON))
        return payment
    return unknown


def left(db, invoice):
    return invoice_payments.left_ore(db, invoice)


def test_a_clerk_finds_the_invoice_of_a_payment(db, make, do, unknown):
    invoice, payment = make.invoice(), unknown(700)
    assert do(invoice_payments.use, payment, invoice) == 700
    assert (left(db, invoice), payment.left_ore, payment.doubt) == (
        invoice.gross_ore - 700, 0, None)


def test_what_is_over_goes_to_another_invoice(db, make, do, unknown):
    one, other = make.invoice(), make.invoice()
    payment = unknown(one.gross_ore + 50)
    do(invoice_payments.use, payment, one)
    assert do(invoice_payments.use, payment, other) == 50
    assert (left(db, other), payment.left_ore) == (other.gross_ore - 50, 0)


def test_a_payment_is_not_used_for_what_is_paid(db, make, do, unknown):
    invoice = make.invoice()
    do(invoice_payments.mark, invoice, invoice.gross_ore, TODAY, "Kort i kassan")
    with pytest.raises(Invalid, match="inget kvar"):
        do(invoice_payments.use, unknown(100), invoice)


def test_a_clerk_marks_an_invoice_as_paid(db, make, do, clerk):
    invoice = make.invoice()
    entry = do(invoice_payments.mark, invoice, 500, TODAY, "Kort i kassan")
    assert (entry.by_name, entry.note, left(db, invoice)) == (
        clerk.name, "Kort i kassan", invoice.gross_ore - 500)


@pytest.mark.parametrize("more", [1, 100_000])
def test_no_more_is_marked_than_is_left(db, make, do, more):
    invoice = make.invoice()
    with pytest.raises(Invalid, match="Ange högst det"):
        do(invoice_payments.mark, invoice, invoice.gross_ore + more, TODAY, "")
    assert left(db, invoice) == invoice.gross_ore


@pytest.mark.parametrize("day", [date(2026, 11, 21), date(2025, 1, 1)])
def test_nothing_is_marked_as_paid_before_the_invoice_or_in_days_to_come(make, do, day):
    with pytest.raises(Invalid) as refusal:
        do(invoice_payments.mark, make.invoice(), 100, day, "")
    assert refusal.value.field == "paid_on"


def test_a_payment_on_the_wrong_invoice_waits_for_the_right_one(db, make, do, unknown):
    wrong, right, payment = make.invoice(), make.invoice(), unknown(100)
    do(invoice_payments.use, payment, wrong)
    [entry] = invoice_payments.of_invoice(db, wrong)
    do(invoice_payments.take_back, entry)
    assert (left(db, wrong), payment.left_ore, payment.doubt) == (
        wrong.gross_ore, 100, Doubt.TAKEN_BACK)
    do(invoice_payments.use, payment, right)
    assert left(db, right) == right.gross_ore - 100


def test_a_payment_is_taken_back_once(db, make, do, unknown):
    invoice, payment = make.invoice(), unknown(100)
    do(invoice_payments.use, payment, invoice)
    entry = invoice_payments.of_invoice(db, invoice)[0]
    do(invoice_payments.take_back, entry)
    for each in invoice_payments.of_invoice(db, invoice):
        with pytest.raises(Conflict):
            do(invoice_payments.take_back, each)


def test_a_credit_note_is_set_off_against_another_invoice(db, make, do, credit):
    paid, open_ = make.invoice(), make.invoice()
    do(invoice_payments.mark, paid, paid.gross_ore, TODAY, "")
    note = credit(paid, 300)
    note.company_id = open_.company_id  # of one company
    db.commit()
    assert do(invoice_payments.set_off, note, open_) == 300
    assert (left(db, note), left(db, open_)) == (0, open_.gross_ore - 300)


def test_a_credit_note_is_not_set_off_against_somebody_else_s_invoice(make, do, credit):
    with pytest.raises(NotFound):
        do(invoice_payments.set_off, credit(make.invoice(), 300), make.invoice())


def test_a_credit_note_is_set_off_against_its_own_invoice_by_itself(store, db, make, credit):
    invoice = make.invoice()
    note = credit(invoice, 300)
    for _ in range(2):
        with store.transaction(db):
            invoice_payments.set_off_by_itself(db, note, now=NOON)
    assert (left(db, note), left(db, invoice)) == (0, invoice.gross_ore - 300)


def test_a_credit_note_of_what_is_paid_waits(store, db, make, do, credit):
    invoice = make.invoice()
    do(invoice_payments.mark, invoice, invoice.gross_ore, TODAY, "")
    note = credit(invoice, 300)
    with store.transaction(db):
        invoice_payments.set_off_by_itself(db, note, now=NOON)
    assert left(db, note) == -300
    assert receivables.open_credits(db, invoice.company_id) == [db.get(
        receivables.Receivable, note.id)]


def test_a_credit_note_is_paid_out(db, make, do, credit):
    note = credit(make.invoice(), 300)
    do(invoice_payments.mark, note, 300, TODAY, "Utbetald")
    assert left(db, note) == 0


def test_what_is_no_payment_of_ours_is_closed_with_a_reason(db, make, do, unknown):
    payment = unknown(900)
    with pytest.raises(Invalid):
        do(incoming_payments.close, payment, "")
    do(incoming_payments.close, payment, "Återbetald till avsändaren")
    assert (payment.left_ore, payment.closed_at) == (0, NOON)
    with pytest.raises(Conflict):
        do(incoming_payments.close, payment, "En gång till")


def test_sixteen_who_mark_it_at_once_never_pay_more_than_the_sum(store, db, make, clerk, at_once):
    invoice = make.invoice()
    part = invoice.gross_ore // 4
    done = at_once(lambda session, _: invoice_payments.mark(
        session, session.get_one(type(invoice), invoice.id), part, TODAY, "", by=clerk, now=NOON))
    assert len([each for each in done if each]) == 4
    db.rollback()
    assert left(db, invoice) == invoice.gross_ore - 4 * part

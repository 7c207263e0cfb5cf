from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from domain import credit_notes, invoices, recalls, reports
from domain.errors import Invalid
from domain.invoices import Invoice, Kind
from domain.months import Month
from domain.outbox import OutboxMessage, Task
from domain.products import Product
from domain.specification_lines import SpecificationLine
from tests.conftest import NOON
from tests.factories import COUNTY, NOBODY

PERIOD, VAT = 139_000, 7_868
NOVEMBER = Month(2026, 11)
SENT = datetime(2026, 10, 30, 8, tzinfo=UTC)


@pytest.fixture
def company(make):
    return make.company(approved_at=datetime(2026, 9, 1, tzinfo=UTC))


@pytest.fixture
def ticket(make, company):
    return make.sent_ticket(make.traveller(company), Product.PERIOD_30, COUNTY, at=SENT)


@pytest.fixture
def invoice(make, db, company, ticket):
    make.closed(company)
    return db.scalars(select(Invoice)).one()


@pytest.fixture
def line(db, invoice):
    [line] = invoices.lines(db, invoice)
    return line


@pytest.fixture
def credit(store, db, invoice):
    def credit(lines, reason="Fel biljett", *, now=NOON):
        with store.transaction(db):
            return credit_notes.credit(db, invoice, lines, reason=reason, by=NOBODY, now=now)
    return credit


def test_a_line_is_credited_by_a_note_that_points_at_its_invoice(db, invoice, line, credit):
    note = credit({line.id: PERIOD})
    assert (note.kind, note.number, note.credits_id, note.reason, note.reference_number) == (
        Kind.CREDIT_NOTE, invoice.number + 1, invoice.id, "Fel biljett", "1000")
    assert (note.gross_ore, note.vat_ore) == (-PERIOD, -VAT)
    assert (note.month_on, note.issued_on) == (date(2026, 11, 1), date(2026, 11, 20))
    [taken] = invoices.lines(db, note)
    assert (taken.price_ore, taken.vat_ore, taken.entry, taken.holder, taken.report_id) == (
        -PERIOD, -VAT, 2, "Rut Resenär", None)
    assert credit_notes.left(db, [line.id, taken.id]) == {line.id: 0, taken.id: 0}


def test_what_is_left_of_a_line_is_credited_a_part_at_a_time_and_never_more(db, line, credit):
    notes = [credit({line.id: ore}) for ore in (1, 70_000, 2)]
    assert credit_notes.left(db, [line.id]) == {line.id: PERIOD - 70_003}
    with pytest.raises(Invalid, match="finns 689,97"):
        credit({line.id: PERIOD - 70_002})
    notes.append(credit({line.id: PERIOD - 70_003}))
    assert sum(note.gross_ore for note in notes) == -PERIOD
    assert sum(note.vat_ore for note in notes) == -VAT
    with pytest.raises(Invalid, match="kvar att kreditera"):
        credit({line.id: 1})


@pytest.mark.parametrize(("lines", "reason", "said"), [
    ({}, "Fel", "Välj minst en rad"), ({0: 5}, "Fel", "finns inte på fakturan"),
    ({1: 0}, "Fel", "större än noll"), ({1: 100}, " ", "Skriv varför"),
    ({1: 100}, "x" * 501, "högst 500 tecken")])
def test_a_credit_that_says_too_little_is_refused_and_takes_no_number(db, invoice, line, credit,
                                                                      lines, reason, said):
    with pytest.raises(Invalid, match=said):
        credit({line.id if key else -1: ore for key, ore in lines.items()}, reason)
    assert db.scalar(select(func.count()).select_from(Invoice)) == 1


def test_its_files_are_left_to_be_written(db, line, credit):
    note = credit({line.id: PERIOD})
    asked = db.scalars(select(OutboxMessage).where(OutboxMessage.task == Task.WRITE_INVOICE)).all()
    assert {"invoice_id": str(note.id)} in [message.args for message in asked]


def test_it_is_of_the_month_in_which_it_is_made_and_charged_to_none_again(make, db, company,
                                                                         invoice, line, credit):
    note = credit({line.id: PERIOD})
    report = make.closed(company, NOVEMBER, at=NOVEMBER.next.start)
    [taken] = reports.lines(db, report)
    assert (taken.invoice_id, taken.price_ore) == (note.id, -PERIOD)
    assert (report.tickets, report.gross_ore, report.vat_ore) == (0, -PERIOD, -VAT)
    assert db.scalar(select(func.count()).select_from(Invoice)) == 2


def recall(store, db, ticket):
    with store.transaction(db):
        recalls.recall(db, ticket, by=NOBODY, now=NOON + timedelta(minutes=1))


def test_a_recall_of_what_is_corrected_credits_only_the_rest(make, store, db, company, ticket, line,
                                                             credit):
    credit({line.id: 100_000})
    recall(store, db, ticket)
    assert credit_notes.left(db, [line.id]) == {line.id: 0}
    make.closed(company, NOVEMBER, at=NOVEMBER.next.start)
    sums = db.execute(select(func.sum(SpecificationLine.price_ore),
                             func.sum(SpecificationLine.vat_ore))).one()
    assert sums == (0, 0)


def test_what_is_credited_whole_and_then_recalled_is_not_credited_again(make, store, db, company,
                                                                        ticket, line, credit):
    credit({line.id: PERIOD})
    recall(store, db, ticket)
    report = make.closed(company, NOVEMBER, at=NOVEMBER.next.start)
    assert len(reports.lines(db, report)) == 1


def test_a_recalled_ticket_is_credited_by_its_month_and_not_by_hand(store, db, ticket, line,
                                                                   credit):
    recall(store, db, ticket)
    with pytest.raises(Invalid, match=r"finns 0\skr kvar"):
        credit({line.id: 1}, now=NOON + timedelta(minutes=2))

from sqlalchemy import func, select

from domain import invoice_questions, invoice_standings, month_runs
from domain.invoice_payments import InvoicePayment
from domain.invoice_standings import State
from domain.invoices import Invoice
from domain.receivables import Receivable
from tests.conftest import NOON
from tests.demo.test_demo import config  # noqa: F401


def test_a_year_of_months_is_closed_and_paid_but_for_what_is_late_or_on_its_way(db):
    runs = month_runs.listed(db)
    progress = month_runs.progress(db, runs).values()
    assert [each.done == each.total for each in progress] == [True] * 12
    made = list(db.scalars(select(Invoice).order_by(Invoice.number)))
    assert [each.number for each in made] == list(range(made[0].number,
                                                        made[0].number + len(made)))
    states = {each.id: standing.state for each, standing in zip(
        made, invoice_standings.of(db, made, now=NOON).values(), strict=True)}
    assert set(states.values()) == {State.PAID, State.SETTLED, State.OVERDUE, State.MADE}
    assert [each.name for each in made if states[each.id] == State.OVERDUE] == [
        "Visingsö Trädgårdar AB"]
    assert {str(each.month) for each in made if states[each.id] == State.MADE} == {"2026-10"}


def test_what_is_left_of_each_invoice_is_its_sum_less_what_was_paid(db):
    paid = dict(db.execute(select(InvoicePayment.invoice_id, func.sum(InvoicePayment.amount_ore))
                           .group_by(InvoicePayment.invoice_id)).all())
    for owed in db.scalars(select(Receivable)):
        assert owed.left_ore == owed.invoice.gross_ore - int(paid.get(owed.invoice_id, 0))


def test_one_question_has_an_answer_and_one_waits(db):
    assert invoice_questions.open_count(db) == 1
    [answered] = invoice_questions.answered(db)
    assert answered.credit.credits_id == answered.invoice_id

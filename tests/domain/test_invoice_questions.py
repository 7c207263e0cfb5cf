import pytest
from sqlalchemy import select

from domain import credit_notes, invoice_answers, invoice_questions, invoices
from domain.errors import Conflict, Invalid
from domain.messages import Email
from tests.conftest import NOON
from tests.factories import NOBODY


@pytest.fixture
def invoice(make):
    return make.invoice()


@pytest.fixture
def question(make, invoice):
    return make.invoice_question(invoice)


@pytest.fixture
def clerk(make):
    return make.actor(make.clerk())


def letters(db):
    return list(db.scalars(select(Email).where(Email.template == "invoice_answered")))


def test_a_question_waits_until_it_is_answered(store, db, question, clerk):
    assert [each.id for each in invoice_questions.opened(db)] == [question.id]
    with store.transaction(db):
        invoice_answers.explain(db, question, "Hon slutade dagen efter.", by=clerk, now=NOON)
    assert (invoice_questions.open_count(db), invoice_questions.opened(db)) == (0, [])
    assert invoice_questions.answered(db)[0].answer == "Hon slutade dagen efter."


def test_the_answer_is_told_to_who_asked(store, db, question, clerk):
    with store.transaction(db):
        invoice_answers.explain(db, question, "Raden stämmer.", by=clerk, now=NOON)
    [letter] = letters(db)
    assert (letter.to, letter.values["words"]) == ("asa@bolaget.example", "Raden stämmer.")


def test_a_line_has_one_open_question(store, db, make, invoice, question):
    with pytest.raises(Conflict), store.transaction(db):
        invoice_questions.ask(db, invoice, make.line(invoice), "Igen?", by=NOBODY, now=NOON)


def test_an_answer_in_money_is_a_credit_note_that_points_at_the_invoice(store, db, make, invoice,
                                                                        question, clerk):
    with store.transaction(db):
        note = invoice_answers.credit(db, question, 100_00, "Fel avdelning.", by=clerk, now=NOON)
    assert (note.credits_id, note.gross_ore, note.reason) == (invoice.id, -100_00,
                                                              "Fel avdelning.")
    assert (question.credit_id, question.answered_at) == (note.id, NOON)
    [line] = invoices.lines(db, note)
    assert line.ticket_id == make.line(invoice).ticket_id
    assert letters(db)[0].values["number"] == note.number


def test_more_than_the_line_has_left_is_refused_and_the_question_stays(store, db, invoice,
                                                                       question, clerk):
    with pytest.raises(Invalid), store.transaction(db):
        invoice_answers.credit(db, question, invoice.gross_ore + 1, "Allt.", by=clerk, now=NOON)
    db.refresh(question)
    assert (question.answered_at, letters(db)) == (None, [])
    assert credit_notes.left(db, [question.line_id]) == {question.line_id: invoice.gross_ore}


def test_a_question_is_answered_once(store, db, question, clerk):
    with store.transaction(db):
        invoice_answers.explain(db, question, "Så är det.", by=clerk, now=NOON)
    with pytest.raises(Conflict), store.transaction(db):
        invoice_answers.credit(db, question, 100, "Eller inte.", by=clerk, now=NOON)


def test_a_credit_is_nothing_to_ask_about(store, db, make, invoice, question, clerk):
    with store.transaction(db):
        note = invoice_answers.credit(db, question, 100_00, "Fel.", by=clerk, now=NOON)
    with pytest.raises(Conflict), store.transaction(db):
        invoice_questions.ask(db, note, make.line(note), "Varför?", by=NOBODY, now=NOON)

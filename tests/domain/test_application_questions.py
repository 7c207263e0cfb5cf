from datetime import date, timedelta

import pytest
from sqlalchemy import select

from domain import application_letters, application_questions, application_queue, applications
from domain.applications import State
from domain.errors import Conflict
from domain.messages import Email
from tests.conftest import NOON

MONDAY = NOON + timedelta(days=3)


@pytest.fixture
def clerk(make):
    return make.actor(make.clerk())


@pytest.fixture
def application(make):
    return make.company_application()


@pytest.fixture
def ask(store, db, clerk, application):
    def ask(at=NOON, text="Vilket referensnummer?"):
        with store.transaction(db):
            application_questions.ask(db, application, text, by=clerk, now=at)
    return ask


@pytest.fixture
def answer(store, db, application):
    def answer(at=NOON, text="4712"):
        with store.transaction(db):
            application_questions.answer(db, application, text, now=at)
    return answer


def letter(db, template):
    return db.scalars(select(Email).where(Email.template == template)).all()


def test_a_question_waits_for_the_applicant_who_gets_it_with_the_link(db, application, ask):
    ask()
    assert application.state == State.NEEDS_INFORMATION
    [sent] = letter(db, "application_question")
    assert (sent.to, sent.values["text"]) == ("oskar@nya.example", "Vilket referensnummer?")
    assert sent.values["secret"] == application_letters.secret(db, application)


def test_what_waits_for_the_applicant_is_never_overdue(application, ask):
    ask()
    assert not application.is_overdue(date(2027, 1, 1))


@pytest.mark.parametrize(("answered", "promised"), [
    (NOON + timedelta(hours=3), date(2026, 11, 27)),  # the same day
    (NOON + timedelta(days=1), date(2026, 11, 27)),  # a Saturday
    (MONDAY, date(2026, 11, 30)),
    (MONDAY + timedelta(days=1), date(2026, 12, 1))])
def test_the_promise_moves_by_the_working_days_that_it_rested(application, ask, answer, answered,
                                                              promised):
    ask()
    answer(answered)
    assert (application.state, application.promised_on) == (State.RECEIVED, promised)


def test_a_second_question_does_not_begin_the_rest_anew(application, ask, answer):
    ask()
    ask(MONDAY)
    answer(MONDAY)
    assert application.promised_on == date(2026, 11, 30)


def test_the_conversation_is_told_in_order_with_who_wrote(db, application, clerk, ask, answer):
    ask()
    answer()
    assert [(each.text, each.clerk and each.clerk.name) for each in
            application_questions.about(db, application)] == [
        ("Vilket referensnummer?", clerk.name), ("4712", None)]


def test_the_answer_goes_to_all_clerks_when_nobody_has_the_application(db, make, ask, answer):
    make.clerk(email="bo@lanstrafiken.example")
    ask()
    answer()
    assert {each.to for each in letter(db, "application_answered")} == {
        "berit@lanstrafiken.example", "bo@lanstrafiken.example"}


def test_the_answer_goes_to_the_clerk_who_has_the_application(db, store, make, clerk, application,
                                                              ask, answer):
    bo = make.clerk(email="bo@lanstrafiken.example")
    with store.transaction(db):
        application_queue.hand_over(db, application, bo.id, by=clerk, now=NOON)
    ask()
    answer()
    [sent] = letter(db, "application_answered")
    assert (sent.to, sent.values["text"]) == ("bo@lanstrafiken.example", "4712")


def test_without_a_question_there_is_nothing_to_answer(application, answer):
    with pytest.raises(Conflict):
        answer()


def test_of_what_is_decided_nothing_is_asked(store, db, application, ask):
    with store.transaction(db):
        applications.close(application, State.WITHDRAWN, by=None, now=NOON)
    with pytest.raises(Conflict):
        ask()

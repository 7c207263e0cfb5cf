from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import business_travel, code_reminders, codes, employer_view, messages, pauses
from domain.employer_view import Part
from domain.messages import Sms, State
from domain.months import days_later
from domain.standings import of_connections
from tests.conftest import NOON
from tests.factories import NOBODY

SOON, SECOND = days_later(NOON, 5), timedelta(seconds=1)


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def connection(make, company):
    return make.connection(make.traveller(company))


@pytest.fixture
def issue(db, store):
    """The code is sent, and comes."""
    def issue(connection, state=State.DELIVERED):
        with store.transaction(db):
            code = codes.current(db, [connection.id])[connection.id]
            codes.issue(db, code.id, now=NOON)
            messages.about(db, [code.id])[code.id].state = state
        return code
    return issue


@pytest.fixture
def remind(db, store):
    def remind(now=SOON):
        with store.transaction(db):
            due = code_reminders.due(db, now=now, most=100)
            code_reminders.remind(db, due, now=now)
        return due
    return remind


def reminders(db):
    return db.scalars(select(Sms).where(Sms.template == "allpay_reminder")).all()


def test_the_traveller_is_reminded_before_the_code_expires_and_told_whom_to_ask(
        db, make, company, connection, issue, remind):
    make.admin(company)
    code = issue(connection)
    assert remind(SOON - SECOND) == []
    assert remind() == [code.id]
    [sms] = reminders(db)
    assert (sms.to, sms.company_id) == (connection.traveller.mobile, company.id)
    assert sms.values == {"company": "Bolaget AB", "came": "2026-11-20", "day": "2026-11-27",
                          "ask": "Åsa Öberg"}


def test_the_departments_own_administrator_is_the_one_to_ask(db, make, company, issue, remind):
    make.admin(company)
    verkstad = make.department(company)
    make.department_admin(verkstad, given_name="Vera", surname="Verk")
    issue(make.connection(make.traveller(department=verkstad)))
    remind()
    assert reminders(db)[0].values["ask"] == "Vera Verk"


def test_each_code_is_reminded_of_once_and_a_new_one_again(db, store, connection, issue, remind):
    issue(connection)
    assert (len(remind()), len(remind(SOON + timedelta(hours=1)))) == (1, 0)
    with store.transaction(db):
        business_travel.send_new_code(db, connection, by=NOBODY, now=NOON)
    issue(connection)
    assert len(remind()) == 1


def test_nobody_is_reminded_in_vain(db, store, make, company, issue, remind):
    registered, ended, paused, lost, locked, renewed = (
        make.connection(make.traveller(company)) for _ in range(6))
    for each in (registered, ended, paused, locked, renewed):
        issue(each)
    issue(lost, State.FAILED)
    with store.transaction(db):
        registered.registered_at = NOON
        business_travel.end(db, ended, by=NOBODY, now=NOON)
        pauses.pause(db, paused, by=NOBODY, now=NOON)
        codes.current(db, [locked.id])[locked.id].wrong_tries = 5
        business_travel.send_new_code(db, renewed, by=NOBODY, now=NOON)
    assert remind() == []


def test_a_code_that_has_expired_is_not_reminded_of(connection, issue, remind):
    issue(connection)
    assert remind(days_later(NOON, 7)) == []


def test_the_reminder_is_seen_among_the_messages_and_is_not_taken_for_the_code(
        db, connection, issue, remind):
    issue(connection)
    remind()
    shown = employer_view.rows(db, connection.traveller, Part.MESSAGES).rows
    assert {each.template for each in shown} == {"allpay_code", "allpay_reminder"}
    [standing] = of_connections(db, [connection], now=SOON)
    assert standing.sms.template == "allpay_code"

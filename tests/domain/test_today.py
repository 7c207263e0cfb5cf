from datetime import timedelta

import pytest

from domain import activations, messages, reports, sent_tickets, today
from domain.access import Scope
from domain.months import Month
from tests.conftest import NOON


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def lost(db, store, make, company):
    """A ticket whose text message did not arrive."""
    ticket = make.sent_ticket(make.traveller(company))
    with store.transaction(db):
        messages.refused(messages.about(db, [ticket.id])[ticket.id], "not delivered")
    return ticket


def undelivered(db, company):
    return today.undelivered_tickets(db, within=Scope(company.id), now=NOON)


def test_a_ticket_that_did_not_arrive_is_told_of_to_its_company(db, make, company, lost):
    make.sent_ticket(make.traveller(company))
    assert undelivered(db, company) == [lost]
    assert undelivered(db, make.company()) == []


def test_one_that_has_been_sent_again_is_not(db, store, make, company, lost):
    admin = make.actor(make.admin(company))
    with store.transaction(db):
        sent_tickets.resend(db, lost, mobile="+46701740609", by=admin, now=NOON)
    assert undelivered(db, company) == []


def test_one_that_the_traveller_found_anyway_is_not(db, store, company, lost):
    with store.transaction(db):
        activations.activate(db, lost, now=NOON)
    assert undelivered(db, company) == []


@pytest.mark.parametrize(("month", "age", "told"), [
    (Month(2026, 10), timedelta(days=9), True), (Month(2026, 10), timedelta(days=10), False),
    (Month(2026, 9), timedelta(days=1), False),
])
def test_last_months_report_is_news_for_ten_days(db, store, company, month, age, told):
    with store.transaction(db):
        report = reports.make(db, company.id, month, now=NOON - age)
    found = today.new_report(db, within=Scope(company.id), now=NOON)
    assert (found and found.report_id) == (report.id if told else None)

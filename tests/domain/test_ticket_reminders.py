from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from domain import activations, employer_view, messages, recalls, sent_tickets, ticket_reminders
from domain.access import Scope
from domain.employer_view import Part
from domain.messages import Email, Sms
from domain.months import days_later
from domain.travellers import Traveller
from tests.factories import MORNING, NOBODY

SECOND = timedelta(seconds=1)
SOON = days_later(MORNING, 365 - 14)


@pytest.fixture
def ticket(make):
    return make.sent_ticket()


@pytest.fixture
def remind(db, store):
    def remind(now=SOON):
        with store.transaction(db):
            due = ticket_reminders.due(db, now=now, most=100)
            ticket_reminders.remind(db, due, now=now)
        return due
    return remind


def reminders(db):
    return db.scalars(select(Sms).where(Sms.template == "ticket_reminder")).all()


def test_the_traveller_is_reminded_some_days_before_it_can_no_longer_be_activated(db, remind,
                                                                                   ticket):
    assert remind(now=SOON - SECOND) == []
    assert remind() == [ticket.id]
    [sms] = reminders(db)
    assert (sms.to, sms.values["number"], sms.values["day"]) == (
        ticket.mobile, ticket.number, "2027-11-20")


def test_each_is_reminded_of_once(db, remind, ticket):
    remind()
    assert remind(now=SOON + timedelta(days=1)) == []
    assert len(reminders(db)) == 1


def test_one_that_is_used_recalled_or_out_of_time_needs_no_reminder(db, store, make, remind,
                                                                     ticket):
    recalled, late = make.sent_ticket(), make.sent_ticket(at=MORNING - timedelta(days=30))
    with store.transaction(db):
        activations.activate(db, ticket, now=MORNING)
        recalls.recall(db, recalled, by=NOBODY, now=MORNING)
    assert (remind(), late.activate_by < SOON) == ([], True)


def test_the_employer_is_told_nothing(db, store, remind, ticket):
    traveller = db.get_one(Traveller, ticket.traveller_id)
    seen = employer_view.rows(db, traveller, Part.MESSAGES)
    remind()
    assert employer_view.rows(db, traveller, Part.MESSAGES) == seen
    with store.transaction(db):
        messages.refused(reminders(db)[0], "no such number")
    assert messages.undelivered(db, company_id=ticket.company_id) == []
    sum_of = sent_tickets.summed(db, within=Scope(ticket.company_id), now=SOON)
    assert (sum_of.tickets, messages.about(db, [ticket.id])[ticket.id].template) == (1, "ticket")


def test_two_jobs_at_once_remind_once(db, store, ticket):
    db.rollback()
    ready = Barrier(2)

    def attempt():
        with store.session() as session:
            due = ticket_reminders.due(session, now=SOON, most=100)
            ready.wait()
            with store.transaction(session):
                ticket_reminders.remind(session, due, now=SOON)

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(attempt) for _ in range(2)]:
            done.result()
    assert db.scalar(select(func.count()).select_from(Sms)
                     .where(Sms.template == "ticket_reminder")) == 1


def test_a_private_customer_is_written_to_by_email(db, make, remind):
    ticket = make.own_ticket()
    on_card = make.card_period(make.customer_card(make.customer()))
    assert remind() == [ticket.id]
    assert remind(now=days_later(MORNING, 90 - 14)) == [on_card.id]
    assert reminders(db) == []
    phone, card = db.scalars(select(Email).order_by(Email.put_at.desc()))
    assert (phone.template, phone.values["card"], phone.values["day"]) == (
        "own_ticket_reminder", "", "2027-11-20")
    assert (card.values["number"], card.values["day"]) == (on_card.number, "2027-02-18")
    assert card.values["card"]

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, update

from domain import carried, messages, recalls, sent_tickets, tickets
from domain.access import Scope
from domain.audit import Act, Event
from domain.errors import Conflict
from domain.messages import Sms
from domain.months import days_later
from domain.services import Service
from domain.tickets import State, Ticket
from domain.travellers import Traveller
from tests.conftest import NOON
from tests.factories import MORNING, NOBODY


@pytest.fixture
def ticket(make):
    return make.sent_ticket()


def recall(db, store, ticket, now=NOON):
    with store.transaction(db):
        recalls.recall(db, ticket, by=NOBODY, now=now)


def activate(db, store, ticket, now=NOON):
    with store.transaction(db):
        tickets.activate(db, ticket, now=now)


def holder(db, ticket):
    return db.get_one(Traveller, ticket.traveller_id)


def test_a_recalled_ticket_can_be_used_for_nothing(db, store, ticket):
    recall(db, store, ticket)
    assert (ticket.state(NOON), ticket.may_activate(NOON)) == (State.RECALLED, False)
    with pytest.raises(Conflict, match="återkallad"):
        activate(db, store, ticket)


def test_a_recall_is_told_in_the_log_with_what_is_credited(db, store, ticket):
    recall(db, store, ticket)
    [event] = db.scalars(select(Event).where(Event.act == Act.TICKET_RECALLED))
    assert (event.thing_id, event.department_id) == (ticket.id, ticket.department_id)
    assert event.details == {"holder": "Rut Resenär", "product": "single", "price_ore": 4_200}


def test_a_message_that_nobody_has_begun_to_send_is_not_sent(db, store, ticket):
    recall(db, store, ticket)
    sms = db.scalar(select(Sms))
    assert (sms.state, sms.values) == (messages.State.CANCELLED, None)


def test_what_is_activated_is_not_recalled(db, store, ticket):
    activate(db, store, ticket)
    with pytest.raises(Conflict, match="redan aktiverad"):
        recall(db, store, ticket)
    assert ticket.state(NOON) == State.ACTIVE


def test_twice_is_a_conflict(db, store, ticket):
    recall(db, store, ticket)
    with pytest.raises(Conflict, match="redan återkallad"):
        recall(db, store, ticket)


def test_a_ticket_may_be_recalled_for_thirty_days(db, store, ticket):
    over = days_later(MORNING, 30)
    assert recalls.may_recall(db, ticket, now=over - timedelta(seconds=1))
    with pytest.raises(Conflict, match="kan inte återkallas längre"):
        recall(db, store, ticket, now=over)


@pytest.mark.parametrize("service", [Service.BUSINESS_TRAVEL, Service.STAFF_OFFER])
def test_only_what_the_company_has_sent_is_recalled(db, store, make, service):
    ticket = make.ticket(service=service)
    with pytest.raises(Conflict):
        recall(db, store, ticket)


def test_whether_it_may_be_recalled_does_not_tell_whether_it_is_used(db, store, ticket):
    activate(db, store, ticket)
    assert recalls.may_recall(db, ticket, now=NOON)


def test_an_activation_just_before_wins_over_the_recall(db, store, ticket):
    with store.session() as other:
        seen = other.get(Ticket, ticket.id)
        assert seen.activated_at is None
        other.rollback()
        activate(db, store, ticket)
        with pytest.raises(Conflict), store.transaction(other):
            recalls.recall(other, seen, by=NOBODY, now=NOON)
    db.refresh(ticket)
    assert ticket.recalled_at is None


def test_an_activation_that_read_the_ticket_before_it_was_recalled_is_refused(db, store, ticket):
    with pytest.raises(Conflict, match="hann före"), store.transaction(db):
        db.refresh(ticket)
        db.execute(update(Ticket).values(recalled_at=NOON, version=Ticket.version + 1)
                   .execution_options(synchronize_session=False))
        tickets.activate(db, ticket, now=NOON)


def test_a_recalled_ticket_is_not_sent_again_and_lies_with_the_used_ones(db, store, make, ticket):
    with store.transaction(db):
        messages.refused(messages.about(db, [ticket.id])[ticket.id], "no such number")
    recall(db, store, ticket)
    sms = messages.about(db, [ticket.id])[ticket.id]
    assert not sent_tickets.may_resend(ticket, sms, now=NOON)
    later = make.ticket(holder(db, ticket))
    assert carried.by_travellers(db, [ticket.traveller_id], now=NOON) == [later, ticket]


def test_the_month_so_far_is_less_what_is_recalled(db, store, make, ticket):
    make.sent_ticket(holder(db, ticket))
    old = make.sent_ticket(holder(db, ticket), at=MORNING - timedelta(days=25))
    recall(db, store, ticket)
    recall(db, store, old)
    sums = tickets.month_so_far(db, within=Scope(ticket.company_id), now=NOON)
    assert (sums[0].tickets, sums[0].gross_ore) == (1, 0)


def test_a_recall_and_an_activation_at_once_do_one_thing(db, store, ticket):
    db.rollback()
    ready = Barrier(2)

    def attempt(verb, **kwargs) -> bool:
        with store.session() as session:
            try:
                ready.wait()
                with store.transaction(session):
                    verb(session, session.get_one(Ticket, ticket.id), now=NOON, **kwargs)
            except Conflict:
                return False
        return True

    with ThreadPoolExecutor(2) as threads:
        recalled = threads.submit(attempt, recalls.recall, by=NOBODY)
        activated = threads.submit(attempt, tickets.activate)
    db.refresh(ticket)
    assert recalled.result() != activated.result()
    assert (bool(ticket.recalled_at), bool(ticket.activated_at)) == (
        recalled.result(), activated.result())

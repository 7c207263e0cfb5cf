"""What waits is carried out, whatever happens to the one who does it."""
from datetime import timedelta

import pytest

from domain import messages, outbox
from domain.messages import State
from jobs import outbox as jobs
from sandbox.faults import SMS_DOWN
from tests.conftest import NOON

MOBILE = "+46701740605"


@pytest.fixture
def ticket(make):
    return make.sent_ticket()


@pytest.fixture
def message_id(ticket, world):
    return world.queue.rung[-1]


@pytest.fixture
def sms(db, ticket):
    return messages.about(db, [ticket.id])[ticket.id]


def row(store, message_id):
    with store.session() as session:
        return outbox.find(session, message_id)


def state(store, sms):
    with store.session() as session:
        return session.get_one(messages.Sms, sms.id).state


def test_a_message_is_carried_out_once_however_often_it_is_rung_for(portal, store, stage, sms,
                                                                    message_id):
    for _ in range(3):
        jobs.deliver(portal, message_id)
    assert len(stage.phones.texts(MOBILE)) == 1
    assert (state(store, sms), row(store, message_id).done_at) == (State.SENT, NOON)


def test_a_failure_is_tried_again_by_the_sweep_when_its_time_has_come(portal, store, stage, clock,
                                                                      message_id):
    stage.faults.turn_on(SMS_DOWN)
    jobs.deliver(portal, message_id)
    stage.faults.turn_off(SMS_DOWN)
    assert row(store, message_id).last_error == (
        "46elks is not available: Service temporarily unavailable")
    jobs.sweep(portal)
    assert stage.phones.texts(MOBILE) == []
    clock.at += timedelta(seconds=10)
    jobs.sweep(portal)
    assert len(stage.phones.texts(MOBILE)) == 1
    assert (row(store, message_id).attempts, row(store, message_id).last_error) == (2, None)


def test_an_error_of_our_own_is_tried_again_too_and_tells_no_more_than_its_kind(portal, store,
                                                                                monkeypatch,
                                                                                message_id):
    def stumble(*_, **__):
        raise ZeroDivisionError("the number 0701740605")
    monkeypatch.setitem(jobs.TASKS, outbox.Task.SEND_SMS, stumble)
    jobs.deliver(portal, message_id)
    stood = row(store, message_id)
    assert (stood.last_error, stood.next_try_at) == (
        "ZeroDivisionError", NOON + timedelta(seconds=10))


def test_while_a_worker_has_it_nobody_else_touches_it(portal, store, stage, message_id):
    with store.session() as other, store.transaction(other):
        outbox.claim(other, message_id, now=NOON)
    jobs.deliver(portal, message_id)
    jobs.sweep(portal)
    assert stage.phones.texts(MOBILE) == []


def test_what_a_dead_worker_had_is_swept_up_when_its_lease_is_over(portal, store, stage, clock,
                                                                   message_id):
    with store.session() as dead, store.transaction(dead):
        outbox.claim(dead, message_id, now=NOON)
    clock.at += timedelta(seconds=30)
    jobs.sweep(portal)
    assert len(stage.phones.texts(MOBILE)) == 1


def test_a_bell_that_nobody_heard_is_made_good_by_the_sweep(portal, stage, make):
    traveller = make.traveller()
    for _ in range(jobs.SWEEP_AT_ONCE + 1):
        make.sent_ticket(traveller)
    jobs.sweep(portal)
    assert len(stage.phones.texts(MOBILE)) == jobs.SWEEP_AT_ONCE + 1


def test_two_who_sweep_at_once_send_once(portal, stage, make):
    from concurrent.futures import ThreadPoolExecutor
    traveller = make.traveller()
    for _ in range(10):
        make.sent_ticket(traveller)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: jobs.sweep(portal), range(4)))
    assert len(stage.phones.texts(MOBILE)) == len(set(stage.phones.texts(MOBILE))) == 10


def test_what_is_refused_is_given_up_and_waits_for_a_person(portal, store, make, db, stage, world,
                                                            clock):
    ticket = make.sent_ticket(make.traveller(mobile="+46701740697"))
    [message_id] = world.queue.rung
    jobs.deliver(portal, message_id)
    given_up = row(store, message_id)
    assert (given_up.given_up_at, given_up.next_try_at) == (NOON, None)
    assert given_up.last_error == "46elks refused: Sending to this number is not allowed"
    [failed] = messages.undelivered(db, company_id=ticket.company_id)
    assert (failed.about_id, failed.problem) == (ticket.id, given_up.last_error)
    clock.at += timedelta(days=1)
    jobs.sweep(portal)
    assert row(store, message_id).attempts == 1


def test_trying_again_sends_what_was_given_up_once_the_number_is_mended(portal, store, make, db,
                                                                        stage, world, clock):
    ticket = make.sent_ticket(make.traveller(mobile="+46701740697"))
    [message_id] = world.queue.rung
    jobs.deliver(portal, message_id)
    with store.transaction(db):
        messages.about(db, [ticket.id])[ticket.id].to = MOBILE
        outbox.try_again(db, outbox.find(db, message_id), now=clock.now())
    for rung in world.queue.rung[1:]:
        jobs.deliver(portal, rung)
    assert len(stage.phones.texts(MOBILE)) == 1
    assert messages.undelivered(db, company_id=ticket.company_id) == []


def test_a_rollback_leaves_nothing_to_carry_out(portal, store, db, stage, ticket):
    def undone():
        with store.transaction(db):
            messages.put_sms(db, "ticket", to="+46701740606", about_id=ticket.id,
                             company_id=ticket.company_id, now=NOON, number=ticket.number,
                             company="Bolaget AB", product="single")
            raise RuntimeError
    with pytest.raises(RuntimeError):
        undone()
    jobs.sweep(portal)
    assert stage.phones.texts("+46701740606") == []

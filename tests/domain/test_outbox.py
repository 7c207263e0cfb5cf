from datetime import timedelta
from uuid import uuid4

import pytest

from domain import outbox
from domain.errors import NotFound
from domain.outbox import Task
from tests.conftest import NOON

LEASE = timedelta(seconds=30)


@pytest.fixture
def put(store, db):
    def put(*, at=NOON):
        with store.transaction(db):
            return outbox.put(db, Task.SEND_SMS, sms_id=str(uuid4()), now=at)
    return put


@pytest.fixture
def claim(store, db):
    def claim(message, *, at=NOON):
        with store.transaction(db):
            return outbox.claim(db, message.id, now=at)
    return claim


def due(db, *, at=NOON, most=10):
    return outbox.due(db, now=at, most=most)


def test_a_message_is_due_when_it_is_put(db, put):
    message = put()
    assert due(db) == [message.id]
    assert due(db, at=NOON - timedelta(seconds=1)) == []


def test_the_longest_due_comes_first_and_no_more_than_asked_for(db, put):
    late, early = put(), put(at=NOON - timedelta(minutes=1))
    assert due(db) == [early.id, late.id]
    assert due(db, most=1) == [early.id]


def test_only_one_can_claim_a_message_while_the_lease_lasts(db, put, claim):
    message = put()
    assert claim(message).attempts == 1
    assert claim(message) is None
    assert due(db, at=NOON + LEASE - timedelta(seconds=1)) == []
    assert claim(message, at=NOON + LEASE).attempts == 2


def test_what_is_done_is_never_due_again(store, db, put, claim):
    message = claim(put())
    with store.transaction(db):
        outbox.done(message, now=NOON)
    assert due(db, at=NOON + timedelta(days=365)) == []
    assert claim(message, at=NOON + timedelta(days=365)) is None
    assert (message.done_at, outbox.troubled(db)) == (NOON, [])


def test_a_failure_is_tried_again_ever_more_seldom(store, db, put, claim):
    message, now, waits = put(), NOON, []
    for _ in range(7):
        claim(message, at=now)
        with store.transaction(db):
            outbox.failed(message, "46elks cannot be reached", now=now)
        waits.append((message.next_try_at - now).total_seconds())
        now = message.next_try_at
    assert waits == [10, 60, 300, 1800, 3600, 3600, 3600]


def test_a_clerk_sees_what_has_failed_twice_or_was_given_up(store, db, put, claim):
    once, twice, never = put(), put(at=NOON - timedelta(hours=1)), put(at=NOON - timedelta(hours=2))
    for message in (once, twice, twice, never):
        claim(message)
        with store.transaction(db):
            outbox.failed(message, "46elks is not available", now=NOON - timedelta(hours=1))
    claim(never)
    with store.transaction(db):
        outbox.give_up(never, "46elks refused", now=NOON)
    assert outbox.troubled(db) == [twice, never]
    assert due(db, at=NOON + timedelta(days=365)) == [once.id, twice.id]


def test_trying_again_makes_it_due_at_once_and_rings(store, db, put, claim, world):
    message = claim(put())
    with store.transaction(db):
        outbox.give_up(message, "46elks refused", now=NOON)
    world.queue.rung.clear()
    with store.transaction(db):
        outbox.try_again(db, message, now=NOON)
    db.refresh(message)
    assert (due(db), world.queue.rung) == ([message.id], [message.id])
    assert (message.given_up_at, message.attempts) == (None, 0)


def test_trying_again_what_is_done_or_being_done_changes_nothing(store, db, put, claim, world):
    done, being_done = claim(put()), claim(put())
    with store.transaction(db):
        outbox.done(done, now=NOON)
    world.queue.rung.clear()
    with store.transaction(db):
        outbox.try_again(db, done, now=NOON)
        outbox.try_again(db, being_done, now=NOON)
    assert (due(db), world.queue.rung) == ([], [])


def test_a_message_that_is_not_there_is_not_found(db):
    with pytest.raises(NotFound):
        outbox.find(db, uuid4())

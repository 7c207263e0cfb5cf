from datetime import timedelta
from uuid import uuid4

import pytest

from domain import idempotency
from domain.errors import Conflict
from domain.idempotency import IdempotencyKey, InProgress, KeyReused
from tests.conftest import NOON


@pytest.fixture
def client(make):
    return make.api_client()


@pytest.fixture
def claim(db, store, client):
    def claim(key="key", said=b"said", *, by=None, now=NOON):
        with store.transaction(db):
            return idempotency.claim(db, (by or client).id, key, said, now=now)
    return claim


@pytest.fixture
def answer(db, store):
    def answer(claimed, said=b"answer"):
        with store.transaction(db):
            idempotency.answer(db, claimed, said)
    return answer


def test_the_same_again_is_answered_the_same(claim, answer):
    answer(claim())
    assert claim().answer == b"answer"


def test_the_same_again_while_the_first_is_at_it_is_told_so(claim):
    assert claim().answer is None
    with pytest.raises(InProgress):
        claim()


def test_another_request_may_not_have_the_key(claim, answer):
    answer(claim())
    with pytest.raises(KeyReused):
        claim(said=b"something else")


def test_another_apps_key_is_another(claim, answer, make):
    answer(claim())
    assert claim(by=make.api_client("En annan")).answer is None


def test_who_died_is_taken_over_from_when_the_lease_is_out(claim, answer):
    died = claim()
    taken = claim(now=NOON + timedelta(seconds=30))
    with pytest.raises(Conflict):
        answer(died)
    answer(taken)
    assert claim().answer == b"answer"


def test_what_failed_may_be_asked_again(claim, answer, db, store):
    with store.transaction(db):
        idempotency.release(db, claim())
    answer(claim(said=b"mended"))


def test_an_answer_is_not_released(claim, answer, db, store):
    claimed = claim()
    answer(claimed)
    with store.transaction(db):
        idempotency.release(db, claimed)
    assert claim().answer == b"answer"


def test_an_answer_cannot_be_read_in_the_database(claim, answer, db):
    answer(claim(), b"a secret link")
    [kept] = db.query(IdempotencyKey)
    assert b"secret" not in kept.answer_sealed


def test_answers_are_forgotten_after_two_days(claim, answer, db, store):
    answer(claim())
    for hours, kept in ((48, 1), (49, 0)):
        with store.transaction(db):
            idempotency.forget(db, now=NOON + timedelta(hours=hours))
        assert db.query(IdempotencyKey).count() == kept


def test_a_key_is_the_apps_own(claim, db, store, answer):
    claimed = claim()
    other = idempotency.Claim(claimed.client_id, claimed.key_hash, uuid4())
    with pytest.raises(Conflict):
        answer(other)

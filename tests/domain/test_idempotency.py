from datetime import timedelta

import pytest

from domain import idempotency
from domain.idempotency import IdempotencyKey, KeyReused
from tests.conftest import NOON


@pytest.fixture
def client(make):
    return make.api_client()


@pytest.fixture
def ask(db, store, client):
    def ask(key="key", said=b"said", answer=b"answer", *, by=None):
        """What is answered."""
        with store.transaction(db):
            claim = idempotency.claim(db, (by or client).id, key, said, now=NOON)
            if claim.answer is None:
                idempotency.answer(db, claim, answer)
        return claim.answer or answer
    return ask


def test_the_same_again_is_answered_the_same(ask):
    ask()
    assert ask(answer=b"another") == b"answer"


def test_another_request_may_not_have_the_key(ask):
    ask()
    with pytest.raises(KeyReused):
        ask(said=b"something else")


def test_another_apps_key_is_another(ask, make):
    ask()
    assert ask(answer=b"another", by=make.api_client("En annan")) == b"another"


def test_who_dies_leaves_nothing(ask, client, store, db):
    with pytest.raises(RuntimeError), store.transaction(db):
        idempotency.claim(db, client.id, "key", b"said", now=NOON)
        raise RuntimeError("the process died")
    assert ask(said=b"mended") == b"answer"


def test_an_answer_cannot_be_read_in_the_database(ask, db):
    ask(answer=b"a secret link")
    [kept] = db.query(IdempotencyKey)
    assert b"secret" not in kept.answer_sealed


def test_answers_are_forgotten_after_two_days(ask, db, store):
    ask()
    for hours, kept in ((48, 1), (49, 0)):
        with store.transaction(db):
            idempotency.forget(db, now=NOON + timedelta(hours=hours))
        assert db.query(IdempotencyKey).count() == kept

from datetime import timedelta
from uuid import uuid4

from domain import submissions
from tests.conftest import NOON


def test_a_key_is_taken_once_and_says_where_the_first_one_led(store, db):
    key = uuid4()
    with store.transaction(db):
        assert submissions.take(db, key, now=NOON)
        submissions.leads_to(db, key, "/foretag/resenarer/")
    with store.transaction(db):
        assert not submissions.take(db, key, now=NOON)
        assert submissions.location(db, key) == "/foretag/resenarer/"


def test_a_form_whose_saving_failed_may_be_sent_again(store, db):
    key = uuid4()
    try:
        with store.transaction(db):
            submissions.take(db, key, now=NOON)
            raise RuntimeError
    except RuntimeError:
        pass
    with store.transaction(db):
        assert submissions.take(db, key, now=NOON)


def test_old_keys_are_forgotten(store, db):
    old, new = uuid4(), uuid4()
    with store.transaction(db):
        submissions.take(db, old, now=NOON - timedelta(days=3))
        submissions.take(db, new, now=NOON)
        submissions.forget(db, before=NOON - timedelta(days=2))
        assert submissions.take(db, old, now=NOON)
        assert not submissions.take(db, new, now=NOON)

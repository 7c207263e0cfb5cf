from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import limits
from domain.errors import TooMany
from domain.limits import Tries
from tests.conftest import NOON


def take(store, db, *, what="login", who="192.0.2.1", now=NOON):
    with store.transaction(db):
        limits.take(db, what, who, per_hour=2, now=now)


def test_so_many_tries_are_allowed_and_no_more(store, db):
    take(store, db)
    take(store, db)
    with pytest.raises(TooMany):
        take(store, db)


def test_each_has_tries_of_their_own_for_each_thing(store, db):
    for _ in range(2):
        take(store, db)
    take(store, db, who="192.0.2.2")
    take(store, db, what="application")


def test_the_next_hour_starts_over(store, db):
    for _ in range(2):
        take(store, db)
    take(store, db, now=NOON + timedelta(hours=1))


def test_the_table_tells_nobodys_address(store, db):
    take(store, db)
    [row] = db.scalars(select(Tries))
    assert (len(row.key), row.count) == (32, 1)
    assert b"192.0.2.1" not in row.key


def test_old_tries_are_forgotten(store, db):
    take(store, db)
    take(store, db, now=NOON + timedelta(hours=3))
    with store.transaction(db):
        limits.forget(db, now=NOON + timedelta(hours=3))
    assert [row.hour for row in db.scalars(select(Tries))] == [NOON + timedelta(hours=3)]

from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import ledger, purchases, standings
from domain.authorisations import Authorisation, State
from domain.errors import Conflict
from domain.products import Product
from jobs import authorisations as job
from tests.conftest import NOON
from tests.factories import NOBODY, ONE_ZONE

LATE = NOON + timedelta(minutes=15)


@pytest.fixture
def connection(make):
    make.price_list()
    return make.connection(registered=True)


@pytest.fixture
def authorise(db, store, connection):
    def authorise(now=NOON):
        with store.transaction(db):
            return purchases.authorise(db, connection, Product.SINGLE, ONE_ZONE, by=NOBODY,
                                       now=now)
    return authorise


def states(db):
    db.rollback()
    return list(db.scalars(select(Authorisation.state).order_by(Authorisation.authorised_at)
                           .execution_options(populate_existing=True)))


def test_what_nobody_captured_in_time_gives_its_room_back(portal, clock, db, connection,
                                                          authorise):
    authorise()
    authorise(NOON + timedelta(minutes=1))
    clock.at = LATE
    job.expire(portal)
    assert states(db) == [State.EXPIRED, State.OPEN]
    [standing] = standings.of_connections(db, [connection], now=LATE)
    assert standing.spent_ore == 4200
    assert ledger.check(db) == []


def test_it_is_harmless_twice_and_what_was_captured_stays(portal, clock, db, store, authorise):
    bought = authorise()
    with store.transaction(db):
        purchases.capture(db, bought, by=NOBODY, now=NOON)
    authorise()
    clock.at = LATE
    for _ in range(2):
        job.expire(portal)
    assert sorted(states(db)) == [State.CAPTURED, State.EXPIRED]
    assert ledger.check(db) == []


def test_many_are_let_go_some_at_a_time(portal, clock, db, authorise, monkeypatch):
    monkeypatch.setattr(job, "AT_ONCE", 2)
    for _ in range(5):
        authorise()
    clock.at = LATE
    job.expire(portal)
    assert set(states(db)) == {State.EXPIRED}


def test_what_has_expired_buys_nothing(portal, clock, db, store, authorise):
    late = authorise()
    clock.at = LATE
    job.expire(portal)
    with pytest.raises(Conflict, match="har gått ut"), store.transaction(db):
        purchases.capture(db, late, by=NOBODY, now=LATE)

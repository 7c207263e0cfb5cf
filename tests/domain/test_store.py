from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import StatementError

from domain import outbox, submissions
from domain.companies import Company
from domain.errors import Conflict
from domain.offers import OfferApplication
from tests.conftest import NOON


def test_nothing_of_a_broken_transaction_is_kept_and_nobody_is_rung(store, db, make, world):
    company = make.company()
    with pytest.raises(RuntimeError), store.transaction(db):
        company.name = "Nytt namn"
        outbox.put(db, outbox.Task.SEND_SMS, now=NOON)
        raise RuntimeError

    with store.transaction(db):
        pass
    assert (db.get_one(Company, company.id).name, world.queue.rung) == ("Bolaget AB", [])


def test_the_bell_rings_once_the_message_can_be_read(store, db, world):
    seen = []

    def ring(ids):
        with store.session() as other:
            seen.extend(other.get_one(outbox.OutboxMessage, id).task for id in ids)

    world.queue.ring = ring
    with store.transaction(db):
        outbox.put(db, outbox.Task.SEND_SMS, now=NOON)
        assert seen == []
    assert seen == ["send_sms"]


def test_two_who_change_the_same_row_are_told_of_each_other(store, make):
    application = make.offer_application()
    with store.session() as first, store.session() as second:
        theirs = second.get_one(OfferApplication, application.id)
        second.expunge(theirs)
        with store.transaction(first):
            first.get_one(OfferApplication, application.id).reason = "mine"
        with pytest.raises(Conflict), store.transaction(second):
            second.add(theirs)
            theirs.reason = "theirs"


def test_a_naive_time_is_refused(store, db):
    with pytest.raises(StatementError), store.transaction(db):
        outbox.put(db, outbox.Task.SEND_SMS, now=datetime(2026, 11, 20))


def test_times_come_back_aware(store, db):
    with store.transaction(db):
        message = outbox.put(db, outbox.Task.SEND_SMS, now=NOON)
    db.expire_all()
    assert message.put_at == NOON
    assert message.put_at.utcoffset() == timedelta(0)


def test_sixteen_at_once_lose_no_update(store, make):
    company = make.company("0")

    def add_one(_):
        with store.session() as session, store.transaction(session):
            row = session.get_one(Company, company.id, with_for_update=True)
            row.name = str(int(row.name) + 1)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(add_one, range(64)))
    with store.session() as session:
        assert session.get_one(Company, company.id).name == "64"


def test_a_form_is_taken_once_by_two_at_once(store, make):
    key = make.company().id

    def take(_):
        with store.session() as session, store.transaction(session):
            return submissions.take(session, key, now=NOON)

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(take, range(8))) == [False] * 7 + [True]

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy.exc import OperationalError, StatementError

from domain import outbox, submissions
from domain.companies import Company
from domain.errors import Conflict
from domain.offers import OfferApplication
from domain.store import FIRST
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


def test_who_writes_to_sqlite_waits_for_their_turn_and_not_for_their_own(store, config, make):
    if not config.database_url.startswith("sqlite"):
        pytest.skip("other databases have queues of their own")
    company, order = make.company(), []
    with ThreadPoolExecutor(1) as pool, store.session() as first:
        with store.transaction(first):
            waiting = pool.submit(rename, store, company.id, order)
            with store.session() as inner, pytest.raises(OperationalError):
                inner.connection().exec_driver_sql("PRAGMA busy_timeout = 0")
                rename(store, company.id, order, inner)  # its turn, but the database is taken
            assert not waiting.done()
            order.append("first")
        waiting.result()
    assert order == ["first", "second"]


def rename(store, company_id, order, session=None):
    with store.session() if session is None else nullcontext(session) as mine:
        with store.transaction(mine):
            mine.get_one(Company, company_id).name = "Nytt namn"
        order.append("second")


def test_the_log_names_the_rule_that_was_broken_and_not_what_was_typed(store, make, caplog):
    make.customer(email="hemlig@brevladan.example")
    with pytest.raises(Conflict):
        make.customer(email="hemlig@brevladan.example")
    assert "customers" in caplog.text
    assert "hemlig" not in caplog.text


def test_of_two_who_wait_for_each_other_one_is_told_and_the_other_goes_on(store, config, make):
    if config.database_url.startswith("sqlite"):
        pytest.skip("there is one writer at a time")
    companies, both = [make.company().id, make.company().id], Barrier(2)

    def hold(first, second):
        with store.session() as session, store.transaction(session):
            session.get_one(Company, first, with_for_update=True)
            both.wait()
            session.get_one(Company, second, with_for_update=True)

    with ThreadPoolExecutor(2) as pool:
        ended = [pool.submit(hold, *some) for some in (companies, reversed(companies))]
        assert sorted(str(each.exception()) for each in ended) == sorted(["None", FIRST])

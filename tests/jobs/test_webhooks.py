from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import api_clients, business_travel, outbox, pauses, purchases, webhooks
from domain.months import days_later
from domain.outbox import OutboxMessage, Task
from domain.products import Product
from domain.webhooks import Kind, Webhook
from jobs import webhooks as jobs
from jobs.outbox import deliver
from sandbox.public_app import SIGNED_WITH
from tests.conftest import NOON
from tests.factories import NOBODY, ONE_ZONE

HERE = "http://sandbox/app/handelser"


@pytest.fixture
def app_client(make, db, store):
    client = make.api_client()
    with store.transaction(db):
        api_clients.send_to(db, client, HERE, secret=SIGNED_WITH, by=None, now=NOON)
    return client


@pytest.fixture
def method(make, app_client):
    make.price_list()
    return make.payment_method(make.connection(), app_client)


@pytest.fixture
def connection(method, db):
    return db.get(business_travel.Connection, method.connection_id)


@pytest.fixture
def message(method, make, db):
    return db.get(OutboxMessage, make.webhook(method).message_id)


def kinds(db):
    db.rollback()
    return sorted(db.scalars(select(Webhook.kind)))


def test_the_app_is_told_and_knows_that_it_is_by_us(portal, stage, method, message, db):
    deliver(portal, message.id)
    [(_, said)] = stage.app.events()
    assert (said["type"], said["createdAt"]) == ("connection.paused", "2026-11-20T07:00:00Z")
    assert said["data"] == {"paymentMethodId": str(method.id)}
    db.rollback()
    db.refresh(message)
    db.expire_all()
    [told] = db.scalars(select(Webhook))
    assert (told.delivered_at, message.done_at) == (NOON, NOON)


def test_told_twice_is_noted_once(portal, stage, message, db, store):
    deliver(portal, message.id)
    with store.transaction(db):
        db.scalar(select(Webhook)).delivered_at = None
        again = db.get(OutboxMessage, message.id)
        again.next_try_at = NOON
    deliver(portal, message.id)
    assert len(stage.app.events()) == 1


def test_one_who_is_signed_by_another_is_not_believed(portal, stage, app_client, message, db,
                                                      store):
    with store.transaction(db):
        api_clients.send_to(db, app_client, HERE, secret="another", by=None, now=NOON)
    deliver(portal, message.id)
    db.rollback()
    db.refresh(message)
    assert (stage.app.events(), message.last_error) == ([], "the address answers 401")


def test_an_address_that_does_not_answer_is_told_later(portal, wire, stage, message, db, clock):
    wire.cut = True
    deliver(portal, message.id)
    db.rollback()
    db.refresh(message)
    assert (message.done_at, message.next_try_at) == (None, NOON + timedelta(seconds=10))
    wire.cut = False
    clock.at += timedelta(seconds=30)
    deliver(portal, message.id)
    assert len(stage.app.events()) == 1


def test_while_an_address_does_not_answer_nobody_waits_for_it_again(portal, wire, stage, method,
                                                                   message, db, store, clock):
    wire.cut = True
    deliver(portal, message.id)
    wire.cut = False
    with store.transaction(db):
        webhooks.tell(db, Kind.RESUMED, [method.connection_id], now=NOON)
    other = db.scalar(select(Webhook.message_id).where(Webhook.kind == Kind.RESUMED))
    deliver(portal, other)
    assert stage.app.events() == []
    clock.at += timedelta(seconds=30)
    deliver(portal, other)
    assert [said["type"] for _, said in stage.app.events()] == ["connection.resumed"]


def test_after_three_days_it_is_given_up_and_a_clerk_may_ask_again(portal, wire, stage, message,
                                                                  db, store, clock):
    wire.cut = True
    began = clock.at
    for _ in range(100):
        db.rollback()
        db.refresh(message)
        if message.given_up_at:
            break
        clock.at = message.next_try_at or NOON
        deliver(portal, message.id)
    assert timedelta(days=2) < clock.at - began < timedelta(days=4)
    with store.transaction(db):
        clock.at += timedelta(seconds=30)
        outbox.try_again(db, message, now=clock.at)
    wire.cut = False
    deliver(portal, message.id)
    assert len(stage.app.events()) == 1


def test_an_app_that_has_ended_is_told_nothing(portal, stage, app_client, message, db, store):
    with store.transaction(db):
        api_clients.end(db, app_client, by=NOBODY, now=NOON)
    deliver(portal, message.id)
    assert stage.app.events() == []


# What it is told of.


def test_it_is_told_what_happens_to_a_connection(connection, db, store):
    with store.transaction(db):
        pauses.pause(db, connection, by=NOBODY, now=NOON)
        pauses.resume(db, connection, by=NOBODY, now=NOON)
        business_travel.reconnect(db, connection, by=NOBODY, now=NOON)
        business_travel.end(db, connection, by=NOBODY, now=NOON)
    assert kinds(db) == ["connection.ended", "connection.ended", "connection.paused",
                         "connection.resumed"]


def test_it_is_told_of_a_refund_and_of_a_limit_that_is_reached(connection, db, store):
    with store.transaction(db):
        connection.limit_ore = 4200
    with store.transaction(db):
        kept = purchases.authorise(db, connection, Product.SINGLE, ONE_ZONE, by=NOBODY, now=NOON)
        purchases.capture(db, kept, by=NOBODY, now=NOON)
    assert kinds(db) == ["limit.reached"]
    with store.transaction(db):
        purchases.refund(db, kept, by=NOBODY, now=NOON)
    assert kinds(db) == ["limit.reached", "purchase.refunded"]
    told = db.scalar(select(Webhook).where(Webhook.kind == Kind.REFUNDED))
    assert told.data["purchaseId"] == str(kept.id) == str(told.about_id)


def test_what_is_undone_is_not_told(connection, db, store):
    with pytest.raises(RuntimeError), store.transaction(db):
        pauses.pause(db, connection, by=NOBODY, now=NOON)
        raise RuntimeError
    assert kinds(db) == []
    assert db.scalar(select(OutboxMessage).where(OutboxMessage.task == Task.SEND_WEBHOOK)) is None


def test_nobody_is_told_of_a_connection_that_no_app_has(make, app_client, db, store):
    connection = make.connection()
    with store.transaction(db):
        pauses.pause(db, connection, by=NOBODY, now=NOON)
    assert kinds(db) == []


def test_a_code_that_nobody_used_is_told_of_once_by_its_user_name(portal, make, app_client, clock,
                                                                 db):
    connection = make.connection()
    make.code(connection)
    jobs.tell_expired_codes(portal)
    assert kinds(db) == []
    clock.at = days_later(NOON, 7)
    jobs.tell_expired_codes(portal)
    jobs.tell_expired_codes(portal)
    db.rollback()
    [told] = db.scalars(select(Webhook))
    assert (told.kind, told.data) == (Kind.CODE_EXPIRED, {"userName": connection.user_name})


def test_what_has_been_told_is_forgotten_after_a_month(make, method, db, store):
    make.webhook(method)
    for days, kept in ((29, 1), (31, 0)):
        with store.transaction(db):
            webhooks.forget(db, now=days_later(NOON, days))
        assert len(kinds(db)) == kept



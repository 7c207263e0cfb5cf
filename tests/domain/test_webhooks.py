import hmac
import json

import pytest
from sqlalchemy import select

from domain import webhooks
from domain.errors import Invalid
from domain.webhooks import Kind, Webhook
from tests.conftest import NOON


@pytest.fixture
def client(make):
    return make.api_client(told_at="https://app.example/")


def test_it_is_signed_with_the_moment_in_it(make, client, db):
    told = make.webhook(make.payment_method(client=client))
    said = webhooks.body(told)
    parts = dict(part.split("=") for part in
                 webhooks.signature(db, client, said, now=NOON).split(","))
    assert parts["t"] == str(int(NOON.timestamp()))
    signed = f"{parts['t']}.{said.decode()}".encode()
    assert parts["v1"] == hmac.digest(b"to sign with", signed, "sha256").hex()


def test_it_says_the_same_each_time_and_no_more_than_ids(make, client):
    method = make.payment_method(client=client)
    told = make.webhook(method)
    assert webhooks.body(told) == webhooks.body(told)
    assert json.loads(webhooks.body(told)) == {
        "id": str(told.id), "type": "connection.paused", "createdAt": "2026-11-20T07:00:00Z",
        "data": {"paymentMethodId": str(method.id)}}


def test_each_is_told_to_the_app_that_has_the_connection_and_to_no_other(make, client, db, store):
    other = make.api_client("En annan", told_at="https://other.example/")
    mine = make.payment_method(client=client)
    make.payment_method(client=other, secret="q" * 43)
    with store.transaction(db):
        webhooks.tell(db, Kind.ENDED, [mine.connection_id], now=NOON)
    assert [each.client_id for each in db.scalars(select(Webhook))] == [client.id]


def test_an_app_without_an_address_is_told_nothing(make, db, store):
    method = make.payment_method()
    with store.transaction(db):
        webhooks.tell(db, Kind.ENDED, [method.connection_id], now=NOON)
    assert db.scalar(select(Webhook)) is None


@pytest.mark.parametrize("url", ["https://app.example/", "https://app.example:8443/a?b=c",
                                 "https://93.184.215.14/"])
def test_an_address_in_the_world_is_taken(url):
    assert webhooks.check_address(url, public=True) == url


def test_a_sandbox_may_be_here():
    assert webhooks.check_address("http://127.0.0.1:8001/app", public=False)
    with pytest.raises(Invalid):
        webhooks.check_address("http://127.0.0.1:8001/app", public=True)

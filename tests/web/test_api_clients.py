from dataclasses import replace

import pytest
from sqlalchemy import select

from domain import webhooks
from domain.api_clients import ApiClient, opened, webhook_secret
from domain.audit import Act, Event
from domain.outbox import OutboxMessage
from tests.conftest import NOON

INDEX = "/intern/appar/"


@pytest.fixture
def clerk(browser, make):
    return browser.log_in(make.clerk())


@pytest.fixture
def client(make):
    return make.api_client(told_at="http://sandbox/app/handelser")


def shown(page, id="secret"):
    [field] = [attrs for _, attrs in page.tags if attrs.get("id") == id]
    return field["value"]


def test_an_app_is_registered_and_its_secret_is_shown_once(clerk, db):
    made = clerk.post(f"{INDEX}ny", {"name": "Reseappen"})
    assert made.status == 200
    client = db.scalar(select(ApiClient))
    assert shown(made, "client-id") == str(client.id)
    assert opened(db, client.id, shown(made), now=NOON) is client
    for page in (clerk.get(INDEX), clerk.get(f"{INDEX}{client.id}")):
        assert "Reseappen" in page.said
        assert shown(made) not in page.response.text
    assert Act.API_CLIENT_REGISTERED in db.scalars(select(Event.act)).all()


def test_an_app_needs_a_name(clerk, db):
    assert clerk.post(f"{INDEX}ny", {"name": " "}).status == 422
    assert db.scalar(select(ApiClient)) is None


def test_a_new_secret_is_shown_and_works(clerk, client, db):
    made = clerk.post(f"{INDEX}{client.id}/hemlighet", {"leaked": "y"})
    db.rollback()
    db.expire_all()
    assert opened(db, client.id, shown(made), now=NOON)
    assert opened(db, client.id, "the secret of the app", now=NOON) is None


def test_an_ended_app_stays_in_the_list_and_can_do_nothing(clerk, client, db):
    assert "går inte att ångra" in clerk.get(f"{INDEX}{client.id}/avslut").said
    assert clerk.post(f"{INDEX}{client.id}/avslut").status == 303
    assert "Avslutad" in clerk.get(INDEX).said
    assert clerk.post(f"{INDEX}{client.id}/avslut").status == 409
    assert clerk.post(f"{INDEX}{client.id}/adress", {"url": "https://app.example/"}).status == 409


def test_the_first_address_gets_a_secret_to_sign_with_and_the_next_keeps_it(clerk, make, db):
    client = make.api_client()
    made = clerk.post(f"{INDEX}{client.id}/adress", {"url": "https://app.example/a"})
    db.rollback()
    db.refresh(client)
    assert webhook_secret(db, client) == shown(made)
    there = f"{INDEX}{client.id}/adress"
    assert clerk.post(there, {"url": "https://app.example/b"}).status == 303
    db.rollback()
    db.refresh(client)
    assert (client.webhook_url, webhook_secret(db, client)) == (
        "https://app.example/b", shown(made))
    assert shown(clerk.post(there, {"url": client.webhook_url, "renew": "y"})) != shown(made)


@pytest.mark.parametrize("url", [
    "http://app.example/", "https://127.0.0.1/", "https://10.1.2.3/", "https://[::1]/",
    "https://localhost/", "https://server/", "https://a:b@app.example/", "https://app.example/#x",
    "ftp://app.example/", "https://", "https://app.example:99999/", "https://169.254.169.254/x",
    "https://å.example/", "app.example", "https://intern.local/"])
def test_in_production_an_address_is_one_in_the_world(clerk, client, app, config, db, url):
    app.config["PORTAL"] = replace(config, environment="production")
    refused = clerk.post(f"{INDEX}{client.id}/adress", {"url": url})
    assert refused.status == 422
    assert f'value="{url}"' in refused.response.text
    db.rollback()
    db.refresh(client)
    assert client.webhook_url == "http://sandbox/app/handelser"


def test_without_an_address_nothing_is_told(clerk, client, db):
    assert clerk.post(f"{INDEX}{client.id}/adress", {"url": ""}).status == 303
    db.rollback()
    assert webhooks.listening(db) == set()


def test_what_it_was_told_is_seen_and_sent_again(clerk, client, make, db, store, world):
    told = make.webhook(make.payment_method(client=client))
    with store.transaction(db):
        message = db.get(OutboxMessage, told.message_id)
        message.given_up_at, message.next_try_at = NOON, None
        message.last_error = "the address answers 500"
    page = clerk.get(f"{INDEX}{client.id}")
    assert "connection.paused" in page.said
    assert "the address answers 500" in page.said
    world.queue.rung.clear()
    assert clerk.post(f"{INDEX}{client.id}/handelser/{told.id}/nytt-forsok").status == 303
    assert world.queue.rung == [told.message_id]


def test_what_another_app_was_told_is_not_found_under_this(clerk, client, make):
    other = make.api_client("En annan", told_at="http://sandbox/app/handelser")
    told = make.webhook(make.payment_method(client=other))
    assert clerk.post(f"{INDEX}{client.id}/handelser/{told.id}/nytt-forsok").status == 404

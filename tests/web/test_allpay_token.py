from base64 import b64encode
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import api_clients, api_tokens
from domain.api_tokens import ApiToken
from tests.conftest import NOON
from tests.factories import NOBODY
from tests.web.allpay_app import API, check

SECRET = "the secret of the app"
ASKED = {"grant_type": "client_credentials"}


@pytest.fixture
def client(make):
    return make.api_client()


@pytest.fixture
def ask(app):
    def ask(data=None, **kwargs):
        answer = app.test_client().post(f"{API}/token", data=data or ASKED, **kwargs)
        check("POST", "/token", answer)
        return answer
    return ask


def opens(app, token):
    answer = app.test_client().get(f"{API}/payment-method", headers={
        "Authorization": f"Bearer {token}"})
    return answer.status_code != 401


def in_body(client, secret=SECRET):
    return ASKED | {"client_id": str(client.id), "client_secret": secret}


def test_the_secret_gives_a_token_that_works_for_a_quarter(app, ask, client, clock):
    answer = ask(auth=(str(client.id), SECRET))
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 900)
    assert (answer.headers["Cache-Control"], answer.headers["Pragma"]) == ("no-store", "no-cache")
    assert opens(app, answer.json["access_token"])
    clock.at += timedelta(minutes=15)
    assert not opens(app, answer.json["access_token"])


def test_the_body_does_as_well(app, ask, client):
    assert opens(app, ask(in_body(client)).json["access_token"])


def test_of_a_token_only_a_hash_is_kept(ask, client, db):
    token = ask(in_body(client)).json["access_token"]
    [kept] = db.scalars(select(ApiToken))
    assert token.encode() not in kept.token_hash


@pytest.mark.parametrize("who", [
    ("x", SECRET), ("", ""), ("00000000-0000-4000-8000-000000000000", SECRET), (None, "wrong"),
    (None, "")])
def test_without_the_right_secret_there_is_no_token(ask, client, who):
    answer = ask(auth=(str(client.id) if who[0] is None else who[0], who[1]))
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize(("said", "error"), [
    ({"grant_type": "password"}, "unsupported_grant_type"), ({"x": "y"}, "invalid_request"),
    (ASKED | {"scope": "all"}, "invalid_scope"),
    ({"grant_type": ["client_credentials", "client_credentials"]}, "invalid_request")])
def test_what_is_asked_wrongly_is_refused_as_oauth_says(ask, client, said, error):
    answer = ask(said, auth=(str(client.id), SECRET))
    assert (answer.status_code, answer.json["error"]) == (400, error)


def test_two_ways_at_once_are_refused(ask, client):
    answer = ask(in_body(client), auth=(str(client.id), SECRET))
    assert answer.json["error"] == "invalid_request"


def test_json_is_refused(app, client):
    answer = app.test_client().post(f"{API}/token", json=in_body(client))
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("header", ["Basic", "Basic x", "Basic åäö", "Bearer x",
                                    "Basic " + b64encode(b"no colon").decode()])
def test_a_header_that_cannot_be_read_is_nobodys(ask, header):
    assert ask(headers={"Authorization": header}).status_code == 401


def test_a_new_secret_leaves_the_old_a_day_unless_it_has_leaked(ask, client, db, store, clock):
    with store.transaction(db):
        api_clients.rotate(db, client, secret="new", leaked=False, by=NOBODY, now=NOON)
    assert [ask(in_body(client, each)).status_code for each in ("new", SECRET)] == [200, 200]
    clock.at += timedelta(hours=24)
    assert [ask(in_body(client, each)).status_code for each in ("new", SECRET)] == [200, 401]
    with store.transaction(db):
        api_clients.rotate(db, client, secret="newer", leaked=True, by=NOBODY, now=clock.at)
    assert [ask(in_body(client, each)).status_code for each in ("newer", "new")] == [200, 401]


def test_an_app_that_has_ended_is_out_at_once(app, ask, client, db, store):
    token = ask(in_body(client)).json["access_token"]
    with store.transaction(db):
        api_clients.end(db, client, by=NOBODY, now=NOON)
        api_tokens.void(db, client)
    assert not opens(app, token)
    assert ask(in_body(client)).status_code == 401


def test_secrets_are_not_guessed_by_trying(ask, client, store):
    had = store.session.kw["info"]
    store.session.configure(info=had | {"rules": replace(had["rules"], api_tokens_per_hour=2)})
    answers = [ask(in_body(client, "wrong")) for _ in range(3)]
    assert [each.status_code for each in answers] == [401, 401, 429]
    assert answers[2].headers["Retry-After"] == "3600"
    store.session.configure(info=had)


def test_tokens_are_forgotten_when_they_have_expired(ask, client, db, store):
    ask(in_body(client))
    with store.transaction(db):
        api_tokens.forget(db, now=NOON + timedelta(minutes=15))
    assert db.scalar(select(ApiToken)) is None

from dataclasses import replace

import pytest
from sqlalchemy import select

from domain.authorisations import Authorisation
from tests.web.allpay_app import API, ID, SINGLE, kind


@pytest.mark.parametrize("body", [
    {}, SINGLE | {"extra": 1}, SINGLE | {"price": "4200"}, SINGLE | {"price": True},
    SINGLE | {"price": 4200.5}, SINGLE | {"price": -1}, SINGLE | {"price": None},
    SINGLE | {"product": "bus"}, SINGLE | {"product": "period_30_youth"},
    SINGLE | {"product": ["single"]}, SINGLE | {"place": "zones_1"},
    SINGLE | {"place": 181}, SINGLE | {"validFrom": "20261201"}, SINGLE | {"validFrom": "now"},
    SINGLE | {"validFrom": "2026-02-30"}, SINGLE | {"purpose": "a" * 101},
    SINGLE | {"purpose": "\0"}, SINGLE | {"purpose": None}, SINGLE | {"activate": "yes"},
    SINGLE | {"activate": None}, SINGLE | {"activate": 1}], ids=str)
def test_a_body_of_another_shape_is_refused_by_its_members(phone, db, body):
    answer = phone.post("/purchases", body)
    assert (answer.status_code, kind(answer)) == (422, "invalid")
    assert all(each["in"] == "body" for each in answer.json["errors"])
    assert db.scalar(select(Authorisation)) is None


@pytest.mark.parametrize("raw", [
    b"", b"{", b"[]", b'"x"', b"null", b'{"product": "single", "product": "day"}', b"\xff",
    b'{"price": NaN}', b'{"purpose": "\\ud800"}', b"[" * 9_000, b'{"price": ' + b"9" * 5_000 + b"}",
    b'{"price": 1e999}'], ids=lambda raw: raw[:30])
def test_what_is_no_json_object_is_refused(phone, app, raw):
    answer = app.test_client().post(f"{API}/purchases", data=raw, headers={
        "Authorization": f"Bearer {phone.token}", "Payment-Method": phone.method,
        "Idempotency-Key": "raw", "Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert kind(answer) in ("malformed", "invalid")


@pytest.mark.parametrize("place", ["?limit=0", "?limit=101", "?limit=x", "?cursor=x", "?other=1",
                                   f"?cursor={'9' * 18}-{'0' * 32}"])
def test_a_query_of_another_shape_is_refused(phone, place):
    assert phone.get(f"/purchases{place}").status_code in (404, 422)


@pytest.mark.parametrize("key", ["x", "1", ID.replace("-", ""), f"{{{ID}}}", "%00"])
def test_an_id_that_is_none_is_not_found(phone, key):
    assert kind(phone.get(f"/purchases/{key}")) == "not-found"
    assert kind(phone.post(f"/authorisations/{key}/capture")) == "not-found"


def ask(app, method, path, **kwargs):
    return app.test_client().open(API + path, method=method, **kwargs)


def test_other_methods_and_addresses_are_problems_too(app):
    answer = ask(app, "PUT", "/purchases")
    assert (answer.status_code, answer.headers["Allow"], kind(answer)) == (
        405, "GET, POST", "method")
    for path in ("/", "/nothing", "/purchases/1/2/3"):
        assert kind(ask(app, "GET", path)) == "not-found"
    assert kind(ask(app, "GET", "/token")) == "method"


def test_a_body_that_is_too_large_or_no_json_is_a_problem(phone, app):
    headers = {"Authorization": f"Bearer {phone.token}", "Idempotency-Key": "big"}
    assert kind(ask(app, "POST", "/purchases", data=b" " * 30_000, headers=headers,
                    content_type="application/json")) == "too-large"
    headers["Idempotency-Key"] = "form"
    assert kind(ask(app, "POST", "/purchases", data={"a": "b"}, headers=headers)) == "media-type"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer åäö"])
def test_without_a_token_nothing_is_told(phone, header):
    answer = phone.get("/payment-method", Authorization=header)
    assert (answer.status_code, kind(answer)) == (401, "unauthorised")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_no_cookie_is_set(phone):
    assert "Set-Cookie" not in phone.get("/payment-method").headers


def test_an_app_that_asks_too_often_is_told_when_it_may(phone, store):
    rules = store.session.kw["info"]["rules"]
    store.session.configure(info=store.session.kw["info"] | {
        "rules": replace(rules, api_requests_per_minute=2)})
    answers = [phone.get("/payment-method") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[0].headers["RateLimit"] == '"app";r=1;t=60'
    assert answers[2].headers["Retry-After"] == "60"
    store.session.configure(info=store.session.kw["info"] | {"rules": rules})

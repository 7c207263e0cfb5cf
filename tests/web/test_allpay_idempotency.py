from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from domain import idempotency, purchases
from domain.authorisations import Authorisation
from domain.errors import Conflict
from domain.idempotency import IdempotencyKey
from tests.web.allpay_app import API, SINGLE, bought, kind


def number(db, thing=Authorisation):
    db.rollback()
    return db.scalar(select(func.count()).select_from(thing))


def test_a_purchase_that_is_sent_again_is_answered_the_same_and_done_once(phone, db):
    first = phone.post("/purchases", SINGLE, key="once")
    again = phone.post("/purchases", SINGLE, key="once")
    assert (again.status_code, again.data, again.headers["Location"]) == (
        201, first.data, first.headers["Location"])
    assert (again.headers["Idempotent-Replayed"], number(db)) == ("true", 1)
    assert "Idempotent-Replayed" not in first.headers


def test_another_body_or_address_with_the_key_is_refused(phone, db):
    phone.post("/purchases", SINGLE, key="once")
    assert kind(phone.post("/purchases", SINGLE | {"price": 1}, key="once")) == "key-reused"
    assert kind(phone.post("/authorisations", SINGLE, key="once")) == "key-reused"
    assert number(db) == 1


def test_another_payment_method_with_the_key_is_refused(phone, make):
    phone.post("/purchases", SINGLE, key="once")
    make.payment_method(make.connection(), phone.client, secret="q" * 43)
    phone.method = "q" * 43
    assert kind(phone.post("/purchases", SINGLE, key="once")) == "key-reused"


def test_a_refusal_is_answered_the_same_too(phone, store, db):
    wish = {"product": "period_365", "place": "county", "price": 1_390_000}
    first = phone.post("/purchases", wish, key="once")
    with store.transaction(db):
        phone.connection.limit_ore = 1_500_000
    assert phone.post("/purchases", wish, key="once").data == first.data
    assert phone.post("/purchases", wish, key="another").status_code == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "å", "x" * 256])
def test_each_post_needs_a_key(phone, db, key):
    answer = phone.post("/purchases", SINGLE, **{"Idempotency-Key": key})
    assert (answer.status_code, kind(answer), number(db)) == (400, "no-key", 0)


def test_two_at_once_with_one_key_buy_one_ticket(phone, app, db):
    start = Barrier(8)

    def buy(_number):
        start.wait()
        return app.test_client().post(f"{API}/purchases", json=SINGLE, headers={
            "Authorization": f"Bearer {phone.token}", "Payment-Method": phone.method,
            "Idempotency-Key": "once"})

    with ThreadPoolExecutor(8) as together:
        answers = list(together.map(buy, range(8)))
    assert {(answer.status_code, answer.data) for answer in answers} == {(201, answers[0].data)}
    assert number(db) == 1


def test_a_purchase_and_its_answer_are_never_there_without_each_other(phone, app, monkeypatch, db):
    def broken(*_args):
        raise RuntimeError("the process died")

    app.testing = False
    monkeypatch.setattr(idempotency, "answer", broken)
    assert phone.post("/purchases", SINGLE, key="once").status_code == 500
    assert number(db) == 0
    monkeypatch.undo()
    assert phone.post("/purchases", SINGLE, key="once").status_code == 201
    assert number(db) == 1
    app.testing = True


def test_what_another_does_with_the_key_while_the_first_is_refused_stands(phone, monkeypatch, db):
    def bought_meanwhile(*_args, **_more):
        monkeypatch.undo()
        db.rollback()
        phone.post("/purchases", SINGLE, key="once")
        raise Conflict("Det gick inte.")

    monkeypatch.setattr(purchases, "authorise", bought_meanwhile)
    assert phone.post("/purchases", SINGLE, key="once").status_code == 409
    assert phone.post("/purchases", SINGLE, key="once").status_code == 201


def test_keys_and_answers_are_kept_without_what_they_say(phone, db):
    made = bought(phone)
    [kept] = db.scalars(select(IdempotencyKey))
    link = made["ticket"]["url"].rpartition("/")[2]
    assert link.encode() not in kept.answer_sealed
    assert kept.key_hash != b"key-1"

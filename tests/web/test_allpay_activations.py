from sqlalchemy import select

from domain import business_travel, pauses
from domain.months import days_later
from domain.payment_methods import PaymentMethod
from tests.conftest import NOON
from tests.factories import NOBODY
from tests.web.allpay_app import SINGLE, App, bought, kind


def wrong(code):
    return f"{(int(code) + 1) % 10**6:06}"


def activate(app, code=None, **headers):
    return app.post("/activations", {"userName": app.connection.user_name,
                                     "code": code or app.code}, **headers)


def test_the_code_gives_a_payment_method(fresh, db):
    answer = activate(fresh)
    assert answer.status_code == 201
    fresh.method = answer.json["paymentMethodToken"]
    assert fresh.get("/payment-method").json == answer.json["paymentMethod"] | {
        "employer": "Bolaget AB", "state": "active", "limit": 50_000, "used": 0, "left": 50_000,
        "resetsAt": "2026-11-30T23:00:00Z"}
    db.rollback()
    db.refresh(fresh.connection)
    assert fresh.connection.registered_at == NOON


def test_nothing_of_what_the_phone_holds_can_be_read_in_the_database(fresh, db):
    token = activate(fresh).json["paymentMethodToken"]
    db.rollback()
    for table in PaymentMethod.metadata.sorted_tables:
        assert token not in str(db.execute(select(table)).all())


def test_the_user_name_is_read_in_any_case(fresh):
    answer = fresh.post("/activations", {"userName": fresh.connection.user_name.lower(),
                                         "code": fresh.code})
    assert answer.status_code == 201


def test_a_wrong_code_says_how_many_tries_are_left_and_the_last_locks(fresh):
    for left in (4, 3, 2, 1):
        answer = activate(fresh, wrong(fresh.code))
        assert (answer.status_code, kind(answer), answer.json["triesLeft"]) == (
            404, "wrong-code", left)
    assert [kind(activate(fresh, wrong(fresh.code))), kind(activate(fresh))] == ["code-locked"] * 2
    assert activate(fresh).status_code == 423


def test_a_wrong_code_that_is_sent_again_is_one_try(fresh):
    answers = [activate(fresh, wrong(fresh.code), key="once").json for _ in range(3)]
    assert [each["triesLeft"] for each in answers] == [4, 4, 4]


def test_a_user_name_that_nobody_has_is_a_wrong_code_without_tries(fresh):
    answer = fresh.post("/activations", {"userName": "AP1", "code": "123456"})
    assert (kind(answer), answer.json.get("triesLeft")) == ("wrong-code", None)


def test_an_old_code_is_gone(fresh, clock, make):
    clock.at = days_later(NOON, 8)
    fresh.token = make.api_token(fresh.client, secret="later", at=clock.at)
    answer = activate(fresh)
    assert (answer.status_code, kind(answer)) == (410, "code-expired")


def test_a_code_is_used_once(fresh):
    activate(fresh)
    answer = activate(fresh)
    assert (answer.status_code, kind(answer)) == (404, "no-code")


def test_user_names_are_not_guessed_by_trying(fresh):
    for _ in range(20):
        fresh.post("/activations", {"userName": "AP1", "code": "123456"})
    answer = fresh.post("/activations", {"userName": "AP1", "code": "123456"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3600")


def test_a_payment_method_dies_when_the_connection_ends_or_is_registered_anew(phone, store, db):
    with store.transaction(db):
        business_travel.reconnect(db, phone.connection, by=NOBODY, now=NOON)
    answer = phone.get("/payment-method")
    assert (answer.status_code, kind(answer)) == (410, "payment-method-ended")
    with store.transaction(db):
        phone.connection.registered_at = NOON
    assert phone.get("/payment-method").status_code == 410
    with store.transaction(db):
        business_travel.end(db, phone.connection, by=NOBODY, now=NOON)
    assert phone.post("/purchases", SINGLE).status_code == 410


def test_another_apps_payment_method_is_not_found(phone, app, make):
    other = App(app, make, name="En annan app", at=NOON)
    other.method, bought_id = phone.method, bought(phone)["id"]
    for path in ("/payment-method", "/products", "/purchases", f"/purchases/{bought_id}",
                 f"/authorisations/{bought_id}"):
        assert kind(other.get(path)) == "not-found", path
    for path in ("capture", "void"):
        assert kind(other.post(f"/authorisations/{bought_id}/{path}")) == "not-found"
    assert kind(other.post(f"/purchases/{bought_id}/refund")) == "not-found"
    assert kind(other.post("/purchases", SINGLE)) == "not-found"


def test_another_travellers_purchase_is_not_found(phone, make):
    theirs = bought(phone)["id"]
    make.payment_method(make.connection(), phone.client, secret="q" * 43)
    phone.method = "q" * 43
    assert kind(phone.get(f"/purchases/{theirs}")) == "not-found"
    assert kind(phone.post(f"/purchases/{theirs}/refund")) == "not-found"
    assert phone.get("/purchases").json["purchases"] == []


def test_one_that_is_paused_says_so_and_buys_nothing(phone, store, db):
    with store.transaction(db):
        pauses.pause(db, phone.connection, by=NOBODY, now=NOON)
    assert phone.get("/payment-method").json["state"] == "paused"
    assert {each["refusal"]["kind"] for each in phone.get("/products").json["products"]} == {
        "conflict"}
    answer = phone.post("/purchases", SINGLE)
    assert (answer.status_code, kind(answer)) == (409, "conflict")

from datetime import timedelta

import pytest

from domain import login_orders
from domain.login_orders import Identity, LoginOrder, OrderState, Tokens
from tests.conftest import NOON
from tests.factories import personnummer

TOKENS = Tokens("ref", "auto", "qr", "secret")
ANNA = Identity(personnummer(1), "Anna", "Ek")


@pytest.fixture
def put(store, db):
    def put(handle="handle", *, nonce=None, now=NOON) -> LoginOrder:
        with store.transaction(db):
            return login_orders.put(db, handle, TOKENS, nonce=nonce, next_path="/foretag/", now=now)
    return put


def turn(store, db, *, handle="handle", after):
    with store.transaction(db):
        return login_orders.turn(db, handle, now=NOON + timedelta(seconds=after))


def test_an_order_is_found_by_the_handle_alone(db, put):
    order = put()
    assert login_orders.of(db, "handle") == order
    assert login_orders.of(db, "another") is None
    assert b"handle" not in order.handle_hash


def test_bankid_is_asked_by_one_at_a_time_every_two_seconds(store, db, put):
    put()
    asked = [turn(store, db, after=seconds) for seconds in (0, 1.9, 2, 2, 3.9, 4)]
    assert asked == [None, None, "ref", None, None, "ref"]


def test_nobody_asks_about_an_order_that_is_over(store, db, put):
    order = put()
    with store.transaction(db):
        login_orders.heard(order, "userCancel", over=True)
    assert turn(store, db, after=2) is None


def test_a_word_that_comes_late_changes_nothing(store, db, put):
    order = put()
    with store.transaction(db):
        login_orders.heard(order, "started", over=False)
        login_orders.heard(order, "userCancel", over=True)
        login_orders.heard(order, "userSign", over=False)
    assert (order.state, order.hint) == (OrderState.FAILED, "userCancel")


def test_an_order_waits_to_be_scanned_until_bankid_says_otherwise(db, put):
    order = put()
    seen = []
    for hint in ("outstandingTransaction", "noClient", "started", "userSign"):
        login_orders.heard(order, hint, over=False)
        seen.append(order.unscanned)
    assert seen == [True, True, False, False]


def test_who_has_identified_is_sealed_until_asked_for(db, put):
    order = put()
    login_orders.identified(db, order, ANNA)
    assert order.ready
    assert b"Anna" not in order.identity_sealed
    assert login_orders.identity(db, order) == ANNA


def test_on_the_same_device_nobody_is_ready_before_the_browser_is_back(store, db, put):
    order = put(nonce="nonce")
    login_orders.identified(db, order, ANNA)
    assert not order.ready
    with store.transaction(db):
        login_orders.identified(db, order, ANNA)
        assert not login_orders.came_back(db, "handle", "guessed", now=NOON)
        assert not login_orders.came_back(db, "another", "nonce", now=NOON)
        assert login_orders.came_back(db, "handle", "nonce", now=NOON)
    assert order.ready


def test_only_an_unscanned_code_is_renewed_and_not_for_ever(db, put):
    scanned, same_device, unscanned = put("1"), put("2", nonce="nonce"), put("3")
    login_orders.heard(scanned, "userCancel", over=True)
    login_orders.heard(same_device, "startFailed", over=True)
    login_orders.heard(unscanned, "startFailed", over=True)
    soon, late = NOON + timedelta(seconds=119), NOON + timedelta(seconds=120)
    assert [order.renewable(soon) for order in (scanned, same_device, unscanned)] == [
        False, False, True]
    assert not unscanned.renewable(late)


def test_a_renewed_order_starts_over_but_not_its_two_minutes(db, put):
    order = put()
    login_orders.heard(order, "startFailed", over=True)
    later = NOON + timedelta(seconds=31)
    login_orders.renew(order, Tokens("ref2", "auto2", "qr2", "secret2"), now=later)
    assert (order.order_ref, order.unscanned, order.ordered_at) == ("ref2", True, later)
    assert order.first_ordered_at == NOON


def test_orders_are_forgotten_after_an_hour(store, db, put):
    put("old", now=NOON)
    put("new", now=NOON + timedelta(hours=1, seconds=1))
    with store.transaction(db):
        login_orders.forget(db, now=NOON + timedelta(hours=1, seconds=1))
    assert login_orders.of(db, "old") is None
    assert login_orders.of(db, "new")

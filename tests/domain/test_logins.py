from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import logins
from domain.access import Role
from domain.logins import Identity, Login, LoginOrder, OrderState, Stranger, Tokens
from tests.conftest import NOON
from tests.factories import MORNING, personnummer

TOKENS = Tokens("ref", "auto", "qr", "secret")
ANNA = Identity(personnummer(1), "Anna", "Ek")


@pytest.fixture
def put(store, db):
    def put(handle="handle", *, nonce=None, now=NOON) -> LoginOrder:
        with store.transaction(db):
            return logins.put_order(db, handle, TOKENS, nonce=nonce, next_path="/foretag/", now=now)
    return put


def turn(store, db, *, handle="handle", after):
    with store.transaction(db):
        return logins.turn(db, handle, now=NOON + timedelta(seconds=after))


def test_an_order_is_found_by_the_handle_alone(db, put):
    order = put()
    assert logins.order(db, "handle") == order
    assert logins.order(db, "another") is None
    assert b"handle" not in order.handle_hash


def test_bankid_is_asked_by_one_at_a_time_every_two_seconds(store, db, put):
    put()
    asked = [turn(store, db, after=seconds) for seconds in (0, 1.9, 2, 2, 3.9, 4)]
    assert asked == [None, None, "ref", None, None, "ref"]


def test_nobody_asks_about_an_order_that_is_over(store, db, put):
    order = put()
    with store.transaction(db):
        logins.heard(order, "userCancel", over=True)
    assert turn(store, db, after=2) is None


def test_a_word_that_comes_late_changes_nothing(store, db, put):
    order = put()
    with store.transaction(db):
        logins.heard(order, "started", over=False)
        logins.heard(order, "userCancel", over=True)
        logins.heard(order, "userSign", over=False)
    assert (order.state, order.hint) == (OrderState.FAILED, "userCancel")


def test_an_order_waits_to_be_scanned_until_bankid_says_otherwise(db, put):
    order = put()
    seen = []
    for hint in ("outstandingTransaction", "noClient", "started", "userSign"):
        logins.heard(order, hint, over=False)
        seen.append(order.unscanned)
    assert seen == [True, True, False, False]


def test_who_has_identified_is_sealed_until_asked_for(db, put):
    order = put()
    logins.identified(db, order, ANNA)
    assert order.ready
    assert b"Anna" not in order.identity_sealed
    assert logins.identity(db, order) == ANNA


def test_on_the_same_device_nobody_is_ready_before_the_browser_is_back(store, db, put):
    order = put(nonce="nonce")
    logins.identified(db, order, ANNA)
    assert not order.ready
    with store.transaction(db):
        logins.identified(db, order, ANNA)
        assert not logins.came_back(db, "handle", "guessed", now=NOON)
        assert not logins.came_back(db, "another", "nonce", now=NOON)
        assert logins.came_back(db, "handle", "nonce", now=NOON)
    assert order.ready


def test_only_an_unscanned_code_is_renewed_and_not_for_ever(db, put):
    scanned, same_device, unscanned = put("1"), put("2", nonce="nonce"), put("3")
    logins.heard(scanned, "userCancel", over=True)
    logins.heard(same_device, "startFailed", over=True)
    logins.heard(unscanned, "startFailed", over=True)
    soon, late = NOON + timedelta(seconds=119), NOON + timedelta(seconds=120)
    assert [order.renewable(soon) for order in (scanned, same_device, unscanned)] == [
        False, False, True]
    assert not unscanned.renewable(late)


def test_a_renewed_order_starts_over_but_not_its_two_minutes(db, put):
    order = put()
    logins.heard(order, "startFailed", over=True)
    later = NOON + timedelta(seconds=31)
    logins.renew(order, Tokens("ref2", "auto2", "qr2", "secret2"), now=later)
    assert (order.order_ref, order.unscanned, order.ordered_at) == ("ref2", True, later)
    assert order.first_ordered_at == NOON


def begin(store, db, number, *, token="token", now=NOON):
    with store.transaction(db):
        return logins.begin(db, number, given_name="Anna", surname="Ek", token=token,
                            language="en", now=now)


def test_a_stranger_is_not_signed_in(store, db):
    with pytest.raises(Stranger):
        begin(store, db, personnummer(1))
    assert db.scalars(select(Login)).all() == []


def test_a_stranger_who_is_invited_is_signed_in_with_no_rights(store, db):
    with store.transaction(db):
        logins.begin(db, personnummer(1), given_name="Anna", surname="Ek", token="token",
                     language="sv", invited=True, now=NOON)
    actor = logins.actor(db, "token", now=NOON)
    assert (actor.name, actor.roles, actor.administers) == ("Anna Ek", frozenset(), None)


def test_a_clerk_may_stand_in_for_an_administrator_as_well(db, make):
    company = make.company()
    clerk = make.as_person(make.traveller(company, number=personnummer(1)))
    make.clerk(number=personnummer(1))
    make.deputyship(make.admin(company), clerk)
    actor = make.actor(clerk)
    assert actor.roles == {Role.CLERK, Role.COMPANY_ADMIN, Role.TRAVELLER}


def test_a_traveller_becomes_a_person_at_the_first_login(store, db, make):
    make.traveller(number=personnummer(1))
    begin(store, db, personnummer(1))
    actor = logins.actor(db, "token", now=NOON)
    assert (actor.name, actor.roles) == ("Anna Ek", {Role.TRAVELLER})


def test_who_no_longer_travels_is_a_stranger_again(store, db, make):
    traveller = make.traveller(number=personnummer(1))
    with store.transaction(db):
        traveller.ended_at = MORNING
    assert not logins.knows(db, personnummer(1))


def test_an_actor_has_every_role_and_the_company_that_they_administer(store, db, make):
    company = make.company("Bolaget AB")
    make.admin(company, number=personnummer(1))
    make.traveller(make.company("Annat AB"), number=personnummer(1))
    begin(store, db, personnummer(1))
    actor = logins.actor(db, "token", now=NOON)
    assert actor.roles == {Role.COMPANY_ADMIN, Role.TRAVELLER}
    assert (actor.company_id, actor.company_name) == (company.id, "Bolaget AB")


def test_a_login_opens_nothing_once_it_is_over(store, db, make):
    make.admin(number=personnummer(1))
    begin(store, db, personnummer(1))
    last = NOON + timedelta(hours=12) - timedelta(seconds=1)
    assert logins.actor(db, "token", now=last)
    assert logins.actor(db, "token", now=last + timedelta(seconds=1)) is None
    assert logins.actor(db, "another", now=NOON) is None


def test_ending_a_login_ends_that_one_only_and_once(store, db, make):
    make.admin(number=personnummer(1))
    begin(store, db, personnummer(1), token="phone")
    ended = begin(store, db, personnummer(1), token="desk")
    for minutes in (0, 1):
        with store.transaction(db):
            logins.end(db, "desk", now=NOON + timedelta(minutes=minutes))
    assert logins.actor(db, "phone", now=NOON)
    assert logins.actor(db, "desk", now=NOON) is None
    db.refresh(ended)
    assert ended.ended_at == NOON


def test_orders_are_forgotten_after_an_hour_and_logins_after_a_month(store, db, make, put):
    make.admin(number=personnummer(1))
    put("old", now=NOON)
    put("new", now=NOON + timedelta(days=31))
    begin(store, db, personnummer(1), token="old", now=NOON)
    kept = begin(store, db, personnummer(1), token="new", now=NOON + timedelta(days=1))
    with store.transaction(db):
        logins.forget(db, now=NOON + timedelta(days=31))
    assert logins.order(db, "old") is None
    assert logins.order(db, "new")
    assert db.scalars(select(Login)).all() == [kept]

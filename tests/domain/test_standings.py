from datetime import timedelta

import pytest

from domain import business_travel, codes, messages, standings
from domain.access import Scope
from domain.months import days_later
from domain.standings import State
from tests.conftest import NOON


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company))


@pytest.fixture
def traveller(make, company):
    return make.traveller(company)


def standing(db, connection, now=NOON):
    [found] = standings.of_connections(db, [connection], now=now)
    return found


def sent(db, store, connection, *, at, state=messages.State.DELIVERED, wrong_tries=0):
    with store.transaction(db):
        found = standing(db, connection)
        codes.issue(db, found.code.id, now=at)
        found.code.wrong_tries, found.sms.state = wrong_tries, state


@pytest.mark.parametrize(("how", "state", "troubled"), [
    ({"at": NOON}, State.CODE_SENT, False),
    ({"at": NOON - timedelta(days=4, hours=23)}, State.CODE_SENT, False),
    ({"at": NOON - timedelta(days=5)}, State.CODE_SENT, True),
    ({"at": NOON - timedelta(days=7)}, State.CODE_EXPIRED, True),
    ({"at": NOON, "wrong_tries": 4}, State.CODE_SENT, False),
    ({"at": NOON, "wrong_tries": 5}, State.CODE_LOCKED, True),
    ({"at": NOON, "state": messages.State.FAILED}, State.CODE_FAILED, True),
    ({"at": NOON, "state": messages.State.SENDING}, State.CODE_WAITING, False),
])
def test_how_far_a_code_has_come_and_whether_it_needs_help(db, store, make, traveller, how, state,
                                                           troubled):
    connection = make.connection(traveller)
    sent(db, store, connection, **how)
    assert standing(db, connection).state(NOON) == state
    found = standings.troubled(db, within=Scope(traveller.company_id), now=NOON)
    assert [each.connection.id for each in found] == [connection.id] * troubled


def test_nobody_is_troubled_about_those_who_registered_left_or_got_a_new_code(db, store, make,
                                                                              company, admin):
    registered, ended, renewed = (make.connection(make.traveller(company)) for _ in range(3))
    for connection in (registered, ended, renewed):
        sent(db, store, connection, at=NOON, state=messages.State.FAILED)
    with store.transaction(db):
        registered.registered_at = NOON
        business_travel.end(db, ended, by=admin, now=NOON)
        business_travel.send_new_code(db, renewed, by=admin, now=NOON)
    assert standings.troubled(db, within=Scope(company.id), now=NOON) == []


def test_a_company_is_troubled_about_its_own_only(db, store, make, company):
    sent(db, store, make.connection(), at=NOON - timedelta(days=9))
    assert standings.troubled(db, within=Scope(company.id), now=NOON) == []


def test_a_code_expires_in_the_state_at_the_very_moment(db, store, make, traveller):
    connection = make.connection(traveller)
    sent(db, store, connection, at=NOON)
    ends = days_later(NOON, 7)
    assert [standing(db, connection).state(moment) for moment in (ends - timedelta(seconds=1), ends)
            ] == [State.CODE_SENT, State.CODE_EXPIRED]

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from domain import codes
from domain.codes import OneTimeCode, Outcome
from tests.conftest import NOON


@pytest.fixture
def connection(make):
    return make.connection()


@pytest.fixture
def issue(db, store):
    """Sends the connection's code, as the worker does; returns its digits."""
    def issue(connection, now=NOON):
        with store.transaction(db):
            return codes.issue(db, current(db, connection).id, now=now)
    return issue


@pytest.fixture
def redeem(db, store):
    def redeem(connection, digits, now=NOON):
        with store.transaction(db):
            return codes.redeem(db, connection.id, digits, now=now)
    return redeem


def current(db, connection) -> OneTimeCode:
    return codes.current(db, [connection.id])[connection.id]


def wrong(digits: str) -> str:
    return digits[:-1] + str(9 - int(digits[-1]))


def test_a_code_is_six_digits_of_which_only_a_hash_is_kept(db, connection, issue):
    digits = issue(connection)
    assert (len(digits), digits.isdigit()) == (6, True)
    kept = [getattr(current(db, connection), column.key)
            for column in OneTimeCode.__table__.columns]
    assert not [value for value in kept if isinstance(value, bytes) and digits.encode() in value]
    assert digits not in [str(value) for value in kept]


def test_a_code_that_is_sent_a_second_time_is_the_same(connection, issue):
    assert issue(connection) == issue(connection)


def test_a_code_is_used_once(connection, issue, redeem):
    digits = issue(connection)
    assert [redeem(connection, digits) for _ in range(2)] == [Outcome.REDEEMED, Outcome.NONE]


def test_one_that_has_not_been_sent_opens_nothing(connection, redeem):
    assert redeem(connection, "000000") == Outcome.NONE


def test_five_wrong_tries_lock_it_also_for_the_right_one(db, connection, issue, redeem):
    digits = issue(connection)
    assert [redeem(connection, wrong(digits)) for _ in range(6)] == (
        [Outcome.WRONG] * 5 + [Outcome.LOCKED])
    assert redeem(connection, digits) == Outcome.LOCKED
    assert current(db, connection).wrong_tries == 5


def test_many_who_guess_at_once_get_five_tries_together(store, connection, issue):
    guess = wrong(issue(connection))

    def try_it(_number):
        with store.session() as session, store.transaction(session):
            return codes.redeem(session, connection.id, guess, now=NOON)

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(try_it, range(16)))
    assert sorted(outcomes) == [Outcome.LOCKED] * 11 + [Outcome.WRONG] * 5


SENT_IN_SUMMER = datetime(2026, 10, 20, 10, tzinfo=UTC)
"""Five days before the clocks change."""


@pytest.mark.parametrize(("sent", "ends"), [
    (NOON, NOON + timedelta(days=7)),
    (SENT_IN_SUMMER, SENT_IN_SUMMER + timedelta(days=7, hours=1)),
])
def test_a_code_is_valid_for_seven_swedish_days(connection, issue, redeem, sent, ends):
    digits = issue(connection, now=sent)
    assert redeem(connection, digits, now=ends) == Outcome.EXPIRED
    assert redeem(connection, digits, now=ends - timedelta(seconds=1)) == Outcome.REDEEMED


def test_a_new_code_voids_the_old(db, store, connection, issue, redeem):
    old = issue(connection)
    with store.transaction(db):
        codes.void(db, connection.id, now=NOON)
        codes.order(db, connection.id, now=NOON)
    new = issue(connection)
    assert [redeem(connection, digits) for digits in (old, new)] == [Outcome.WRONG,
                                                                     Outcome.REDEEMED]


def test_a_voided_code_is_not_sent(db, store, connection):
    code_id = current(db, connection).id
    with store.transaction(db):
        codes.void(db, connection.id, now=NOON)
        assert codes.issue(db, code_id, now=NOON) is None


def test_a_code_opens_no_other_connection(make, connection, issue, redeem):
    other = make.connection()
    issue(other)
    assert redeem(other, issue(connection)) == Outcome.WRONG

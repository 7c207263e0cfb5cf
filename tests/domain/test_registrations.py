import pytest

from domain import codes, registrations
from domain.codes import Outcome
from domain.registrations import Attempt
from tests.conftest import NOON
from tests.factories import NOBODY


@pytest.fixture
def connection(make):
    return make.connection()


@pytest.fixture
def digits(db, store, connection):
    with store.transaction(db):
        return codes.issue(db, codes.current(db, [connection.id])[connection.id].id, now=NOON)


@pytest.fixture
def register(db, store):
    def register(mine, user_name, digits):
        with store.transaction(db):
            return registrations.register(db, mine, user_name=user_name, digits=digits, by=NOBODY,
                                          now=NOON)
    return register


def wrong(digits):
    return f"{(int(digits) + 1) % 10**6:06}"


def test_the_right_name_and_code_register(register, connection, digits):
    name = f" {connection.user_name.lower()} "
    assert register([connection], name, digits) == Attempt(Outcome.REDEEMED)
    assert connection.registered_at == NOON


def test_a_wrong_name_and_a_wrong_code_are_answered_alike_and_both_count(register, connection,
                                                                         digits):
    assert register([connection], "AP00000000", digits) == Attempt(Outcome.WRONG, 4)
    assert register([connection], connection.user_name, wrong(digits)) == Attempt(Outcome.WRONG, 3)


def test_five_wrong_names_lock_the_code(register, connection, digits):
    outcomes = [register([connection], "AP00000000", digits).outcome for _ in range(5)]
    assert outcomes == [Outcome.WRONG] * 4 + [Outcome.LOCKED]
    assert register([connection], connection.user_name, digits).outcome == Outcome.LOCKED
    assert connection.registered_at is None


def test_a_wrong_name_costs_a_try_of_each_code_that_waits(make, register, connection, digits):
    done = make.connection(registered=True)
    assert register([done, connection], "AP00000000", digits) == Attempt(Outcome.WRONG, 4)
    assert register([done], "AP00000000", digits) == Attempt(Outcome.WRONG)
    assert register([], "AP00000000", digits) == Attempt(Outcome.WRONG)


def test_somebody_elses_name_and_code_register_nothing(make, register, connection, digits):
    mine = make.connection()
    assert register([mine], connection.user_name, digits).outcome != Outcome.REDEEMED
    assert (mine.registered_at, connection.registered_at) == (None, None)

from datetime import UTC, datetime, timedelta

import pytest

from domain import month_checks
from domain.errors import Conflict
from domain.months import Month
from tests.conftest import NOON

NOVEMBER = Month(2026, 11)


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company))


@pytest.fixture
def head(make, company):
    """Who has one of two departments."""
    return make.actor(make.department_admin(make.department(company)))


@pytest.fixture
def check(store, db):
    def check(by, month=NOVEMBER, now=NOON):
        with store.transaction(db):
            month_checks.check(db, month, by=by, now=now)
    return check


def of(db, who, month=NOVEMBER):
    return month_checks.of(db, month, within=who.scope)


def test_before_anybody_has_looked_nothing_is_checked(db, admin):
    assert of(db, admin) == month_checks.Checked(None, 0, 0)


def test_the_last_who_looked_at_all_is_told(db, admin, head, check):
    check(admin)
    check(admin, now=NOON + timedelta(hours=1))
    for who in (admin, head):
        assert of(db, who).last.checked_at == NOON + timedelta(hours=1)
        assert of(db, who).last.checked_by_id == admin.person_id


def test_who_has_some_departments_checks_those_alone(db, admin, head, check):
    check(head)
    assert of(db, head).last.checked_by_id == head.person_id
    assert (of(db, admin).last, of(db, admin).departments) == (None, 1)


def test_what_is_bought_afterwards_is_counted(db, make, company, admin, check):
    make.ticket(make.traveller(company), at=NOON - timedelta(minutes=1))
    check(admin)
    make.ticket(make.traveller(company), at=NOON + timedelta(minutes=1))
    make.ticket(make.traveller(company), at=NOVEMBER.next.start)
    assert of(db, admin).later == 1


def test_each_month_is_checked_for_itself(db, admin, check):
    check(admin, NOVEMBER.previous)
    assert of(db, admin).last is None


def test_a_month_that_has_not_begun_cannot_be_checked(admin, check):
    with pytest.raises(Conflict):
        check(admin, NOVEMBER.next, datetime(2026, 11, 30, 22, 59, tzinfo=UTC))

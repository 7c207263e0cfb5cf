from datetime import UTC, date, datetime, timedelta

import pytest

from domain import parcel_cases
from domain.customers import actor_of
from domain.errors import Conflict, NotFound
from domain.parcel_cases import Outcome, Reason
from tests.conftest import NOON
from tests.factories import MORNING

SIXTH, AFTER = datetime(2026, 11, 30, 22, tzinfo=UTC), datetime(2026, 11, 30, 23, tzinfo=UTC)
"""Of the weekdays after MORNING, a Friday: late in the evening, and Swedish midnight after it."""


@pytest.fixture
def ask(store, db):
    def ask(parcel, reason=Reason.MISSING, at=AFTER):
        with store.transaction(db):
            return parcel_cases.ask(db, parcel, reason, "Hej?", by=actor_of(parcel.customer),
                                    now=at)
    return ask


def test_it_may_be_missed_when_six_weekdays_have_gone(db, make):
    parcel = make.parcel(posted=True)
    assert parcel_cases.reasons(db, parcel, now=SIXTH) == [Reason.DAMAGED]
    assert parcel_cases.reasons(db, parcel, now=AFTER) == [Reason.MISSING, Reason.DAMAGED]


def test_the_weekdays_are_counted_over_christmas(db, make):
    parcel = make.parcel(at=datetime(2026, 12, 17, 11, tzinfo=UTC))
    assert parcel_cases.missing_from(db, parcel) == date(2026, 12, 30)


def test_what_is_not_posted_is_missed_too_but_not_damaged(db, make):
    assert parcel_cases.reasons(db, make.parcel(), now=AFTER) == [Reason.MISSING]


def test_nobody_may_miss_it_before(make, ask):
    with pytest.raises(Conflict, match="inte att fråga"):
        ask(make.parcel(posted=True), at=SIXTH)


def test_a_parcel_has_one_open_case(db, make, ask):
    parcel = make.parcel(posted=True)
    case = ask(parcel)
    with pytest.raises(Conflict, match="redan frågat"):
        ask(parcel, Reason.DAMAGED)
    assert (parcel_cases.opened(db), parcel_cases.open_count(db)) == ([case], 1)


def test_one_that_had_come_may_be_asked_for_again(store, db, make, ask):
    parcel = make.parcel(posted=True)
    with store.transaction(db):
        parcel_cases.arrived(db, ask(parcel), by=actor_of(parcel.customer), now=AFTER)
    case = parcel_cases.of_parcels(db, [parcel.id])[0]
    assert (case.outcome, case.closed_by_id) == (Outcome.ARRIVED, None)
    assert ask(parcel, at=AFTER + timedelta(days=1)) is parcel_cases.find_open(db, parcel)


def test_a_case_is_closed_once(store, db, make):
    case = make.parcel_case()
    by = actor_of(case.parcel.customer)
    with store.transaction(db):
        parcel_cases.arrived(db, case, by=by, now=NOON)
    with pytest.raises(Conflict, match="redan avslutat"), store.transaction(db):
        parcel_cases.arrived(db, case, by=by, now=NOON)
    with pytest.raises(NotFound):
        parcel_cases.find_open(db, case.parcel)


def test_the_oldest_waits_first(db, make):
    second = make.parcel_case(at=NOON)
    first = make.parcel_case(at=MORNING)
    assert parcel_cases.opened(db) == [first, second]


def test_a_deleted_account_leaves_no_words(store, db, make):
    case = make.parcel_case(words="Jag har flyttat till Rut.")
    with store.transaction(db):
        parcel_cases.forget(db, case.customer_id)
    db.expire_all()
    assert case.words == ""

from datetime import UTC, date, datetime

import pytest

from domain import customers
from domain.errors import NotAllowed, NotFound
from tests.factories import born


def test_one_may_buy_from_the_swedish_midnight_of_ones_eighteenth_birthday(make):
    customer = make.customer(number=born(date(2008, 11, 21)))
    before = datetime(2026, 11, 20, 22, 59, tzinfo=UTC)
    midnight = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
    assert not customers.is_of_age(customer, now=before)
    with pytest.raises(NotAllowed, match="fyller 18"):
        customers.check_of_age(customer, now=before)
    customers.check_of_age(customer, now=midnight)


@pytest.mark.parametrize(("born_on", "years", "turned"), [
    (date(2008, 2, 29), 18, date(2026, 2, 28)), (date(2008, 2, 29), 16, date(2024, 2, 29)),
    (date(2010, 11, 21), 16, date(2026, 11, 21))])
def test_a_leap_day_is_had_on_the_last_of_february(born_on, years, turned):
    assert customers.birthday(born_on, years) == turned


@pytest.mark.parametrize(("number", "day"), [
    ("197001012389", date(1970, 1, 1)), ("197001612380", date(1970, 1, 1))])
def test_a_coordination_number_tells_the_day_as_well(number, day):
    assert customers.born_on(number) == day


def test_an_address_is_found_whatever_the_case_of_its_letters(make, db):
    customer = make.customer(email="Kajsa@Brevladan.example")
    assert customers.with_email(db, " kajsa@brevladan.EXAMPLE ") == customer
    assert customers.with_email(db, "kajsa@brevladan.se") is None


def test_who_is_deleted_is_not_found(make, db, store):
    customer = make.customer()
    with store.transaction(db):
        customer.deleted_at = customer.created_at
    with pytest.raises(NotFound):
        customers.find(db, customer.id)
    assert customers.with_email(db, customer.email) is None

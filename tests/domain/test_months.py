from datetime import UTC, date, datetime

import pytest

from domain.months import (
    Month,
    days_later,
    midnight,
    today,
    working_days_after,
    working_days_between,
    working_days_later,
)


def utc(*parts):
    return datetime(*parts, tzinfo=UTC)


def test_a_month_begins_at_swedish_midnight():
    assert Month(2026, 11).start == utc(2026, 10, 31, 23)
    assert Month(2026, 7).start == utc(2026, 6, 30, 22)
    assert Month.of(utc(2026, 10, 31, 22, 59)) == Month(2026, 10)
    assert Month.of(utc(2026, 10, 31, 23)) == Month(2026, 11)
    assert Month.of(utc(2026, 6, 30, 22)) == Month(2026, 7)


def test_months_follow_each_other_over_the_year():
    assert (Month(2026, 12).next, Month(2026, 1).previous) == (Month(2027, 1), Month(2025, 12))
    assert [Month(2026, month).next.previous for month in range(1, 13)] == [
        Month(2026, month) for month in range(1, 13)]


def test_months_are_in_order_and_written_as_one_sorts_them():
    assert Month(2025, 12) < Month(2026, 1) < Month(2026, 10)
    assert (str(Month(2026, 1)), str(Month(2026, 10))) == ("2026-01", "2026-10")


@pytest.mark.parametrize(("month", "days"), [
    (Month(2026, 2), 28), (Month(2028, 2), 29), (Month(2026, 12), 31)])
def test_a_month_has_its_first_and_its_last_day(month, days):
    assert (month.first_day.day, month.last_day.day) == (1, days)
    assert Month.on(month.last_day) == month


def test_today_is_the_swedish_day():
    assert today(utc(2026, 11, 20, 22, 59)) == date(2026, 11, 20)
    assert today(utc(2026, 11, 20, 23)) == date(2026, 11, 21)


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_a_day_when_the_clocks_change_is_not_24_hours(day, hours):
    length = midnight(day.replace(day=day.day + 1)) - midnight(day)
    assert length.total_seconds() == hours * 3600


def test_days_later_is_the_same_time_of_day_also_when_the_clocks_have_changed():
    assert days_later(utc(2026, 10, 24, 8), 1) == utc(2026, 10, 25, 9)
    assert days_later(utc(2026, 3, 28, 9), 1) == utc(2026, 3, 29, 8)


@pytest.mark.parametrize(("moment", "promised"), [
    (utc(2026, 11, 20, 7), date(2026, 11, 27)),  # a Friday
    (utc(2026, 11, 20, 23), date(2026, 11, 27)),  # Saturday in Sweden
    (utc(2026, 12, 23, 7), date(2027, 1, 5)),  # Christmas and New Year, with their eves
    (utc(2026, 6, 17, 7), date(2026, 6, 25)),  # Midsummer's eve is a Friday
    (utc(2026, 4, 2, 7), date(2026, 4, 13)),  # Good Friday and Easter Monday
])
def test_only_swedish_working_days_are_counted(moment, promised):
    assert working_days_later(moment, 5) == promised


@pytest.mark.parametrize(("first", "last", "count"), [
    (utc(2026, 11, 20, 7), utc(2026, 11, 20, 15), 0),
    (utc(2026, 11, 20, 7), utc(2026, 11, 22, 7), 0),  # a weekend
    (utc(2026, 11, 20, 7), utc(2026, 11, 23, 7), 1),
    (utc(2026, 12, 23, 7), utc(2027, 1, 5, 7), 5),
    (utc(2026, 11, 23, 7), utc(2026, 11, 20, 7), 0),
])
def test_working_days_between_are_those_that_the_later_moment_is_after(first, last, count):
    assert working_days_between(first, last) == count


def test_no_working_days_after_a_day_is_the_day_itself():
    assert working_days_after(date(2026, 11, 28), 0) == date(2026, 11, 28)
    assert working_days_after(date(2026, 11, 27), 2) == date(2026, 12, 1)

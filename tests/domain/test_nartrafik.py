from datetime import UTC, date, datetime, timedelta

import pytest

from domain.months import days_later, midnight
from domain.nartrafik import Card, Period, Reason, answer
from domain.products import Product
from tests.factories import personnummer

NOW = datetime(2026, 11, 20, 11, tzinfo=UTC)
TODAY = date(2026, 11, 20)
NUMBER = personnummer(1)
FIRST, LAST = TODAY + timedelta(days=3), TODAY + timedelta(days=30)


def period(product=Product.PERIOD_30_YOUTH, activated_at=NOW, *, starts_on=TODAY):
    return Period(product, starts_on, days_later(NOW, 90), activated_at,
                  activated_at and days_later(activated_at, 30))


def asked(*periods, day=FIRST, number=NUMBER, **card):
    return answer(Card(periods=periods or (period(),), **card), number, day, now=NOW)


@pytest.mark.parametrize("product", [Product.PERIOD_30_YOUTH, Product.PERIOD_30_SENIOR])
def test_a_period_for_youth_or_seniors_that_was_activated_three_days_before_will_do(product):
    assert asked(period(product)).ok


@pytest.mark.parametrize("product", [
    each for each in Product if each not in (Product.PERIOD_30_YOUTH, Product.PERIOD_30_SENIOR)])
def test_nothing_else_will_do(product):
    assert asked(period(product)).reason == Reason.NO_PERIOD


def test_an_empty_card_will_not_do():
    assert answer(Card(), NUMBER, FIRST, now=NOW).reason == Reason.NO_PERIOD


def test_two_days_are_too_few_and_from_when_is_told():
    found = asked(day=TODAY + timedelta(days=2))
    assert (found.reason, found.from_on) == (Reason.TOO_SOON, FIRST)


def test_days_are_counted_by_the_calendar_in_sweden():
    late = midnight(TODAY + timedelta(days=1)) - timedelta(minutes=1)
    assert asked(period(activated_at=late)).ok
    assert asked(period(activated_at=late + timedelta(minutes=1))).reason == Reason.TOO_SOON


def test_how_many_days_is_a_rule():
    assert answer(Card(periods=(period(),)), NUMBER, TODAY, now=NOW, days=0).ok


def test_on_its_last_day_a_period_will_do_until_it_ends():
    found = asked(day=LAST)
    assert (found.ok, found.until) == (True, days_later(NOW, 30))
    assert asked(day=LAST - timedelta(days=1)).until is None


def test_the_day_after_the_last_it_will_not_do():
    assert asked(day=LAST + timedelta(days=1)).reason == Reason.ENDED


def test_a_period_that_ends_at_midnight_ends_the_day_before():
    whole = period(activated_at=midnight(TODAY))
    assert asked(whole, day=LAST).reason == Reason.ENDED
    found = asked(whole, day=LAST - timedelta(days=1))
    assert (found.ok, found.until) == (True, None)


def test_one_that_ends_before_the_three_days_are_over_never_will_do():
    short = Period(Product.PERIOD_30_YOUTH, TODAY, days_later(NOW, 90), NOW, days_later(NOW, 2))
    found = asked(short, day=TODAY + timedelta(days=1))
    assert (found.reason, found.from_on) == (Reason.ENDED, None)


def test_one_that_nobody_has_activated_will_do_three_days_after_it_is():
    found = asked(period(activated_at=None))
    assert (found.reason, found.from_on) == (Reason.NOT_ACTIVATED, FIRST)


def test_one_that_starts_later_cannot_be_activated_before():
    later = TODAY + timedelta(days=10)
    found = asked(period(activated_at=None, starts_on=later), day=later)
    assert found.from_on == later + timedelta(days=3)


def test_one_that_was_never_activated_in_time_is_over():
    late = Period(Product.PERIOD_30_YOUTH, TODAY, NOW)
    assert asked(late).reason == Reason.ENDED


@pytest.mark.parametrize(("card", "reason"), [
    ({"registered": False}, Reason.NOT_REGISTERED), ({"blocked": True}, Reason.BLOCKED),
    ({"frozen": True}, Reason.FROZEN)])
def test_the_card_is_to_be_registered_and_open(card, reason):
    assert asked(**card).reason == reason


@pytest.mark.parametrize("number", [None, "", "201403010000", "19700101"])
def test_who_travels_is_to_have_a_valid_personnummer(number):
    assert asked(number=number).reason == Reason.NO_PERSONNUMMER


def test_a_coordination_number_is_one():
    assert asked(number="197010632391").ok


def test_a_yes_from_any_period_is_a_yes_and_the_longest_is_told():
    ending = period(activated_at=days_later(NOW, -27))
    assert asked(ending, period(), day=FIRST).until is None
    assert asked(period(Product.PERIOD_30), period()).ok


def test_of_two_that_will_not_do_the_one_that_soonest_will_is_told():
    found = asked(period(activated_at=days_later(NOW, -40)),
                  period(activated_at=None, starts_on=TODAY + timedelta(days=9)),
                  period(activated_at=days_later(NOW, -1)), day=TODAY)
    assert (found.reason, found.from_on) == (Reason.TOO_SOON, FIRST - timedelta(days=1))

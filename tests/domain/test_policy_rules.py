from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import policy_rules
from domain.months import STOCKHOLM, moment_of
from domain.policies import Details
from domain.policy_rules import Rule, Weekday, Wish, judge
from domain.products import AREA_NAMES, Area, Extent, Product, Trip, trips
from tests.factories import COUNTY, ONE_ZONE

FRIDAY_NOON = datetime(2026, 11, 20, 11, tzinfo=UTC)
WORKDAYS = tuple(Weekday)[:5]
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))
CLOCKS = st.times().map(lambda at: at.replace(second=0, microsecond=0))


def a_wish(product=Product.SINGLE, valid=ONE_ZONE, price_ore=4_200, now=FRIDAY_NOON, **more):
    return Wish(product, valid, price_ore, now, **more)


def policy(**decided):
    return Details("Kontoret", **decided)


def reason(given, wish):
    """Which rule says no, and how; None where none does."""
    found = judge(given, wish)
    return found and (found.rule, str(found))


@given(product=st.sampled_from(Product), valid=st.sampled_from(list(trips().values())),
       price=st.integers(1, 10**7), now=MOMENTS)
def test_a_policy_that_says_nothing_allows_everything_at_any_time(product, valid, price, now):
    wish = a_wish(product, valid, price, now)
    assert judge(policy(), wish) is None is judge(None, wish)


# Products and places.


@given(allowed=st.sets(st.sampled_from(Product), min_size=1), wanted=st.sampled_from(Product))
def test_products_that_are_listed_are_allowed_and_no_others(allowed, wanted):
    refused = judge(policy(products=tuple(allowed)), a_wish(wanted))
    assert (refused is None) == (wanted in allowed)


def test_a_product_that_is_not_listed_is_told_by_its_name():
    assert reason(policy(products=[Product.DAY]), a_wish()) == (
        Rule.PRODUCT, "Enkelbiljett ingår inte i din arbetsgivares policy.")


@given(allowed=st.sets(st.sampled_from(Extent), min_size=1),
       wanted=st.sampled_from(list(trips().values())))
def test_extents_that_are_listed_are_allowed_and_no_others(allowed, wanted):
    refused = judge(policy(extents=tuple(allowed)), a_wish(valid=wanted))
    assert (refused is None) == (wanted.extent in allowed)


@given(allowed=st.sets(st.sampled_from([181, 182, 183]), min_size=1),
       wanted=st.sampled_from(list(trips().values())))
def test_all_zones_of_a_ticket_are_to_be_among_those_listed(allowed, wanted):
    refused = judge(policy(zones=sorted(allowed)), a_wish(valid=wanted))
    assert (refused is None) == (set(wanted.zones) <= allowed)


def test_a_zone_too_many_is_told_with_those_that_are_allowed():
    two = Trip(Extent.ZONES_2, (181, 183))
    assert reason(policy(zones=[181, 182]), a_wish(valid=two)) == (
        Rule.PLACE, "Din arbetsgivares policy gäller i zon 181, 182. Biljetten gäller i zon 181, "
                    "183.")


@given(area=st.sampled_from(Area))
def test_areas_across_the_border_are_those_listed(area):
    wish = a_wish(valid=Trip(Extent.BORDER, area=area))
    assert judge(policy(areas=[area]), wish) is None
    assert reason(policy(areas=[each for each in Area if each != area]), wish) == (
        Rule.PLACE, f"Biljetter till {AREA_NAMES[area]} ingår inte i din arbetsgivares policy.")


def test_the_whole_county_is_refused_where_only_zones_are_bought():
    assert reason(policy(extents=[Extent.ZONES_1]), a_wish(valid=COUNTY)) == (
        Rule.PLACE, "Biljetter i hela länet ingår inte i din arbetsgivares policy.")


# Days and hours, as Swedes see them.


def test_a_saturday_is_told_as_a_person_would():
    offices = policy(weekdays=WORKDAYS, begins=time(6), ends=time(19))
    saturday = a_wish(now=FRIDAY_NOON + timedelta(days=1))
    assert reason(offices, a_wish()) is None
    assert reason(offices, saturday) == (
        Rule.WEEKDAY,
        "Din arbetsgivares policy gäller måndag–fredag 06–19. I dag är det lördag.")


@pytest.mark.parametrize(("minutes", "why"), [
    (-1, "Din arbetsgivares policy gäller alla dagar 06.30–19. Klockan är nu 06.29."), (0, None),
    (749, None), (750, "Din arbetsgivares policy gäller alla dagar 06.30–19. Klockan är nu 19.00."),
])
def test_hours_hold_from_their_first_minute_until_their_last(minutes, why):
    at = moment_of(date(2026, 11, 20), time(6, 30)) + timedelta(minutes=minutes)
    found = reason(policy(begins=time(6, 30), ends=time(19)), a_wish(now=at))
    assert found == (why and (Rule.HOURS, why))


@given(begins=CLOCKS, ends=CLOCKS, now=MOMENTS)
def test_hours_are_those_of_a_swedish_clock_all_year(begins, ends, now):
    """Also in the hour that comes twice, and around the one that never comes."""
    shown = now.astimezone(STOCKHOLM).time()
    allowed = begins <= shown < ends if begins < ends else shown >= begins or shown < ends
    refused = judge(policy(begins=begins, ends=ends), a_wish(now=now))
    assert (refused is None) == (allowed or begins == ends)


@given(begins=CLOCKS, ends=CLOCKS, now=MOMENTS)
def test_hours_over_midnight_are_those_that_the_day_leaves(begins, ends, now):
    if begins != ends:
        one, other = (judge(policy(begins=first, ends=last), a_wish(now=now))
                      for first, last in ((begins, ends), (ends, begins)))
        assert (one is None) != (other is None)


@pytest.mark.parametrize(("day", "clock", "allowed"), [
    (date(2026, 11, 20), time(21, 59), False), (date(2026, 11, 20), time(22), True),
    (date(2026, 11, 21), time(4, 59), True), (date(2026, 11, 21), time(5), False),
    (date(2026, 11, 21), time(22), False), (date(2026, 11, 20), time(4), False),
])
def test_a_night_belongs_to_the_day_that_it_began_on(day, clock, allowed):
    fridays = policy(weekdays=[Weekday.FRIDAY], begins=time(22), ends=time(5))
    assert (judge(fridays, a_wish(now=moment_of(day, clock))) is None) == allowed


@pytest.mark.parametrize("day", [date(2026, 12, 25), date(2026, 1, 1), date(2026, 5, 1)])
def test_a_holiday_is_the_weekday_that_it_is(day):
    own = policy(weekdays=[Weekday.of(day)])
    assert judge(own, a_wish(now=moment_of(day, time(12)))) is None


@pytest.mark.parametrize(("month", "day"), [(3, 28), (10, 24)])
def test_saturday_ends_at_swedish_midnight_when_the_clocks_change(month, day):
    saturday = date(2026, month, day)
    sundays = policy(weekdays=[Weekday.SUNDAY])
    midnight = moment_of(saturday + timedelta(days=1), time(0))
    assert judge(sundays, a_wish(now=midnight - timedelta(seconds=1))).rule == Rule.WEEKDAY
    assert judge(sundays, a_wish(now=midnight)) is None


def test_a_ticket_for_a_coming_day_is_judged_by_that_day_and_by_no_hour():
    offices = policy(weekdays=WORKDAYS, begins=time(6), ends=time(9))
    monday, saturday = date(2026, 11, 23), date(2026, 11, 21)
    assert judge(offices, a_wish(valid_from=monday)) is None
    assert reason(offices, a_wish(valid_from=saturday)) == (
        Rule.WEEKDAY,
        "Din arbetsgivares policy gäller måndag–fredag 06–09. Biljetten börjar en lördag.")


def test_a_ticket_that_is_to_begin_today_begins_now():
    mornings = policy(begins=time(6), ends=time(9))
    assert judge(mornings, a_wish(valid_from=date(2026, 11, 20))).rule == Rule.HOURS


@pytest.mark.parametrize(("days", "said"), [
    (tuple(Weekday), "alla dagar"), (tuple(Weekday)[5:], "lördag och söndag"),
    ((Weekday.MONDAY, Weekday.WEDNESDAY), "måndag, onsdag"),
])
def test_days_are_written_as_people_say_them(days, said):
    assert str(policy_rules.When(policy(weekdays=days))) == said


def test_days_are_written_in_the_readers_language():
    english = {"måndag–fredag": "Monday–Friday"}
    when = policy_rules.When(policy(weekdays=WORKDAYS, begins=time(22), ends=time(5, 30)))
    assert when.written(english.get) == "Monday–Friday 22–05.30"


# Prices and purposes.


@given(most=st.integers(1, 10**6), price=st.integers(1, 10**6))
def test_the_top_price_may_be_paid_and_not_an_öre_more(most, price):
    refused = judge(policy(top_price_ore=most), a_wish(price_ore=price))
    assert (refused is None) == (price <= most)


def test_a_price_that_is_too_high_is_told_beside_the_highest():
    said = reason(policy(top_price_ore=10_000), a_wish(price_ore=13_000))[1]
    assert said.replace("\N{NO-BREAK SPACE}", " ") == (
        "En biljett får kosta högst 100 kr enligt din arbetsgivares policy. Den här kostar 130 kr.")


def purposes(wish, **decided):
    found = policy_rules.purpose(policy(**decided), wish)
    return found and str(found)


def test_a_purpose_is_asked_for_by_the_name_that_the_company_gives_it():
    assert purposes(a_wish()) is None
    assert purposes(a_wish(), purpose="Projekt") == (
        "Fyll i projekt. Din arbetsgivare frågar efter det.")
    assert purposes(a_wish(purpose="4711"), purpose="Projekt") is None


def test_a_purpose_is_one_of_the_choices_where_there_are_some():
    asked = {"purpose": "Projekt", "purpose_choices": ("Norr", "Söder")}
    assert purposes(a_wish(purpose="Söder"), **asked) is None
    assert purposes(a_wish(purpose="Öster"), **asked) == "Välj ett av alternativen."

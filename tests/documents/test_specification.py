from datetime import UTC, datetime

import pytest

from documents.specification import Sum, by_rate, kronor, local, per_cent, total
from tests.documents.specifications import SUMS


def test_the_net_is_what_the_vat_leaves():
    assert Sum("Tjänsteresor", "", 1, 10_600, 600, 600).net_ore == 10_000


def test_a_total_adds_tickets_and_amounts():
    assert total(SUMS, service="Summa") == Sum("Summa", "", 4, 1_073_450, 67_001, 0)


def test_vat_stands_apart_for_each_rate():
    assert by_rate(SUMS) == [Sum("", "", 3, 950_000, 53_774, 600),
                             Sum("", "", 1, 123_450, 13_227, 1_200)]


@pytest.mark.parametrize(("ore", "text"), [
    (0, "0,00"), (5, "0,05"), (8_000, "80,00"), (123_450, "1\u202f234,50"),
    (-123_456_789, "\u22121\u202f234\u202f567,89")])
def test_kronor_have_two_decimals_and_groups_of_three(ore, text):
    assert kronor(ore) == text


@pytest.mark.parametrize(("points", "text"), [
    (0, "0\xa0%"), (600, "6\xa0%"), (1_250, "12,5\xa0%")])
def test_a_rate_has_only_the_decimals_it_needs(points, text):
    assert per_cent(points) == text


def test_a_time_is_told_on_a_swedish_clock_summer_and_winter():
    october = [local(datetime(2026, 10, day, 22, 30, tzinfo=UTC)) for day in (24, 25)]

    assert [f"{moment:%d %H:%M}" for moment in october] == ["25 00:30", "25 23:30"]


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="aware"):
        local(datetime(2026, 10, 1, 8, 0))

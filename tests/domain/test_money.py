import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Invalid
from domain.money import equal_parts, kr, parse_kronor, vat_of


@pytest.mark.parametrize(("ore", "written"), [
    (0, "0 kr"), (4200, "42 kr"), (4250, "42,50 kr"), (4205, "42,05 kr"), (123450, "1 234,50 kr"),
    (150000000, "1 500 000 kr"), (-4250, "−42,50 kr"),
])
def test_an_amount_is_written_as_swedes_write_it(ore, written):
    assert kr(ore) == written.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize(("typed", "ore"), [
    ("5000", 500000), (" 5 000 ", 500000), ("5\N{NO-BREAK SPACE}000 kr", 500000), ("42,5", 4250),
    ("42.50", 4250), ("42:-", 4200), ("1500 Kr.", 150000), ("0", 0),
])
def test_an_amount_is_read_however_it_is_typed(typed, ore):
    assert parse_kronor(typed) == ore


@pytest.mark.parametrize("typed", ["", "kr", "-5", "1.000.000", "1,234", "12e3", "1" * 10])
def test_what_is_no_amount_is_refused(typed):
    with pytest.raises(Invalid):
        parse_kronor(typed)


@given(st.integers(0, 10**11 - 1))
def test_an_amount_that_is_written_can_be_read_again(ore):
    assert parse_kronor(kr(ore)) == ore


@pytest.mark.parametrize(("gross", "rate", "vat"), [
    (4200, 600, 238), (690000, 600, 39057), (10600, 600, 600), (12500, 2500, 2500), (100, 0, 0),
])
def test_the_vat_is_the_part_of_the_price_that_the_rate_says(gross, rate, vat):
    assert vat_of(gross, rate) == vat


@given(st.integers(0, 10**9), st.sampled_from([0, 600, 1200, 2500]))
def test_the_vat_is_right_to_half_an_ore(gross, rate):
    assert abs(vat_of(gross, rate) - gross * rate / (10_000 + rate)) <= 0.5 + 1e-6


def test_parts_are_equal_but_for_the_ore_left_over_on_the_first():
    assert equal_parts(690000, 12) == [57500] * 12
    assert equal_parts(1090000, 12) == [90837] + [90833] * 11


@given(st.integers(0, 10**9), st.integers(1, 36))
def test_the_parts_are_together_the_whole(ore, months):
    parts = equal_parts(ore, months)
    assert (sum(parts), len(parts)) == (ore, months)
    assert 0 <= parts[0] - parts[-1] < months

import pytest

from domain.card_numbers import make_card, mask_card, parse_card, show_card
from domain.errors import Invalid
from domain.rules import Rules

RULES = Rules()
NUMBER = make_card(12, RULES)


def test_a_number_is_the_prefix_the_serial_number_and_a_check_digit():
    assert NUMBER == "9752000000000126"


@pytest.mark.parametrize("typed", [
    "9752 0000 0000 0126", "9752-0000-0000-0126", " 9752\u00a00000 0000 0126\n"])
def test_spaces_and_hyphens_are_read_past(typed):
    assert parse_card(typed, RULES) == NUMBER


@pytest.mark.parametrize(("typed", "said"), [
    ("975200000000012", "ska ha 16 siffror"), ("9752000000000125", "stämmer inte"),
    ("1234000000000126", "börja med 9752"), ("kortet", "består av siffror"),
    ("٩٧٥٢٠٠٠٠٠٠٠٠٠١٢٦", "består av siffror"), ("", "består av siffror")])
def test_what_is_no_number_is_refused_with_the_reason(typed, said):
    with pytest.raises(Invalid) as refusal:
        parse_card(typed, RULES)
    assert said in str(refusal.value)


def test_an_authority_may_have_another_prefix_and_length():
    other = Rules(card_prefix=42, card_digits=12)
    assert parse_card(make_card(7, other), other).startswith("0042")
    assert len(make_card(7, other)) == 12


def test_a_number_is_shown_in_fours_or_by_its_last_four_alone():
    assert (show_card(NUMBER), mask_card(NUMBER)) == ("9752 0000 0000 0126", "•••• 0126")

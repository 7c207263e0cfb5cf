import pytest

from documents import card_file
from domain.errors import Invalid

NUMBER, OTHER = "9752000000000121", "9752 0000 0000 0139"


def read(text, *, max_rows=10):
    return card_file.read(text.encode(), max_rows=max_rows, max_bytes=10_000)


def test_bare_numbers_need_no_headings():
    assert read(f"{NUMBER}\n{OTHER}\n") == [(1, NUMBER, "", ""), (2, OTHER, "", "")]


def test_one_number_is_a_list_too():
    assert read(NUMBER) == [(1, NUMBER, "", "")]


def test_without_headings_the_name_comes_second_and_who_has_it_third():
    assert read(f"{NUMBER}\tBusskort 1\tRut Ek\n{OTHER}\tBusskort 2") == [
        (1, NUMBER, "Busskort 1", "Rut Ek"), (2, OTHER, "Busskort 2", "")]


def test_with_headings_the_columns_stand_in_any_order():
    assert read(f"Innehavare;Kortnummer\nRut Ek;{NUMBER}") == [(2, NUMBER, "", "Rut Ek")]


def test_a_list_that_is_too_long_is_refused():
    with pytest.raises(Invalid, match="fler än 1 rader"):
        read(f"{NUMBER}\n" * 20, max_rows=1)

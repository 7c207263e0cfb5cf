import pytest

from domain import municipalities
from domain.errors import Invalid


def test_there_are_290_each_with_a_code_of_its_own():
    assert len(municipalities.names()) == 290
    assert all(len(code) == 4 and code.isdigit() for code in municipalities.names())
    assert municipalities.name("0680") == "Jönköping"


def test_they_stand_in_the_order_of_the_swedish_alphabet():
    names = list(municipalities.names().values())
    assert (names[0], names[-1]) == ("Ale", "Övertorneå")
    assert names.index("Ystad") < names.index("Åmål") < names.index("Ängelholm")


def test_another_code_is_refused():
    with pytest.raises(Invalid, match="Välj en kommun"):
        municipalities.check("9999")

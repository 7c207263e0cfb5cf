import pytest

from domain.errors import Invalid
from domain.peppol import parse_peppol_id


@pytest.mark.parametrize(("typed", "read"), [
    ("0007:5560125790", "0007:5560125790"), (" 0007: 556012-5790", "0007:5560125790"),
    ("0088:7300010000001", "0088:7300010000001")])
def test_a_peppol_id_is_read_however_it_is_spaced(typed, read):
    assert parse_peppol_id(typed) == read


@pytest.mark.parametrize("typed", [
    "", "5560125790", "0007:556012579", "0007:55601257900", "0088:730001000000", "9999:5560125790",
    "0007:556012579x", "0007:٥٥٦٠١٢٥٧٩٠"])
def test_what_is_no_peppol_id_is_refused(typed):
    with pytest.raises(Invalid, match="börjar med"):
        parse_peppol_id(typed)


@pytest.mark.parametrize("typed", ["0007:5560125791", "0088:7300010000002"])
def test_a_number_whose_last_digit_is_wrong_is_refused(typed):
    with pytest.raises(Invalid, match="Sista siffran"):
        parse_peppol_id(typed)

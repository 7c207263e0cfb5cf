"""Names and mobiles as people have them."""
import pytest

from documents import recipient_list
from documents.recipient_list import card_numbers
from documents.table_limits import FileProblem
from domain.order_checking import Line


def read(text, max_rows=100):
    data = text if isinstance(text, bytes) else text.encode()
    return recipient_list.read(data, max_rows=max_rows, max_bytes=100_000)


@pytest.mark.parametrize("text", [
    "Anna Ek; 070-174 06 05\nBo Öst; 070-174 06 06",
    "Anna Ek\t070-174 06 05\nBo Öst\t070-174 06 06\n",
    "Anna Ek, 070-174 06 05\r\nBo Öst, 070-174 06 06\r\n",
    "070-174 06 05;Anna Ek\n070-174 06 06;Bo Öst",
    "Anna Ek 070-174 06 05\nBo Öst 070-174 06 06",
    "Anna Ek: 070-174 06 05\nBo Öst: 070-174 06 06",
    "Anna Ek;070-174 06 05\n\nBo Öst;070-174 06 06".encode("cp1252"),
    "Anna Ek;070-174 06 05\nBo Öst;070-174 06 06".encode("utf-16"),
])
def test_a_name_and_a_mobile_are_told_apart_without_a_header(text):
    assert [(line.name, line.mobile) for line in read(text)] == [
        ("Anna Ek", "070-174 06 05"), ("Bo Öst", "070-174 06 06")]


def test_a_header_says_what_is_what_and_rows_keep_their_numbers():
    assert read("Anst.nr;Mobil;Efternamn;Förnamn;Språk\n1;0701;Ek;Anna;en\n\n2;0702;Öst;Bo;\n") == [
        Line(2, "Anna Ek", "0701", "en"), Line(4, "Bo Öst", "0702", "")]


def test_a_third_column_is_the_language():
    assert [line.language for line in read("Anna;0701740605;en\nBo;0701740606;")] == ["en", ""]


def test_names_in_any_script_are_names():
    assert read("محمد العلي; 0701740605\n王伟; 0701740606")[1] == Line(2, "王伟", "0701740606", "")


def test_what_lacks_something_is_still_a_row():
    assert read("Anna;\n;0701740605") == [Line(1, "Anna", "", ""), Line(2, "", "0701740605", "")]


@pytest.mark.parametrize(("text", "said"), [
    ("", "tom"), (" \n \n", "tom"), ("Namn;Mobil", "tom"), ("Namn;E-post\nAnna;a@b.se", "mobil"),
    (b"%PDF-1.7", "PDF"), ("a;b\n" * 102, "fler än 100")])
def test_what_cannot_be_read_is_refused_with_what_to_do(text, said):
    with pytest.raises(FileProblem, match=said):
        read(text)


def test_a_formula_is_text():
    [line] = read("=HYPERLINK(\"http://x\");0701740605")
    assert line.mobile == "0701740605"


def test_card_numbers_stand_one_on_a_line():
    assert card_numbers(" 9752 1234 5678 9017 \n\n9752123456789025,\r\n") == [
        "9752 1234 5678 9017", "9752123456789025"]

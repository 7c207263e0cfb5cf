import random
import re
import xml.etree.ElementTree as ET

import pytest
import zxingcpp
from aztec_code_generator import AztecCode, Shift

from documents import aztec
from tests.documents.symbols import drawn

SVG = "{http://www.w3.org/2000/svg}"


def seen(data: bytes) -> zxingcpp.Barcode:
    [symbol] = zxingcpp.read_barcodes(drawn(aztec.svg(data, title="Biljett")))
    return symbol


@pytest.mark.parametrize("length", [1, 31, 32, 62, 63, 300, 700, 1800])
def test_any_bytes_are_seen_again(length):
    data = random.Random(length).randbytes(length)

    assert seen(data).bytes == data


class OtherMaker(AztecCode):
    """Another maker of symbols, held to one binary shift."""

    @property
    def sequence(self):
        length = [len(self.data)] if len(self.data) <= 31 else [0, len(self.data) - 31]
        return [Shift.BINARY, *length, *self.data]

    @sequence.setter
    def sequence(self, value):
        pass


@pytest.mark.parametrize("length", [1, 12, 31, 32, 50, 120, 330, 900, 1800])
def test_each_module_is_as_another_maker_of_symbols_puts_it(length):
    data = random.Random(length).randbytes(length)
    rows = aztec.symbol(data)

    other = OtherMaker(data, len(rows), compact=len(rows) <= 27)

    assert rows == ["".join("01"[bool(module)] for module in row) for row in other.matrix]


@pytest.mark.parametrize("data", [
    b"a, b. c: d\r\n", b", . : ", b"\0" * 300, b"\xff" * 300, "Jönköping, zon 181".encode()])
def test_bytes_that_shorter_encodings_stumble_on_are_seen_again(data):
    assert seen(data).bytes == data


def test_it_still_reads_with_a_corner_covered():
    data = random.Random(7).randbytes(330)
    picture = drawn(aztec.svg(data, title="Biljett"))
    side = picture.width // 7

    picture.paste(255, (0, 0, side, side))

    assert [symbol.bytes for symbol in zxingcpp.read_barcodes(picture)] == [data]


def test_it_is_one_small_element_with_a_name_and_nothing_a_strict_policy_stops():
    svg = aztec.svg(random.Random(1).randbytes(330), title='<b> & "Åsa"')
    root = ET.fromstring(svg)
    [title, paper, symbol] = root

    assert svg.startswith("<svg ")
    assert (root.get("role"), root.get("viewBox")) == ("img", "0 0 73 73")
    assert (title.tag, title.text) == (f"{SVG}title", '<b> & "Åsa"')
    assert (paper.get("fill"), paper.get("d")) == ("#fff", "M0 0h73v73H0z")
    assert symbol.tag == f"{SVG}path"
    assert re.search(r"style|<script|\son\w+=", svg) is None
    assert len(svg) < 9_000


def test_the_symbol_has_a_white_margin_of_three_modules():
    picture = drawn(aztec.svg(b"ticket", title="Biljett"))

    edges = picture.point(lambda level: 255 - level).getbbox()

    assert edges == (9, 9, picture.width - 9, picture.height - 9)


@pytest.mark.parametrize("length", [0, 1930, 5000])
def test_what_no_symbol_holds_is_refused(length):
    with pytest.raises(ValueError, match="Aztec"):
        aztec.svg(b"\0" * length, title="Biljett")

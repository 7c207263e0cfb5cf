import io
import unicodedata

import pytest
from pypdf import PdfReader

from documents import labels

ASA = ["Åsa Öberg", "Storgatan 1", "553 20 Jönköping"]
OTHERS = [["Олександр Шевченко", "Järnvägsgatan 17 B lgh 1204", "561 30 Huskvarna"],
          ["Nguyễn Thị Hương", "#import \"x\" *inte* $fet$", "331 30 Värnamo"]]


def made(*addresses, **over):
    return labels.pdf(list(addresses), title="Adressetiketter", author="JLT", **over)


def pages(document):
    return [[line.strip() for line in page.extract_text().splitlines() if line.strip()]
            for page in PdfReader(io.BytesIO(document)).pages]


def test_the_labels_are_the_addresses_in_their_order():
    [page] = pages(made(ASA, *OTHERS))
    assert page == [line for address in (ASA, *OTHERS) for line in address]


def test_a_name_in_arabic_is_drawn():
    [page] = pages(made(["محمد العلي", "Storgatan 2", "553 20 Jönköping"]))
    drawn = sorted(unicodedata.normalize("NFKC", page[0]).split())
    assert drawn == sorted(["محمد", "العلي"])


def test_a_sheet_holds_three_by_eight():
    assert [len(page) for page in pages(made(*[ASA] * 25))] == [72, 3]


def test_used_labels_are_left_alone():
    sheet = labels.sheets([ASA, ASA], first=24)
    assert sheet == [[[]] * 23 + [ASA], [ASA]]
    assert [len(page) for page in pages(made(ASA, ASA, first=24))] == [3, 3]


@pytest.mark.parametrize("word", ["W" * 100, "ord " * 25])
def test_the_longest_address_has_room(word):
    assert len(pages(made(*[[word, word, f"553 20 {word}"]] * 24))) == 1


def test_the_labels_are_accessible():
    document = PdfReader(io.BytesIO(made(ASA)))
    assert document.metadata.title == "Adressetiketter"
    assert document.root_object["/Lang"] == "sv"
    assert "/StructTreeRoot" in document.root_object

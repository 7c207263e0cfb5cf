import io

import pytest

from documents import listing, price_file
from documents.table_limits import FileProblem
from domain import price_lists, price_rows
from domain.price_lists import WARES
from tests.factories import PRICES

SAMPLE = PRICES.read_text(encoding="utf-8")
[LINES] = price_lists.read(SAMPLE.splitlines()).values()


def read(data: bytes | str):
    return price_rows.check(price_file.read(data.encode() if isinstance(data, str) else data))


def as_csv(lines) -> bytes:
    return b"".join(listing.csv_chunks(price_file.WRITTEN, price_file.cells(lines)))


def as_xlsx(lines) -> bytes:
    book = io.BytesIO()
    listing.xlsx(price_file.WRITTEN, price_file.cells(lines), title="Priser", into=book)
    return book.getvalue()


@pytest.mark.parametrize("written", [as_csv, as_xlsx])
def test_a_list_that_is_taken_home_is_read_again_as_it_was(written):
    checked = read(written(LINES))
    assert (checked.lines, checked.wrong) == (LINES, [])


def test_the_sample_list_in_öre_is_read_in_öre():
    assert read(SAMPLE).lines == LINES


def test_an_empty_list_names_every_ticket_and_no_price():
    assert len(read(as_csv([])).wrong) == len(WARES) == 69


@pytest.mark.parametrize("header", [
    "Biljett;Giltighet;Område;Pris;Moms", "Biljettyp;Zoner;Län;Pris inkl. moms (kr);Moms (%)",
    "product;extent;area;price;vat", "Moms;Pris;Område;Giltighet;Biljett"])
def test_the_columns_are_known_by_other_names_and_in_any_order(header):
    row = ["Enkelbiljett", "En zon", "", "42", "6"]
    row = row[::-1] if header.startswith("Moms") else row
    [line] = read(f"{header}\n{';'.join(row)}").lines
    assert (line.price_ore, line.vat_basis_points) == (4_200, 600)


def test_vat_and_area_may_be_left_out():
    [line] = read("Biljett,Giltighet,Pris\nEnkelbiljett,Hela länet,130").lines
    assert (line.price_ore, line.vat_basis_points, line.area) == (13_000, 600, None)


def test_a_row_has_the_number_that_the_spreadsheet_shows():
    [bad] = read("Biljett;Giltighet;Pris\nEnkelbiljett;En zon;42\n\nBuss;En zon;1").wrong
    assert bad.number == 4


@pytest.mark.parametrize(("data", "said"), [
    ("", "vad kolumnerna heter"), ("hej", "vad kolumnerna heter"),
    ("Biljett;Giltighet\nEnkel;En zon", "vad kolumnerna heter"),
    ("Biljett;Giltighet;Pris\n", "bara en rubrikrad"),
    ("Biljett;Giltighet;Pris\n" + "Enkel;En zon;1\n" * 1_001, "fler än 1000 rader"),
    (b"%PDF-1.7", "Det här är en PDF")])
def test_a_file_that_is_no_price_list_says_so(data, said):
    with pytest.raises(FileProblem, match=said):
        read(data)

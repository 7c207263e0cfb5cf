import contextlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import traveller_file
from documents.table import Table
from documents.table_limits import FileProblem
from documents.traveller_file import VALUES, Column

SEPARATOR = {"semicolon": ";", "comma": ",", "tab": "\t"}
PNR, FIRST, LAST, EMAIL, MOBILE, LIMIT, NUMBER, TAG, ROOM, FORM = VALUES
QUOTES = (" går inte att läsa: ett citattecken saknas eller står fel, eller en cell är för lång.")


def table(data: bytes | str, *, max_rows: int = 1_000, max_bytes: int = 1_000_000) -> Table:
    data = data.encode() if isinstance(data, str) else data
    return traveller_file.read(data, max_rows=max_rows, max_bytes=max_bytes)


def read(data: bytes | str, places: list[Column | None] | None = None, **limits: int):
    """Each row's number and its values by column, none empty."""
    read = table(data, **limits)
    rows = traveller_file.rows(read, places or traveller_file.matching(read.header))
    return [(number, {column: value for column, value in zip(VALUES, values, strict=True) if value})
            for number, values in rows]


def problem(data: bytes | str, **limits: int) -> str:
    with pytest.raises(FileProblem) as refused:
        read(data, **limits)
    assert refused.value.field == "file"
    return str(refused.value)


@pytest.mark.parametrize(("encoding", "told"), [
    ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "cp1252"), ("utf-16", "utf-16")])
def test_swedish_letters_survive_every_common_encoding(encoding, told):
    data = "Personnummer;Förnamn;Efternamn\r\n19811218-9876;Åsa;Öberg–Ek\r\n".encode(encoding)

    assert table(data).encoding == told
    assert read(data) == [(2, {PNR: "19811218-9876", FIRST: "Åsa", LAST: "Öberg–Ek"})]


@pytest.mark.parametrize("separator", SEPARATOR.values(), ids=SEPARATOR)
@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"], ids=["windows", "unix", "old mac"])
def test_separator_and_line_ends_are_found_out(separator, newline):
    lines = [["personnummer", "fornamn", "kreditgrans"], ["198112189876", "Alva", "1500"]]
    data = newline.join(separator.join(line) for line in lines)

    assert table(data).separator == separator
    assert read(data) == [(2, {PNR: "198112189876", FIRST: "Alva", LIMIT: "1500"})]


@pytest.mark.parametrize(("heading", "column"), [
    ("PERSONNUMMER", "personnummer"), ("pnr", "personnummer"), ("Person-nr.", "personnummer"),
    ("Personal number", "personnummer"), ("Personnummer (ÅÅÅÅMMDD-NNNN)", "personnummer"),
    ("Förnamn", "fornamn"), ("First name", "fornamn"), ("Tilltalsnamn", "fornamn"),
    ("EFTERNAMN", "efternamn"), ("Last-Name", "efternamn"), ("Surname", "efternamn"),
    ("E-post", "epost"), ("e-postadress", "epost"), ("Email", "epost"), ("Mejl", "epost"),
    ("Mobil", "mobilnummer"), ("Mobil nr", "mobilnummer"), ("Telefon", "mobilnummer"),
    ("Kreditgräns", "kreditgrans"), ("Limit", "kreditgrans"), ("Credit limit", "kreditgrans"),
    ("Anställningsnummer", "anstallningsnummer"), ("Anst.nr", "anstallningsnummer"),
    ("Fakturamärkning", "fakturamarkning"), ("Invoice tag", "fakturamarkning"),
    ("Anst.form", "anstallningsform")])
def test_a_column_is_known_by_many_names(heading, column):
    assert traveller_file.meaning(heading) == column


@pytest.mark.parametrize(("whole", "first", "last"), [
    ("Alva Exempel", "Alva", "Exempel"), ("Exempel, Alva", "Alva", "Exempel"),
    ("Alva Maria Exempel", "Alva Maria", "Exempel"),
    ("Alva af Exempel Ek", "Alva", "af Exempel Ek")])
def test_a_whole_name_is_split(whole, first, last):
    assert read(f'pnr;namn\n198112189876;"{whole}"\n') == [
        (2, {PNR: "198112189876", FIRST: first, LAST: last})]


def test_a_single_word_is_a_last_name_and_own_columns_win_over_a_whole_name():
    assert read("pnr;namn;förnamn\n1;Exempel;\n2;Alva Exempel;Alvi\n") == [
        (2, {PNR: "1", LAST: "Exempel"}), (3, {PNR: "2", FIRST: "Alvi", LAST: "Exempel"})]


def test_what_the_columns_mean_is_proposed():
    data = "pnr;Skostorlek;Mobil;Telefon;\n1;42;070;036;\n"
    file = table(data)
    places = traveller_file.matching(file.header)

    assert places == [PNR, None, MOBILE, None]
    assert read(data) == [(2, {PNR: "1", MOBILE: "070"})]


def test_what_the_columns_mean_may_be_said_instead():
    data = "identitet;nummer;vem;pnr\n1;070;Alva Ek;3\n2\n"

    assert read(data, [PNR, MOBILE, Column.WHOLE_NAME, None]) == [
        (2, {PNR: "1", MOBILE: "070", FIRST: "Alva", LAST: "Ek"}), (3, {PNR: "2"})]
    with pytest.raises(FileProblem):
        read(data, [None, MOBILE, Column.WHOLE_NAME, None])


def test_of_two_columns_said_to_mean_the_same_the_first_is_read():
    assert read("a;b\n1;2\n", [PNR, PNR]) == [(2, {PNR: "1"})]


def test_rows_have_the_numbers_a_spreadsheet_shows_blank_ones_counted_and_skipped():
    assert read('\n\npnr;namn\n\n1;"Alva\nExempel"\n;;\n   ;\n2;Bo Ek\n') == [
        (5, {PNR: "1", FIRST: "Alva", LAST: "Exempel"}), (8, {PNR: "2", FIRST: "Bo", LAST: "Ek"})]


def test_cells_are_quoted_trimmed_short_or_too_many():
    rows = read('"pnr","namn","limit"\n" 1 ","Ek, ""Bo""","1 500"\n2\n3,Bo Ek,5,6,7\n')

    assert [values for _, values in rows] == [
        {PNR: "1", FIRST: '"Bo"', LAST: "Ek", LIMIT: "1 500"}, {PNR: "2"},
        {PNR: "3", FIRST: "Bo", LAST: "Ek", LIMIT: "5"}]


@pytest.mark.parametrize("cell", ["=1+1", "+46701740605", "@SUM(A1)", "-5", "007", "1e9", "'n",
                                  "O'Brien", '="a"&"b"'])
def test_a_cell_is_the_text_it_is(cell):
    assert read(f"pnr;mobil\n1;{cell}\n") == [(2, {PNR: "1", MOBILE: cell})]


@pytest.mark.parametrize(("cell", "said"), [
    ("'=1+1", "=1+1"), ("'-5", "-5"), ("''=1", "'=1"), ('="007"', "007")])
def test_what_keeps_a_text_from_being_a_formula_is_no_part_of_it(cell, said):
    assert read(f"pnr;mobil\n1;{cell}\n") == [(2, {PNR: "1", MOBILE: said})]


@pytest.mark.parametrize("data", [
    "19811218-9876;Alva;Exempel\n", "Alva;Exempel\nförnamn;efternamn\n", "", "\n\n", ";;;\n",
    "förnamn;efternamn\nAlva;Exempel\n"])
def test_without_a_heading_for_the_personnummer_it_says_what_is_needed(data):
    assert problem(data) == (
        "Första raden behöver säga vad kolumnerna heter, och en av dem behöver heta personnummer."
        " Mallen visar hur.")


def test_headings_alone_are_no_list():
    assert problem("pnr;namn\n") == (
        "Filen har bara en rubrikrad. Skriv en rad för varje resenär.")


def test_too_many_rows_and_too_many_bytes_are_refused():
    data = "pnr\n" + "1\n" * 11

    assert problem(data, max_rows=10) == "Filen har fler än 10 rader. Dela upp den."
    assert len(read(data, max_rows=11)) == 11
    assert problem(b"\0" * 10_000_000) == "Filen är större än 1000 kB. Dela upp den."


@pytest.mark.parametrize("data", [
    b"RIFF\0\0\0\rWAVE", b"pnr;namn\n1;\0\n", b"%!PS\n\x01\x02",
    "pnr;namn\n1;Bo\n".encode("utf-16-le"), b"\xff\xfep\0n", b"\xff\xfe\xff\xdb", b"\x81\x8d\x90",
    random.Random(1).randbytes(5_000)])
def test_what_is_no_text_is_refused(data):
    assert problem(data) == "Det här är ingen textfil. Spara listan som CSV och försök igen."


@pytest.mark.parametrize(("data", "row"), [
    ('pnr;namn\n1;Bo\n2;"Alva\n3;Ek\n', 3), ('pnr;namn\n1;"Bo" Ek\n', 2), ('"pnr;namn', 1),
    (f"pnr;namn\n1;{'x' * 200_000}\n", 2)])
def test_a_quotation_mark_that_is_never_closed_is_told_with_its_row(data, row):
    assert problem(data) == f"Rad {row}{QUOTES}"


def test_a_thousand_columns_are_refused():
    assert problem("pnr" + ";x" * 1_000 + "\n") == "Rad 1 har fler än 100 kolumner."


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: f"pnr\n1;{text}".encode()))
def test_any_bytes_are_rows_or_a_problem(data):
    with contextlib.suppress(FileProblem):
        assert read(data)

import contextlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import traveller_file
from documents.traveller_file import Column, FileProblem, Row, TravellerFile

SEPARATOR = {"semicolon": ";", "comma": ",", "tab": "\t"}


def read(data: bytes | str, *, max_rows: int = 1_000, max_bytes: int = 1_000_000) -> TravellerFile:
    data = data.encode() if isinstance(data, str) else data
    return traveller_file.read(data, max_rows=max_rows, max_bytes=max_bytes)


def problem(data: bytes | str, **limits: int) -> str:
    with pytest.raises(FileProblem) as refused:
        read(data, **limits)
    assert refused.value.field == "file"
    return str(refused.value)


def test_the_template_is_read_as_every_column_and_one_traveller():
    file = read(traveller_file.template())

    assert file == TravellerFile(
        rows=[Row(2, dict(zip(Column, [
            "19811218-9876", "Alva", "Exempel", "alva@foretaget.example", "070-174 06 05", "1500",
            "1042", "Projekt 7"], strict=True)))],
        columns_found=list(Column), unknown_columns=[], encoding="utf-8", separator=";")


def test_the_template_opens_with_a_double_click_in_swedish_excel():
    assert traveller_file.template().startswith(b"\xef\xbb\xbfpersonnummer;fornamn;efternamn;")


@pytest.mark.parametrize(("encoding", "told"), [
    ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "cp1252"), ("utf-16", "utf-16")])
def test_swedish_letters_survive_every_common_encoding(encoding, told):
    file = read("Personnummer;Förnamn;Efternamn\r\n19811218-9876;Åsa;Öberg–Ek\r\n".encode(encoding))

    assert file.encoding == told
    assert file.rows == [Row(2, {Column.PERSONNUMMER: "19811218-9876",
                                 Column.FIRST_NAME: "Åsa", Column.LAST_NAME: "Öberg–Ek"})]


@pytest.mark.parametrize("separator", SEPARATOR.values(), ids=SEPARATOR)
@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"], ids=["windows", "unix", "old mac"])
def test_separator_and_line_ends_are_found_out(separator, newline):
    lines = [["personnummer", "fornamn", "kreditgrans"], ["198112189876", "Alva", "1500"]]

    file = read(newline.join(separator.join(line) for line in lines))

    assert file.separator == separator
    assert file.rows == [Row(2, {Column.PERSONNUMMER: "198112189876", Column.FIRST_NAME: "Alva",
                                 Column.CREDIT_LIMIT: "1500"})]


@pytest.mark.parametrize(("heading", "column"), [
    ("PERSONNUMMER", "personnummer"), ("pnr", "personnummer"), ("Person-nr.", "personnummer"),
    ("Personal number", "personnummer"), ("Personnummer (ÅÅÅÅMMDD-NNNN)", "personnummer"),
    ("Förnamn", "fornamn"), ("First name", "fornamn"), ("Tilltalsnamn", "fornamn"),
    ("EFTERNAMN", "efternamn"), ("Last-Name", "efternamn"), ("Surname", "efternamn"),
    ("E-post", "epost"), ("e-postadress", "epost"), ("Email", "epost"), ("Mejl", "epost"),
    ("Mobil", "mobilnummer"), ("Mobil nr", "mobilnummer"), ("Telefon", "mobilnummer"),
    ("Kreditgräns", "kreditgrans"), ("Limit", "kreditgrans"), ("Credit limit", "kreditgrans"),
    ("Anställningsnummer", "anstallningsnummer"), ("Anst.nr", "anstallningsnummer"),
    ("Fakturamärkning", "fakturamarkning"), ("Invoice tag", "fakturamarkning")])
def test_a_column_is_known_by_many_names(heading, column):
    assert traveller_file.KNOWN[traveller_file._plain(heading)] == column


@pytest.mark.parametrize(("whole", "first", "last"), [
    ("Alva Exempel", "Alva", "Exempel"), ("Exempel, Alva", "Alva", "Exempel"),
    ("Alva Maria Exempel", "Alva Maria", "Exempel"),
    ("Alva af Exempel Ek", "Alva", "af Exempel Ek")])
def test_a_whole_name_is_split(whole, first, last):
    file = read(f"pnr;namn\n198112189876;{whole}\n")

    assert file.columns_found == [Column.PERSONNUMMER, Column.FIRST_NAME, Column.LAST_NAME]
    assert file.rows == [Row(2, {Column.PERSONNUMMER: "198112189876", Column.FIRST_NAME: first,
                                 Column.LAST_NAME: last})]


def test_a_single_word_is_a_last_name_and_own_columns_win_over_a_whole_name():
    file = read("pnr;namn;förnamn\n1;Exempel;\n2;Alva Exempel;Alvi\n")

    assert [row.values for row in file.rows] == [
        {Column.PERSONNUMMER: "1", Column.LAST_NAME: "Exempel"},
        {Column.PERSONNUMMER: "2", Column.FIRST_NAME: "Alvi", Column.LAST_NAME: "Exempel"}]


def test_columns_that_are_not_read_are_told():
    file = read("pnr;Skostorlek;Mobil;Telefon;\n1;42;070;036;\n")

    assert (file.columns_found, file.unknown_columns) == (
        [Column.PERSONNUMMER, Column.MOBILE], ["Skostorlek", "Telefon"])
    assert file.rows == [Row(2, {Column.PERSONNUMMER: "1", Column.MOBILE: "070"})]


def test_rows_have_the_numbers_a_spreadsheet_shows_blank_ones_counted_and_skipped():
    file = read('\n\npnr;namn\n\n1;"Alva\nExempel"\n;;\n   ;\n2;Bo Ek\n')

    assert [(row.number, row.values[Column.PERSONNUMMER]) for row in file.rows] == [
        (5, "1"), (8, "2")]


def test_cells_are_quoted_trimmed_short_or_too_many():
    file = read('"pnr","namn","limit"\n" 1 ","Ek, ""Bo""","1 500"\n2\n3,Bo Ek,5,6,7\n')

    assert [row.values for row in file.rows] == [
        {Column.PERSONNUMMER: "1", Column.FIRST_NAME: '"Bo"', Column.LAST_NAME: "Ek",
         Column.CREDIT_LIMIT: "1 500"},
        {Column.PERSONNUMMER: "2"},
        {Column.PERSONNUMMER: "3", Column.FIRST_NAME: "Bo", Column.LAST_NAME: "Ek",
         Column.CREDIT_LIMIT: "5"}]


@pytest.mark.parametrize("cell", ["=1+1", "+46701740605", "@SUM(A1)", "-5", "007", "1e9"])
def test_a_cell_is_the_text_it_is(cell):
    assert read(f"pnr;mobil\n1;{cell}\n").rows[0].values[Column.MOBILE] == cell


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
    assert len(read(data, max_rows=11).rows) == 11
    assert problem(b"\0" * 10_000_000) == "Filen är större än 1000 kB. Dela upp den."


def test_an_excel_file_is_recognised():
    assert problem(b"PK\x03\x04\x14\x00\x06\x00") == (
        "Det här är en Excel-fil. Spara den som CSV och försök igen.")


@pytest.mark.parametrize("data", [
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"pnr;namn\n1;\0\n", b"%PDF-1.7\n\x01\x02",
    "pnr;namn\n1;Bo\n".encode("utf-16-le"), b"\xff\xfep\0n", b"\xff\xfe\xff\xdb", b"\x81\x8d\x90",
    random.Random(1).randbytes(5_000)])
def test_what_is_no_text_is_refused(data):
    assert problem(data) == "Det här är ingen textfil. Spara listan som CSV och försök igen."


@pytest.mark.parametrize(("data", "row"), [
    ('pnr;namn\n1;Bo\n2;"Alva\n3;Ek\n', 3), ('pnr;namn\n1;"Bo" Ek\n', 2), ('"pnr;namn', 1),
    (f"pnr;namn\n1;{'x' * 200_000}\n", 2)])
def test_a_quotation_mark_that_is_never_closed_is_told_with_its_row(data, row):
    assert problem(data) == (
        f"Rad {row} går inte att läsa: ett citattecken saknas eller står fel.")


def test_a_thousand_columns_are_refused():
    assert problem("pnr" + ";x" * 1_000 + "\n") == "Rad 1 har fler än 100 kolumner."


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200) | st.text(max_size=100).map(lambda text: f"pnr\n1;{text}".encode()))
def test_any_bytes_are_rows_or_a_problem(data):
    with contextlib.suppress(FileProblem):
        assert read(data).rows

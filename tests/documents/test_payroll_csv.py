from dataclasses import replace

import pytest

from documents import payroll_csv
from domain.payroll_settings import Cell, Days, Decimal, Encoding, Identity, Separator
from tests.documents.test_paxml import ONE, payroll


def lines(written: bytes, encoding="utf-8-sig") -> list[str]:
    return written.decode(encoding).splitlines()


def test_the_usual_shape_has_number_code_day_quantity_and_amount():
    assert lines(payroll_csv.file(payroll(ONE))) == [
        "Anställningsnummer;Löneart;Datum;Antal;Belopp", "17;71000;2026-12-31;1,00;-665,87"]


def test_columns_signs_and_days_are_those_of_the_program():
    written = payroll_csv.file(payroll(
        replace(ONE, personnummer="198112189876", cost_centre="120"), header=False,
        identity=Identity.PERSONNUMMER, separator=Separator.COMMA, decimal=Decimal.POINT,
        days=Days.PLAIN, cells=tuple(Cell)))
    assert lines(written) == [
        "198112189876,17,198112189876,Anna Ek,71000,Nettolöneavdrag kollektivtrafik,20261231,"
        "202612,1.00,-665.87,-665.87,120,5560001234"]


@pytest.mark.parametrize(("encoding", "name", "begins"), [
    (Encoding.UTF_8_BOM, "utf-8-sig", b"\xef\xbb\xbfAnst"), (Encoding.UTF_8, "utf-8", b"Anst"),
    (Encoding.WINDOWS, "cp1252", b"Anst\xe4")])
def test_letters_are_written_as_the_program_reads_them(encoding, name, begins):
    written = payroll_csv.file(payroll(ONE, encoding=encoding))
    assert written.startswith(begins)
    assert "Anställningsnummer" in lines(written, name)[0]


def test_what_has_no_letter_in_the_encoding_does_not_stop_the_file():
    written = payroll_csv.file(payroll(replace(ONE, name="Łukasz"), encoding=Encoding.WINDOWS,
                                       cells=(Cell.NAME,)))
    assert lines(written, "cp1252")[1] == "?ukasz"


def test_no_name_becomes_a_formula():
    written = payroll_csv.file(payroll(replace(ONE, name="=1+1"), cells=(Cell.NAME, Cell.AMOUNT)))
    assert lines(written)[1] == "'=1+1;-665,87"


def test_one_without_a_personnummer_goes_by_the_employee_number():
    written = payroll_csv.file(payroll(ONE, identity=Identity.PERSONNUMMER,
                                       cells=(Cell.EMPLOYEE,)))
    assert lines(written) == ["Personnummer", "17"]

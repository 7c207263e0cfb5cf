import io
from dataclasses import replace

import python_calamine

from documents import invoice_specification
from domain.services import Service
from tests.documents.invoices import FIRST, Line, invoice, many

SENT = Line(FIRST, "K7QF-2M9XD4", Service.SEND_TICKET, 4_200, purpose="Norra bron", note="Tack")


def sheets(lines):
    file = io.BytesIO()
    invoice_specification.xlsx(invoice(lines), lines, into=file)
    file.seek(0)
    book = python_calamine.CalamineWorkbook.from_filelike(file)
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def test_a_line_has_all_that_is_known_of_a_purchase():
    head, line = b"".join(invoice_specification.csv([SENT])).decode("utf-8-sig").split("\r\n")[:2]

    assert head == (
        "Tid;Biljettnummer;Tjänst;Referensnummer;Kostnadsställe;Avdelning;Resenär;Biljett;"
        "Gäller i;Bärare;Ändamål;Anteckning;Exkl. moms;Moms;Momssats %;Inkl. moms;Köpt")
    assert line == (
        "2026-10-01 07:42;K7QF-2M9XD4;Skicka biljett;4711;100;Ekonomi;Åsa Öberg;Enkelbiljett;"
        "Zon 181 Jönköping;•• 0605;Norra bron;Tack;39,62;2,38;6,0;42,00;2026-10-01 07:42")


def test_a_credit_says_so():
    line = b"".join(invoice_specification.csv([replace(SENT, price_ore=-4_200)])).decode()
    assert ";Kreditering: Enkelbiljett;" in line
    assert ";-39,62;-2,38;6,0;-42,00;" in line


def test_the_spreadsheet_is_the_lines_and_what_they_come_to():
    lines = many(50)
    book, document = sheets(lines), invoice(lines)

    assert [row[1] for row in book["Specifikation"][1:]] == [line.ticket_number for line in lines]
    assert [round(row[15] * 100) for row in book["Specifikation"][1:]] == [
        line.price_ore for line in lines]
    whole = document.sum
    name, _, *amounts = book["Summor"][-1]
    assert (name, [round(each * 100) for each in amounts]) == (
        "Summa", [whole.net_ore, whole.vat_ore, whole.gross_ore])
    assert [row[0] for row in book["Summor"][1:4]] == [
        "Skicka biljett", "Tjänsteresor", "Personalerbjudande"]

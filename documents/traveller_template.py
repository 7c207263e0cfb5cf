"""The list of travellers to fill in: as CSV, and as XLSX with a sheet that explains."""
import io
from collections.abc import Callable

import xlsxwriter
from xlsxwriter.workbook import Workbook

from documents.spreadsheet import BRAND
from documents.traveller_file import VALUES, Column

EXAMPLE = {
    Column.PERSONNUMMER: "19811218-9876", Column.FIRST_NAME: "Alva", Column.LAST_NAME: "Exempel",
    Column.EMAIL: "alva@foretaget.example", Column.MOBILE: "070-174 06 05",
    Column.CREDIT_LIMIT: "1500", Column.EMPLOYEE_NUMBER: "1042", Column.INVOICE_TAG: "Projekt 7",
    Column.DEPARTMENT: "", Column.EMPLOYMENT: "tillsvidare",
}
NEEDED = {Column.PERSONNUMMER, Column.FIRST_NAME, Column.LAST_NAME}
Gettext = Callable[[str], str]


def as_csv() -> bytes:
    """In the one form that Swedish Excel opens with a double click."""
    lines = [";".join(VALUES), ";".join(EXAMPLE[column] for column in VALUES)]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig")


def as_xlsx(gettext: Gettext = str) -> bytes:
    """Cells are text, so that Excel keeps the zeros of a number and never makes it a date."""
    _, file = gettext, io.BytesIO()
    with xlsxwriter.Workbook(file) as workbook:
        head = workbook.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": BRAND})
        text = workbook.add_format({"num_format": 49})
        sheet = workbook.add_worksheet(_("Resenärer"))
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(VALUES):
            sheet.set_column(place, place, max(len(EXAMPLE[column]), len(column)) + 4, text)
            sheet.write_string(0, place, column, head)
            sheet.write_string(1, place, EXAMPLE[column], text)
        _explain(workbook, head, _)
    return file.getvalue()


def _explain(workbook: Workbook, head, _: Gettext) -> None:
    sheet = workbook.add_worksheet(_("Förklaring"))
    sheet.freeze_panes(1, 0)
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    headings = (_("Kolumn"), _("Behövs"), _("Exempel"), _("Vad den betyder"))
    for place, (name, width) in enumerate(zip(headings, (22, 10, 26, 80), strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, name, head)
    meanings = _meanings(_)
    for row, column in enumerate(VALUES, start=1):
        needed = _("Ja") if column in NEEDED else _("Nej")
        for place, cell in enumerate((column, needed, EXAMPLE[column], meanings[column])):
            sheet.write_string(row, place, cell, wrapped)


def _meanings(_: Gettext) -> dict[Column, str]:
    return {
        Column.PERSONNUMMER: _("Tolv eller tio siffror. Samordningsnummer går också bra."),
        Column.FIRST_NAME: _("Tilltalsnamnet räcker."),
        Column.LAST_NAME: _("Hela efternamnet."),
        Column.EMAIL: _("Resenärens e-post i arbetet."),
        Column.MOBILE: _("Dit biljetter och koder skickas. Behövs för Tjänsteresor. Ett utländskt"
                         " nummer börjar med + och landets siffror."),
        Column.CREDIT_LIMIT: _("Kronor i månaden. Ett belopp ansluter resenären till Tjänsteresor;"
                               " en tom cell ändrar inget."),
        Column.EMPLOYEE_NUMBER: _("Ert eget nummer på den anställda."),
        Column.DEPARTMENT: _("Namnet eller referensnumret på en av era avdelningar. En tom cell är"
                             " den avdelning som ni väljer när ni laddar upp listan."),
        Column.EMPLOYMENT: _("Tillsvidare, visstid, timanställd eller annan. Behövs om ett"
                             " personalerbjudande bara gäller några av dem."),
        Column.INVOICE_TAG: _("Står på fakturans rader, till exempel ett projekt."),
    }

"""A payroll file as the CSV that the company's program reads: its columns, in its order, with its
separator, decimals, dates and encoding."""
import csv
import io
from collections.abc import Callable

from domain.payroll_files import PayrollFile, Transaction, identity
from domain.payroll_settings import Cell, Days, Decimal, Details, Encoding, Identity, Separator

SEPARATORS = {Separator.SEMICOLON: ";", Separator.COMMA: ",", Separator.TAB: "\t"}
ENCODINGS = {Encoding.UTF_8_BOM: "utf-8-sig", Encoding.UTF_8: "utf-8", Encoding.WINDOWS: "cp1252"}
HEADS = {
    Cell.EMPLOYEE_NUMBER: "Anställningsnummer", Cell.PERSONNUMMER: "Personnummer",
    Cell.NAME: "Namn", Cell.CODE: "Löneart", Cell.TEXT: "Benämning", Cell.DATE: "Datum",
    Cell.MONTH: "Period", Cell.QUANTITY: "Antal", Cell.UNIT_PRICE: "À-pris",
    Cell.AMOUNT: "Belopp", Cell.COST_CENTRE: "Kostnadsställe",
    Cell.EMPLOYER: "Organisationsnummer"}
"""Swedish in any case: a Swedish payroll program reads them."""
OF_A_FORMULA = ("=", "+", "@", "-", "\t", "\r")

Write = Callable[[Transaction, PayrollFile], str]


def file(payroll: PayrollFile) -> bytes:
    settings, out = payroll.settings, io.StringIO(newline="")
    writer = csv.writer(out, delimiter=SEPARATORS[settings.separator])
    if settings.header:
        writer.writerow([head(cell, settings) for cell in settings.cells])
    for transaction in payroll.transactions:
        writer.writerow([CELLS[cell](transaction, payroll) for cell in settings.cells])
    return out.getvalue().encode(ENCODINGS[settings.encoding], errors="replace")


def head(cell: Cell, settings: Details) -> str:
    known_by = {Identity.EMPLOYEE_NUMBER: Cell.EMPLOYEE_NUMBER,
                Identity.PERSONNUMMER: Cell.PERSONNUMMER}
    return HEADS[known_by[settings.identity] if cell == Cell.EMPLOYEE else cell]


def _amount(transaction: Transaction, payroll: PayrollFile) -> str:
    ore = transaction.amount_ore
    mark = "," if payroll.settings.decimal == Decimal.COMMA else "."
    return f"{'-' if ore < 0 else ''}{abs(ore) // 100}{mark}{abs(ore) % 100:02}"


def _quantity(_transaction: Transaction, payroll: PayrollFile) -> str:
    return "1,00" if payroll.settings.decimal == Decimal.COMMA else "1.00"


def _date(transaction: Transaction, payroll: PayrollFile) -> str:
    dashed = payroll.settings.days == Days.DASHED
    return f"{transaction.day:%Y-%m-%d}" if dashed else f"{transaction.day:%Y%m%d}"


def _month(_transaction: Transaction, payroll: PayrollFile) -> str:
    first = payroll.month.first_day
    return f"{first:%Y-%m}" if payroll.settings.days == Days.DASHED else f"{first:%Y%m}"


def _plain(text: str | None) -> str:
    """What somebody has typed, so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text and text.startswith(OF_A_FORMULA) else text or ""


CELLS: dict[Cell, Write] = {
    Cell.EMPLOYEE: lambda each, payroll: _plain(identity(each, payroll.settings)),
    Cell.EMPLOYEE_NUMBER: lambda each, _payroll: _plain(each.employee_number),
    Cell.PERSONNUMMER: lambda each, _payroll: each.personnummer or "",
    Cell.NAME: lambda each, _payroll: _plain(each.name),
    Cell.CODE: lambda each, _payroll: _plain(each.code),
    Cell.TEXT: lambda each, _payroll: each.text,
    Cell.DATE: _date, Cell.MONTH: _month, Cell.QUANTITY: _quantity, Cell.UNIT_PRICE: _amount,
    Cell.AMOUNT: _amount,
    Cell.COST_CENTRE: lambda each, _payroll: _plain(each.cost_centre),
    Cell.EMPLOYER: lambda _each, payroll: payroll.organisation_number,
}

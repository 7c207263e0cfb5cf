"""Deductions as a list for a spreadsheet: who pays what, the benefit's value, and what is new."""
from collections.abc import Iterable

from flask import Response
from sqlalchemy import Row, Select

from blueprints import exports
from blueprints.language import _
from blueprints.web import db
from blueprints.words import word
from documents.listing import Column, Kind
from domain import payroll_rows
from domain.companies import Deduction
from domain.months import Month


def file(kind: str, name: str, found: Select) -> Response:
    columns = [
        Column(_("Anställningsnummer"), width=18), Column(_("Efternamn")), Column(_("Förnamn")),
        Column(_("Avdelning")), Column(_("Kostnadsställe"), width=14), Column(_("Arbetsgivare")),
        Column(_("Månad"), width=10), Column(_("Läge"), width=10),
        Column(_("Löneavdrag"), width=18), Column(_("Dras på lönen"), Kind.MONEY),
        Column(_("Arbetsgivaren betalar"), Kind.MONEY, 20),
        Column(_("Förmånens värde"), Kind.MONEY, 16), Column(_("Biljett")),
        Column(_("Gäller från"), Kind.DATE), Column(_("Pris inkl. moms"), Kind.MONEY, 16),
        Column(_("Arbetsgivarens del"), Kind.MONEY, 18),
        Column(_("Den anställdas del"), Kind.MONEY, 18), Column(_("Månader"), Kind.NUMBER)]
    rows = payroll_rows.lines(found).execution_options(yield_per=exports.ROWS_AT_ONCE)
    return exports.file(kind, name, columns, lambda: _cells(db.execute(rows)))


def _cells(rows: Iterable[Row]) -> Iterable[tuple]:
    for row in rows:
        gross = row.amount_ore if row.deduction == Deduction.GROSS else 0
        yield (row.employee_number, row.surname, row.given_name, row.department, row.cost_centre,
               row.employer, str(Month.on(row.month_on)), word(row.mark), word(row.deduction),
               row.amount_ore, row.employer_ore, row.employer_ore + gross, word(row.product),
               row.starts_on, row.price_ore, row.whole_employer_ore, row.employee_ore, row.months)

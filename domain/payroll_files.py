"""What stands in a file to the payroll, as the company's program wants it. The rows are those that
were locked; codes and identities are as the settings and the register have them now, so that a file
with a wrong code is fetched once more when that is mended."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Row
from sqlalchemy.orm import Session

from domain import companies, payroll_rows, payroll_settings
from domain.companies import Deduction
from domain.deductions import Mark
from domain.months import STOCKHOLM, Month
from domain.payroll_exports import PayrollExport
from domain.payroll_settings import Details, Identity, Sign

TEXTS = {Deduction.NET: "Nettolöneavdrag kollektivtrafik",
         Deduction.GROSS: "Bruttolöneavdrag kollektivtrafik"}
BENEFIT = "Förmån kollektivtrafik"
REMARKS = {Mark.NEW: "Ny", Mark.ENDING: "Sista", Mark.CORRECTED: "Rättelse"}
"""Swedish in any case: a Swedish payroll program reads them."""


@dataclass(frozen=True)
class Transaction:
    employee_number: str | None
    personnummer: str | None
    """Twelve digits; None unless it is in the file."""
    name: str
    code: str
    text: str
    remark: str | None
    day: date
    amount_ore: int
    """With the sign that the program wants."""
    cost_centre: str | None


@dataclass(frozen=True)
class PayrollFile:
    company: str
    organisation_number: str
    payroll_id: str | None
    month: Month
    made_at: datetime
    """On a Swedish clock."""
    settings: Details
    transactions: list[Transaction]


def of(session: Session, export: PayrollExport) -> PayrollFile:
    """The whole of it, in the order of names."""
    company = companies.find(session, export.company_id)
    employer = export.legal_employer or company
    settings = payroll_settings.of_company(session, export.company_id)
    month = Month.on(export.month_on)
    rows = session.execute(payroll_rows.lines(payroll_rows.of_export(export))).all()
    settings.check_codes({row.deduction for row in rows})
    return PayrollFile(
        employer.name, employer.organisation_number, getattr(employer, "payroll_id", None), month,
        export.made_at.astimezone(STOCKHOLM), settings,
        [each for row in rows for each in _transactions(session, row, month, settings)])


def _transactions(session: Session, row: Row, month: Month,
                  settings: Details) -> Iterator[Transaction]:
    shared = {"employee_number": row.employee_number or None, "name": row.name,
              "personnummer": _personnummer(session, row, settings), "day": month.last_day,
              "remark": REMARKS.get(row.mark),
              "cost_centre": row.cost_centre if settings.tells_cost_centre else None}
    if row.amount_ore:
        sign = -1 if settings.sign == Sign.MINUS else 1
        yield Transaction(code=settings.code(row.deduction) or "", text=TEXTS[row.deduction],
                          amount_ore=sign * row.amount_ore, **shared)
    benefit_ore = row.employer_ore + (row.amount_ore if row.deduction == Deduction.GROSS else 0)
    if settings.benefit_code and benefit_ore:
        yield Transaction(code=settings.benefit_code, text=BENEFIT, amount_ore=benefit_ore,
                          **shared)


def _personnummer(session: Session, row: Row, settings: Details) -> str | None:
    """In no file unless the program knows people by it, and never of one who is protected."""
    if not settings.tells_personnummer or row.protected or row.personnummer_sealed is None:
        return None
    return session.info["vault"].open(row.personnummer_sealed, "personnummer")


def identity(transaction: Transaction, settings: Details) -> str:
    """By what the program knows them; else by the other, so that nobody is left out."""
    both = transaction.personnummer, transaction.employee_number
    first, other = both if settings.identity == Identity.PERSONNUMMER else both[::-1]
    return first or other or ""

"""What the file to the payroll would look like, of one who does not exist."""
from dataclasses import replace

from blueprints.web import now
from documents import paxml, payroll_csv
from domain.companies import Deduction
from domain.deductions import Mark
from domain.months import STOCKHOLM, Month
from domain.payroll_files import REMARKS, TEXTS, PayrollFile, Transaction
from domain.payroll_settings import Details, Encoding, Format, Sign


def sample(settings: Details) -> str | None:
    """As text; None when the file is a spreadsheet."""
    if settings.format == Format.XLSX:
        return None
    month = Month.of(now())
    transaction = Transaction(
        employee_number="1017",
        personnummer="198112189876" if settings.tells_personnummer else None, name="Anna Ek",
        code=settings.net_code or settings.gross_code or "", text=TEXTS[Deduction.NET],
        remark=REMARKS[Mark.NEW], day=month.last_day,
        amount_ore=-66_587 if settings.sign == Sign.MINUS else 66_587,
        cost_centre="120" if settings.tells_cost_centre else None)
    payroll = PayrollFile("Bolaget AB", "5560001234", None, month, now().astimezone(STOCKHOLM),
                          replace(settings, encoding=Encoding.UTF_8), [transaction])
    draw = payroll_csv.file if settings.format == Format.CSV else paxml.file
    return draw(payroll).decode()

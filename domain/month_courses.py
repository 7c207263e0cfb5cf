"""How far a month has come, as somebody sees it: bought, gone through, closed, invoiced, paid."""
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import companies, invoice_lists, invoice_standings, month_checks, report_totals
from domain.access import Scope
from domain.errors import NotFound
from domain.invoice_lines import Part
from domain.invoice_standings import Standing
from domain.invoices import Invoice
from domain.month_checks import Checked
from domain.months import Month
from domain.report_totals import Total
from domain.reports import MonthlyReport


@dataclass(frozen=True)
class Course:
    month: Month
    ended: bool
    checked: Checked
    report: MonthlyReport | None
    """None until it is closed."""
    total: Total | None
    invoices: list[tuple[Invoice, Part]]
    """Made when it was closed, and the credit notes of the month."""
    standings: dict[UUID, Standing]

    @property
    def charged(self) -> list[Standing]:
        """Of the invoices, but not of the credit notes."""
        return [self.standings[each.id] for each, _part in self.invoices if not each.is_credit]


def of(session: Session, month: Month, *, within: Scope, now: datetime) -> Course:
    """Not of a month before the company was approved, nor of one to come."""
    report = session.scalar(select(MonthlyReport).where(
        MonthlyReport.company_id == within.company_id, MonthlyReport.month_on == month.first_day))
    approved = companies.find(session, within.company_id).approved_at
    if report is None and (approved is None or not Month.of(approved) <= month <= Month.of(now)):
        raise NotFound("Det finns ingen rapport för månaden.")
    found = invoice_lists.of_month(session, month, within=within)
    [total] = report_totals.of_months(session, [report], within=within) if report else [None]
    return Course(month, month < Month.of(now), month_checks.of(session, month, within=within),
                  report, total, found,
                  invoice_standings.of(session, [each for each, _part in found], now=now))

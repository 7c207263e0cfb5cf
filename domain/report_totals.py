"""What the months that have ended came to, for whoever asks: the whole company, or only the
departments that they administer."""
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import reports
from domain.access import Scope
from domain.months import Month
from domain.reports import MonthlyReport
from domain.specification_lines import SpecificationLine


@dataclass(frozen=True)
class Total:
    report_id: UUID
    month: Month
    tickets: int
    gross_ore: int
    vat_ore: int


def of_months(session: Session, made: list[MonthlyReport], *, within: Scope) -> list[Total]:
    """In the order of the reports. A month in which the departments bought nothing is 0."""
    if within.is_whole:
        return [Total(each.id, each.month, each.tickets, each.gross_ore, each.vat_ore)
                for each in made]
    rows = session.execute(
        select(SpecificationLine.report_id, func.count(), func.sum(SpecificationLine.price_ore),
               func.sum(SpecificationLine.vat_ore))
        .where(SpecificationLine.report_id.in_([each.id for each in made]),
               SpecificationLine.department_id.in_(within.departments))
        .group_by(SpecificationLine.report_id))
    found = {report_id: (count, int(gross), int(vat)) for report_id, count, gross, vat in rows}
    return [Total(each.id, each.month, *found.get(each.id, (0, 0, 0))) for each in made]


def latest(session: Session, *, within: Scope, most: int | None = 24) -> list[Total]:
    """The last month first."""
    made = reports.of_company(session, within.company_id, most=most)
    return of_months(session, made, within=within)

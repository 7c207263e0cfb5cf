"""What a month's invoices would be if it ended now, by what makes them when it has ended."""
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from domain import invoice_plans, month_lines, reports
from domain.access import Scope
from domain.invoice_plans import Planned
from domain.months import Month, today


def preview(session: Session, within: Scope, month: Month, *, now: datetime) -> list[Planned]:
    """In the order of their reference numbers; none when the month is closed. Whoever has some
    departments sees those with something of theirs, and the sums of that alone."""
    if reports.is_closed(session, within.company_id, month):
        return []
    planned = invoice_plans.plan(
        session, within.company_id, month, issued_on=max(today(now), month.next.first_day),
        after_closed=reports.is_closed(session, within.company_id, month.previous))
    if within.is_whole:
        return planned
    seen = invoice_plans.sums(session, _seen(within).subquery(), _asked(session, within, month))
    return [replace(each, sums=seen[each.reference_number]) for each in planned
            if each.reference_number in seen]


def listed(session: Session, within: Scope, month: Month,
           reference_number: str | None = None) -> Select:
    """The lines, as rows that have what a line of a specification has."""
    found, lines = _seen(within), month_lines.to_invoice().c
    if reference_number is not None:
        found = found.where(lines.reference_number == reference_number)
    return (found.order_by(lines.counted_at, lines.ticket_number, lines.entry)
            .params(**_asked(session, within, month)))


def _asked(session: Session, within: Scope, month: Month) -> dict[str, Any]:
    return month_lines.asked(
        within.company_id, month,
        after_closed=reports.is_closed(session, within.company_id, month.previous))


def _seen(within: Scope) -> Select:
    lines = month_lines.to_invoice()
    return select(lines).where(within.holds(lines.c.company_id, lines.c.department_id))

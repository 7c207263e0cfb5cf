"""What the month asks of a company's administrator: to go through the purchases before it closes,
and to pay what is late."""
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import companies, month_checks, tickets
from domain.access import Scope
from domain.months import Month, days_later, today
from domain.receivables import OPEN, Receivable
from domain.rules import rules


@dataclass(frozen=True)
class Overdue:
    invoices: int
    left_ore: int


def closing(session: Session, *, within: Scope, now: datetime) -> Month | None:
    """The month, when it is soon closed, something was bought, and nobody has gone through it."""
    month = Month.of(now)
    if days_later(now, rules(session).month_check_days) < month.next.start:
        return None
    if companies.find(session, within.company_id).on_trial:
        return None
    if month_checks.of(session, month, within=within).last:
        return None
    bought = any(part.tickets for part in tickets.month_so_far(session, within=within, now=now))
    return month if bought else None


def overdue(session: Session, *, within: Scope, now: datetime) -> Overdue | None:
    """Of the whole company's invoices."""
    if not within.is_whole:
        return None
    count, left = session.execute(
        select(func.count(), func.coalesce(func.sum(Receivable.left_ore), 0))
        .where(OPEN, Receivable.company_id == within.company_id, Receivable.left_ore > 0,
               Receivable.due_on < today(now))).one()
    return Overdue(count, int(left)) if count else None

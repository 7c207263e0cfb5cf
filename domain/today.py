"""What waits for a company's administrator that no single noun can tell by itself."""
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from domain import messages, report_totals, reports
from domain.access import Scope
from domain.messages import Sms
from domain.months import Month
from domain.report_totals import Total
from domain.tickets import Ticket

NEW_FOR = timedelta(days=10)
"""A monthly report is news for so long."""


def undelivered_tickets(session: Session, *, within: Scope, now: datetime,
                        most: int = 20) -> list[Ticket]:
    """Those that nobody could open: the last text message did not arrive. The newest first."""
    later = aliased(Sms)
    replaced = select(later.id).where(later.about_id == Sms.about_id,
                                      later.put_at > Sms.put_at).exists()
    return list(session.scalars(
        select(Ticket).join(Sms, Sms.about_id == Ticket.id)
        .where(within.holds(Ticket.company_id, Ticket.department_id),
               Sms.state == messages.State.FAILED, ~replaced, Ticket.activated_at.is_(None),
               Ticket.recalled_at.is_(None), Ticket.activate_by > now)
        .order_by(Sms.put_at.desc(), Ticket.id).limit(most)))


def new_report(session: Session, *, within: Scope, now: datetime) -> Total | None:
    """Last month's, while it is new."""
    for report in reports.of_company(session, within.company_id, most=1):
        if report.month == Month.of(now).previous and now < report.made_at + NEW_FOR:
            return report_totals.of_months(session, [report], within=within)[0]
    return None

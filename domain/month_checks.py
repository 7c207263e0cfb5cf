"""That somebody has gone through a month's purchases: the whole company's, or some departments'.
A month closes whether or not anybody has; what is wrong is said before, or asked of the invoice."""
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from domain import audit
from domain.access import Actor, Scope
from domain.errors import Conflict
from domain.months import Month
from domain.people import Person
from domain.store import Row
from domain.tickets import Ticket


class MonthCheck(Row):
    """One for each time, and for each of the departments that it was of."""

    __tablename__ = "month_checks"
    __table_args__ = (Index("ix_month_checks_month", "company_id", "month_on"),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    month_on: Mapped[date]
    department_id: Mapped[UUID | None] = mapped_column(ForeignKey("departments.id"))
    """None when it was the whole company's."""
    checked_at: Mapped[datetime]
    checked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))

    checked_by: Mapped[Person | None] = relationship()


@dataclass(frozen=True)
class Checked:
    """How far the going through has come, of what somebody sees."""

    last: MonthCheck | None
    """The last of all that they see."""
    departments: int
    """How many departments somebody has gone through, when nobody has all."""
    later: int
    """How many were bought after that."""


def check(session: Session, month: Month, *, by: Actor, now: datetime) -> None:
    """All that has been bought so far. What comes in afterwards is not gone through."""
    if month > Month.of(now):
        raise Conflict("Månaden har inte börjat än.")
    rooms = sorted(by.scope.departments or ()) or [None]
    session.add_all(MonthCheck(company_id=by.company_id, month_on=month.first_day,
                               department_id=room, checked_at=now, checked_by_id=by.person_id)
                    for room in rooms)
    for room in rooms:
        audit.record(session, audit.Act.MONTH_CHECKED, None, company_id=by.company_id,
                     department_id=room, by=by, now=now, month=str(month))


def of(session: Session, month: Month, *, within: Scope) -> Checked:
    checks = session.scalars(
        select(MonthCheck)
        .where(MonthCheck.company_id == within.company_id, MonthCheck.month_on == month.first_day)
        .order_by(MonthCheck.checked_at).options(joinedload(MonthCheck.checked_by))).all()
    latest = {each.department_id: each for each in checks}
    whole, rooms = latest.pop(None, None), set(latest)
    last = whole
    if within.departments and within.departments <= rooms:
        parts = [latest[room] for room in within.departments]
        last = max([min(parts, key=_when), *filter(None, [whole])], key=_when)
    later = _later(session, last, month, within) if last else 0
    return Checked(last, len(rooms), later)


def _when(check: MonthCheck) -> datetime:
    return check.checked_at


def _later(session: Session, last: MonthCheck, month: Month, within: Scope) -> int:
    return session.scalar(
        select(func.count()).select_from(Ticket)
        .where(within.holds(Ticket.company_id, Ticket.department_id), Ticket.trial.is_(False),
               Ticket.sold_at > last.checked_at, Ticket.sold_at >= month.start,
               Ticket.sold_at < month.next.start))

"""What is left of a leaver's deductions: the last salary pays it, or the salary pays no more."""
from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import deduction_settlements
from domain.access import Actor
from domain.deduction_settlements import Cause, Happening, How
from domain.deductions import SalaryDeduction
from domain.months import Month, today
from domain.offers import OfferApplication
from domain.travellers import Traveller


def settle(session: Session, traveller_ids: Collection[UUID], day: date, *, takes_rest: bool,
           by: Actor | None, now: datetime) -> None:
    """Harmless where it has been done: on the day that was set beforehand."""
    _carry_out(session, _open(session, traveller_ids, day, now), _leaving(day, takes_rest), by=by,
               now=now)


def unsettle(session: Session, traveller: Traveller, *, tell: bool = True, by: Actor,
             now: datetime) -> None:
    """They stay: what the payroll has not had is paid month by month again."""
    day = today(now)
    settled = [application for application in _open(session, [traveller.id], day, now)
               if _last_cause(session, application) == Cause.LEFT]
    _carry_out(session, settled, Happening(Cause.STAYED, day), tell=tell, by=by, now=now)


def _carry_out(session: Session, applications: Collection[OfferApplication],
               happening: Happening, *, tell: bool = True, by: Actor | None,
               now: datetime) -> None:
    for application in applications:
        if deduction_settlements.preview(session, application, happening, now=now).changes:
            deduction_settlements.settle(session, application, happening, tell=tell, by=by,
                                         now=now)


def _leaving(day: date, takes_rest: bool) -> Happening:
    return Happening(Cause.LEFT, day, How.AT_ONCE if takes_rest else How.ELSEWHERE)


def _last_cause(session: Session, application: OfferApplication) -> Cause | None:
    settlements = deduction_settlements.of_application(session, application)
    return settlements[-1].cause if settlements else None


def _open(session: Session, traveller_ids: Collection[UUID], day: date,
          now: datetime) -> list[OfferApplication]:
    """Those whose deductions go on."""
    month = max(Month.on(day), Month.of(now))
    later = select(SalaryDeduction.application_id).where(
        SalaryDeduction.traveller_id.in_(traveller_ids), SalaryDeduction.export_id.is_(None),
        SalaryDeduction.month_on >= month.first_day)
    return list(session.scalars(select(OfferApplication).where(OfferApplication.id.in_(later))
                                .order_by(OfferApplication.starts_on, OfferApplication.id)))

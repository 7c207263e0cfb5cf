"""What becomes of a deduction when something comes between: the ticket is taken back, its traveller
leaves, or is on leave. The rest is computed and shown before it is done.

Rows that have gone to the payroll stay, and so do those of months that have been; the others are
replaced, so that all of them together are what the salary owes from then on.
"""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import audit, deduction_letters
from domain.access import Actor
from domain.deduction_plans import Part, Plan, first_open, moved, spread
from domain.deductions import SalaryDeduction
from domain.errors import Conflict, Invalid, NotAllowed
from domain.money import kr
from domain.months import Month
from domain.offers import OfferApplication, State
from domain.store import FIRST, Row


class Cause(StrEnum):
    RECALLED = "recalled"
    """The ticket was never used, and the company is credited all of it."""
    RETURNED = "returned"
    """The company is credited a part of it."""
    LEFT = "left"
    STAYED = "stayed"
    """The one who was to leave does not: month by month again."""
    ON_LEAVE = "on_leave"


class How(StrEnum):
    """How the rest is paid."""

    AT_ONCE = "at_once"
    LATER = "later"
    """Month by month again after the leave."""
    ELSEWHERE = "elsewhere"
    """Not by salary: the employer gives it, or is paid in some other way."""


class Settlement(Row):
    __tablename__ = "deduction_settlements"
    __table_args__ = (UniqueConstraint("application_id", "number"),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    application_id: Mapped[UUID] = mapped_column(ForeignKey("offer_applications.id"))
    number: Mapped[int]
    """1, 2, 3 … of its application."""
    cause: Mapped[Cause]
    how: Mapped[How]
    day: Mapped[date]
    """From which it holds."""
    credited_ore: Mapped[int]
    rest_ore: Mapped[int]
    """What was left to take then; below zero to give back."""
    owed_ore: Mapped[int]
    employer_ore: Mapped[int]
    """What the salary and the employer pay in all, from then on."""
    settled_at: Mapped[datetime]
    settled_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))


YEARS = 10
"""Nothing happens to a deduction longer from its beginning than so."""


@dataclass(frozen=True)
class Happening:
    cause: Cause
    day: date
    how: How = How.AT_ONCE
    credited_ore: int = 0
    """Of the price, when the ticket is returned."""
    back_on: date | None = None
    """The first day after a leave, when the rest is paid then."""


def of_application(session: Session, application: OfferApplication) -> list[Settlement]:
    """The first of them first."""
    return list(session.scalars(
        select(Settlement).where(Settlement.application_id == application.id)
        .order_by(Settlement.number)))


def owed(session: Session, application: OfferApplication) -> tuple[int, int]:
    """What the salary and the employer pay in all, as it stands. Equals the sums of the rows."""
    last = of_application(session, application)[-1:]
    return next(((each.owed_ore, each.employer_ore) for each in last),
                (application.employee_ore, application.employer_ore))


def preview(session: Session, application: OfferApplication, happening: Happening, *,
            now: datetime) -> Plan:
    """What `settle` would do now."""
    _check(application, happening)
    begins = max(Month.on(happening.day), Month.of(now))
    kept, replaced = [], []
    for row in _rows(session, application):
        stays = row.export_id is not None or row.month_on < begins.first_day
        (kept if stays else replaced).append(row)
    owed_ore, employer_ore = _owed_after(happening, *_owed_before(session, application, happening),
                                         kept)
    rest = (owed_ore - sum(row.amount_ore for row in kept),
            employer_ore - sum(row.employer_ore for row in kept))
    first = first_open(kept, begins)
    if happening.how == How.LATER:
        written = moved(replaced, max(first, Month.on(happening.back_on)))
    elif happening.cause == Cause.STAYED:
        months = application.months - len({row.month_on for row in kept})
        first = max(first, Month.on(application.starts_on))
        written = spread(*rest, first, max(months, 1)) if any(rest) else []
    else:
        written = [Part(first.first_day, *rest)] if any(rest) else []
    return Plan(kept, replaced, written, owed_ore, employer_ore)


def settle(session: Session, application: OfferApplication, happening: Happening, *,
           tell: bool = True, by: Actor | None, now: datetime) -> Plan:
    """Refused when a file to the payroll takes the same rows at the same moment. The traveller is
    told."""
    _check_not_own(application, happening, by)
    session.refresh(application, with_for_update={"of": OfferApplication})
    plan = preview(session, application, happening, now=now)
    gone = session.execute(delete(SalaryDeduction).where(
        SalaryDeduction.id.in_([row.id for row in plan.replaced]),
        SalaryDeduction.export_id.is_(None)).execution_options(synchronize_session=False))
    if gone.rowcount != len(plan.replaced):
        raise Conflict(FIRST)
    for row in plan.replaced:
        session.expunge(row)
    if plan.written:
        session.execute(insert(SalaryDeduction), [
            {"company_id": application.company_id, "traveller_id": application.traveller_id,
             "application_id": application.id, "deduction": application.deduction, **vars(part)}
            for part in plan.written])
    _keep(session, application, happening, plan, by=by, now=now)
    if tell:
        deduction_letters.settled(session, application, [
            (part.month_on, part.amount_ore) for part in plan.written], now=now)
    return plan


def _keep(session: Session, application: OfferApplication, happening: Happening, plan: Plan, *,
          by: Actor | None, now: datetime) -> None:
    session.add(Settlement(
        company_id=application.company_id, application_id=application.id,
        number=len(of_application(session, application)) + 1, cause=happening.cause,
        how=happening.how, day=happening.day, credited_ore=happening.credited_ore,
        rest_ore=plan.rest_ore, owed_ore=plan.owed_ore, employer_ore=plan.employer_ore,
        settled_at=now, settled_by_id=by and by.person_id))
    session.flush()
    traveller = application.traveller
    audit.record(session, audit.Act.DEDUCTION_SETTLED, traveller.id,
                 company_id=application.company_id, department_id=traveller.department_id, by=by,
                 now=now, traveller=traveller.name, cause=happening.cause, amount_ore=plan.rest_ore)


def _rows(session: Session, application: OfferApplication) -> Sequence[SalaryDeduction]:
    return session.scalars(
        select(SalaryDeduction).where(SalaryDeduction.application_id == application.id)
        .order_by(SalaryDeduction.month_on, SalaryDeduction.kind.desc(), SalaryDeduction.id)
        .execution_options(populate_existing=True)).all()


def _check_not_own(application: OfferApplication, happening: Happening,
                   by: Actor | None) -> None:
    decides = happening.how == How.ELSEWHERE or happening.cause in (Cause.RETURNED, Cause.ON_LEAVE)
    if by and decides and application.is_own(by):
        raise NotAllowed("Du kan inte reglera ditt eget löneavdrag. Be en annan administratör.")


def _check(application: OfferApplication, happening: Happening) -> None:
    if application.state != State.APPROVED:
        raise Conflict("Ansökan är inte beviljad. Det finns inget löneavdrag att reglera.")
    for field, day in (("day", happening.day), ("back_on", happening.back_on)):
        if day and abs(day.year - application.starts_on.year) > YEARS:
            raise Invalid("Dagen är för långt bort.", field)
    if happening.credited_ore > application.price_ore:
        raise Invalid("Företaget kan högst krediteras biljettens pris, %(price)s.", "credited",
                      price=kr(application.price_ore))
    if happening.how == How.LATER and (
            happening.back_on is None or happening.back_on <= happening.day):
        raise Invalid("Välj den första dagen efter ledigheten.", "back_on")


def _owed_before(session: Session, application: OfferApplication,
                 happening: Happening) -> tuple[int, int]:
    """For one who stays: as if they never were to leave."""
    if happening.cause != Cause.STAYED:
        return owed(session, application)
    others = [(each.owed_ore, each.employer_ore)
              for each in of_application(session, application)
              if each.cause not in (Cause.LEFT, Cause.STAYED)]
    return others[-1] if others else (application.employee_ore, application.employer_ore)


def _owed_after(happening: Happening, owed_ore: int, employer_ore: int,
                kept: Sequence[SalaryDeduction]) -> tuple[int, int]:
    if happening.cause == Cause.RECALLED:
        return 0, 0
    if happening.cause == Cause.RETURNED:
        credited = min(happening.credited_ore, owed_ore + employer_ore)
        whole = max(owed_ore + employer_ore, 1)
        theirs = (2 * credited * owed_ore + whole) // (2 * whole)
        owed_ore, employer_ore = owed_ore - theirs, employer_ore - (credited - theirs)
    if happening.how == How.ELSEWHERE:  # what the salary is to get back it gets
        owed_ore = min(owed_ore, sum(row.amount_ore for row in kept))
    return owed_ore, employer_ore

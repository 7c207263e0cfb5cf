"""All of a company's staff offers, each with what the salary pays."""
from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import contains_eager, joinedload

from domain.access import Scope
from domain.deductions import SalaryDeduction
from domain.offers import OfferApplication, State
from domain.travellers import Traveller


def whole(within: Scope) -> Select:
    """Those that wait, the oldest first; then the rest, the last decided first. Beside each that is
    granted: how many months the salary pays, what a month, from which, and gross or net."""
    paid = (select(SalaryDeduction.application_id, func.count().label("months"),
                   func.min(SalaryDeduction.amount_ore).label("part_ore"),
                   func.min(SalaryDeduction.month_on).label("first_on"),
                   func.min(SalaryDeduction.deduction).label("deduction"))
            .where(SalaryDeduction.company_id == within.company_id)
            .group_by(SalaryDeduction.application_id).subquery())
    decided = OfferApplication.state != State.WAITING
    return (select(OfferApplication, paid.c.months, paid.c.part_ore, paid.c.first_on,
                   paid.c.deduction)
            .join(OfferApplication.traveller).join(Traveller.department)
            .outerjoin(paid, paid.c.application_id == OfferApplication.id)
            .options(contains_eager(OfferApplication.traveller).contains_eager(Traveller.department),
                     joinedload(OfferApplication.decided_by))
            .where(within.holds(OfferApplication.company_id, Traveller.department_id))
            .order_by(decided, case((decided, OfferApplication.decided_at)).desc(),
                      OfferApplication.applied_at, OfferApplication.id))

"""All of a company's staff offers, each with what the salary pays."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from domain import offer_queue
from domain.access import Scope
from domain.deductions import SalaryDeduction
from domain.offer_queue import Search
from domain.offers import OfferApplication, State
from domain.travellers import Traveller


def whole(search: Search, *, within: Scope, now: datetime) -> Select:
    """Those that are asked for, in the order of the queue, each with the month from which the
    salary pays when it is granted."""
    first = func.min(SalaryDeduction.month_on).label("first")
    paid = (select(SalaryDeduction.application_id, first)
            .where(SalaryDeduction.company_id == within.company_id)
            .group_by(SalaryDeduction.application_id).subquery())
    return (select(OfferApplication, paid.c.first)
            .join(OfferApplication.traveller).join(Traveller.department)
            .outerjoin(paid, paid.c.application_id == OfferApplication.id)
            .options(contains_eager(OfferApplication.traveller).contains_eager(Traveller.department),
                     joinedload(OfferApplication.offer), joinedload(OfferApplication.decided_by))
            .where(*offer_queue.wanted(search, within=within, now=now))
            .order_by(*offer_queue.order()))


def counts(session: Session, *, within: Scope) -> dict[UUID, dict[State, int]]:
    """How many applications there are to each offer, by state; an offer without any is not
    there."""
    found: dict[UUID, dict[State, int]] = {}
    for offer_id, state, number in session.execute(
            select(OfferApplication.offer_id, OfferApplication.state, func.count())
            .join(OfferApplication.traveller)
            .where(within.holds(OfferApplication.company_id, Traveller.department_id))
            .group_by(OfferApplication.offer_id, OfferApplication.state)):
        found.setdefault(offer_id, {})[state] = number
    return found

"""The year's staff offers: each with its ticket, and with what the salary pays for it."""
from collections.abc import Iterable, Iterator
from datetime import datetime
from random import Random
from typing import Any
from uuid import uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from demo import sold
from demo.companies import Town
from domain.deductions import SalaryDeduction
from domain.money import equal_parts
from domain.months import Month, days_later, today
from domain.offers import Consent, OfferApplication, State
from domain.products import Extent, Product, Trip
from domain.services import Service
from domain.travellers import Traveller

OFFERED = [Trip(Extent.ZONES_1, (181,)), Trip(Extent.ZONES_2, (181, 188)), Trip(Extent.COUNTY)]
KEPT = 30
"""The company's first travellers are left to ask for an offer today."""


def askers(town: Town, chance: Random) -> Iterator[Traveller]:
    """Who will ask for an offer, one after the other."""
    asking = town.travellers[KEPT:]
    return iter(chance.sample(asking, len(asking)))


def month(session: Session, town: Town, travellers: Iterable[Traveller], chance: Random,
          start: datetime, end: datetime, *, now: datetime) -> list[dict[str, Any]]:
    """The tickets that these were granted."""
    prices = sold.prices(session, now=start)
    rows = []
    for traveller in travellers:
        trip, at = chance.choice(OFFERED), sold.at(start, end, chance)
        price = prices[Product.PERIOD_365, trip.extent, None]
        rows.append(sold.row(session, town, traveller, Service.STAFF_OFFER, Product.PERIOD_365,
                             trip, price, at=at, now=now) | {"valid_from": today(at)})
    return rows


def write(session: Session, town: Town, rows: list[dict[str, Any]]) -> None:
    """The applications that led to the tickets, and the deductions that follow."""
    applications = [_application(town, row) for row in rows
                    if row["service"] == Service.STAFF_OFFER]
    if not applications:
        return
    session.execute(insert(OfferApplication), applications)
    session.execute(insert(SalaryDeduction), [
        part for each in applications for part in _deductions(each)])


def _application(town: Town, row: dict[str, Any]) -> dict[str, Any]:
    same = ("company_id", "traveller_id", "product", "extent", "zones", "area", "price_ore")
    employer_ore = town.offer.employer_ore(row["price_ore"])
    return {
        "id": uuid4(), **{name: row[name] for name in same}, "starts_on": today(row["sold_at"]),
        "state": State.APPROVED, "applied_at": days_later(row["sold_at"], -3),
        "decided_at": row["sold_at"], "decided_by_id": town.admin.person_id, "reason": None,
        "ticket_id": row["id"], "version": 1, "offer_id": town.offer.id, "consent": Consent.PORTAL,
        "employer_ore": employer_ore, "employee_ore": row["price_ore"] - employer_ore,
        "months": town.offer.months, "deduction": town.offer.deduction,
        "decide_by": today(row["sold_at"]),
    }


def _deductions(application: dict[str, Any]) -> list[dict[str, Any]]:
    parts, month = [], Month.on(application["starts_on"])
    months = application["months"]
    for part, employer_ore in zip(equal_parts(application["employee_ore"], months),
                                  equal_parts(application["employer_ore"], months), strict=True):
        parts.append({
            "company_id": application["company_id"], "traveller_id": application["traveller_id"],
            "application_id": application["id"], "month_on": month.first_day, "amount_ore": part,
            "employer_ore": employer_ore, "deduction": application["deduction"]})
        month = month.next
    return parts

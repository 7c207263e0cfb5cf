"""A ticket that was sold some time in the year, as a row of its table."""
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from demo.companies import Town
from domain import price_lists, products, tickets
from domain.money import vat_of
from domain.months import days_later
from domain.price_lists import Price, Ware
from domain.products import FLEX, Product, Trip
from domain.rules import rules
from domain.services import Service
from domain.travellers import Traveller


def prices(session: Session, *, now: datetime) -> dict[Ware, Price]:
    return {price.ware: price for price in price_lists.prices(session, now=now)}


def at(start: datetime, end: datetime, chance: Random) -> datetime:
    """Most often on a weekday, between six and six."""
    for _ in range(8):
        at = start + (end - start) * chance.random()
        at = at.replace(hour=chance.choice([5, 6, 6, 7, 7, 8, 10, 12, 14, 15, 15, 16]),
                        minute=chance.randrange(60), microsecond=0)
        if at.weekday() < 5 and start <= at < end:
            return at
    return start + (end - start) * chance.random()


def row(session: Session, town: Town, traveller: Traveller, service: Service, product: Product,
        trip: Trip, price: Price, *, purpose: str = "", at: datetime,
        now: datetime) -> dict[str, Any]:
    """Used up, if there was time for it. None is active now: that takes the portal's signature."""
    activated = at + timedelta(minutes=20)
    ends = products.active_until(product, trip.extent, activated, rules(session))
    used = ends <= now
    days, within = FLEX.get(product, (1, None))
    return {
        "id": uuid4(), "number": tickets.new_number(), "service": service,
        "company_id": town.company.id, "department_id": traveller.department.id,
        "department_name": traveller.department.name,
        "reference_number": traveller.department.reference_number, "traveller_id": traveller.id,
        "holder": traveller.name, "mobile": traveller.mobile, "product": product,
        "extent": trip.extent, "zones": " ".join(map(str, trip.zones)), "area": trip.area,
        "price_ore": price.price_ore, "vat_ore": vat_of(price.price_ore, price.vat_basis_points),
        "vat_basis_points": price.vat_basis_points, "price_list_id": price.price_list_id,
        "sold_at": at, "sold_by_id": town.admin.person_id, "valid_from": None,
        "activate_by": days_later(at, rules(session).activate_within_days),
        "activated_at": activated if used else None, "active_until": ends if used else None,
        "days_used": days if used else 0,
        "use_by": days_later(activated, within) if used and within else None,
        "link_hash": None, "bundle": None, "purpose": purpose, "version": 1,
    }

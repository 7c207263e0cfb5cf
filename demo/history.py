"""A year of purchases: written straight into the tables, for the verbs would take a minute.

Everyone who buys has a limit and keeps to it, prices are those of the list of the day, and what
was bought is used: so the months, which `months` closes, add up as if it had happened.
"""
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from demo import granted, ledger, sold
from demo.companies import Town
from domain import audit
from domain.audit import Act
from domain.business_travel import Connection
from domain.codes import OneTimeCode
from domain.messages import Sms, State
from domain.months import Month, days_later
from domain.products import Area, Extent, Product, Trip
from domain.rules import rules
from domain.services import Service
from domain.tickets import Ticket

BUYS = {Product.SINGLE: 55, Product.DAY: 22, Product.FLEX_10_30: 8, Product.PERIOD_30: 15}
SENT = {Product.SINGLE: 45, Product.DAY: 40, Product.FLEX_10_30: 5, Product.PERIOD_30: 10}
TRIPS = {Trip(Extent.ZONES_1, (181,)): 50, Trip(Extent.ZONES_2, (181, 188)): 14,
         Trip(Extent.ZONES_2, (181, 185)): 8, Trip(Extent.COUNTY): 18,
         Trip(Extent.BORDER, (), Area.VASTRA_GOTALAND): 6,
         Trip(Extent.BORDER, (), Area.KRONOBERG): 4}
SEASON = [1.05, 1.0, 1.1, 0.95, 1.0, 0.8, 0.35, 0.7, 1.1, 1.2, 1.15, 0.8]
"""How much is travelled in a month, January first."""
PURPOSES = ["", "", "", "Kundbesök", "Kundbesök", "Utbildning", "Möte i Jönköping", "Projekt 4711"]
LOGGED = timedelta(days=45)
"""How far back the company's log and the text messages go in the demo."""


def write(session: Session, town: Town, chance: Random, *, now: datetime) -> None:
    travelling = _connect(session, town, chance, now=town.company.approved_at)
    askers, rows = granted.askers(town, chance), []
    month = Month.of(town.company.approved_at)
    while month <= Month.of(now):
        size = len(town.travellers) * 0.75 * SEASON[month.month - 1]
        end = min(month.next.start, now - timedelta(hours=3))
        if end > month.start:
            share = (end - month.start) / (month.next.start - month.start)
            rows += _month(session, town, travelling, chance, round(size * share), month.start, end,
                           now=now)
            asking = islice(askers, round(size / 100))
            rows += granted.month(session, town, asking, chance, month.start, end, now=now)
        month = month.next
    rows.sort(key=lambda row: row["sold_at"])
    session.execute(insert(Ticket), rows)
    granted.write(session, town, rows)
    ledger.write(session, rows, travelling)
    _tell(session, town, rows, now=now)


def _connect(session: Session, town: Town, chance: Random, *,
             now: datetime) -> dict[UUID, Connection]:
    """Two in five travel on the company's account."""
    found = {}
    for traveller in town.travellers:
        often = traveller is town.travellers[0] or chance.random() < 0.4
        if often and traveller is not town.newcomer:
            registered = now + timedelta(days=chance.randrange(1, 6))
            connection = Connection(
                company_id=town.company.id, traveller=traveller, registered_at=registered,
                limit_ore=chance.choice([100_000, 150_000, 250_000, 500_000]), connected_at=now)
            session.add(connection)
            session.flush()
            session.add(OneTimeCode(
                connection_id=connection.id, ordered_at=now, issued_at=now, used_at=registered,
                expires_at=days_later(now, rules(session).code_days), code_hash=b"used"))
            found[traveller.id] = connection
    return found


def _month(session: Session, town: Town, travelling: dict[UUID, Connection], chance: Random,
           size: int, start: datetime, end: datetime, *, now: datetime) -> list[dict[str, Any]]:
    prices = sold.prices(session, now=start)
    left = {key: connection.limit_ore for key, connection in travelling.items()}
    buyers = [each for each in town.travellers if each.id in travelling]
    rows = []
    for _ in range(size):
        at = sold.at(start, end, chance)
        trip = _drawn(TRIPS, chance)
        if buyers and chance.random() < 0.68:
            service, traveller = Service.BUSINESS_TRAVEL, chance.choice(buyers)
            product = _drawn(BUYS, chance)
        else:
            service, traveller = Service.SEND_TICKET, chance.choice(town.travellers)
            product = _drawn(SENT, chance)
        price = prices.get((product, trip.extent, trip.area))
        if price is None:
            continue
        purpose = ""
        if service == Service.BUSINESS_TRAVEL:
            if price.price_ore > left[traveller.id]:
                continue
            left[traveller.id] -= price.price_ore
            purpose = PURPOSES[at.minute % len(PURPOSES)]
        rows.append(sold.row(session, town, traveller, service, product, trip, price,
                             purpose=purpose, at=at, now=now))
    return rows


def _tell(session: Session, town: Town, rows: list[dict], *, now: datetime) -> None:
    """The log, and the text messages that arrived."""
    recent = [row for row in rows if row["sold_at"] > now - LOGGED]
    sent = [row for row in recent if row["service"] != Service.BUSINESS_TRAVEL]
    for row in recent:
        _record(session, town, row)
    if sent:
        session.execute(insert(Sms), [
            {"company_id": town.company.id, "to": row["mobile"], "template": "ticket",
             "values": None, "language": "sv", "about_id": row["id"], "state": State.DELIVERED,
             "put_at": row["sold_at"], "sending_at": row["sold_at"], "sent_at": row["sold_at"],
             "delivered_at": row["sold_at"] + timedelta(seconds=4), "problem": None,
             "provider_id": f"s{uuid4().hex}"} for row in sent])


def _record(session: Session, town: Town, row: dict) -> None:
    sent = row["service"] != Service.BUSINESS_TRAVEL
    who = {"holder": row["holder"]} if sent else {"traveller": row["holder"]}
    by = town.admin if sent else replace(town.admin, person_id=None, name=row["holder"])
    audit.record(session, Act.TICKET_SENT if sent else Act.TRAVEL_BOUGHT, row["id"],
                 company_id=town.company.id, department_id=row["department_id"], by=by,
                 now=row["sold_at"], product=row["product"], price_ore=row["price_ore"], **who)


def _drawn(weights: dict, chance: Random):
    return chance.choices(list(weights), list(weights.values()))[0]

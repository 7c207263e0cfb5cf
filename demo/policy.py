"""What the big company lets its people buy: one policy for most, and one for those who assemble."""
from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from demo.companies import Town
from domain import policies
from domain.business_travel import Connection
from domain.departments import Department
from domain.policies import Details
from domain.policy_rules import Weekday
from domain.products import COMPANY_PRODUCTS, Product
from domain.travellers import Traveller

KONTORET = Details(
    "Kontoret", products=[each for each in COMPANY_PRODUCTS
                          if each != Product.PERIOD_365],
    text="Åk kollektivt när det går. Årskort söker du som personalerbjudande.")
MONTORER = Details(
    "Montörer", weekdays=list(Weekday)[:5], begins=time(5), ends=time(20), top_price_ore=50_000,
    purpose="Projekt", text="Skriv projektets nummer, så hamnar resan rätt.")


def decide(session: Session, town: Town, *, now: datetime) -> None:
    at = now - timedelta(days=30)
    most = policies.add(session, town.company.id, KONTORET, by=town.admin, now=at)
    policies.make_default(session, most, by=town.admin, now=at)
    some = policies.add(session, town.company.id, MONTORER, by=town.admin, now=at)
    for connection in session.scalars(
            select(Connection).join(Connection.traveller)
            .join(Department, Department.id == Traveller.department_id)
            .where(Department.company_id == town.company.id, Department.name == "Montering",
                   Connection.ended_at.is_(None))
            .order_by(Traveller.sort_name, Traveller.id).limit(12)):
        policies.choose(session, connection, some, by=town.admin, now=at)

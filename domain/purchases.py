"""What a traveller buys for themself, on the company's invoice: within their limit, and within what
their department has for the month."""
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import assortment, audit, products, spendings, standings, tickets
from domain.access import Actor
from domain.business_travel import Connection
from domain.departments import Department
from domain.errors import Conflict, Invalid
from domain.money import kr
from domain.products import Product, Trip
from domain.services import Service
from domain.spendings import DepartmentSpending, Spending
from domain.tickets import Recipient, Ticket


def buy(session: Session, connection: Connection, product: Product, valid: Trip, *, by: Actor,
        now: datetime) -> Ticket:
    """A ticket on the company's invoice, within what is left of the month's limit."""
    if connection.ended_at or not connection.registered_at:
        raise Conflict("Allpay är inte registrerat. Registrera det med koden i sms:et.")
    traveller = connection.traveller
    department = session.get_one(Department, traveller.department_id)
    assortment.check(session, Service.BUSINESS_TRAVEL, product, department=department,
                     traveller=traveller)
    price = products.price(session, product, valid, now=now).price_ore
    _take(session, connection, price, now=now)
    _take_of_budget(session, department, price, now=now)
    ticket = tickets.sell(session, Service.BUSINESS_TRAVEL, product, valid,
                          to=Recipient(traveller.name, traveller.mobile or "", traveller),
                          department=department, by=by, now=now)
    audit.record(session, audit.Act.TRAVEL_BOUGHT, ticket.id, company_id=ticket.company_id,
                 department_id=ticket.department_id, by=by, now=now, traveller=traveller.name,
                 product=product, price_ore=price)
    return ticket


def _take(session: Session, connection: Connection, price_ore: int, *, now: datetime) -> None:
    limit = select(Connection.limit_ore).where(Connection.id == connection.id).scalar_subquery()
    if not spendings.take(session, Spending, connection.id, price_ore, limit=limit, now=now):
        [standing] = standings.of_connections(session, [connection], now=now)
        raise Invalid("Köpet på %(price)s ryms inte. Du har %(left)s kvar den här månaden.",
                      "product", price=kr(price_ore), left=kr(standing.left_ore))


def _take_of_budget(session: Session, department: Department, price_ore: int, *,
                    now: datetime) -> None:
    """Counted also where there is no budget, so that one which is set later knows."""
    budget = (select(Department.monthly_budget_ore).where(Department.id == department.id)
              .scalar_subquery())
    if not spendings.take(session, DepartmentSpending, department.id, price_ore, limit=budget,
                          now=now):
        raise Invalid("Avdelningens budget för månaden är förbrukad, köpet på %(price)s ryms inte. "
                      "Prata med din administratör.", "product", price=kr(price_ore))

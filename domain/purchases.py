"""What a traveller buys for themself, on the company's invoice: within their limit, and within what
their department has for the month.

A purchase is authorised, which takes room at the price of that moment, and then captured, which
makes the ticket. The limit is that of the month when it was authorised, the invoice that of the
month when it was captured.
"""
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from domain import (
    assortment,
    audit,
    authorisations,
    business_travel,
    companies,
    ledger,
    limit_warnings,
    policies,
    price_lists,
    raises,
    recalls,
    sales,
    spendings,
    webhooks,
)
from domain.access import Actor
from domain.authorisations import Authorisation, State
from domain.business_travel import Connection
from domain.departments import Department
from domain.errors import Conflict, NoRoom
from domain.money import kr
from domain.products import Product, Trip
from domain.sales import Recipient
from domain.services import Service
from domain.spendings import DepartmentSpending, Limit, Spending
from domain.texts import sv
from domain.tickets import Ticket

LATE = sv("Reservationen har gått ut. Gör om köpet.")


def buy(session: Session, connection: Connection, product: Product, valid: Trip, *,
        shown_ore: int | None = None, purpose: str = "", valid_from: date | None = None,
        by: Actor, now: datetime) -> Ticket:
    """Authorised and captured at once."""
    return capture_at_once(session, authorise(
        session, connection, product, valid, shown_ore=shown_ore, purpose=purpose,
        valid_from=valid_from, by=by, now=now), by=by, now=now)


def authorise(session: Session, connection: Connection, product: Product, valid: Trip, *,
              shown_ore: int | None = None, purpose: str = "", valid_from: date | None = None,
              by: Actor, now: datetime) -> Authorisation:
    """Room for a ticket, until it is captured, voided or expires. `shown_ore` is what the traveller
    was told that it costs, `purpose` what they tell who pays; `valid_from` a day, when it is not
    to begin now."""
    business_travel.hold_open(session, connection)
    if not connection.registered_at:
        raise Conflict("Allpay är inte registrerat. Registrera det med koden i sms:et.")
    business_travel.check_active(connection, now=now)
    traveller = connection.traveller
    department = session.get_one(Department, traveller.department_id)
    assortment.check(session, Service.BUSINESS_TRAVEL, product, department=department,
                     traveller=traveller)
    companies.check_buys(companies.find(session, department.company_id), now=now)
    if valid_from:
        sales.check_start(session, valid_from, "valid_from", now=now)
    price = price_lists.price(session, product, valid, now=now)
    if shown_ore is not None:
        price_lists.check_shown(price, shown_ore)
    purpose = policies.tidy(purpose)
    policies.check(connection, price, valid, purpose=purpose, valid_from=valid_from, now=now)
    _take(session, connection, price.price_ore, now=now)
    _take_of_budget(session, department, price.price_ore, now=now)
    authorisation = authorisations.make(session, price, valid, connection_id=connection.id,
                                        department=department, purpose=purpose,
                                        valid_from=valid_from, by=by, now=now)
    ledger.reserve(session, authorisation, now=now)
    return authorisation


def capture(session: Session, authorisation: Authorisation, *, by: Actor,
            now: datetime) -> Ticket:
    """The ticket, at the price that was authorised: once, and in time."""
    _hold_open(session, authorisation)
    if now >= authorisation.expires_at:
        raise Conflict(LATE)
    return capture_at_once(session, authorisation, by=by, now=now)


def capture_at_once(session: Session, authorisation: Authorisation, *, by: Actor,
                    now: datetime) -> Ticket:
    """Of what is held and open, or was authorised in this transaction. Nothing is written before
    all of it is."""
    traveller = session.get_one(Connection, authorisation.connection_id).traveller
    with session.no_autoflush:
        language = traveller.language
    ticket = sales.sell(session, Service.BUSINESS_TRAVEL, authorisation.product,
                        authorisation.trip,
                        to=Recipient(traveller.name, traveller.mobile or "", traveller,
                                     language=language),
                        department=session.get_one(Department, authorisation.department_id),
                        valid_from=authorisation.valid_from, price=authorisation.price,
                        purpose=authorisation.purpose, flush=False, by=by, now=now)
    ledger.capture(session, authorisation, ticket, now=now)
    audit.record(session, audit.Act.TRAVEL_BOUGHT, ticket.id, company_id=ticket.company_id,
                 department_id=ticket.department_id, by=by, now=now, traveller=traveller.name,
                 product=ticket.product, price_ore=ticket.price_ore)
    return ticket


def void(session: Session, authorisation: Authorisation, *, now: datetime) -> None:
    """It buys nothing after all."""
    _hold_open(session, authorisation)
    ledger.release(session, [authorisation], State.VOIDED, now=now)


def expire(session: Session, *, now: datetime, most: int) -> int:
    """How many were found whose time is out. Harmless twice, and by two at once; in a transaction
    of its own, for it takes the limits of many before any budget."""
    overdue = authorisations.overdue(session, now=now, most=most)
    ledger.release(session, overdue, State.EXPIRED, now=now)
    return len(overdue)


def refund(session: Session, authorisation: Authorisation, *, by: Actor, now: datetime) -> None:
    """The ticket is taken back while nobody has used it, and the company is credited."""
    authorisations.hold(session, authorisation)
    if authorisation.state != State.CAPTURED:
        raise Conflict("Det finns inget köp att betala tillbaka.")
    ticket = session.get_one(Ticket, authorisation.ticket_id)
    if now >= min(recalls.last_moment(session, ticket), ticket.activate_by):
        raise Conflict("Köpet är för gammalt för att betalas tillbaka.")
    if not recalls.recall_unused(session, ticket, by=by, now=now):
        raise Conflict("Biljetten är redan aktiverad, så köpet kan inte betalas tillbaka.")
    ledger.refund(session, authorisation, now=now)
    webhooks.tell(session, webhooks.Kind.REFUNDED, [authorisation.connection_id],
                  about={authorisation.connection_id: authorisation.id}, now=now,
                  purchaseId=str(authorisation.id))


def _hold_open(session: Session, authorisation: Authorisation) -> None:
    authorisations.hold(session, authorisation)
    if authorisation.state == State.EXPIRED:
        raise Conflict(LATE)
    if authorisation.state != State.OPEN:
        raise Conflict("Reservationen är redan avslutad.")


def _take(session: Session, connection: Connection, price_ore: int, *, now: datetime) -> None:
    limit = raises.limit_of(session, connection.id, now=now)
    taken = spendings.take(session, Spending, connection.id, price_ore, limit=limit, now=now)
    if taken is None:
        room = raises.rooms(session, [connection.id], now=now)[connection.id]
        raise NoRoom("Köpet på %(price)s ryms inte. Du har %(left)s kvar den här månaden.",
                     "product", price=kr(price_ore), left=kr(room.left_ore))
    limit_warnings.after_purchase(session, connection, taken, now=now)


_BUDGET = (select(Department.__table__.c.monthly_budget_ore)
           .where(Department.__table__.c.id == bindparam("budget_of")).scalar_subquery())


def _take_of_budget(session: Session, department: Department, price_ore: int, *,
                    now: datetime) -> None:
    """Counted also where there is no budget, so that one which is set later knows."""
    budget = Limit(_BUDGET, {"budget_of": department.id})
    taken = spendings.take(session, DepartmentSpending, department.id, price_ore, limit=budget,
                           now=now)
    if taken is None:
        raise NoRoom("Avdelningens budget för månaden är förbrukad, köpet på %(price)s ryms inte. "
                     "Prata med din administratör.", "product", price=kr(price_ore))
    limit_warnings.after_purchase_of(session, department, taken, now=now)

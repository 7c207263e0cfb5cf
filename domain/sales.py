"""Selling a ticket to a company, and sending it to whoever shall carry it."""
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from domain import (
    assortment,
    audit,
    card_tickets,
    companies,
    messages,
    price_lists,
    travellers,
    trial_limits,
)
from domain.access import Actor
from domain.departments import Department
from domain.errors import Invalid
from domain.months import days_later, midnight, today
from domain.price_lists import Price
from domain.products import Product, Trip
from domain.rules import rules
from domain.services import Service
from domain.tickets import Ticket, new_number
from domain.travel_cards import TravelCard
from domain.travellers import Traveller


@dataclass(frozen=True)
class Recipient:
    """Whose phone the ticket goes to, or whose travel card; a temporary traveller is nobody's
    registered one."""

    name: str
    mobile: str
    """Empty when it goes to a card."""
    traveller: Traveller | None = None
    card: TravelCard | None = None
    language: str = "sv"

    @classmethod
    def registered(cls, traveller: Traveller, language: str = "sv") -> "Recipient":
        travellers.check_employed(traveller)
        if not traveller.mobile:
            raise Invalid("Resenären har inget mobilnummer. Lägg till det först.", "traveller")
        return cls(traveller.name, traveller.mobile, traveller, language=language)


def sell(session: Session, service: Service, product: Product, valid: Trip, *, to: Recipient,
         department: Department, valid_from: date | None = None, price: Price | None = None,
         purpose: str = "", flush: bool = True, by: Actor, now: datetime) -> Ticket:
    """A ticket at the price of this moment, if no other was agreed on, and on the department's
    reference number. Without `flush` it is written with what else the transaction writes."""
    if to.card:
        card_tickets.check(session, to.card, service, product, valid, now=now)
    company = companies.find(session, department.company_id)
    if service != Service.BUSINESS_TRAVEL:  # what was authorised before the stop is still captured
        companies.check_buys(company, now=now)
    price = price or price_lists.price(session, product, valid, now=now)
    starts = max(now, midnight(valid_from)) if valid_from else now
    ticket = Ticket(
        id=uuid4(), number=new_number(), days_used=0, service=service,
        company_id=department.company_id, department_id=department.id,
        department_name=department.name, reference_number=department.reference_number,
        traveller_id=to.traveller and to.traveller.id, holder=to.name, mobile=to.mobile,
        card_id=to.card and to.card.id, language=to.language, purpose=purpose,
        sold_at=now, sold_by_id=by.person_id, valid_from=valid_from, **agreed(valid, price),
        trial=company.on_trial and trial_limits.take_ticket(session, department.company_id),
        activate_by=days_later(starts, rules(session).activate_within_days))
    session.add(ticket)
    if flush:
        session.flush()
    return ticket


def agreed(valid: Trip, price: Price) -> dict[str, Any]:
    """What a ticket says of what was bought, and what it costs."""
    return {"product": price.product, "extent": valid.extent,
            "zones": " ".join(map(str, valid.zones)), "area": valid.area,
            "price_ore": price.price_ore, "vat_ore": price.vat_ore,
            "vat_basis_points": price.vat_basis_points, "price_list_id": price.price_list_id}


def send(session: Session, product: Product, valid: Trip, *, to: Recipient,
         department: Department, service: Service = Service.SEND_TICKET,
         valid_from: date | None = None, by: Actor, now: datetime) -> Ticket:
    """Sell a ticket and send the link to it to the recipient's phone."""
    assortment.check(session, service, product, department=department, traveller=to.traveller,
                     field="traveller" if to.traveller else "department")
    if valid_from:
        check_start(session, valid_from, "valid_from", now=now)
    ticket = sell(session, service, product, valid, to=to, department=department,
                  valid_from=valid_from, by=by, now=now)
    put_sms(session, ticket, by=by, now=now)
    audit.record(session, audit.Act.TICKET_SENT, ticket.id, company_id=ticket.company_id,
                 department_id=ticket.department_id, by=by, now=now, holder=to.name,
                 product=product, price_ore=ticket.price_ore)
    return ticket


def check_start(session: Session, starts_on: date, field: str, *, now: datetime) -> None:
    """A ticket begins today or later, and not later than one that is bought today may."""
    if starts_on < today(now):
        raise Invalid("Startdagen har redan varit. Välj i dag eller senare.", field)
    if starts_on > today(days_later(now, rules(session).activate_within_days)):
        raise Invalid("Startdagen är för långt fram. Välj en dag inom ett år.", field)


def put_sms(session: Session, ticket: Ticket, *, by: Actor, now: datetime) -> None:
    """The message that carries the link to the ticket; a card needs none."""
    if ticket.card_id:
        return
    later = ticket.send_at if ticket.send_at and ticket.send_at > now else None
    messages.put_sms(session, "ticket", to=ticket.mobile, about_id=ticket.id,
                     company_id=ticket.company_id, language=ticket.language, due_at=later, now=now,
                     company=by.company_name, product=ticket.product, number=ticket.number)

"""Tickets that private customers buy on Mina sidor: on a travel card, or on their phone.

Nobody's employer has anything to do with them. They are changed before they begin in
`ticket_changes`, and moved from a card that is blocked in `ticket_moves`.
"""
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from domain import audit, card_tickets, messages, recalls, sales
from domain.access import Actor
from domain.card_numbers import mask_card
from domain.customers import Customer, birthday
from domain.errors import Conflict, Invalid
from domain.months import days_later, midnight, today
from domain.price_lists import Price
from domain.products import CATEGORY_OF, PERIOD_DAYS, Category, Product, Trip
from domain.rules import rules
from domain.ticket_moves import move_all
from domain.tickets import Ticket, new_number
from domain.travel_cards import TravelCard

__all__ = ["move_all"]


def check_category(session: Session, product: Product, holder_born_on: date,
                   starts_on: date) -> None:
    """Whether the one who travels is of the age that the ticket is for, on its first day. Who is a
    student is seen when the ticket is inspected."""
    youngest, oldest = rules(session).senior_age_min, rules(session).youth_age_max
    if (CATEGORY_OF[product] == Category.YOUTH
            and birthday(holder_born_on, oldest + 1) <= starts_on):
        raise Invalid("En biljett för ungdom är för den som är högst %(age)s år den dag den börjar "
                      "gälla. Välj en annan biljett.", "product", age=oldest)
    if (CATEGORY_OF[product] == Category.SENIOR
            and birthday(holder_born_on, youngest) > starts_on):
        raise Invalid("En biljett för senior är för den som har fyllt %(age)s år den dag den "
                      "börjar gälla. Välj en annan biljett.", "product", age=youngest)


def may_have(session: Session, product: Product, holder_born_on: date, starts_on: date) -> bool:
    try:
        check_category(session, product, holder_born_on, starts_on)
    except Invalid:
        return False
    return True


def born_on(customer: Customer, card: TravelCard | None) -> date:
    """Of who travels: the child whose card it is, or else the customer."""
    return card.child.born_on if card and card.child else customer.born_on


def check_start(session: Session, starts_on: date, field: str, *, on_card: bool,
                now: datetime) -> None:
    """What is put on a card has to be used within some months of the purchase, and so it begins
    before then."""
    sales.check_start(session, starts_on, field, now=now)
    if on_card and starts_on >= last_start(session, now=now):
        raise Invalid("Startdagen är för långt fram. En period på ett resekort ska börja "
                      "användas inom %(days)s dagar.", field, days=rules(session).topup_days)


def last_start(session: Session, *, now: datetime) -> date:
    return today(days_later(now, rules(session).topup_days))


def to_card(session: Session, customer: Customer, card: TravelCard, product: Product, valid: Trip,
            *, price: Price, valid_from: date | None = None, by: Actor | None,
            now: datetime) -> Ticket:
    """Listed at once for the ticket system, and started by the first reader on board. Raises
    `Invalid` where the card is blocked, or has unused tickets of another kind. Who may have it and
    from when is asked when it is ordered."""
    card_tickets.check(session, card, None, product, valid, now=now)
    holder = card.child.name if card.child else customer.name
    ticket = _sold(session, customer, valid, price, valid_from, holder=holder, mobile="",
                   card_id=card.id, now=now,
                   activate_by=days_later(now, rules(session).topup_days))
    _record(session, ticket, by=by, now=now, card=mask_card(card.number))
    return ticket


def to_phone(session: Session, customer: Customer, product: Product, valid: Trip, *, price: Price,
             valid_from: date | None = None, by: Actor | None, now: datetime) -> Ticket:
    """With a link to the customer's mobile, which opens it on the first phone."""
    starts = max(now, midnight(valid_from)) if valid_from else now
    ticket = _sold(session, customer, valid, price, valid_from, holder=customer.name,
                   mobile=customer.mobile, now=now,
                   activate_by=days_later(starts, rules(session).activate_within_days))
    put_sms(session, ticket, now=now)
    _record(session, ticket, by=by, now=now)
    return ticket


def _sold(session: Session, customer: Customer, valid: Trip, price: Price,
          valid_from: date | None, *, now: datetime, **values) -> Ticket:
    ticket = Ticket(
        id=uuid4(), number=new_number(), days_used=0, service=None, customer_id=customer.id,
        department_name="", reference_number="", language=customer.language, sold_at=now,
        trial=False, valid_from=valid_from, **sales.agreed(valid, price), **values)
    session.add(ticket)
    session.flush()
    return ticket


def _record(session: Session, ticket: Ticket, *, by: Actor | None, now: datetime,
            **details: str) -> None:
    audit.record(session, audit.Act.ACCOUNT_TICKET_BOUGHT, ticket.id,
                 company_id=ticket.customer_id, by=by, now=now, number=ticket.number,
                 product=ticket.product, price_ore=ticket.price_ore, **details)


def put_sms(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """The link to the ticket, which makes one in an earlier message worthless."""
    messages.put_sms(session, "own_ticket", to=ticket.mobile, about_id=ticket.id, company_id=None,
                     language=ticket.language, now=now, product=ticket.product,
                     number=ticket.number)


def adjust(session: Session, ticket: Ticket, days: int, *, by: Actor, now: datetime) -> None:
    """Give back so many days of a period, which a certificate says that its holder could not use.
    One that has run out meanwhile lives again for so many days from now. Whoever decides it
    records why."""
    session.refresh(ticket, with_for_update=True)
    if ticket.product not in PERIOD_DAYS:
        raise Conflict("Bara periodbiljetter justeras.")
    if ticket.recalled_at:
        raise Conflict("Biljetten är återkallad.")
    if not 0 < days <= ticket.lasts_days:
        raise Invalid("Skriv ett antal dagar mellan 1 och %(most)s.", "days",
                      most=ticket.lasts_days)
    if ticket.activated_at is None:
        ticket.activate_by = days_later(max(ticket.activate_by, now), days)
    else:
        ticket.active_until = days_later(max(ticket.active_until, now), days)
    card_tickets.put_anew(ticket)
    session.flush()


def recall(session: Session, ticket: Ticket, *, by: Actor | None, now: datetime) -> None:
    """For one that is refunded: it opens nothing any more. One that has begun is not taken
    back."""
    if ticket.customer_id is None:
        raise Conflict("Biljetten är inte köpt av en privatkund.")
    if ticket.recalled_at:
        raise Conflict("Biljetten är redan återkallad.")
    if not recalls.recall_unused(session, ticket, by=by, now=now):
        raise Conflict("Biljetten är redan aktiverad och kan inte återkallas.")

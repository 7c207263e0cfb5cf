"""What a clerk does with a private customer's cards and periods: blocks a card that is lost, hands
over a new one for a card that does not work, gives back the days of a medical certificate."""
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from domain import card_blocks, customer_cards, private_sales
from domain.access import Actor
from domain.card_blocks import CardBlock, To
from domain.card_numbers import mask_card
from domain.customer_service import check_open, tell
from domain.customers import Customer
from domain.errors import Invalid, NotFound
from domain.months import today
from domain.service_acts import Kind, Why, note
from domain.tickets import Ticket
from domain.travel_cards import TravelCard


def block(session: Session, customer: Customer, card: TravelCard, to: To, why: Why, *,
          other: TravelCard | None = None, by: Actor, now: datetime) -> CardBlock:
    """As the customer could have done on Mina sidor."""
    check_open(customer)
    note(session, customer, Kind.CARD_REPLACED, why, thing_id=card.id, by=by, now=now,
         card=mask_card(card.number))
    return card_blocks.block(session, card, to, other=other, by=by, now=now)


def recharge(session: Session, customer: Customer, card: TravelCard, number: str, why: Why, *,
             by: Actor, now: datetime) -> TravelCard:
    """The card with the number is handed over instead, with all that was on the damaged one. Nobody
    pays for it."""
    check_open(customer)
    new = customer_cards.add_new(session, customer, number, label=card.label, child=card.child,
                                 by=by, now=now)
    ways = card_blocks.preview(session, card, now=now).ways
    note(session, customer, Kind.RECHARGED, why, thing_id=card.id, by=by, now=now,
         card=mask_card(card.number), to=mask_card(number))
    to = To.CARD if To.CARD in ways else To.NOWHERE
    card_blocks.block(session, card, to, other=new if to == To.CARD else None, by=by, now=now)
    return new


def find_ticket(session: Session, ticket_id: UUID, *, customer_id: UUID) -> Ticket:
    ticket = session.get(Ticket, ticket_id)
    if ticket is None or ticket.customer_id != customer_id:
        raise NotFound("Biljetten finns inte.")
    return ticket


def adjust(session: Session, customer: Customer, ticket: Ticket, first: date, last: date, why: Why,
           *, by: Actor, now: datetime) -> int:
    """Gives back the days that the certificate tells, as far as the period could have been used on
    them; says how many."""
    check_open(customer)
    if last < first:
        raise Invalid("Sista dagen ska komma efter den första.", "last")
    days = days_lost(ticket, first, last)
    if not days:
        raise Invalid("Perioden gällde inte någon av de dagarna.", "first")
    private_sales.adjust(session, ticket, days, by=by, now=now)
    note(session, customer, Kind.ADJUSTED, why, thing_id=ticket.id, by=by, now=now, days=days,
         number=ticket.number)
    tell(session, customer, "period_adjusted", number=ticket.number, product=ticket.product,
         days=days, until=today(ticket.active_until or ticket.activate_by).isoformat(),
         started=int(ticket.activated_at is not None), now=now)
    return days


def days_lost(ticket: Ticket, first: date, last: date) -> int:
    """Of those days, the ones when the ticket could be used, both of them counted; never more than
    it lasts."""
    begun, ends = ticket.activated_at or ticket.starts_at, ticket.active_until or ticket.activate_by
    last_moment = today(ends - timedelta(microseconds=1))
    both = (min(last, last_moment) - max(first, today(begun))).days + 1
    return min(max(0, both), ticket.lasts_days)

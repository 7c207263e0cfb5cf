"""The tickets that a private customer has bought, as they find them on Mina sidor."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload

from domain import audit, carried, customers, limits, messages, private_sales
from domain.access import Actor
from domain.errors import Conflict, NotFound
from domain.rules import rules
from domain.tickets import OVER, Ticket
from domain.travel_cards import TravelCard


@dataclass(frozen=True)
class Own:
    ticket: Ticket
    card: TravelCard | None
    """That carries it; None when a phone does."""


def listed(session: Session, customer_id: UUID, *, now: datetime,
           most: int = 50) -> Sequence[Own]:
    """What is active first, then what can be used, then the latest of the rest."""
    return [Own(ticket, card) for ticket, card in session.execute(
        select(Ticket, TravelCard).outerjoin(TravelCard, TravelCard.id == Ticket.card_id)
        .where(Ticket.customer_id == customer_id)
        .options(defer(Ticket.bundle), joinedload(TravelCard.child))
        .order_by(carried.use(now), Ticket.sold_at.desc(), Ticket.id).limit(most))]


def find(session: Session, ticket_id: UUID, *, customer_id: UUID) -> Ticket:
    ticket = session.get(Ticket, ticket_id)
    if ticket is None or ticket.customer_id != customer_id:
        raise NotFound("Biljetten finns inte.")
    return ticket


def on_phone(ticket: Ticket) -> Ticket:
    """For what is only done with one that no card carries."""
    if ticket.card_id:
        raise NotFound("Biljetten ligger på ett resekort.")
    return ticket


def card_of(session: Session, ticket: Ticket) -> TravelCard | None:
    return session.get(TravelCard, ticket.card_id) if ticket.card_id else None


def may_resend(ticket: Ticket, *, now: datetime) -> bool:
    return not ticket.card_id and ticket.state(now) not in OVER


def resend(session: Session, ticket: Ticket, *, by: Actor, now: datetime) -> None:
    """A new link, to the number that the customer has now; the one before opens nothing."""
    limits.take(session, "own ticket link", str(ticket.id),
                per_hour=rules(session).own_links_per_hour, now=now)
    messages.cancel_waiting(session, [ticket.id])
    session.refresh(ticket, with_for_update=True)
    if ticket.customer_id is None or not may_resend(ticket, now=now):
        raise Conflict("Länken kan inte skickas igen nu.")
    ticket.mobile = customers.find(session, ticket.customer_id).mobile
    private_sales.put_sms(session, ticket, now=now)
    audit.record(session, audit.Act.ACCOUNT_TICKET_RESENT, ticket.id,
                 company_id=ticket.customer_id, by=by, now=now, number=ticket.number)

"""Tickets on the phone that carries them: found by the traveller who is signed in, or by the link
in a text message."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, case, or_, select
from sqlalchemy.orm import Session

from domain.errors import NotFound
from domain.identity import token_hash
from domain.products import FLEX
from domain.tickets import Ticket


def by_travellers(session: Session, traveller_ids: list[UUID], *, now: datetime,
                  most: int = 50) -> list[Ticket]:
    """All that can be used, what is active first; then the latest of what has been used."""
    days_left = or_(*(and_(Ticket.product == product, Ticket.days_used < days)
                      for product, (days, _) in FLEX.items()))
    use = case((Ticket.recalled_at.is_not(None), 2), (Ticket.active_until > now, 0),
               (and_(Ticket.activated_at.is_(None), Ticket.activate_by > now), 1),
               (and_(Ticket.use_by > now, days_left), 1), else_=2)
    return list(session.scalars(
        select(Ticket).where(Ticket.traveller_id.in_(traveller_ids))
        .order_by(use, Ticket.sold_at.desc(), Ticket.id).limit(most)))


def find(session: Session, ticket_id: UUID, *, traveller_ids: list[UUID]) -> Ticket:
    ticket = session.get(Ticket, ticket_id)
    if ticket is None or ticket.traveller_id not in traveller_ids:
        raise NotFound("Biljetten finns inte.")
    return ticket


def with_link(session: Session, token: str) -> Ticket:
    """For whoever holds the phone."""
    ticket = session.scalar(select(Ticket).where(Ticket.link_hash == token_hash(token)))
    if ticket is None:
        raise NotFound("Länken öppnar ingen biljett. Öppna den ur det senaste sms:et.")
    return ticket

"""Moving what a private person's travel card carries to another card, or to a phone: when the card
is blocked, is changed for another, or two accounts become one.

A ticket is made anew: the same value and the same time left, with another number, so that nothing
which still knows it on the old card lets anybody travel with it.
"""
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import audit, card_tickets, messages, reissues
from domain.access import Actor
from domain.card_numbers import mask_card
from domain.errors import Conflict
from domain.tickets import Ticket
from domain.travel_cards import TravelCard


def movable(session: Session, card: TravelCard, *, now: datetime) -> Sequence[Ticket]:
    """What is worth something on it; of a blocked card, what was when it was blocked."""
    at = card.blocked_at or now
    return session.scalars(
        select(Ticket).where(Ticket.card_id == card.id, card_tickets.worth_something(at))
        .order_by(Ticket.sold_at, Ticket.id)).all()


def move_all(session: Session, card: TravelCard, to_card: TravelCard | None = None,
             to_mobile: str | None = None, *, by: Actor | None, now: datetime) -> list[Ticket]:
    """All of it, to the one or the other. The time that a blocked card's replacement was on its
    way is no time lost. Raises `Invalid` where the other card has tickets that do not go together
    with these."""
    if (to_card is None) == (to_mobile is None):
        raise Conflict("Välj ett kort eller en telefon att flytta till.")
    moved = []
    for ticket in movable(session, card, now=now):
        session.refresh(ticket, with_for_update=True)
        if to_card and ticket.activated_at is None:
            card_tickets.check(session, to_card, ticket.service, ticket.product, ticket.trip,
                               now=now)
        _wait_for(ticket, card, now)
        _put(session, ticket, to_card, to_mobile, now=now)
        audit.record(session, audit.Act.ACCOUNT_TICKET_MOVED, ticket.id,
                     company_id=ticket.customer_id or card.customer_id, by=by, now=now,
                     number=ticket.number, card=mask_card(card.number),
                     to=mask_card(to_card.number) if to_card else "")
        moved.append(ticket)
    return moved


def _wait_for(ticket: Ticket, card: TravelCard, now: datetime) -> None:
    """What the card held when it was blocked is what the other is to hold: its time has stood
    still since then."""
    since = card.blocked_at
    if since is None:
        return
    for end in ("active_until", "use_by") if ticket.activated_at else ("activate_by",):
        until = getattr(ticket, end)
        if until and until > since:
            setattr(ticket, end, until + (now - since))


def _put(session: Session, ticket: Ticket, to_card: TravelCard | None, to_mobile: str | None, *,
         now: datetime) -> None:
    """An employer that sent the ticket is not told the number of a private phone."""
    reissues.renumber(session, ticket, now=now)
    ticket.card_id = to_card and to_card.id
    ticket.mobile = to_mobile if to_mobile and ticket.company_id is None else ""
    ticket.card_entry, ticket.available_at, ticket.link_hash, ticket.bundle = (None,) * 4
    session.flush()
    if to_mobile:
        messages.put_sms(session, "own_ticket", to=to_mobile, about_id=ticket.id, company_id=None,
                         language=ticket.language, now=now, product=ticket.product,
                         number=ticket.number)

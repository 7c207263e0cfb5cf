"""Recalling a ticket that was sent wrong: it opens nothing any more, and the company is credited.

Whether a ticket has been activated is the traveller's own business. So it is offered by what is
known of the purchase alone, and told only to whoever tries.
"""
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain import audit, messages
from domain.access import Actor
from domain.errors import Conflict
from domain.months import days_later
from domain.rules import rules
from domain.services import Service
from domain.tickets import Ticket


def last_moment(session: Session, ticket: Ticket) -> datetime:
    return days_later(ticket.sold_at, rules(session).recall_days)


def may_recall(session: Session, ticket: Ticket, *, now: datetime) -> bool:
    """One that a staff offer gave is recalled only when its traveller leaves; what a traveller
    bought is never."""
    return (ticket.service == Service.SEND_TICKET and ticket.recalled_at is None
            and now < last_moment(session, ticket))


def recall(session: Session, ticket: Ticket, *, by: Actor | None, now: datetime) -> None:
    if ticket.recalled_at:
        raise Conflict("Biljetten är redan återkallad.")
    if not may_recall(session, ticket, now=now):
        raise Conflict("Biljetten kan inte återkallas längre.")
    if not recall_unused(session, ticket, by=by, now=now):
        raise Conflict("Biljetten är redan aktiverad och kan inte återkallas.")


def recall_unused(session: Session, ticket: Ticket, *, by: Actor | None, now: datetime) -> bool:
    """Says whether it was recalled. One conditional UPDATE decides between this and an activation
    at the same moment, which finds another version of the row."""
    taken = session.execute(
        update(Ticket)
        .where(Ticket.id == ticket.id, Ticket.activated_at.is_(None), Ticket.recalled_at.is_(None))
        .values(recalled_at=now, version=Ticket.version + 1)
        .execution_options(synchronize_session=False))
    session.refresh(ticket)
    if not taken.rowcount:
        return False
    messages.cancel_waiting(session, [ticket.id])
    audit.record(session, audit.Act.TICKET_RECALLED, ticket.id, company_id=ticket.company_id,
                 department_id=ticket.department_id, by=by, now=now, holder=ticket.holder,
                 product=ticket.product, price_ore=ticket.price_ore)
    return True


def recent(session: Session, traveller_ids: list[UUID], *, now: datetime) -> list[Ticket]:
    """What has been sent to the travellers that is recalled with them if nobody has used it, the
    newest first."""
    earliest = days_later(now, -rules(session).recall_days)
    return list(session.scalars(
        select(Ticket).where(Ticket.traveller_id.in_(traveller_ids), Ticket.recalled_at.is_(None),
                             Ticket.service != Service.BUSINESS_TRAVEL, Ticket.sold_at > earliest)
        .order_by(Ticket.sold_at.desc(), Ticket.id)))

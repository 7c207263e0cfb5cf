"""Starting a ticket, or one travel day of a flex ticket."""
from datetime import datetime

from sqlalchemy.orm import Session

from domain import audit, products
from domain.errors import Conflict
from domain.months import days_later
from domain.products import FLEX
from domain.rules import rules
from domain.tickets import State, Ticket


def runs_out(session: Session, ticket: Ticket, *, now: datetime) -> datetime:
    """When the ticket, or its next travel day, ends if it is activated now."""
    ends = products.active_until(ticket.product, ticket.extent, now, rules(session))
    return min(ends, ticket.use_by) if ticket.use_by else ends


def activate(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """Start the ticket, or one travel day of a flex ticket."""
    state = ticket.state(now)
    if state == State.ACTIVE:
        raise Conflict("Biljetten är redan aktiv.")
    if state == State.EXPIRED:
        raise Conflict("Biljetten har gått ut.")
    if state == State.RECALLED:
        raise Conflict("Biljetten är återkallad.")
    if not ticket.has_begun(now):
        raise Conflict("Biljetten börjar gälla %(day)s.", day=ticket.valid_from)
    if ticket.activated_at is None:
        ticket.activated_at = now
        if ticket.product in FLEX:
            ticket.use_by = days_later(now, FLEX[ticket.product][1])
        audit.record(session, audit.Act.TICKET_ACTIVATED, ticket.id, company_id=None, by=None,
                     now=now)  # when a ticket is used is the traveller's own business
    ticket.active_until = runs_out(session, ticket, now=now)
    ticket.days_used += 1

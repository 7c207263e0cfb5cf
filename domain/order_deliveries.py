"""How far the tickets of an order that was sent have come, each on its way to its phone or card."""
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, defer

from domain import messages
from domain.access import Scope
from domain.messages import Sms
from domain.sent_searches import NOT_COME, State, state
from domain.ticket_orders import TicketOrder
from domain.tickets import Ticket

LATEST = (select(Sms.state).where(Sms.about_id == Ticket.id).order_by(Sms.put_at.desc()).limit(1)
          .correlate(Ticket).scalar_subquery())
FAILED = Ticket.recalled_at.is_(None) & Ticket.card_id.is_(None) & LATEST.in_(NOT_COME)


@dataclass(frozen=True)
class Delivery:
    ticket: Ticket
    sms: Sms | None
    state: State


def listed(session: Session, order: TicketOrder, *, within: Scope, only_failed: bool = False,
           after: UUID | None = None, most: int = 40, now: datetime) -> list[Delivery]:
    """Some of them in the order's order, those past the ticket `after`."""
    found = select(Ticket).where(*_of(order, within)).order_by(Ticket.id).limit(most)
    if only_failed:
        found = found.where(FAILED)
    if after:
        found = found.where(Ticket.id > after)
    rows = session.scalars(found.options(defer(Ticket.bundle))).all()
    sms = messages.about(session, [ticket.id for ticket in rows])
    return [Delivery(each, sms.get(each.id), state(each, sms.get(each.id), now=now))
            for each in rows]


def counts(session: Session, order: TicketOrder, *, within: Scope) -> dict[State, int]:
    """How many have come how far; what has gone out since is counted as it came."""
    came = case((Ticket.recalled_at.is_not(None), State.RECALLED.value),
                (Ticket.available_at.is_not(None), State.DELIVERED.value),
                (LATEST == messages.State.DELIVERED, State.DELIVERED.value),
                (FAILED, State.FAILED.value), else_=State.UNDER_WAY.value)
    each = select(came.label("came")).where(*_of(order, within)).subquery()
    found = dict(session.execute(select(each.c.came, func.count()).group_by(each.c.came)).all())
    return {State(name): count for name, count in found.items()}


def payers(session: Session, order: TicketOrder, *, within: Scope) -> list[str]:
    """The names of the departments that paid; of many, two."""
    return list(session.scalars(
        select(Ticket.department_name).where(*_of(order, within)).distinct().limit(2)))


def _of(order: TicketOrder, within: Scope) -> list[ColumnElement[bool]]:
    return [Ticket.order_id == order.id, within.holds(Ticket.company_id, Ticket.department_id)]

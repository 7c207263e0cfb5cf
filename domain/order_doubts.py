"""What is worth a thought before an order is sent. None of it stops anybody.

Whether somebody has used a ticket is their own business, and a draft costs nothing to make. So who
may have one unused is told by what was bought alone.
"""
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from domain.months import STOCKHOLM
from domain.order_recipients import GOES, TO
from domain.products import FLEX, PERIOD_DAYS
from domain.rules import rules
from domain.services import Service
from domain.ticket_orders import TicketOrder
from domain.tickets import Ticket

NAMED = 5
"""So many are named where there are more."""
LATELY = 7
"""Days in which a ticket that was sent is thought to lie unused."""


@dataclass(frozen=True)
class Some:
    """How many, and the first of them as they are called."""

    count: int
    first: list[str]

    def __bool__(self) -> bool:
        return self.count > 0


@dataclass(frozen=True)
class Doubts:
    repeated: Some
    """Mobiles that are there more than once."""
    unused: Some
    """Those who were sent the same kind of ticket lately."""
    benefit: bool
    """A period ticket to one of the company's own."""
    night: bool
    """The message goes when people sleep."""

    def __bool__(self) -> bool:
        return any((self.repeated, self.unused, self.benefit, self.night))


def of(session: Session, order: TicketOrder, *, now: datetime) -> Doubts:
    return Doubts(_repeated(session, order), _unused(session, order, now=now),
                  _benefit(session, order), _at_night(session, order))


def _repeated(session: Session, order: TicketOrder) -> Some:
    twice = (select(TO.mobile, func.min(TO.number).label("number"))
             .where(TO.order_id == order.id, TO.mobile != "", *GOES)
             .group_by(TO.mobile).having(func.count() > 1).subquery())
    found = session.execute(select(twice.c.mobile, func.count().over()).order_by(twice.c.number)
                            .limit(NAMED)).all()
    return Some(found[0][1] if found else 0, [mobile for mobile, _count in found])


def lately(order: TicketOrder, now: datetime) -> datetime:
    """Since when one of the same kind may lie unused, or be valid still."""
    days = PERIOD_DAYS.get(order.product) or FLEX.get(order.product, (0, LATELY))[1]
    return now - timedelta(days=max(days, LATELY))


def _unused(session: Session, order: TicketOrder, *, now: datetime) -> Some:
    same = (select(Ticket.id)
            .where(Ticket.company_id == order.company_id, Ticket.product == order.product,
                   Ticket.service == Service.SEND_TICKET, Ticket.recalled_at.is_(None),
                   Ticket.sold_at > lately(order, now)))
    by_mobile = same.where(Ticket.mobile == TO.mobile, TO.mobile != "").correlate(TO.order_id.table)
    by_person = same.where(Ticket.traveller_id == TO.traveller_id).correlate(TO.order_id.table)
    by_card = same.where(Ticket.card_id == TO.card_id).correlate(TO.order_id.table)
    found = session.execute(
        select(TO.name, func.count().over())
        .where(TO.order_id == order.id, *GOES,
               or_(by_mobile.exists(), by_person.exists(), by_card.exists()))
        .order_by(TO.number).limit(NAMED)).all()
    return Some(found[0][1] if found else 0, [name for name, _count in found])


def _benefit(session: Session, order: TicketOrder) -> bool:
    if order.product not in PERIOD_DAYS:
        return False
    named = select(TO.number).where(
        TO.order_id == order.id, *GOES, TO.traveller_id.is_not(None))
    return session.scalar(select(named.exists()))


def _at_night(session: Session, order: TicketOrder) -> bool:
    if order.send_at is None:
        return False
    hour, limits = order.send_at.astimezone(STOCKHOLM).hour, rules(session)
    return hour >= limits.night_from or hour < limits.night_to

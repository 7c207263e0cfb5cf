"""Recalling tickets that were sent wrong: they open nothing any more, and the company is credited.

Whether a ticket has been activated is the traveller's own business. So it is offered by what is
known of the purchase alone, and told only to whoever tries.
"""
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session, defer
from sqlalchemy.orm.attributes import set_committed_value

from domain import audit, block_list, messages
from domain.access import Actor
from domain.errors import Conflict
from domain.months import days_later
from domain.rules import rules
from domain.services import Service
from domain.tickets import Ticket


class Why(StrEnum):
    """Why a ticket is left out."""

    RECALLED = "recalled"
    OFFER = "offer"
    TOO_OLD = "too_old"


@dataclass(frozen=True)
class Plan:
    tickets: Sequence[Ticket]
    """Those that are recalled, if nobody has used them."""
    left_out: dict[Why, list[Ticket]]
    more: bool = False
    """Whether others are chosen too, for another time."""

    @property
    def sum_ore(self) -> int:
        return sum(ticket.price_ore for ticket in self.tickets)

    @property
    def mark(self) -> str:
        """The same as long as the same would be tried."""
        said = b"".join(sorted(ticket.id.bytes for ticket in self.tickets))
        return sha256(said).hexdigest()[:32]


@dataclass(frozen=True)
class Outcome:
    """Told once, to whoever tried, and kept nowhere."""

    recalled: Sequence[Ticket]
    in_use: Sequence[Ticket]
    first: Sequence[Ticket]
    """Those that somebody else has recalled meanwhile."""

    @property
    def sum_ore(self) -> int:
        return sum(ticket.price_ore for ticket in self.recalled)


def last_moment(session: Session, ticket: Ticket) -> datetime:
    """Counted from when it was sent, or is to be."""
    return days_later(ticket.send_at or ticket.sold_at, rules(session).recall_days)


def may_recall(session: Session, ticket: Ticket, *, now: datetime) -> bool:
    return _why_not(session, ticket, now=now) is None


def _why_not(session: Session, ticket: Ticket, *, now: datetime) -> Why | None:
    """One that a staff offer gave is recalled only when its traveller leaves; what a traveller
    bought is never."""
    if ticket.recalled_at:
        return Why.RECALLED
    if ticket.service != Service.SEND_TICKET:
        return Why.OFFER
    return None if now < last_moment(session, ticket) else Why.TOO_OLD


def recall(session: Session, ticket: Ticket, *, by: Actor | None, now: datetime) -> None:
    if ticket.recalled_at:
        raise Conflict("Biljetten är redan återkallad.")
    if not may_recall(session, ticket, now=now):
        raise Conflict("Biljetten kan inte återkallas längre.")
    if not recall_unused(session, ticket, by=by, now=now):
        raise Conflict("Biljetten är redan aktiverad och kan inte återkallas.")


def recall_unused(session: Session, ticket: Ticket, *, by: Actor | None, now: datetime) -> bool:
    """Says whether it was recalled."""
    return bool(recall_each(session, [ticket], by=by, now=now))


def plan(session: Session, chosen: Select[tuple[UUID]], *, now: datetime) -> Plan:
    """`chosen` selects the ids of tickets, of which as many as may be are recalled at once: first
    those that nobody has."""
    most = rules(session).recalls_at_once_max
    found = session.scalars(
        select(Ticket).options(defer(Ticket.bundle)).where(Ticket.id.in_(chosen))
        .order_by(Ticket.recalled_at.is_not(None), Ticket.sold_at.desc(), Ticket.id)
        .limit(most + 1)).all()
    sorted_out: dict[Why | None, list[Ticket]] = defaultdict(list)
    for ticket in found[:most]:
        sorted_out[_why_not(session, ticket, now=now)].append(ticket)
    return Plan(sorted_out.pop(None, []), {each: sorted_out[each] for each in Why
                                           if each in sorted_out},
                more=any(each.recalled_at is None for each in found[most:]))


def carry_out(session: Session, plan: Plan, *, by: Actor, now: datetime) -> Outcome:
    """Each of them, unless somebody has used it or recalled it meanwhile."""
    taken = {ticket.id for ticket in recall_each(session, plan.tickets, by=by, now=now)}
    left = [ticket for ticket in plan.tickets if ticket.id not in taken]
    first = set(session.scalars(select(Ticket.id).where(
        Ticket.id.in_([ticket.id for ticket in left]), Ticket.recalled_at.is_not(None))))
    return Outcome([ticket for ticket in plan.tickets if ticket.id in taken],
                   [ticket for ticket in left if ticket.id not in first],
                   [ticket for ticket in left if ticket.id in first])


def recall_each(session: Session, tickets: Sequence[Ticket], *, by: Actor | None,
                now: datetime) -> Sequence[Ticket]:
    """Those that were recalled. They are held, in one order, before it is asked whether they are
    used: an activation at the same moment comes before, or finds another version of the row."""
    taken = session.scalars(
        select(Ticket).options(defer(Ticket.bundle))
        .where(Ticket.id.in_([ticket.id for ticket in tickets]),
               Ticket.activated_at.is_(None), Ticket.recalled_at.is_(None))
        .order_by(Ticket.id).with_for_update()
        .execution_options(populate_existing=True)).all()
    ids = [ticket.id for ticket in taken]
    for sms in messages.held(session, ids, messages.State.WAITING, free=True):
        messages.cancel(sms)
    session.execute(update(Ticket).where(Ticket.id.in_(ids))
                    .values(recalled_at=now, version=Ticket.version + 1)
                    .execution_options(synchronize_session=False))
    for ticket in taken:
        set_committed_value(ticket, "recalled_at", now)
        set_committed_value(ticket, "version", ticket.version + 1)
        _record(session, ticket, by=by, now=now)
    return taken


def _record(session: Session, ticket: Ticket, *, by: Actor | None, now: datetime) -> None:
    block_list.add(session, ticket.number, reason=block_list.Reason.RECALLED,
                   until=ticket.useless_at, now=now)
    if ticket.customer_id:
        audit.record(session, audit.Act.ACCOUNT_TICKET_RECALLED, ticket.id,
                     company_id=ticket.customer_id, by=by, now=now, number=ticket.number,
                     product=ticket.product, price_ore=ticket.price_ore)
        return
    audit.record(session, audit.Act.TICKET_RECALLED, ticket.id, company_id=ticket.company_id,
                 department_id=ticket.department_id, by=by, now=now, holder=ticket.holder,
                 product=ticket.product, price_ore=ticket.price_ore)


def recent(session: Session, traveller_ids: list[UUID], *, now: datetime) -> list[Ticket]:
    """What has been sent to the travellers that is recalled with them if nobody has used it, the
    newest first."""
    earliest = days_later(now, -rules(session).recall_days)
    return list(session.scalars(
        select(Ticket).where(Ticket.traveller_id.in_(traveller_ids), Ticket.recalled_at.is_(None),
                             Ticket.service != Service.BUSINESS_TRAVEL, Ticket.sold_at > earliest)
        .order_by(Ticket.sold_at.desc(), Ticket.id)))

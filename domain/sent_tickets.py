"""Tickets that a company has sent to phones: what has been sent, and sending the message again."""
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, defer

from domain import audit, messages, tickets
from domain.access import Actor, Scope
from domain.errors import Conflict, NotFound
from domain.messages import Sms
from domain.services import Service
from domain.tickets import Ticket


@dataclass(frozen=True)
class Page:
    rows: list[Ticket]
    after: str | None
    """Where the next page begins; None on the last."""


def listed(session: Session, *, within: Scope, after: str | None = None,
           most: int = 40) -> Page:
    """The newest first. `after` is the last page's `after`."""
    found = _newest_first(within)
    if after:
        sold_at, ticket_id = _place_in_list(after)
        found = found.where(or_(Ticket.sold_at < sold_at,
                                and_(Ticket.sold_at == sold_at, Ticket.id > ticket_id)))
    rows = list(session.scalars(found.limit(most + 1)))
    last = rows[most - 1] if len(rows) > most else None
    return Page(rows[:most], last and f"{last.sold_at.isoformat()}|{last.id}")


def whole(*, within: Scope) -> Select[tuple[Ticket, messages.State | None]]:
    """All of them, each with how far its latest text message has come."""
    latest = (select(Sms.state).where(Sms.about_id == Ticket.id).order_by(Sms.put_at.desc())
              .limit(1).scalar_subquery())
    return _newest_first(within).add_columns(latest).options(defer(Ticket.bundle))


def _newest_first(within: Scope) -> Select[tuple[Ticket]]:
    return (select(Ticket)
            .where(within.holds(Ticket.company_id, Ticket.department_id),
                   Ticket.service != Service.BUSINESS_TRAVEL)
            .order_by(Ticket.sold_at.desc(), Ticket.id))


def _place_in_list(after: str) -> tuple[datetime, UUID]:
    moment, _, ticket_id = after.partition("|")
    try:
        return datetime.fromisoformat(moment).astimezone(UTC), UUID(ticket_id)
    except (ValueError, OverflowError) as wrong:
        raise NotFound("Sidan finns inte.") from wrong


def may_resend(ticket: Ticket, sms: Sms | None, *, now: datetime) -> bool:
    """Whether the text message, the latest about the ticket, has had its chance. That the ticket
    has been used is the traveller's own business."""
    over = (messages.State.SENT, messages.State.DELIVERED, messages.State.FAILED)
    return (sms is not None and sms.state in over and not ticket.recalled_at
            and now < ticket.useless_at)


def resend(session: Session, ticket: Ticket, *, mobile: str, by: Actor, now: datetime) -> None:
    """Once more, perhaps to another number. Once this message is on its way, the link in the one
    before opens nothing."""
    if not may_resend(ticket, messages.about(session, [ticket.id]).get(ticket.id), now=now):
        raise Conflict("Sms:et kan inte skickas igen nu.")
    ticket.mobile = mobile
    tickets.put_sms(session, ticket, by=by, now=now)
    audit.record(session, audit.Act.MESSAGE_RETRIED, ticket.id, company_id=ticket.company_id,
                 department_id=ticket.department_id, by=by, now=now, holder=ticket.holder)

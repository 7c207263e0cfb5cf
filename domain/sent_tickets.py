"""Tickets that a company has sent: the list of them, sending a message again, and changing one
that has not gone yet."""
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased, defer

from domain import audit, holdings, messages, sales, sent_searches, ticket_orders
from domain.access import Actor, Scope
from domain.errors import Conflict, NotFound
from domain.messages import Sms
from domain.sent_searches import EVERYTHING, Search
from domain.tickets import Ticket


@dataclass(frozen=True)
class Page:
    rows: list[Ticket]
    after: str | None
    """Where the next page begins; None on the last."""


def listed(session: Session, search: Search = EVERYTHING, *, within: Scope, now: datetime,
           after: str | None = None, most: int = 40) -> Page:
    """The newest first. `after` is the last page's `after`."""
    found = _newest_first(search, within, now).options(defer(Ticket.bundle))
    if after:
        found = found.where(_beyond(after))
    rows = list(session.scalars(found.limit(most + 1)))
    last = rows[most - 1] if len(rows) > most else None
    return Page(rows[:most], last and f"{last.sold_at.isoformat()}|{last.id}")


def whole(search: Search = EVERYTHING, *, within: Scope,
          now: datetime) -> Select[tuple[Ticket, Sms]]:
    """All of them, each with its latest text message, if any."""
    each = aliased(Sms)
    latest = (select(each.id).where(each.about_id == Ticket.id).order_by(each.put_at.desc())
              .limit(1).scalar_subquery())
    return (_newest_first(search, within, now).outerjoin(Sms, Sms.id == latest).add_columns(Sms)
            .options(defer(Ticket.bundle)))


@dataclass(frozen=True)
class Sum:
    tickets: int
    gross_ore: int
    """Also of those that have been recalled."""
    recalled: int
    recalled_ore: int


def summed(session: Session, search: Search = EVERYTHING, *, within: Scope, now: datetime) -> Sum:
    recalled = Ticket.recalled_at.is_not(None)
    return Sum(*session.execute(
        select(func.count(), func.coalesce(func.sum(Ticket.price_ore), 0),
               func.count().filter(recalled),
               func.coalesce(func.sum(case((recalled, Ticket.price_ore))), 0))
        .select_from(Ticket).where(*sent_searches.wanted(search, within=within, now=now))).one())


def _newest_first(search: Search, within: Scope, now: datetime) -> Select[tuple[Ticket]]:
    return (select(Ticket).where(*sent_searches.wanted(search, within=within, now=now))
            .order_by(Ticket.sold_at.desc(), Ticket.id))


def _beyond(after: str) -> ColumnElement[bool]:
    sold_at, ticket_id = _place_in_list(after)
    return or_(Ticket.sold_at < sold_at,
               and_(Ticket.sold_at == sold_at, Ticket.id > ticket_id))


def _place_in_list(after: str) -> tuple[datetime, UUID]:
    moment, _, ticket_id = after.partition("|")
    try:
        return datetime.fromisoformat(moment).astimezone(UTC), UUID(ticket_id)
    except (ValueError, OverflowError) as wrong:
        raise NotFound("Sidan finns inte.") from wrong


OVER = (messages.State.SENT, messages.State.DELIVERED, messages.State.FAILED)
"""A message that has had its chance."""


def may_resend(ticket: Ticket, sms: Sms | None, *, now: datetime) -> bool:
    """Whether the text message, the latest about the ticket, has had its chance. That the ticket
    has been used is the traveller's own business."""
    return (sms is not None and sms.state in OVER and not ticket.recalled_at
            and not ticket.card_id and now < ticket.useless_at)


def resend(session: Session, ticket: Ticket, *, mobile: str, by: Actor, now: datetime) -> None:
    """Once more, perhaps to another number. Once this message is on its way, the link in the one
    before opens nothing."""
    messages.held(session, [ticket.id], *OVER)  # two who ask at once send it once
    session.refresh(ticket, with_for_update=True)
    if not may_resend(ticket, messages.about(session, [ticket.id]).get(ticket.id), now=now):
        raise Conflict("Sms:et kan inte skickas igen nu.")
    if mobile != ticket.mobile:
        holdings.release(session, ticket.id)
    ticket.mobile = mobile
    sales.put_sms(session, ticket, by=by, now=now)
    audit.record(session, audit.Act.MESSAGE_RETRIED, ticket.id, company_id=ticket.company_id,
                 department_id=ticket.department_id, by=by, now=now, holder=ticket.holder)


def may_change(ticket: Ticket, *, now: datetime) -> bool:
    """Whether its message is still to go."""
    return (ticket.send_at is not None and now < ticket.send_at and not ticket.card_id
            and not ticket.recalled_at)


def change(session: Session, ticket: Ticket, *, mobile: str, send_at: datetime | None, by: Actor,
           now: datetime) -> None:
    """To another number, or at another time, before it has gone; at once when `send_at` is
    None."""
    if send_at:
        ticket_orders.check_sending(session, send_at, now=now)
    waiting = messages.cancel_waiting(session, [ticket.id])
    session.refresh(ticket, with_for_update=True)
    if not waiting or not may_change(ticket, now=now):
        raise Conflict("Biljetten är redan på väg.")
    ticket.mobile, ticket.send_at = mobile, send_at or now
    sales.put_sms(session, ticket, by=by, now=now)
    audit.record(session, audit.Act.TICKET_CHANGED, ticket.id, company_id=ticket.company_id,
                 department_id=ticket.department_id, by=by, now=now, holder=ticket.holder)

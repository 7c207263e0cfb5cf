"""What is asked of the list of tickets that a company has sent, and what that means in the
database. A ticket's state is here what its sender may know: whether and when it is used is the
traveller's own business."""
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select
from sqlalchemy.orm import aliased

from domain import messages, tickets
from domain.access import Scope
from domain.errors import Invalid
from domain.identity import begun_mobile, parse_mobile
from domain.messages import Sms
from domain.months import days_later, midnight
from domain.products import COMPANY_PRODUCTS, FLEX, PERIOD_DAYS, Product
from domain.reissues import Reissue
from domain.services import Service
from domain.tickets import Ticket


class State(StrEnum):
    PLANNED = "planned"
    UNDER_WAY = "under_way"
    DELIVERED = "delivered"
    FAILED = "failed"
    RECALLED = "recalled"
    PAST = "past"
    """Nobody can use it any longer, whenever it was or was not activated."""


@dataclass(frozen=True)
class Search:
    """None, or nothing, asks nothing."""

    words: str = ""
    state: State | None = None
    product: Product | None = None
    department_id: UUID | None = None
    reference: str = ""
    """The beginning of a reference number or of a cost centre."""
    first: date | None = None
    last: date | None = None
    order_id: UUID | None = None
    """What was sent together."""


EVERYTHING = Search()

NOT_COME = (messages.State.FAILED, messages.State.CANCELLED)


def state(ticket: Ticket, sms: Sms | None, *, now: datetime) -> State:
    """`sms` is the latest about the ticket."""
    if ticket.recalled_at:
        return State.RECALLED
    if now >= ticket.useless_at:
        return State.PAST
    came = ticket.available_at if ticket.card_id else (
        sms and sms.state == messages.State.DELIVERED)
    if came:
        return State.DELIVERED
    if sms and sms.state in NOT_COME and not ticket.card_id:
        return State.FAILED
    return State.PLANNED if ticket.send_at and ticket.send_at > now else State.UNDER_WAY


def wanted(search: Search, *, within: Scope, now: datetime) -> list[ColumnElement[bool]]:
    """What holds for each ticket that is asked for."""
    asked = [within.holds(Ticket.company_id, Ticket.department_id),
             Ticket.service != Service.BUSINESS_TRAVEL, *matching(search.words)]
    if search.state:
        asked.append(_in_state(search.state, within.company_id, now=now))
    if search.product:
        asked.append(Ticket.product == search.product)
    if search.department_id:
        asked.append(Ticket.department_id == search.department_id)
    if search.order_id:
        asked.append(Ticket.order_id == search.order_id)
    if reference := _plain(search.reference):
        asked.append(or_(column.istartswith(reference, autoescape=True)
                         for column in (Ticket.reference_number, Ticket.cost_centre)))
    return asked + _sold_between(search.first, search.last)


def _sold_between(first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    asked = [Ticket.sold_at >= midnight(first)] if first and first.year > 1 else []
    if last and last.year < 9_999:
        asked.append(Ticket.sold_at < midnight(last + timedelta(days=1)))
    return asked


def _in_state(wanted: State, company_id: UUID, *, now: datetime) -> ColumnElement[bool]:
    recalled, past = Ticket.recalled_at.is_not(None), _past(now)
    if wanted == State.RECALLED:
        return recalled
    if wanted == State.PAST:
        return and_(not_(recalled), past)
    by_card = Ticket.card_id.is_not(None)
    came = case((by_card, Ticket.available_at.is_not(None)),
                else_=_latest() == messages.State.DELIVERED)
    lost = and_(not_(by_card), Ticket.id.in_(_undelivered(company_id)))
    later = and_(Ticket.send_at.is_not(None), Ticket.send_at > now)
    return and_(not_(recalled), not_(past), {
        State.DELIVERED: came, State.FAILED: lost,
        State.PLANNED: and_(later, not_(came), not_(lost)),
        State.UNDER_WAY: and_(not_(later), not_(came), not_(lost))}[wanted])


def _past(now: datetime) -> ColumnElement[bool]:
    lasts = {product: PERIOD_DAYS.get(product) or FLEX.get(product, (1, 1))[1]
             for product in COMPANY_PRODUCTS}
    return or_(*(and_(Ticket.product == product, Ticket.activate_by <= days_later(now, -days))
                 for product, days in lasts.items()))


def _latest() -> ColumnElement[messages.State]:
    """How far the latest text message about the ticket has come."""
    latest = (select(Sms.state).where(Sms.about_id == Ticket.id)
              .order_by(Sms.put_at.desc()).limit(1))
    return func.coalesce(latest.correlate(Ticket).scalar_subquery(), messages.State.WAITING)


def _undelivered(company_id: UUID) -> Select[tuple[UUID]]:
    """What text messages that did not arrive are about, where no later one is about the same. They
    are few, so they are looked for first."""
    later = aliased(Sms)
    return select(Sms.about_id).where(
        Sms.company_id == company_id, Sms.state.in_(NOT_COME),
        ~select(later.id).where(later.about_id == Sms.about_id,
                                later.put_at > Sms.put_at).exists())


def _plain(text: str) -> str:
    return text.replace("\0", "").strip()


def matching(words: str) -> list[ColumnElement[bool]]:
    """A mobile number in any spelling, or the beginning of one; else every word has to match."""
    text = _plain(words)
    try:
        return [Ticket.mobile == parse_mobile(text)]
    except Invalid:
        begun = begun_mobile(text)
    return [Ticket.mobile.startswith(begun)] if begun else [_has_word(each)
                                                            for each in text.split()]


def _has_word(word: str) -> ColumnElement[bool]:
    """In the name, whatever the case of its letters, of which a database may know only the English
    ones; or the beginning of the ticket's number, or of one that it has had."""
    spelt = {word.lower(), word.upper(), word.title()} if not word.isascii() else {word}
    former = select(Reissue.ticket_id).where(tickets.begins(func.upper(Reissue.number), word))
    return or_(*(Ticket.holder.icontains(each, autoescape=True) for each in spelt),
               tickets.begins(Ticket.number, word), Ticket.id.in_(former))


def ids(search: Search, *, within: Scope, now: datetime,
        among: list[UUID] | None = None) -> Select[tuple[UUID]]:
    """Those of all that are asked for, on every page; `among` some that are named, if any are."""
    named = [] if among is None else [Ticket.id.in_(among)]
    return select(Ticket.id).where(*wanted(search, within=within, now=now), *named)

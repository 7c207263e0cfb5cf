"""What a company sees of a traveller. The administrator's page and the traveller's own "what your
employer sees" ask the same questions here, so that they cannot tell different things.

A company sees what it has bought and sent, never when or where it is used.
"""
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from domain import recalls
from domain.audit import Event
from domain.business_travel import Connection
from domain.codes import OneTimeCode
from domain.messages import Email, Sms, State
from domain.offers import OfferApplication
from domain.services import Service
from domain.tickets import Ticket
from domain.travellers import Traveller

AT_ONCE = 10
"""Rows of each part on a traveller's page; the rest are on a page of their own."""
A_PAGE = 40


class Part(StrEnum):
    SENT = "sent"
    BOUGHT = "bought"
    OFFERS = "offers"
    MESSAGES = "messages"
    EVENTS = "events"


@dataclass(frozen=True)
class Message:
    """That it was sent, never what it said."""

    template: str
    to: str
    put_at: datetime
    state: State
    is_sms: bool


@dataclass(frozen=True)
class Rows:
    rows: list
    after: int | None
    """How many to skip to reach the older ones; None when there are none."""


def rows(session: Session, traveller: Traveller, part: Part, *, skip: int = 0,
         most: int = AT_ONCE) -> Rows:
    """The newest first."""
    found = PARTS[part](session, traveller, skip, most + 1)
    return Rows(found[:most], skip + most if len(found) > most else None)


def recallable(session: Session, tickets: list[Ticket], *, now: datetime) -> dict:
    """Until when each ticket may be recalled, by its id, of those that may."""
    return {ticket.id: recalls.last_moment(session, ticket) for ticket in tickets
            if recalls.may_recall(session, ticket, now=now)}


def _sent(session: Session, traveller: Traveller, skip: int, most: int) -> list[Ticket]:
    return _cut(session, _tickets(traveller).where(Ticket.service != Service.BUSINESS_TRAVEL),
                skip, most)


def _bought(session: Session, traveller: Traveller, skip: int, most: int) -> list[Ticket]:
    return _cut(session, _tickets(traveller).where(Ticket.service == Service.BUSINESS_TRAVEL),
                skip, most)


def _tickets(traveller: Traveller) -> Select[tuple[Ticket]]:
    return (select(Ticket).where(Ticket.traveller_id == traveller.id)
            .order_by(Ticket.sold_at.desc(), Ticket.id))


def _offers(session: Session, traveller: Traveller, skip: int, most: int) -> list[OfferApplication]:
    return _cut(session, select(OfferApplication)
                .where(OfferApplication.traveller_id == traveller.id)
                .order_by(OfferApplication.applied_at.desc(), OfferApplication.id), skip, most)


def _messages(session: Session, traveller: Traveller, skip: int, most: int) -> list[Message]:
    tickets = select(Ticket.id).where(Ticket.traveller_id == traveller.id)
    codes = (select(OneTimeCode.id)
             .join(Connection, Connection.id == OneTimeCode.connection_id)
             .where(Connection.traveller_id == traveller.id))
    connections = select(Connection.id).where(Connection.traveller_id == traveller.id)
    about = {Sms: or_(*(Sms.about_id.in_(each) for each in (tickets, codes, connections))),
             Email: Email.about_id == traveller.id}
    found = [Message(message.template, message.to, message.put_at, message.state, kind is Sms)
             for kind, theirs in about.items()
             for message in _cut(session, select(kind).where(theirs)
                                 .order_by(kind.put_at.desc(), kind.id), 0, skip + most)]
    found.sort(key=lambda message: message.put_at, reverse=True)
    return found[skip:skip + most]


def _events(session: Session, traveller: Traveller, skip: int, most: int) -> list[Event]:
    """Also the import that brought them."""
    things = [thing for thing in (traveller.id, traveller.import_id) if thing]
    return _cut(session, select(Event)
                .where(Event.thing_id.in_(things), Event.chain_id == traveller.company_id)
                .order_by(Event.seq.desc()), skip, most)


def _cut(session: Session, found: Select, skip: int, most: int) -> list:
    return list(session.scalars(found.offset(skip).limit(most)))


PARTS: dict[Part, Callable[[Session, Traveller, int, int], list]] = {
    Part.SENT: _sent, Part.BOUGHT: _bought, Part.OFFERS: _offers, Part.MESSAGES: _messages,
    Part.EVENTS: _events,
}

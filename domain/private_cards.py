"""Private travel cards with the mobile that each is registered with.

An employer may load a private card only when its owner has registered it. Whoever has an account on
Mina sidor does that there, in `customer_cards`; for the others a clerk keeps this register.
"""
import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from domain import audit
from domain.access import Actor
from domain.card_numbers import mask_card
from domain.errors import Conflict, Invalid, NotFound
from domain.purse_entries import Purse
from domain.tickets import Ticket
from domain.travel_cards import Page, TravelCard, numbered, page

NUMBER = re.compile(r"[\s\d+()-]+", re.ASCII)
"""Of a card or a mobile, or a part of it."""


@dataclass(frozen=True)
class Details:
    """Each already parsed."""

    number: str
    mobile: str
    name: str


def listed(session: Session, words: str = "", *, after: str = "", most: int = 40) -> Page:
    """In the order of their numbers. `after` is the last page's `after`."""
    found = select(TravelCard).where(TravelCard.company_id.is_(None),
                                     TravelCard.customer_id.is_(None),
                                     TravelCard.mobile.is_not(None))
    if digits := NUMBER.fullmatch(words) and re.sub(r"\D", "", words):
        found = found.where(or_(TravelCard.number.contains(digits),
                                TravelCard.mobile.contains(digits.lstrip("0"))))
    else:
        for word in words.replace("\0", "").split():
            found = found.where(TravelCard.words.contains(word.casefold(), autoescape=True))
    return page(session, found.order_by(TravelCard.number), after, most)


def find(session: Session, card_id: UUID) -> TravelCard:
    card = session.get(TravelCard, card_id)
    if card is None or card.company_id or card.customer_id or not card.mobile:
        raise NotFound("Kortet finns inte.")
    return card


def register(session: Session, details: Details, *, by: Actor, now: datetime) -> TravelCard:
    card = numbered(session, details.number)
    if card is None or card.company_id or card.mobile:
        card = TravelCard()  # else its owner comes back to it
    card.registered_at = now
    _write(session, card, details)
    session.add(card)
    session.flush()
    _record(session, audit.Act.PRIVATE_CARD_REGISTERED, card, by=by, now=now)
    return card


def correct(session: Session, card: TravelCard, details: Details, *, by: Actor,
            now: datetime) -> None:
    if details.number != card.number and _has_something(session, card):
        raise Conflict("Kortet har biljetter, så numret kan inte ändras. Registrera det andra "
                       "kortet för sig.")
    _write(session, card, details)
    _record(session, audit.Act.PRIVATE_CARD_CORRECTED, card, by=by, now=now)


def remove(session: Session, card: TravelCard, *, by: Actor, now: datetime) -> None:
    """Nothing tells any more whose it is, and no employer may load it. What it carries already
    stays on it."""
    _record(session, audit.Act.PRIVATE_CARD_REMOVED, card, by=by, now=now)
    if _has_something(session, card):
        card.mobile, card.name, card.words = None, "", ""
    else:
        session.delete(card)


def _write(session: Session, card: TravelCard, details: Details) -> None:
    other = numbered(session, details.number)
    if other and other is not card and other.company_id:
        raise Invalid("Kortet är ett företags eget.", "number")
    if other and other is not card:
        raise Invalid("Kortet är redan registrerat.", "number")
    card.number, card.mobile, card.name = details.number, details.mobile, details.name
    card.words = details.name.casefold()


def _has_something(session: Session, card: TravelCard) -> bool:
    """Or money, from when it was on an account."""
    return session.scalar(select(or_(exists().where(Ticket.card_id == card.id),
                                     exists().where(Purse.card_id == card.id))))


def _record(session: Session, act: audit.Act, card: TravelCard, *, by: Actor,
            now: datetime) -> None:
    audit.record(session, act, card.id, company_id=None, by=by, now=now,
                 card=mask_card(card.number))

"""A private customer is found by what they tell the customer centre: their name, e-mail address,
personnummer or mobile, the number of a card of theirs, or of an order."""
import re
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from domain.customers import Child, Customer
from domain.errors import Invalid, NotFound
from domain.identity import begun_mobile, parse_personnummer
from domain.shop_orders import ShopOrder
from domain.travel_cards import TravelCard

NUMBERS = re.compile(r"[\d\s+()-]{4,}", re.ASCII)
ORDER = re.compile(r"\s*(?:F-?)?([2-9A-HJ-NP-Z]{8})\s*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Page:
    rows: list[Customer]
    after: UUID | None
    """Where the next page begins; None on the last."""


NOBODY = Page([], None)


def found(session: Session, words: str, *, after: UUID | None = None, most: int = 40) -> Page:
    """In the order of their names. Nobody is listed without something to look for: a clerk has no
    errand with all of them."""
    words = words.replace("\0", "").strip()
    if not words:
        return NOBODY
    asked = select(Customer).where(_matching(session, words))
    if after:
        asked = asked.where(_past(session, after))
    rows = list(session.scalars(
        asked.order_by(Customer.sort_name, Customer.id).limit(most + 1)))
    return Page(rows[:most], rows[most - 1].id if len(rows) > most else None)


def _past(session: Session, after: UUID) -> ColumnElement[bool]:
    last = session.get(Customer, after)
    if last is None:
        raise NotFound("Sidan finns inte.")
    same = and_(Customer.sort_name == last.sort_name, Customer.id > last.id)
    return or_(Customer.sort_name > last.sort_name, same)


def _matching(session: Session, words: str) -> ColumnElement[bool]:
    """An order tells of whom it was also when they have left; all else is gone by then."""
    if order := ORDER.fullmatch(words):
        return Customer.id.in_(select(ShopOrder.customer_id).where(
            ShopOrder.number == f"F-{order[1].upper()}")) | _named(words)
    if "@" in words:
        return Customer.email_key.startswith(words.lower(), autoescape=True)
    if NUMBERS.fullmatch(words):
        return or_(*_numbered(session, words))
    return _named(words)


def _named(words: str) -> ColumnElement[bool]:
    return and_(Customer.deleted_at.is_(None),
                *(Customer.sort_name.contains(word, autoescape=True)
                  for word in words.casefold().split()))


def _numbered(session: Session, words: str) -> list[ColumnElement[bool]]:
    digits, mobile = re.sub(r"\D", "", words), begun_mobile(words)
    asked = [Customer.id.in_(select(TravelCard.customer_id).where(TravelCard.number == digits))]
    if mobile:
        asked.append(Customer.mobile.startswith(mobile))
    try:
        index = session.info["vault"].index(parse_personnummer(words))
    except Invalid:
        return asked
    return [*asked, Customer.personnummer_index == index, Customer.id.in_(
        select(Child.customer_id).where(Child.personnummer_index == index))]


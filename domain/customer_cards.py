"""Travel cards on an account of Mina sidor: the customer's own, and those of the children there.

Whoever knows a card's number and is the first to register it has it; so how many numbers may be
tried is counted, and what is refused tells nothing about whose a card is.
"""
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session, joinedload

from domain import audit, card_tickets, card_trips, limits, purse_entries, travel_cards
from domain.access import Actor
from domain.audit import Act
from domain.card_numbers import mask_card
from domain.customers import Child, Customer
from domain.errors import Conflict, Invalid, NotFound
from domain.rules import rules
from domain.travel_cards import TravelCard, numbered

LABEL_MOST = 40
"""Characters of what a customer calls a card."""


class State(StrEnum):
    OPEN = "open"
    FROZEN = "frozen"
    BLOCKED = "blocked"


def state(card: TravelCard) -> State:
    if card.blocked_at:
        return State.BLOCKED
    return State.FROZEN if card.frozen_at else State.OPEN


def listed(session: Session, customer_id: UUID) -> list[TravelCard]:
    """In the order that they came to the account, the blocked ones last."""
    return list(session.scalars(
        select(TravelCard).where(TravelCard.customer_id == customer_id)
        .options(joinedload(TravelCard.child))
        .order_by(TravelCard.blocked_at.is_not(None), TravelCard.registered_at,
                  TravelCard.number)))


def usable(session: Session, customer_id: UUID) -> list[TravelCard]:
    """Those that are not blocked: what is bought may be put on them."""
    return [card for card in listed(session, customer_id) if not card.blocked_at]


def find(session: Session, card_id: UUID, *, customer_id: UUID) -> TravelCard:
    card = session.scalar(_ONE, {"card": card_id, "customer": customer_id})
    if card is None:
        raise NotFound("Kortet finns inte.")
    return card


_ONE = (  # asked on page after page, and therefore made once
    select(TravelCard).where(TravelCard.id == bindparam("card"),
                             TravelCard.customer_id == bindparam("customer")))


def count_try(session: Session, customer_id: UUID, address: str, *, now: datetime) -> None:
    """Of a number that is typed, right or wrong, and from where. Raises `TooMany`."""
    for what, who, most in (
            ("card number", str(customer_id), rules(session).card_tries_per_hour),
            ("card number from", address, rules(session).card_tries_per_address)):
        limits.take(session, what, who, per_hour=most, now=now)


def register(session: Session, customer: Customer, number: str, *, label: str = "",
             child: Child | None = None, by: Actor, now: datetime) -> TravelCard:
    """A card that they have, by the digits of its number. An employer may load it from now on, by
    the customer's mobile."""
    card = _locked(session, number)
    if card:
        _check_free(card, customer)
    return _put(session, card or TravelCard(number=number), customer, label, child, by=by, now=now)


def add_new(session: Session, customer: Customer, number: str, *, label: str = "",
            child: Child | None = None, by: Actor | None, now: datetime) -> TravelCard:
    """One that nobody has had, and that is sent to them."""
    if _locked(session, number):
        raise Invalid("Kortet %(card)s är redan registrerat. Ta ett annat kort.", "number",
                      card=mask_card(number))
    return _put(session, TravelCard(number=number), customer, label, child, by=by, now=now)


def rename(session: Session, card: TravelCard, label: str, *, child: Child | None, by: Actor,
           now: datetime) -> None:
    """What it is called, and who uses it."""
    _check_ours(child, card.customer_id)
    card.label, card.child = label, child
    _record(session, Act.ACCOUNT_CARD_CHANGED, card, by=by, now=now)


def remove(session: Session, card: TravelCard, *, by: Actor, now: datetime) -> None:
    """From the account. What it carries stays on it, for whoever has it in their hand; who has
    travelled with it does not."""
    _hold(session, card)
    if card.blocked_at:
        raise Conflict("Ett spärrat kort ligger kvar med sin historik.")
    if card.frozen_at:
        raise Conflict("Kortet är fryst. Öppna det innan du tar bort det, eller spärra det om det "
                       "är borta.")
    _record(session, Act.ACCOUNT_CARD_REMOVED, card, by=by, now=now)
    card.customer_id = card.child_id = card.mobile = None
    card.label = ""
    card_trips.forget_card(session, card.id)


def freeze(session: Session, card: TravelCard, *, by: Actor, now: datetime) -> None:
    """Nothing on it is accepted until it is thawed. Harmless twice."""
    _hold(session, card)
    if card.blocked_at:
        raise Conflict("Kortet är spärrat.")
    if _turned(session, card, TravelCard.frozen_at.is_(None), now):
        _record(session, Act.ACCOUNT_CARD_FROZEN, card, by=by, now=now)


def thaw(session: Session, card: TravelCard, *, by: Actor, now: datetime) -> None:
    _hold(session, card)
    if card.blocked_at:
        raise Conflict("Kortet är spärrat och kan inte öppnas igen.")
    if _turned(session, card, TravelCard.frozen_at.is_not(None), None):
        _record(session, Act.ACCOUNT_CARD_THAWED, card, by=by, now=now)


def _hold(session: Session, card: TravelCard) -> None:
    """As it is now, and nobody else changes it until the commit."""
    customer_id = card.customer_id
    travel_cards.hold(session, card.id)
    session.refresh(card)
    if card.customer_id != customer_id:
        raise Conflict("Kortet finns inte längre på kontot.")


def mobile_changed(session: Session, customer: Customer) -> None:
    """The cards are registered with the new one."""
    cards = session.scalars(
        select(TravelCard.id).where(TravelCard.customer_id == customer.id)).all()
    travel_cards.hold(session, *cards)
    session.execute(
        update(TravelCard).where(TravelCard.id.in_(cards), TravelCard.customer_id == customer.id)
        .values(mobile=customer.mobile))


def _locked(session: Session, number: str) -> TravelCard | None:
    """Whoever registers the same one at the same time waits, and is refused."""
    session.execute(select(TravelCard.id).where(TravelCard.number == number)
                    .with_for_update(key_share=True))
    return numbered(session, number)


def _check_free(card: TravelCard, customer: Customer) -> None:
    if card.customer_id == customer.id:
        raise Invalid("Kortet finns redan bland dina kort.", "number")
    if card.company_id:
        raise Invalid("Kortet hör till en arbetsgivare och kan inte registreras här.", "number")
    if card.customer_id:
        raise Invalid("Kortet är redan registrerat. Kontrollera numret, eller fråga kundservice.",
                      "number")
    if card.blocked_at:
        raise Invalid("Kortet är spärrat och kan inte registreras.", "number")
    if card.mobile not in (None, customer.mobile):
        raise Invalid("Kortet är registrerat med ett annat mobilnummer än ditt. Kundservice "
                      "hjälper dig att få det till ditt konto.", "number")


def _check_ours(child: Child | None, customer_id: UUID) -> None:
    if child and child.customer_id != customer_id:
        raise NotFound("Barnet finns inte på kontot.")


def _put(session: Session, card: TravelCard, customer: Customer, label: str, child: Child | None,
         *, by: Actor | None, now: datetime) -> TravelCard:
    _check_ours(child, customer.id)
    card.customer_id, card.child, card.label = customer.id, child, label
    card.mobile, card.name, card.words = customer.mobile, "", ""
    card.registered_at = now
    session.add(card)
    session.flush()
    _record(session, Act.ACCOUNT_CARD_ADDED, card, by=by, now=now)
    return card


def _turned(session: Session, card: TravelCard, before, frozen_at: datetime | None) -> bool:
    """Whether this was what turned it. What it carries is told anew to the ticket system."""
    turned = session.execute(
        update(TravelCard)
        .where(TravelCard.id == card.id, TravelCard.blocked_at.is_(None), before)
        .values(frozen_at=frozen_at).execution_options(synchronize_session=False))
    session.refresh(card, ["frozen_at"])
    if turned.rowcount:
        card_tickets.put_all_anew(session, card)
        purse_entries.put_anew(session, card.id)
    return bool(turned.rowcount)


def _record(session: Session, act: Act, card: TravelCard, *, by: Actor | None,
            now: datetime) -> None:
    audit.record(session, act, card.id, company_id=card.customer_id, by=by, now=now,
                 card=mask_card(card.number))

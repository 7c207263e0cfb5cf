"""All that is known of a private customer, as it is kept: to be read by them, and taken along.

Each section has a row for each thing, and each row says what is known of it by name. Amounts are
öre, under names that end with `_ore`. What was bought is gathered in `own_bought`.
"""
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from domain import (
    card_trips,
    customer_cards,
    customer_letters,
    customer_terms,
    customers,
    municipalities,
    purse_entries,
)
from domain.audit import Event
from domain.card_blocks import CardBlock
from domain.card_numbers import mask_card
from domain.customer_logins import CustomerLogin
from domain.customers import Child, Customer
from domain.email_changes import EmailChange
from domain.messages import Email
from domain.own_bought import BOUGHT
from domain.password_resets import PasswordReset
from domain.purse_entries import PurseEntry
from domain.purse_loads import PurseLoad
from domain.purses import Shortfall
from domain.service_acts import ServiceAct
from domain.travel_cards import TravelCard

Row = dict[str, Any]


@dataclass(frozen=True)
class Section:
    key: str
    rows: list[Row]


def gathered(session: Session, customer: Customer, *, now: datetime) -> list[Section]:
    """Also the sections that there is nothing in."""
    return [Section(key, list(find(session, customer, now)))
            for key, find in (*KNOWN.items(), *BOUGHT.items(), *TOLD.items())]


def plain(thing: object, *names: str) -> Row:
    return {name: getattr(thing, name) for name in names}


def _account(session: Session, customer: Customer, now: datetime) -> Iterable[Row]:
    yield {**plain(customer, "given_name", "surname"),
           "personnummer": customers.personnummer(session, customer),
           **plain(customer, "born_on", "email", "mobile", "street", "postcode", "city"),
           "municipality": municipalities.name(customer.municipality),
           **plain(customer, "language", "created_at", "confirmed_at", "bankid_at")}


def _terms(session: Session, customer: Customer, now: datetime) -> Iterable[Row]:
    return (plain(each, "kind", "version", "accepted_at")
            for each in customer_terms.accepted_by(session, customer.id))


def _logins(session: Session, customer: Customer, now: datetime) -> Iterable[Row]:
    found = session.scalars(select(CustomerLogin).where(CustomerLogin.customer_id == customer.id)
                            .order_by(CustomerLogin.created_at.desc()))
    return (plain(each, "agent", "by_bankid", "created_at", "seen_at", "expires_at", "ended_at")
            for each in found)


def _email_changes(session: Session, customer: Customer, now: datetime) -> Iterable[Row]:
    return (plain(each, "email", "asked_at", "old_at", "new_at") for each in session.scalars(
        select(EmailChange).where(EmailChange.customer_id == customer.id)))


def _password_resets(session: Session, customer: Customer, now: datetime) -> Iterable[Row]:
    return (plain(each, "asked_at", "used_at") for each in session.scalars(
        select(PasswordReset).where(PasswordReset.customer_id == customer.id)))


def _children(session: Session, customer: Customer, now: datetime) -> Iterable[Row]:
    vault = session.info["vault"]
    for child in session.scalars(select(Child).where(Child.customer_id == customer.id)
                                 .order_by(Child.registered_at)):
        yield {**plain(child, "given_name", "surname"),
               "personnummer": vault.open(child.personnummer_sealed, "personnummer"),
               **plain(child, "born_on", "registered_at")}


def _cards(session: Session, customer: Customer, now: datetime) -> Iterable[Row]:
    cards = customer_cards.listed(session, customer.id)
    purses = purse_entries.balances(session, [card.id for card in cards])
    for card in cards:
        yield {**plain(card, "number", "label"), "child": card.child and card.child.name,
               **plain(card, "mobile", "registered_at", "frozen_at", "blocked_at"),
               "purse_ore": purses.get(card.id, 0)}


def _of_cards(table, order, *names: str) -> Callable:
    """Of what hangs on the cards, each row with the end of the card's number."""
    def find(session: Session, customer: Customer, now: datetime) -> Iterable[Row]:
        found = session.execute(
            select(table, TravelCard.number).join(TravelCard, TravelCard.id == table.card_id)
            .where(TravelCard.customer_id == customer.id).order_by(order.desc()))
        return ({"card": mask_card(number), **plain(each, *names)} for each, number in found)
    return find


def _trips(session: Session, customer: Customer, now: datetime) -> Iterable[Row]:
    for card in customer_cards.listed(session, customer.id):
        for trip in card_trips.latest(session, card, now=now):
            yield {"card": mask_card(card.number),
                   **plain(trip, "at", "zone", "means", "product", "price_ore")}


def _service_acts(session: Session, customer: Customer, now: datetime) -> Iterable[Row]:
    for act in session.scalars(
            select(ServiceAct).where(ServiceAct.customer_id == customer.id)
            .options(joinedload(ServiceAct.document)).order_by(ServiceAct.at.desc())):
        yield {**plain(act, "at", "kind", "reason"),
               "document": act.document and act.document.format}


def _letters(session: Session, customer: Customer, now: datetime) -> Iterable[Row]:
    for letter in customer_letters.of_customer(session, customer):
        yield {"means": "e-mail" if isinstance(letter, Email) else "sms",
               **plain(letter, "to", "template", "put_at", "sent_at", "state")}


def _events(session: Session, customer: Customer, now: datetime) -> Iterable[Row]:
    """By themself, by the customer centre, or by the clock."""
    for event in session.scalars(select(Event).where(Event.chain_id == customer.id)
                                 .order_by(Event.seq.desc())):
        clerk = "clerk" if event.by_name else None
        yield {**plain(event, "at", "act"), "details": event.details,
               "by": "customer" if event.by_person_id == customer.id else clerk}


Find = Callable[[Session, Customer, datetime], Iterable[Row]]
KNOWN: dict[str, Find] = {
    "account": _account, "terms": _terms, "children": _children, "logins": _logins,
    "email_changes": _email_changes, "password_resets": _password_resets, "cards": _cards,
    "card_blocks": _of_cards(CardBlock, CardBlock.at, "at", "to", "purse_ore", "left_ore",
                             "tickets"),
    "trips": _trips,
    "purse_entries": _of_cards(PurseEntry, PurseEntry.at, "at", "kind", "amount_ore"),
    "purse_loads": _of_cards(PurseLoad, PurseLoad.paid_at, "amount_ore", "paid_at", "expires_at",
                             "available_at", "activated_at", "ended_at", "ended_as"),
    "purse_shortfalls": _of_cards(Shortfall, Shortfall.month_on, "month_on", "at", "price_ore",
                                  "missing_ore", "because"),
}
TOLD: dict[str, Find] = {"service_acts": _service_acts, "letters": _letters, "events": _events}

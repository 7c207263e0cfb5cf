"""Two accounts of one person become one: all that was on the other comes to the one that is kept,
and the other is closed. That is not undone."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Table, func, select, update
from sqlalchemy.orm import Session

from domain import audit, customer_cards, customer_deletion, purse_entries
from domain.access import Actor
from domain.carts import Cart
from domain.customer_logins import CustomerLogin
from domain.customer_service import check_open, find, tell
from domain.customer_terms import CustomerAcceptance
from domain.customers import Child, Customer
from domain.email_changes import EmailChange
from domain.errors import Conflict, NotFound
from domain.parcels import Parcel
from domain.password_resets import PasswordReset
from domain.service_acts import Kind, Why, note
from domain.shop_orders import ShopOrder
from domain.store import Base
from domain.tickets import Ticket

THE_OTHERS_OWN = {table.__table__ for table in (
    Cart, CustomerLogin, CustomerAcceptance, EmailChange, PasswordReset)}
"""What is about the account that is closed, and is forgotten with it."""


@dataclass(frozen=True)
class Preview:
    """What comes from the account that is closed."""

    children: int
    cards: int
    purse_ore: int
    tickets: int
    orders: int
    parcels: int


def preview(session: Session, closed: Customer) -> Preview:
    cards = customer_cards.listed(session, closed.id)
    purses = purse_entries.balances(session, [card.id for card in cards])
    return Preview(_count(session, Child, closed), len(cards), sum(purses.values()),
                   _count(session, Ticket, closed), _count(session, ShopOrder, closed),
                   _count(session, Parcel, closed))


def other(session: Session, customer: Customer, other_id: UUID) -> Customer:
    found = find(session, other_id)
    if found.deleted_at or found is customer:
        raise NotFound("Kunden finns inte.")
    return found


def merge(session: Session, kept: Customer, closed: Customer, why: Why, *, by: Actor,
          now: datetime) -> None:
    _check(kept, closed)
    for customer_id in sorted((kept.id, closed.id)):  # so that two who merge do not wait for ever
        session.get_one(Customer, customer_id, with_for_update={"key_share": True})
    note(session, kept, Kind.MERGED, why, thing_id=closed.id, by=by, now=now)
    for table, column in belonging():
        session.execute(update(table).where(column == closed.id).values({column: kept.id}))
    customer_cards.mobile_changed(session, kept)
    tell(session, kept, "customers_merged", to=kept.email, closed=closed.email, now=now)
    audit.record(session, audit.Act.CUSTOMERS_MERGED, kept.id, company_id=closed.id, by=by,
                 now=now)
    customer_deletion.blank(session, closed, now=now)
    session.expire_all()


def _check(kept: Customer, closed: Customer) -> None:
    check_open(kept), check_open(closed)
    if kept is closed:
        raise Conflict("Det är samma konto.")
    if kept.blocked_at or closed.blocked_at:
        raise Conflict("Det ena kontot är avstängt. Häv avstängningen först.")


def belonging() -> Iterator[tuple[Table, Column]]:
    """Wherever there is something that is a customer's."""
    for table in Base.metadata.sorted_tables:
        if table not in THE_OTHERS_OWN:
            yield from ((table, key.parent) for key in table.foreign_keys
                        if key.column.table is Customer.__table__)


def _count(session: Session, table, customer: Customer) -> int:
    return session.scalar(select(func.count()).select_from(table)
                          .where(table.customer_id == customer.id))

"""A travel card on an account is blocked for good, and what it carried goes on.

What is on the card at that moment goes to a new one by post, or at once to another card of the
account, or its tickets to the phone. A purse that is too small is not posted: it stays behind, and
whoever blocks is told so before.
"""
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain import (
    audit,
    block_list,
    card_tickets,
    customer_cards,
    customers,
    messages,
    parcels,
    purse_entries,
    purse_loads,
    purses,
    ticket_moves,
    travel_cards,
)
from domain.access import Actor
from domain.block_list import Reason
from domain.card_numbers import mask_card
from domain.customers import Customer
from domain.errors import Conflict, Invalid
from domain.months import days_later
from domain.parcels import Address, Parcel
from domain.purse_entries import Kind
from domain.rules import rules
from domain.store import Row
from domain.tickets import Ticket
from domain.travel_cards import TravelCard

LISTED_DAYS = 3_653
"""A card has no end of its own; for so long readers are told that it is blocked."""


class To(StrEnum):
    POST = "post"
    """A new card."""
    CARD = "card"
    """Another card of the account."""
    PHONE = "phone"
    """The tickets; a purse goes by post."""
    NOWHERE = "nowhere"
    """There is nothing to move."""


class CardBlock(Row):
    """That a card was blocked, and what became of what it carried."""

    __tablename__ = "card_blocks"

    card_id: Mapped[UUID] = mapped_column(ForeignKey("travel_cards.id"), unique=True)
    at: Mapped[datetime]
    to: Mapped[To]
    to_card_id: Mapped[UUID | None] = mapped_column(ForeignKey("travel_cards.id"))
    purse_ore: Mapped[int]
    """Moved, loads that waited with it."""
    left_ore: Mapped[int]
    """Not moved, for it was too little."""
    tickets: Mapped[int]
    """How many were moved."""

    to_card: Mapped[TravelCard | None] = relationship(foreign_keys=to_card_id)


@dataclass(frozen=True)
class Preview:
    """What a card carries now."""

    purse_ore: int
    """With the loads that wait."""
    loads_ore: int
    tickets: list[Ticket]
    smallest_ore: int
    """A purse with less is not posted."""
    cards: list[TravelCard]
    """Those of the account that could take it over."""

    @property
    def posted_ore(self) -> int:
        """Of the purse, if it is posted."""
        return self.purse_ore if self.purse_ore >= self.smallest_ore else 0

    @property
    def left_ore(self) -> int:
        """Of the purse, what would not be posted."""
        return self.purse_ore - self.posted_ore

    @property
    def ways(self) -> list[To]:
        """Where it may go, the usual way first."""
        found = [To.POST] if self.tickets or self.posted_ore else []
        if self.cards and (self.tickets or self.purse_ore):
            found.append(To.CARD)
        return [*found, *([To.PHONE] if self.tickets else [])] or [To.NOWHERE]


def preview(session: Session, card: TravelCard, *, now: datetime) -> Preview:
    waiting = purse_loads.waiting(session, card.id, now=now)
    return Preview(
        purses.content(session, card.id, now=now), sum(load.amount_ore for load in waiting),
        list(ticket_moves.movable(session, card, now=now)),
        rules(session).purse_moved_min_ore,
        [each for each in customer_cards.usable(session, card.customer_id) if each is not card])


def of_card(session: Session, card: TravelCard) -> CardBlock | None:
    return session.scalar(select(CardBlock).where(CardBlock.card_id == card.id))


def parcel_of(session: Session, card: TravelCard) -> Parcel | None:
    """With the card that takes its place."""
    return session.scalar(select(Parcel).where(Parcel.old_card_id == card.id)
                          .order_by(Parcel.ordered_at.desc()).limit(1))


def block(session: Session, card: TravelCard, to: To, *, other: TravelCard | None = None,
          address: Address | None = None, by: Actor, now: datetime) -> CardBlock:
    """Nothing on it is accepted from now on, and that is not undone. `other`: the card that takes
    it over. `address`: where the new one is posted, if not to the customer's own."""
    customer = customers.find(session, card.customer_id)
    _hold(session, card, customer, other)
    seen = preview(session, card, now=now)
    _check(session, seen, to, other, now=now)
    close(session, card, now=now)
    made = CardBlock(id=uuid4(), card_id=card.id, at=now, to=to, to_card=other,
                     tickets=len(seen.tickets),
                     purse_ore=seen.purse_ore if to == To.CARD else seen.posted_ore,
                     left_ore=0 if to == To.CARD else seen.left_ore)
    session.add(made)
    session.flush()
    _move(session, card, customer, seen, made, address, by=by, now=now)
    audit.record(session, audit.Act.ACCOUNT_CARD_BLOCKED, card.id, company_id=customer.id, by=by,
                 now=now, card=mask_card(card.number), to=to, amount_ore=made.purse_ore)
    messages.put_email(session, "card_blocked", to=customer.email, about_id=card.id,
                       language=customer.language, now=now, card=mask_card(card.number), way=to,
                       purse_ore=made.purse_ore, days=rules(session).replacement_working_days)
    return made


def _hold(session: Session, card: TravelCard, customer: Customer,
          other: TravelCard | None) -> None:
    travel_cards.hold(session, *(each.id for each in (card, other) if each))
    for each in filter(None, (card, other)):
        session.refresh(each, ["blocked_at", "customer_id"])
    if card.customer_id != customer.id:
        raise Conflict("Kortet finns inte längre på kontot.")
    if card.blocked_at:
        raise Conflict("Kortet är redan spärrat.")


def _check(session: Session, seen: Preview, to: To, other: TravelCard | None, *,
           now: datetime) -> None:
    if to not in seen.ways:
        raise Invalid("Kortets innehåll har ändrats. Välj på nytt vart det ska flyttas.", "to")
    if to != To.CARD:
        return
    if other not in seen.cards:
        raise Invalid("Välj vilket kort innehållet ska flyttas till.", "other")
    for ticket in seen.tickets:
        refused = not ticket.activated_at and card_tickets.refused(
            session, [other.id], ticket.product, ticket.trip, now=now)
        if refused:
            raise Invalid("Kortet har oanvända biljetter av ett annat slag. Välj ett annat kort, "
                          "eller ett nytt med posten.", "other")


def close(session: Session, card: TravelCard, *, now: datetime) -> None:
    """Nothing on it is accepted any more. What it carries is for whoever asks to move on."""
    closed = session.execute(
        update(TravelCard).where(TravelCard.id == card.id, TravelCard.blocked_at.is_(None))
        .values(blocked_at=now, frozen_at=None).execution_options(synchronize_session=False))
    if not closed.rowcount:
        raise Conflict("Kortet är redan spärrat.")
    session.refresh(card, ["blocked_at", "frozen_at"])
    for ticket in session.scalars(select(Ticket).where(Ticket.card_id == card.id)):
        if now < ticket.useless_at and not ticket.recalled_at:
            block_list.add(session, ticket.number, reason=Reason.LOST, until=ticket.useless_at,
                           now=now)
    block_list.add(session, card.number, reason=Reason.CARD, now=now,
                   until=days_later(now, LISTED_DAYS))
    purse_loads.hold(session, card.id)
    purse_entries.put_anew(session, card.id)


def _move(session: Session, card: TravelCard, customer: Customer, seen: Preview, made: CardBlock,
          address: Address | None, *, by: Actor, now: datetime) -> None:
    taken = made.purse_ore and purses.take_all(session, card, kind=Kind.MOVED_OUT,
                                               source_id=made.id, now=now)
    made.purse_ore = taken
    if made.to == To.CARD:
        if taken:
            purses.put(session, made.to_card, taken, kind=Kind.MOVED_IN, source_id=made.id,
                       now=now)
        ticket_moves.move_all(session, card, to_card=made.to_card, to_mobile=None, by=by,
                               now=now)
    if made.to == To.PHONE:
        ticket_moves.move_all(session, card, to_card=None, to_mobile=customer.mobile, by=by,
                               now=now)
    posted = seen.tickets if made.to == To.POST else []
    if posted or (taken and made.to != To.CARD):
        parcels.put_replacement(session, card, customer, purse_ore=taken, tickets=posted,
                                address=address, by=by, now=now)

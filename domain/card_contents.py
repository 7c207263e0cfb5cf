"""What travel cards carry and have been bought, as whoever has them on an account sees it."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from domain import nartrafik, purse_entries
from domain.customers import Customer
from domain.months import today
from domain.purse_loads import OPEN, PurseLoad
from domain.shop_orders import ShopOrder, ShopOrderLine
from domain.tickets import OVER, Ticket
from domain.travel_cards import TravelCard

MOST = 50

_CARDS = bindparam("cards", expanding=True)
_LOADS = (  # asked on page after page, and therefore made once
    select(PurseLoad).where(PurseLoad.card_id.in_(_CARDS), OPEN)
    .order_by(PurseLoad.paid_at, PurseLoad.id))
_TICKETS = (
    select(Ticket).where(Ticket.card_id.in_(_CARDS))
    .order_by(Ticket.activated_at.is_(None), Ticket.sold_at.desc(), Ticket.id)
    .limit(bindparam("most")))
_LINES, _ORDERS = ShopOrderLine.__table__.c, ShopOrder.__table__.c
_BOUGHT = (
    select(_LINES.order_id, _LINES.kind, _LINES.product, _LINES.amount_ore, _ORDERS.paid_at)
    .join(ShopOrder.__table__, _ORDERS.id == _LINES.order_id)
    .where(_LINES.card_id == bindparam("card"), _ORDERS.customer_id == bindparam("customer"),
           _ORDERS.paid_at.is_not(None))
    .order_by(_ORDERS.paid_at.desc(), _LINES.position).limit(MOST))


@dataclass(frozen=True)
class Content:
    card: TravelCard
    purse_ore: int
    loads: list[PurseLoad]
    """That nobody has used or ended, the oldest first."""
    usable: list[Ticket]
    """What may still be travelled with, what was activated first."""
    over: list[Ticket]
    """Of the customer's own, and of what has come since the card came to the account."""
    waiting_ore: int
    """What the next payment puts in the purse."""

    @property
    def loads_ore(self) -> int:
        """With those that nobody used in time."""
        return sum(load.amount_ore for load in self.loads)


def of_cards(session: Session, cards: Sequence[TravelCard], *, now: datetime) -> list[Content]:
    """Of each card, in their order."""
    ids = [card.id for card in cards]
    purses = purse_entries.balances(session, ids)
    loads, tickets = _loads(session, ids), _tickets(session, ids)
    return [_content(card, purses.get(card.id, 0), loads.get(card.id, []),
                     tickets.get(card.id, []), now) for card in cards]


def _content(card: TravelCard, purse_ore: int, loads: list[PurseLoad], tickets: list[Ticket],
             now: datetime) -> Content:
    return Content(
        card, purse_ore, loads,
        usable=[each for each in tickets if each.state(now) not in OVER],
        over=[each for each in tickets if each.state(now) in OVER and (
            each.customer_id == card.customer_id or each.sold_at >= card.registered_at)],
        waiting_ore=sum(load.amount_ore for load in loads if load.expires_at > now))


def _loads(session: Session, card_ids: list[UUID]) -> dict[UUID, list[PurseLoad]]:
    found: dict[UUID, list[PurseLoad]] = {}
    for load in session.scalars(_LOADS, {"cards": card_ids}):
        found.setdefault(load.card_id, []).append(load)
    return found


def _tickets(session: Session, card_ids: list[UUID]) -> dict[UUID, list[Ticket]]:
    found: dict[UUID, list[Ticket]] = {}
    for ticket in session.scalars(
            _TICKETS, {"cards": card_ids, "most": MOST * max(1, len(card_ids))}):
        found.setdefault(ticket.card_id, []).append(ticket)
    return found


def bought(session: Session, card: TravelCard, *, customer_id: UUID) -> Sequence[Row]:
    """What the customer has paid for to the card, the newest first."""
    return session.execute(_BOUGHT, {"card": card.id, "customer": customer_id}).all()


def by_nartrafik(content: Content) -> nartrafik.Card:
    """As Närtrafik sees the card."""
    card = content.card
    return nartrafik.Card(
        registered=card.customer_id is not None, blocked=bool(card.blocked_at),
        frozen=bool(card.frozen_at),
        periods=tuple(nartrafik.Period(each.product, today(each.starts_at), each.activate_by,
                                       each.activated_at, each.active_until)
                      for each in [*content.usable, *content.over] if not each.recalled_at))


def personnummer(session: Session, card: TravelCard, customer: Customer) -> str | None:
    """Of who uses the card."""
    sealed = (card.child or customer).personnummer_sealed
    return sealed and session.info["vault"].open(sealed, "personnummer")

"""What the shop sells a private customer, what it costs now, and why it cannot be bought."""
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Protocol
from uuid import UUID

from sqlalchemy import bindparam, select, union_all
from sqlalchemy.orm import Session

from domain import (
    card_tickets,
    price_lists,
    private_sales,
    ticket_changes,
)
from domain.card_numbers import mask_card
from domain.customers import Child, Customer
from domain.errors import Invalid, NotFound
from domain.money import kr, vat_of
from domain.months import today
from domain.price_lists import Price
from domain.products import PERIOD_DAYS, Product, Trip
from domain.purse_entries import Purse
from domain.purse_loads import PurseLoad
from domain.rules import rules
from domain.shop_orders import Kind, ShopOrder, ShopOrderLine, State
from domain.tickets import Ticket
from domain.travel_cards import TravelCard

PERIODS = tuple(PERIOD_DAYS)
"""What may be put on a travel card."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One thing as somebody wants it: a new card may come with a purse and a period on it."""

    kind: Kind
    card: TravelCard | None = None
    child: Child | None = None
    label: str = ""
    ticket: Ticket | None = None
    purse_ore: int = 0
    product: Product | None = None
    trip: Trip | None = None
    valid_from: date | None = None


class Worded(Protocol):
    """What `shop_words` can tell of."""

    kind: Kind
    card: TravelCard | None
    child: Child | None
    label: str
    product: Product | None
    valid_from: date | None

    @property
    def trip(self) -> Trip | None: ...


@dataclass(frozen=True, kw_only=True)
class Part:
    """What becomes a line of the order, with its price."""

    kind: Kind
    amount_ore: int
    vat_basis_points: int
    price_list_id: UUID | None = None
    card: TravelCard | None = None
    child: Child | None = None
    label: str = ""
    ticket: Ticket | None = None
    product: Product | None = None
    trip: Trip | None = None
    valid_from: date | None = None

    @property
    def vat_ore(self) -> int:
        return vat_of(self.amount_ore, self.vat_basis_points)


def parts(session: Session, wish: Wish, known: "Known", *, now: datetime) -> list[Part]:
    """At the prices of now; the first is the thing itself. Raises `Invalid` when it is not sold."""
    made = []
    if wish.kind == Kind.NEW_CARD:
        made.append(_by_rule(session, Kind.NEW_CARD, rules(session).new_card_ore, wish))
    if wish.purse_ore:
        made.append(_by_rule(session, Kind.PURSE, wish.purse_ore, wish))
    if wish.kind == Kind.CHANGE:
        made.append(_change(session, wish, now=now))
    elif wish.product:
        made.append(_sold(wish, known))
    return made


def postage(session: Session) -> list[Part]:
    """Of an order with something to post."""
    ore = rules(session).postage_ore
    return [_by_rule(session, Kind.POSTAGE, ore, Wish(kind=Kind.POSTAGE))] if ore else []


def _by_rule(session: Session, kind: Kind, ore: int, wish: Wish) -> Part:
    return Part(kind=kind, amount_ore=ore, card=wish.card, child=wish.child, label=wish.label,
                vat_basis_points=rules(session).shop_vat_basis_points)


def _sold(wish: Wish, known: "Known") -> Part:
    price = known.price(wish.product, wish.trip)
    return Part(kind=Kind.PERIOD if wish.kind == Kind.NEW_CARD else wish.kind,
                amount_ore=price.price_ore, vat_basis_points=price.vat_basis_points,
                price_list_id=price.price_list_id, card=wish.card, child=wish.child,
                label=wish.label, product=wish.product, trip=wish.trip,
                valid_from=wish.valid_from)


def _change(session: Session, wish: Wish, *, now: datetime) -> Part:
    ore = ticket_changes.price_of(session, wish.ticket, changed(wish), now=now)
    price = price_lists.price(session, wish.product, wish.trip, now=now)
    return Part(kind=Kind.CHANGE, amount_ore=ore, vat_basis_points=price.vat_basis_points,
                price_list_id=price.price_list_id, ticket=wish.ticket, card=wish.card,
                product=wish.product, trip=wish.trip, valid_from=wish.valid_from)


def changed(wish: Worded) -> ticket_changes.Wish:
    """What a ticket is to be instead."""
    return ticket_changes.Wish(wish.product, wish.trip, wish.valid_from)


class Known:
    """What has to be known of the things in a cart and their cards, asked for all at once."""

    def __init__(self, session: Session, cards: Iterable[TravelCard | None], *, now: datetime):
        self.session, self.now = session, now
        self.card_ids = list({each.id for each in cards if each})

    @cached_property
    def in_purse(self) -> dict[UUID, int]:
        """In öre, with what is paid and waits to be used, and what is ordered and may yet be
        paid."""
        found: Counter[UUID] = Counter()
        rows = (self.session.connection().execute(
            _IN_PURSES, {"cards": self.card_ids, "now": self.now}) if self.card_ids else [])
        for card_id, ore in rows:
            found[card_id] += ore
        return found

    @cached_property
    def price(self) -> Callable[[Product, Trip], Price]:
        return price_lists.pricing(self.session, now=self.now)

    def refusal(self, wish: Wish) -> Invalid | None:
        """Why the card cannot take it, beside what is on it."""
        ware = wish.product, wish.trip
        if ware not in self._refused:
            self._refused[ware] = card_tickets.refused(self.session, self.card_ids, *ware,
                                                       now=self.now)
        return self._refused[ware].get(wish.card.id)

    @cached_property
    def _refused(self) -> dict[tuple, dict[UUID, Invalid]]:
        return {}


_PURSE, _LOAD = Purse.__table__.c, PurseLoad.__table__.c
_ORDER, _LINE = ShopOrder.__table__.c, ShopOrderLine.__table__.c
_CARDS = bindparam("cards", expanding=True)
_IN_PURSES = union_all(  # asked on page after page, and therefore made once
    select(_PURSE.card_id, _PURSE.balance_ore).where(_PURSE.card_id.in_(_CARDS)),
    select(_LOAD.card_id, _LOAD.amount_ore).where(
        _LOAD.card_id.in_(_CARDS), _LOAD.activated_at.is_(None), _LOAD.ended_at.is_(None),
        _LOAD.expires_at > bindparam("now")),
    select(_LINE.card_id, _LINE.amount_ore).join(
        ShopOrder.__table__, _ORDER.id == _LINE.order_id).where(
        _LINE.card_id.in_(_CARDS), _LINE.kind == Kind.PURSE, _ORDER.state == State.OPEN))


def check(session: Session, wish: Wish, customer: Customer | None, known: Known, *,
          beside: Iterable[Wish] = (), now: datetime) -> None:
    """Raises `Invalid` when the customer cannot buy it together with what else is in the cart.
    Of somebody who has not logged in less is known, and therefore less is asked."""
    if wish.card:
        _check_card(wish.card, customer)
    if wish.child and (customer is None or wish.child.customer_id != customer.id):
        raise Invalid("Barnet finns inte längre på ditt konto. Ta bort raden.", "whom")
    if wish.purse_ore:
        _check_purse(session, wish, known, beside)
    if wish.kind == Kind.CHANGE:
        if customer is None or wish.ticket.customer_id != customer.id:
            raise NotFound("Biljetten finns inte.")
    elif wish.product:
        _check_product(session, wish, customer, known, now=now)


def _check_card(card: TravelCard, customer: Customer | None) -> None:
    if customer is None or card.customer_id != customer.id:
        raise Invalid("Kortet %(card)s finns inte på ditt konto. Ta bort raden.", "card",
                      card=mask_card(card.number))
    if card.blocked_at:
        raise Invalid("Kortet %(card)s är spärrat. Ta bort raden, eller välj ett annat kort.",
                      "card", card=mask_card(card.number))


def _check_purse(session: Session, wish: Wish, known: Known, beside: Iterable[Wish]) -> None:
    least, most = rules(session).purse_load_min_ore, rules(session).purse_max_ore
    if not least <= wish.purse_ore <= most:
        raise Invalid("Ladda mellan %(least)s och %(most)s.", "purse", least=kr(least),
                      most=kr(most))
    if wish.card is None:
        return
    there = known.in_purse.get(wish.card.id, 0) + sum(
        each.purse_ore for each in beside if each.card and each.card.id == wish.card.id)
    if there + wish.purse_ore > most:
        raise Invalid("På ett kort får det finnas högst %(most)s. Det här har %(there)s, med det "
                      "som är på väg.", "purse", most=kr(most), there=kr(there))


def _check_product(session: Session, wish: Wish, customer: Customer | None, known: Known, *,
                   now: datetime) -> None:
    if wish.kind != Kind.TICKET and wish.product not in PERIODS:
        raise Invalid("Den biljetten finns bara i mobilen. Välj en period.", "product")
    if wish.valid_from:
        private_sales.check_start(session, wish.valid_from, "valid_from",
                                  on_card=wish.kind != Kind.TICKET, now=now)
    if customer is None:
        return
    born_on = wish.child.born_on if wish.child else private_sales.born_on(customer, wish.card)
    private_sales.check_category(session, wish.product, born_on, wish.valid_from or today(now))
    if wish.card and (refusal := known.refusal(wish)):
        raise refusal

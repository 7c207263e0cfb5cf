"""Payments on board with a card's purse, as a reader on a bus asks for them or reports them."""
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from domain import card_trips, price_lists, purses, validations
from domain.card_trips import Means
from domain.errors import Invalid, NotFound
from domain.products import Extent, Product, Trip, single_minutes, trips, zones
from domain.purse_entries import Purse
from domain.purses import Charged, Lack
from domain.rules import rules
from domain.travel_cards import TravelCard
from domain.validations import Result

RESULTS = {Lack.EMPTY: Result.OTHER, Lack.FROZEN: Result.BLACKLIST, Lack.BLOCKED: Result.BLACKLIST}
REASONS = {Lack.EMPTY: "too_little", Lack.FROZEN: "frozen", Lack.BLOCKED: "blocked"}


@dataclass(frozen=True)
class Payment:
    """Each part already parsed."""

    event_id: str
    """The reader's own, by which it is known if it comes again."""
    number: str
    """The card's."""
    at: datetime
    zone: int
    to_zone: int
    result: int | None = None
    """What the reader answered when it had no contact; None: it asks."""

    @property
    def late(self) -> bool:
        return self.result is not None


@dataclass(frozen=True)
class Receipt:
    result: int
    reason: str
    price_ore: int = 0
    """Of the journey; nothing when one has paid already."""
    taken_ore: int = 0
    balance_ore: int = 0
    loaded_ore: int = 0
    """What waited on the card, and was activated by this."""
    valid_until: str | None = None


def trip(zone: int, to_zone: int) -> Trip:
    """What one pays for: a zone, two that adjoin, or else the county."""
    for each in (zone, to_zone):
        if each not in zones():
            raise Invalid("Zonen %(zone)s finns inte.", "zone", zone=each)
    if zone == to_zone:
        return Trip(Extent.ZONES_1, (zone,))
    pair = Trip(Extent.ZONES_2, (min(zone, to_zone), max(zone, to_zone)))
    return pair if pair.key in trips() else Trip(Extent.COUNTY)


def take(session: Session, payment: Payment, *, now: datetime) -> tuple[Receipt, bool]:
    """The answer, and whether the payment is new; one that has come before is answered as then."""
    validations.check_time(session, payment.at, now)
    valid = trip(payment.zone, payment.to_zone)
    known = validations.begin(session, payment.event_id, payment.number, payment.at,
                              payment.result, payment.zone, payment.to_zone, now=now)
    if known is not None:
        return Receipt(**known), False
    receipt = _judged(session, _card(session, payment.number), payment, valid, now)
    validations.keep(session, payment.event_id, receipt)
    return receipt, True


def _card(session: Session, number: str) -> TravelCard:
    card = session.scalar(select(TravelCard).where(TravelCard.number == number)
                          .with_for_update(key_share=True)
                          .execution_options(populate_existing=True))
    if card is None:
        raise NotFound("Resekortet finns inte.")
    return card


def _judged(session: Session, card: TravelCard, payment: Payment, valid: Trip,
            now: datetime) -> Receipt:
    at, balance = min(payment.at, now), purses.balance(session, card.id)
    if payment.result:
        return Receipt(payment.result, "noted", balance_ore=balance)
    purse = session.get(Purse, card.id, populate_existing=True)
    if purse and _has_paid(purse, valid, at) and not card.refused(at):
        _travelled(session, card, payment, at, 0, now)
        return Receipt(Result.OK, "paid", balance_ore=balance,
                       valid_until=purse.paid_until.isoformat())
    price = price_lists.price(session, Product.SINGLE, valid, now=at).price_ore
    charged = purses.charge(session, card, price, payment.event_id, at, payment.zone,
                            late=payment.late, now=now)
    if charged.lack and not payment.late:
        return Receipt(RESULTS[charged.lack], REASONS[charged.lack], price,
                       balance_ore=charged.balance_ore)
    _travelled(session, card, payment, at, charged.taken_ore, now)
    return _paid(session, card, valid, price, charged, at)


def _has_paid(purse: Purse, valid: Trip, at: datetime) -> bool:
    """For these zones, and not so long ago: one changes to another bus on the same journey."""
    return bool(purse.paid_at and purse.paid_at <= at < purse.paid_until
                and set(_zones(valid)) <= set(map(int, purse.paid_zones.split())))


def _paid(session: Session, card: TravelCard, valid: Trip, price: int, charged: Charged,
          at: datetime) -> Receipt:
    until = at + timedelta(minutes=single_minutes(valid.extent, rules(session)))
    given = Receipt(Result.OK, "ok", price, charged.taken_ore, charged.balance_ore,
                    charged.loaded_ore, until.isoformat())
    if charged.lack in (Lack.FROZEN, Lack.BLOCKED):
        return replace(given, reason=REASONS[charged.lack])
    session.execute(
        update(Purse)
        .where(Purse.card_id == card.id, or_(Purse.paid_until.is_(None), Purse.paid_until < until))
        .values(paid_at=at, paid_until=until, paid_zones=" ".join(map(str, _zones(valid))))
        .execution_options(synchronize_session=False))
    return replace(given, reason=REASONS[charged.lack]) if charged.lack else given


def _zones(valid: Trip) -> tuple[int, ...]:
    return valid.zones or tuple(zones())


def _travelled(session: Session, card: TravelCard, payment: Payment, at: datetime, price_ore: int,
               now: datetime) -> None:
    card_trips.record(session, card, at, zone=payment.zone, means=Means.PURSE, price_ore=price_ore,
                      now=now)

"""Whether somebody may go by Närtrafik on a day with what a travel card carries, and if not, why.

By the terms of Mina sidor: only a 30-day period for youth or seniors, on a card that is registered
there with a personnummer of the one who travels, and activated at least three days before.
"""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain import identity
from domain.errors import Invalid
from domain.months import midnight, today
from domain.products import Product

ACCEPTED = frozenset({Product.PERIOD_30_YOUTH, Product.PERIOD_30_SENIOR})


class Reason(StrEnum):
    """From what nothing can be done about on the card, to what solves itself."""

    NOT_REGISTERED = "not_registered"
    BLOCKED = "blocked"
    FROZEN = "frozen"
    NO_PERSONNUMMER = "no_personnummer"
    NO_PERIOD = "no_period"
    ENDED = "ended"
    NOT_ACTIVATED = "not_activated"
    TOO_SOON = "too_soon"
    OK = "ok"


@dataclass(frozen=True)
class Period:
    """What a card carries, whatever its product."""

    product: Product
    starts_on: date
    """The first day on which it may be activated."""
    activate_by: datetime
    activated_at: datetime | None = None
    active_until: datetime | None = None


@dataclass(frozen=True)
class Card:
    registered: bool = True
    """On an account of Mina sidor."""
    blocked: bool = False
    frozen: bool = False
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True)
class Answer:
    reason: Reason
    from_on: date | None = None
    """When no: the first day on which it would be yes, if that day comes by itself or by being
    activated today."""
    until: datetime | None = None
    """When yes: the end of the period, if that is the same day."""

    @property
    def ok(self) -> bool:
        return self.reason == Reason.OK


def answer(card: Card, personnummer: str | None, day: date, *, now: datetime,
           days: int = 3) -> Answer:
    """`personnummer` is of the one who is to travel; `days`, how long before the day the period has
    to have been activated."""
    if refusal := _refused(card, personnummer):
        return Answer(refusal)
    answers = [_of(period, day, now, days) for period in card.periods
               if period.product in ACCEPTED]
    return _best(answers) if answers else Answer(Reason.NO_PERIOD)


def _refused(card: Card, personnummer: str | None) -> Reason | None:
    if not card.registered:
        return Reason.NOT_REGISTERED
    if card.blocked:
        return Reason.BLOCKED
    if card.frozen:
        return Reason.FROZEN
    return None if _is_valid(personnummer) else Reason.NO_PERSONNUMMER


def _is_valid(personnummer: str | None) -> bool:
    try:
        return bool(personnummer and identity.parse_personnummer(personnummer))
    except Invalid:
        return False


def _of(period: Period, day: date, now: datetime, days: int) -> Answer:
    if period.activated_at is None:
        return _unactivated(period, now, days)
    first = today(period.activated_at) + timedelta(days=days)
    if period.active_until <= midnight(max(day, first)):
        return Answer(Reason.ENDED)
    if day < first:
        return Answer(Reason.TOO_SOON, first)
    tomorrow = midnight(day + timedelta(days=1))
    return Answer(Reason.OK, until=period.active_until if period.active_until < tomorrow else None)


def _unactivated(period: Period, now: datetime, days: int) -> Answer:
    """From when, if it is activated as soon as it can be."""
    if now >= period.activate_by:
        return Answer(Reason.ENDED)
    return Answer(Reason.NOT_ACTIVATED,
                  max(today(now), period.starts_on) + timedelta(days=days))


def _best(answers: Iterable[Answer]) -> Answer:
    """A yes, for the longest; else what is the soonest to become one."""
    last, order = date.max, list(Reason)
    return min(answers, key=lambda each: (
        not each.ok, each.until is not None, each.from_on or last, -order.index(each.reason)))

"""What an employer's policy says of a purchase: one pure function a rule, each with its reason."""
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from domain.errors import Invalid
from domain.money import kr
from domain.months import STOCKHOLM
from domain.price_lists import Price
from domain.products import AREA_NAMES, NAMES, Area, Extent, Product, Trip
from domain.texts import Phrase, Term, sv

MOST_PURPOSE = 100
"""Characters."""


class Weekday(StrEnum):
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @classmethod
    def of(cls, day: date) -> "Weekday":
        """A holiday is the weekday that it is."""
        return list(cls)[day.weekday()]


WEEKDAY_NAMES = {
    Weekday.MONDAY: sv("måndag"), Weekday.TUESDAY: sv("tisdag"), Weekday.WEDNESDAY: sv("onsdag"),
    Weekday.THURSDAY: sv("torsdag"), Weekday.FRIDAY: sv("fredag"),
    Weekday.SATURDAY: sv("lördag"), Weekday.SUNDAY: sv("söndag"),
}
SPANS = {
    tuple(Weekday): sv("alla dagar"), tuple(Weekday)[:5]: sv("måndag–fredag"),
    tuple(Weekday)[5:]: sv("lördag och söndag"),
}


class Rule(StrEnum):
    PRODUCT = "product"
    PLACE = "place"
    WEEKDAY = "weekday"
    HOURS = "hours"
    TOP_PRICE = "top_price"
    PURPOSE = "purpose"


class Refused(Invalid):
    """Outside the policy of who pays. `rule` is the one that says no."""

    def __init__(self, rule: Rule, message: str, field: str | None = None, **values: object):
        super().__init__(message, field, **values)
        self.rule = rule


class Policy(Protocol):
    """What is None allows all."""

    products: Sequence[Product] | None
    extents: Sequence[Extent] | None
    zones: Sequence[int] | None
    areas: Sequence[Area] | None
    weekdays: Sequence[Weekday] | None
    begins: time | None
    ends: time | None
    top_price_ore: int | None
    purpose: str
    purpose_choices: Sequence[str]


@dataclass(frozen=True)
class Wish:
    """What somebody wants to buy, and when."""

    product: Product
    valid: Trip
    price_ore: int
    now: datetime
    valid_from: date | None = None
    """A later day; None: from now."""
    purpose: str = ""

    @classmethod
    def of(cls, price: Price, valid: Trip, now: datetime, valid_from: date | None = None,
           purpose: str = "") -> "Wish":
        return cls(price.product, valid, price.price_ore, now, valid_from, purpose)

    @property
    def clock(self) -> time | None:
        """In Sweden, when it begins to be valid; None on a later day, whose hours nobody knows."""
        return None if self.later else self.now.astimezone(STOCKHOLM).time()

    @property
    def day(self) -> date:
        return self.valid_from if self.later else self.today

    @property
    def later(self) -> bool:
        return self.valid_from is not None and self.valid_from > self.today

    @property
    def today(self) -> date:
        return self.now.astimezone(STOCKHOLM).date()


def product(policy: Policy, wish: Wish) -> Refused | None:
    if policy.products is None or wish.product in policy.products:
        return None
    return Refused(Rule.PRODUCT, "%(product)s ingår inte i din arbetsgivares policy.", "product",
                   product=Term(NAMES[wish.product]))


EXTENT_REASONS = {
    Extent.ZONES_1: sv("Biljetter i en zon ingår inte i din arbetsgivares policy."),
    Extent.ZONES_2: sv("Biljetter i två zoner ingår inte i din arbetsgivares policy."),
    Extent.COUNTY: sv("Biljetter i hela länet ingår inte i din arbetsgivares policy."),
    Extent.BORDER: sv("Biljetter över länsgränsen ingår inte i din arbetsgivares policy."),
}


def place(policy: Policy, wish: Wish) -> Refused | None:
    valid = wish.valid
    if policy.extents is not None and valid.extent not in policy.extents:
        return Refused(Rule.PLACE, EXTENT_REASONS[valid.extent], "place")
    if policy.zones is not None and not set(valid.zones) <= set(policy.zones):
        return Refused(Rule.PLACE, "Din arbetsgivares policy gäller i zon %(allowed)s. Biljetten "
                       "gäller i zon %(zones)s.", "place", allowed=_listed(policy.zones),
                       zones=_listed(valid.zones))
    if valid.area and policy.areas is not None and valid.area not in policy.areas:
        return Refused(Rule.PLACE, "Biljetter till %(area)s ingår inte i din arbetsgivares policy.",
                       "place", area=Term(AREA_NAMES[valid.area]))
    return None


def weekday(policy: Policy, wish: Wish) -> Refused | None:
    """A night belongs to the day that it began on."""
    if policy.weekdays is None:
        return None
    day = Weekday.of(wish.day - timedelta(days=_is_of_the_night_before(policy, wish)))
    if day in policy.weekdays:
        return None
    told = (sv("Din arbetsgivares policy gäller %(when)s. Biljetten börjar en %(weekday)s.")
            if wish.later else
            sv("Din arbetsgivares policy gäller %(when)s. I dag är det %(weekday)s."))
    return Refused(Rule.WEEKDAY, told, "valid_from", when=When(policy),
                   weekday=Term(WEEKDAY_NAMES[Weekday.of(wish.day)]))


def hours(policy: Policy, wish: Wish) -> Refused | None:
    """Of a ticket that begins now. From 22 to 05 is over midnight."""
    if policy.begins is None or policy.ends is None or wish.clock is None:
        return None
    if _within(policy.begins, policy.ends, wish.clock):
        return None
    return Refused(Rule.HOURS, "Din arbetsgivares policy gäller %(when)s. Klockan är nu %(clock)s.",
                   "valid_from", when=When(policy), clock=f"{wish.clock:%H.%M}")


def top_price(policy: Policy, wish: Wish) -> Refused | None:
    if policy.top_price_ore is None or wish.price_ore <= policy.top_price_ore:
        return None
    return Refused(Rule.TOP_PRICE, "En biljett får kosta högst %(most)s enligt din arbetsgivares "
                   "policy. Den här kostar %(price)s.", "product",
                   most=kr(policy.top_price_ore), price=kr(wish.price_ore))


def too_long() -> Refused:
    return Refused(Rule.PURPOSE, "Skriv högst %(most)s tecken.", "purpose", most=MOST_PURPOSE)


def purpose(policy: Policy, wish: Wish) -> Refused | None:
    if not policy.purpose:
        return None
    if not wish.purpose:
        return Refused(Rule.PURPOSE, "Fyll i %(purpose)s. Din arbetsgivare frågar efter det.",
                       "purpose", purpose=policy.purpose.lower())
    if policy.purpose_choices and wish.purpose not in policy.purpose_choices:
        return Refused(Rule.PURPOSE, "Välj ett av alternativen.", "purpose")
    return None


RULES: tuple[Callable[[Policy, Wish], Refused | None], ...] = (
    weekday, hours, place, product, top_price)
"""What can be told before anything is filled in; first what is the same whatever ticket it is."""
WHATEVER_TICKET = {Rule.WEEKDAY, Rule.HOURS, Rule.PLACE}


def judge(policy: Policy | None, wish: Wish) -> Refused | None:
    """The first reason against, apart from the purpose; None where the policy allows it."""
    reasons = (rule(policy, wish) for rule in RULES if policy)
    return next((reason for reason in reasons if reason), None)


@dataclass(frozen=True)
class When(Phrase):
    """måndag–fredag 06–19 · måndag, onsdag, fredag · alla dagar 22–05"""

    policy: Policy

    def written(self, translate: Callable[[str], str] = str) -> str:
        days = list(Weekday if self.policy.weekdays is None else self.policy.weekdays)
        said = SPANS.get(tuple(days))
        said = translate(said) if said else ", ".join(
            translate(WEEKDAY_NAMES[each]) for each in days)
        return " ".join(filter(None, (said, self._hours)))

    @property
    def _hours(self) -> str:
        begins, ends = self.policy.begins, self.policy.ends
        return f"{_clock(begins)}–{_clock(ends)}" if begins and ends else ""


def _clock(moment: time) -> str:
    return f"{moment:%H.%M}" if moment.minute else f"{moment:%H}"


def _listed(zones: Sequence[int]) -> str:
    return ", ".join(map(str, zones))


def _within(begins: time, ends: time, clock: time) -> bool:
    if begins < ends:
        return begins <= clock < ends
    return clock >= begins or clock < ends


def _is_of_the_night_before(policy: Policy, wish: Wish) -> bool:
    begins, ends, clock = policy.begins, policy.ends, wish.clock
    return bool(begins and ends and clock is not None and ends < begins and clock < ends)

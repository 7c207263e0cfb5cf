"""Changing a private customer's period before it begins: another first day, other zones, or a
dearer ticket, for which the difference is paid. A cheaper one is refused.
"""
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from domain import (
    audit,
    card_tickets,
    customers,
    price_lists,
    private_sales,
    sales,
    travel_cards,
)
from domain.access import Actor
from domain.errors import Conflict, Invalid
from domain.money import kr
from domain.months import days_later, midnight, today
from domain.price_lists import Line, Price
from domain.products import PERIOD_DAYS, Product, Trip
from domain.rules import rules
from domain.tickets import State, Ticket
from domain.travel_cards import TravelCard


@dataclass(frozen=True)
class Wish:
    """What the ticket is to be instead."""

    product: Product
    valid: Trip
    valid_from: date | None = None
    """None for one that begins when it is activated."""

    @classmethod
    def of(cls, ticket: Ticket) -> "Wish":
        """What it is."""
        return cls(ticket.product, ticket.trip, ticket.valid_from)


def refusal(ticket: Ticket, *, now: datetime) -> Conflict | None:
    """Why nothing of it can be changed, if nothing can."""
    if ticket.customer_id is None or ticket.product not in PERIOD_DAYS:
        return Conflict("Bara en period som du själv har köpt kan ändras.")
    if ticket.state(now) != State.UNACTIVATED or (ticket.valid_from and ticket.has_begun(now)):
        return Conflict("En biljett kan ändras innan den har börjat gälla. Den här har börjat "
                        "gälla, eller går inte att använda längre.")
    return None


def price_of(session: Session, ticket: Ticket, wish: Wish, *, now: datetime) -> int:
    """What the change costs, in öre: the difference to what was paid. Nothing for another first
    day, or for as many other zones. Raises `Invalid` or `Conflict` when it cannot be made."""
    _check(session, ticket, wish, now=now)
    more_ore = difference(ticket, _price(session, wish, now))
    if more_ore < 0:
        raise Invalid("Den biljetten är billigare än den du har. Du kan byta till en som kostar "
                      "minst %(price)s.", "product", price=kr(ticket.price_ore))
    return more_ore


def difference(ticket: Ticket, price: Line) -> int:
    """To what was paid for the ticket. None at all where it is the same thing, whatever that costs
    by now."""
    same = price.ware == (ticket.product, ticket.extent, ticket.area)
    return 0 if same else price.price_ore - ticket.price_ore


def carry_out(session: Session, ticket: Ticket, wish: Wish, *, paid_ore: int = 0,
              agreed_at: datetime | None = None, by: Actor | None, now: datetime) -> None:
    """With what has been paid for it, at the prices of when that was agreed on. It keeps its
    number: nothing has been signed for a ticket that has not begun, and a card's list says anew
    what it is."""
    _hold(session, ticket)
    _check(session, ticket, wish, now=now)
    if agreed_at and difference(ticket, _price(session, wish, agreed_at)) != paid_ore:
        raise Conflict("Biljetten hade redan ändrats när ändringen betalades.")
    if not paid_ore and price_of(session, ticket, wish, now=now):
        raise Conflict("Biljetten kostar mer än den du har. Betala mellanskillnaden först.")
    price = replace(_price(session, wish, now), price_ore=ticket.price_ore + paid_ore)
    if price.ware != (ticket.product, ticket.extent, ticket.area):
        for name, value in sales.agreed(wish.valid, price).items():
            setattr(ticket, name, value)
    ticket.zones = " ".join(map(str, wish.valid.zones))
    _begin(session, ticket, wish)
    card_tickets.put_anew(ticket)
    session.flush()
    audit.record(session, audit.Act.ACCOUNT_TICKET_CHANGED, ticket.id,
                 company_id=ticket.customer_id, by=by, now=now, number=ticket.number,
                 product=ticket.product, price_ore=paid_ore)


def _hold(session: Session, ticket: Ticket) -> None:
    """The card before the ticket, as does whoever moves what is on a card."""
    card_id = ticket.card_id
    if card_id:
        travel_cards.hold(session, card_id)
    session.refresh(ticket, with_for_update=True)
    if ticket.card_id != card_id:
        raise Conflict("Biljetten flyttades just nu. Försök igen.")


def earliest(ticket: Ticket, *, now: datetime) -> date:
    """The first day that it may begin instead."""
    return max(today(now), _month_from(ticket.first_from or ticket.valid_from or today(now), -1))


def latest(ticket: Ticket, *, now: datetime) -> date:
    """The last: within a month of the day that it was bought from, and on a card before it has to
    be activated."""
    day = _month_from(ticket.first_from or ticket.valid_from or today(now), 1)
    return min(day, today(ticket.activate_by)) if ticket.card_id else day


def _check(session: Session, ticket: Ticket, wish: Wish, *, now: datetime) -> None:
    if refused := refusal(ticket, now=now):
        raise refused
    if wish == Wish.of(ticket):
        raise Invalid("Det är så biljetten är nu. Välj något att ändra.")
    if wish.product not in PERIOD_DAYS:
        raise Invalid("En period kan bara bytas till en annan period.", "product")
    _price(session, wish, now)
    if wish.valid_from != ticket.valid_from:
        _check_start(ticket, wish.valid_from, now)
    customer = customers.find(session, ticket.customer_id)
    card = session.get(TravelCard, ticket.card_id) if ticket.card_id else None
    if wish.product != ticket.product or wish.valid_from != ticket.valid_from:
        private_sales.check_category(session, wish.product, private_sales.born_on(customer, card),
                                     wish.valid_from or today(now))
    if card:
        card_tickets.check(session, card, None, wish.product, wish.valid, besides=ticket.id,
                           now=now)


def _check_start(ticket: Ticket, starts_on: date | None, now: datetime) -> None:
    if starts_on is None:
        raise Invalid("Skriv vilken dag biljetten ska börja gälla.", "valid_from")
    if starts_on < today(now):
        raise Invalid("Startdagen har redan varit. Välj i dag eller senare.", "valid_from")
    first, last = earliest(ticket, now=now), latest(ticket, now=now)
    if not first <= starts_on <= last:
        raise Invalid("Den nya startdagen ska ligga inom en månad från den du köpte till: från "
                      "%(first)s till %(last)s.", "valid_from", first=first, last=last)


def _month_from(day: date, months: int) -> date:
    """The same day of the next month or the one before, or its last."""
    count = 12 * day.year + day.month - 1 + months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _price(session: Session, wish: Wish, now: datetime) -> Price:
    return price_lists.price(session, wish.product, wish.valid, now=now)


def _begin(session: Session, ticket: Ticket, wish: Wish) -> None:
    if wish.valid_from == ticket.valid_from:
        return
    ticket.first_from = ticket.first_from or ticket.valid_from
    ticket.valid_from = wish.valid_from
    if not ticket.card_id:
        starts = max(ticket.sold_at, midnight(wish.valid_from))
        ticket.activate_by = days_later(starts, rules(session).activate_within_days)

"""What a line of a cart or an order is called, in the reader's language."""
from dataclasses import dataclass

from blueprints.formats import day
from blueprints.language import _, sentence
from domain import shop_words
from domain.cart_prices import Priced, PricedCart
from domain.shop_orders import Kind
from domain.shop_wares import Part, Worded


def title(thing: Worded) -> str:
    return shop_words.title(thing, _)


def details(thing: Worded) -> str:
    return " · ".join(shop_words.details(thing, _, day=day))


@dataclass(frozen=True)
class Shown:
    """A line of a cart as it stands there."""

    priced: Priced
    title: str
    details: str
    parts: list[tuple[str, int]]
    """What it is made of, when it is more than one, with the price of each."""
    refusal: str


def shown(cart: PricedCart) -> list[Shown]:
    return [_shown(each) for each in cart.rows]


def _shown(priced: Priced) -> Shown:
    parts = priced.parts if len(priced.parts) > 1 else []
    return Shown(priced, title(priced.wish), details(priced.wish),
                 [(_part(each), each.amount_ore) for each in parts],
                 sentence(priced.refusal) if priced.refusal else "")


def _part(part: Part) -> str:
    """Kortet · 30-dagarsbiljett, Zon 181 Jönköping"""
    if part.kind == Kind.NEW_CARD:
        return _("Kortet")
    return ", ".join(filter(None, [title(part), details(part)]))

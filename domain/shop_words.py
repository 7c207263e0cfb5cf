"""What a line of a cart or of an order is called, where somebody reads it."""
from collections.abc import Callable
from datetime import date

from domain.card_numbers import mask_card
from domain.products import NAMES, place
from domain.shop_orders import KIND_NAMES, Kind
from domain.shop_wares import Worded
from domain.texts import sv

Translate = Callable[[str], str]
WHOLE = (Kind.PERIOD, Kind.TICKET)
"""What is known by its product alone."""


def title(thing: Worded, translate: Translate = str) -> str:
    """Reskassa · 30-dagarsbiljett · Ändring till 365-dagarsbiljett"""
    if thing.product is None or thing.kind == Kind.NEW_CARD:
        return translate(KIND_NAMES[thing.kind])
    product = translate(NAMES[thing.product])
    if thing.kind in WHOLE:
        return product
    return translate(sv("Ändring till %(product)s")) % {"product": product}


def details(thing: Worded, translate: Translate = str, *,
            day: Callable[[date], str] = date.isoformat) -> list[str]:
    """Zon 181 Jönköping · från tis 1 dec · Kort •••• 1234 Jobbet"""
    if thing.kind == Kind.NEW_CARD:
        return [each for each in (thing.label, _whose(thing, translate)) if each]
    told = [place(thing.trip, translate)] if thing.trip else []
    if thing.valid_from:
        told.append(translate(sv("från %(day)s")) % {"day": day(thing.valid_from)})
    if thing.card:
        name = thing.card.label or (thing.card.child.given_name if thing.card.child else "")
        told.append(f"{translate(sv('Resekort'))} {mask_card(thing.card.number)} {name}".strip())
    elif thing.kind == Kind.TICKET:
        told.append(translate(sv("i mobilen")))
    return told


def _whose(thing: Worded, translate: Translate) -> str:
    if thing.child is None:
        return ""
    return translate(sv("till %(name)s")) % {"name": thing.child.given_name}

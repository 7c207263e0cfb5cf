"""A cart as it is now: what each line costs, and what can no longer be bought."""
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from sqlalchemy.orm import Session

from domain import shop_wares
from domain.carts import Cart, CartLine
from domain.customers import Customer
from domain.errors import Conflict, DomainError, Invalid, NotFound
from domain.shop_orders import Kind
from domain.shop_wares import Known, Part, Wish


@dataclass(frozen=True)
class Priced:
    line: CartLine
    wish: Wish
    parts: list[Part]
    """Of one of it."""
    refusal: DomainError | None
    """Why it cannot be bought."""

    @property
    def each_ore(self) -> int:
        return sum(part.amount_ore for part in self.parts)

    @property
    def amount_ore(self) -> int:
        return self.each_ore * self.line.quantity

    @property
    def was_ore(self) -> int | None:
        """What it cost when it was put there, if that was something else."""
        changed = self.parts and self.line.shown_ore != self.each_ore
        return self.line.shown_ore * self.line.quantity if changed else None


@dataclass(frozen=True)
class PricedCart:
    rows: list[Priced]
    postage: list[Part]

    @cached_property
    def parts(self) -> list[Part]:
        """All that becomes lines of an order."""
        return [*(part for row in self.rows for _ in range(row.line.quantity)
                  for part in row.parts), *self.postage]

    @property
    def total_ore(self) -> int:
        return sum(part.amount_ore for part in self.parts)

    @property
    def vat_ore(self) -> int:
        """That of the lines: each is rounded by itself, as the receipt has it."""
        return sum(part.vat_ore for part in self.parts)

    @property
    def is_posted(self) -> bool:
        """Whether something comes by post."""
        return any(part.kind == Kind.NEW_CARD for part in self.parts)

    @property
    def is_sellable(self) -> bool:
        return bool(self.rows) and not any(row.refusal for row in self.rows)

    @property
    def pieces(self) -> int:
        return sum(row.line.quantity for row in self.rows)


def of(session: Session, cart: Cart | None, customer: Customer | None, *,
       now: datetime) -> PricedCart:
    lines = cart.lines if cart else []
    known = Known(session, [each.card for each in lines], now=now)
    wishes = {line.id: line.wish for line in lines}
    rows = [_priced(session, line, wishes, customer, known, now=now) for line in lines]
    new_cards = any(row.line.kind == Kind.NEW_CARD for row in rows)
    return PricedCart(rows, shop_wares.postage(session) if new_cards else [])


def _priced(session: Session, line: CartLine, wishes: dict[UUID, Wish], customer: Customer | None,
            known: Known, *, now: datetime) -> Priced:
    wish = wishes[line.id]
    beside = [each for each in wishes.values() if each is not wish]
    try:
        shop_wares.check(session, wish, customer, known, beside=beside, now=now)
        return Priced(line, wish, shop_wares.parts(session, wish, known, now=now), None)
    except (Invalid, Conflict, NotFound) as refusal:
        return Priced(line, wish, [], refusal)

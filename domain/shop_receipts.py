"""What a paid order is told of afterwards: by what it was paid, and what has come of its lines."""
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.parcels import Parcel
from domain.payments import Means, Payment
from domain.purse_loads import PurseLoad
from domain.shop_orders import Kind, ShopOrder
from domain.texts import sv
from domain.tickets import Ticket

MEANS_NAMES = {Means.SWISH: sv("Swish"), Means.CARD: sv("Bankkort")}


@dataclass(frozen=True)
class Results:
    """By the line that they came of."""

    parcels: dict[UUID, Parcel]
    loads: dict[UUID, PurseLoad]
    tickets: dict[UUID, Ticket]


def results(session: Session, order: ShopOrder) -> Results:
    def found(table, *kinds: Kind) -> dict[UUID, object]:
        of = {each.done_id: each.id for each in order.lines if each.kind in kinds and each.done_id}
        rows = session.scalars(select(table).where(table.id.in_(of))) if of else []
        return {of[row.id]: row for row in rows}

    return Results(found(Parcel, Kind.NEW_CARD), found(PurseLoad, Kind.PURSE),
                   found(Ticket, Kind.PERIOD, Kind.TICKET))


def payment(session: Session, order: ShopOrder) -> Payment | None:
    """The one that paid it; None when it cost nothing or is not paid."""
    return session.get(Payment, order.payment_id) if order.payment_id else None


@dataclass(frozen=True)
class Vat:
    basis_points: int
    gross_ore: int
    vat_ore: int


def vat(order: ShopOrder) -> Sequence[Vat]:
    """Of each rate, the highest first."""
    rates = sorted({each.vat_basis_points for each in order.lines}, reverse=True)
    return [Vat(rate, sum(each.amount_ore for each in order.lines
                          if each.vat_basis_points == rate),
                sum(each.vat_ore for each in order.lines if each.vat_basis_points == rate))
            for rate in rates]

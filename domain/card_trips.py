"""The latest trips with a travel card that is on an account of Mina sidor: few, and not for long.

They are the customer's own to see. No employer is ever shown them, also not of a card that the
employer has loaded.
"""
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, bindparam, delete, func, select
from sqlalchemy import Row as SqlRow
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.products import Product
from domain.rules import rules
from domain.store import Row
from domain.travel_cards import TravelCard


class Means(StrEnum):
    PURSE = "purse"
    TICKET = "ticket"


class CardTrip(Row):
    __tablename__ = "card_trips"
    __table_args__ = (Index("ix_card_trips_card_id_at", "card_id", "at"),)

    card_id: Mapped[UUID] = mapped_column(ForeignKey("travel_cards.id"))
    at: Mapped[datetime] = mapped_column(index=True)
    zone: Mapped[int | None]
    """Where the card was read, if the reader said."""
    means: Mapped[Means]
    product: Mapped[Product | None]
    """Of a ticket."""
    price_ore: Mapped[int]
    """What was taken of the purse; nothing when one had paid already."""


def record(session: Session, card: TravelCard, at: datetime, *, zone: int | None, means: Means,
           product: Product | None = None, price_ore: int = 0, now: datetime) -> None:
    """If the card is on an account, and the trip is not older than is kept. Those beyond the latest
    are gone at once."""
    if card.customer_id is None or at <= _since(session, now):
        return
    session.add(CardTrip(card_id=card.id, at=at, zone=zone, means=means, product=product,
                         price_ore=price_ore))
    session.flush()
    latest = (select(CardTrip.id).where(CardTrip.card_id == card.id)
              .order_by(CardTrip.at.desc(), CardTrip.id).limit(rules(session).trips_most))
    _delete(session, CardTrip.card_id == card.id, CardTrip.id.not_in(latest))


def latest(session: Session, card: TravelCard, *, now: datetime) -> Sequence[SqlRow]:
    """The newest first; none that is old, whether or not it has been forgotten yet."""
    return session.execute(_LATEST, {"card": card.id, "since": _since(session, now),
                                     "most": rules(session).trips_most}).all()


_TRIPS = CardTrip.__table__.c
_LATEST = (  # asked on page after page, and therefore made once, of the table alone
    select(_TRIPS.at, _TRIPS.zone, _TRIPS.means, _TRIPS.product, _TRIPS.price_ore)
    .where(_TRIPS.card_id == bindparam("card"), _TRIPS.at > bindparam("since"))
    .order_by(_TRIPS.at.desc(), _TRIPS.id).limit(bindparam("most")))


def forget(session: Session, *, now: datetime) -> int:
    """Those that are old, and those beyond the latest. Says how many."""
    place = func.row_number().over(partition_by=CardTrip.card_id,
                                   order_by=(CardTrip.at.desc(), CardTrip.id))
    placed = select(CardTrip.id, place.label("place")).subquery()
    beyond = select(placed.c.id).where(placed.c.place > rules(session).trips_most)
    return (_delete(session, CardTrip.at <= _since(session, now))
            + _delete(session, CardTrip.id.in_(beyond)))


def forget_card(session: Session, card_id: UUID) -> None:
    """The card leaves the account: whoever registers it next sees nothing of what was."""
    _delete(session, CardTrip.card_id == card_id)


def _since(session: Session, now: datetime) -> datetime:
    return now - timedelta(days=rules(session).trip_days)


def _delete(session: Session, *those) -> int:
    return session.execute(delete(CardTrip).where(*those)
                           .execution_options(synchronize_session=False)).rowcount

"""The ledger of purses: what has been put on each travel card's purse and taken of it. It only
grows.

A purse's balance is guarded here, by one conditional UPDATE, and is always the sum of its entries.
What moves the money stands in `purse_loads` and `purses`.
"""
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, bindparam, func, select, union_all, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.months import Month
from domain.store import Base, insert_missing, partial_index


class Kind(StrEnum):
    LOADED = "loaded"
    """A load that was waiting, at the payment that it was activated by, or as it moved."""
    CHARGED = "charged"
    """A payment on board."""
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"
    RECHARGED = "recharged"
    """By a clerk, for a card that did not work."""


class Purse(Base):
    __tablename__ = "purses"
    __table_args__ = (
        CheckConstraint("balance_ore >= 0", name="ck_purses_balance_ore"),
        partial_index("ix_purses_to_list", "card_id", where="entry IS NULL"),
    )

    card_id: Mapped[UUID] = mapped_column(ForeignKey("travel_cards.id"), primary_key=True)
    balance_ore: Mapped[int] = mapped_column(default=0)
    entry: Mapped[int | None] = mapped_column(unique=True)
    """Its place in the list that the ticket system fetches; None when it is not there as it is."""
    paid_at: Mapped[datetime | None]
    paid_until: Mapped[datetime | None] = mapped_column(index=True)
    paid_zones: Mapped[str] = mapped_column(default="")
    """What was paid last on board, while one may change to another bus on it."""


class PurseEntry(Base):
    __tablename__ = "purse_entries"

    card_id: Mapped[UUID] = mapped_column(ForeignKey("purses.card_id"), primary_key=True)
    kind: Mapped[Kind] = mapped_column(primary_key=True)
    source_id: Mapped[UUID] = mapped_column(primary_key=True)
    """Why: the load, the payment, the move. Each once, whoever tries."""
    amount_ore: Mapped[int]
    """What it puts there; below zero what it takes."""
    at: Mapped[datetime]
    """Of a payment on board only its month: when somebody travelled is told by `card_trips`, and
    not for long."""


def balance(session: Session, card_id: UUID) -> int:
    """What is there, in öre; loads that wait are not."""
    return session.scalar(select(Purse.balance_ore).where(Purse.card_id == card_id)) or 0


def balances(session: Session, card_ids: Collection[UUID]) -> dict[UUID, int]:
    """The same of many; a card that has never had a purse is not there."""
    return dict(session.execute(_BALANCES, {"cards": list(card_ids)}).all())


_BALANCES = (  # asked on page after page, and therefore made once
    select(Purse.__table__.c.card_id, Purse.__table__.c.balance_ore)
    .where(Purse.__table__.c.card_id.in_(bindparam("cards", expanding=True))))


def has(session: Session, card_id: UUID, kind: Kind, source_id: UUID) -> bool:
    return session.get(PurseEntry, (card_id, kind, source_id)) is not None


def add(session: Session, card_id: UUID, kind: Kind, amount_ore: int, *, source_id: UUID,
        now: datetime) -> bool:
    """Put so much there, or take it; False, and nothing done, when there is less than that."""
    session.flush()
    if amount_ore > 0:
        insert_missing(session, Purse, card_id=card_id, balance_ore=0, paid_zones="")
    changed = session.execute(
        update(Purse)
        .where(Purse.card_id == card_id, Purse.balance_ore + amount_ore >= 0)
        .values(balance_ore=Purse.balance_ore + amount_ore, entry=None)
        .execution_options(synchronize_session=False))
    if not changed.rowcount:
        return False
    at = Month.of(now).start if kind == Kind.CHARGED else now
    session.add(PurseEntry(card_id=card_id, kind=kind, source_id=source_id, amount_ore=amount_ore,
                           at=at))
    session.flush()
    return True


def put_anew(session: Session, card_id: UUID) -> None:
    """The purse is not as it was listed: its card is frozen or blocked, or a load waits."""
    session.flush()
    session.execute(update(Purse).where(Purse.card_id == card_id).values(entry=None)
                    .execution_options(synchronize_session=False))


def differences(session: Session) -> dict[UUID, int]:
    """So many öre more than the entries say, by card, of the purses where that is not none."""
    card_id, ore = union_all(
        select(Purse.card_id, Purse.balance_ore),
        select(PurseEntry.card_id, -PurseEntry.amount_ore)).subquery().c
    total = func.sum(ore)
    return {card_id: int(more) for card_id, more in session.execute(
        select(card_id, total).group_by(card_id).having(total != 0))}

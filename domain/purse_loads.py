"""Loads of purses: money that is paid for and waits for its card to be used.

A load is on its way to the ticket system, then waits on the card, and is activated by the next
payment with the purse. One that nobody has used in time is ended by a clerk, or by itself.
"""
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, func, select, update
from sqlalchemy.orm import Mapped, Session, contains_eager, mapped_column, relationship

from domain import audit, purse_entries
from domain.access import Actor
from domain.card_numbers import mask_card
from domain.customers import Customer
from domain.errors import Conflict, NotFound
from domain.months import days_later
from domain.purse_entries import Kind, Purse
from domain.rules import rules
from domain.store import Row, insert_missing, partial_index
from domain.travel_cards import TravelCard


class Stage(StrEnum):
    """How far a load has come."""

    ON_ITS_WAY = "on_its_way"
    LATE = "late"
    """It should have been there by now."""
    WAITING = "waiting"
    ACTIVATED = "activated"
    EXPIRED = "expired"
    """Nobody has used it in time; what becomes of it is not decided."""
    REFUNDED = "refunded"
    FORFEITED = "forfeited"


class Ended(StrEnum):
    REFUNDED = "refunded"
    FORFEITED = "forfeited"


class PurseLoad(Row):
    __tablename__ = "purse_loads"
    __table_args__ = (
        partial_index("ix_purse_loads_waiting", "expires_at",
                      where="activated_at IS NULL AND ended_at IS NULL"),
        partial_index("ix_purse_loads_to_cards", "entry", where="available_at IS NULL"),
    )

    card_id: Mapped[UUID] = mapped_column(ForeignKey("travel_cards.id"), index=True)
    amount_ore: Mapped[int]
    source_id: Mapped[UUID] = mapped_column(unique=True)
    """The line of the order that it was paid by."""
    paid_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    entry: Mapped[int | None]
    """The place in the list of purses where the ticket system is told of it."""
    available_at: Mapped[datetime | None]
    """When the ticket system knew of it."""
    reminded_at: Mapped[datetime | None]
    activated_at: Mapped[datetime | None]
    """When it was paid with; once that is not to be known any more, when it was paid for."""
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[Ended | None]

    card: Mapped[TravelCard] = relationship()


ENDINGS = {Ended.REFUNDED: audit.Act.PURSE_LOAD_REFUNDED,
           Ended.FORFEITED: audit.Act.PURSE_LOAD_FORFEITED}
OPEN = PurseLoad.activated_at.is_(None) & PurseLoad.ended_at.is_(None)
"""Neither used nor ended."""


def put(session: Session, card: TravelCard, amount_ore: int, *, source_id: UUID,
        by: Actor | None, now: datetime) -> PurseLoad:
    """Paid for. Harmless twice: what is paid by the same line is the same load. Raises `Conflict`
    when the card is blocked."""
    blocked = session.scalar(select(TravelCard.blocked_at).where(TravelCard.id == card.id)
                             .with_for_update(key_share=True))
    if blocked:
        raise Conflict("Kortet är spärrat och kan inte laddas.")
    new = insert_missing(session, PurseLoad, id=uuid4(), card_id=card.id, amount_ore=amount_ore,
                         source_id=source_id, paid_at=now,
                         expires_at=days_later(now, rules(session).topup_days))
    load = session.scalars(select(PurseLoad).where(PurseLoad.source_id == source_id)).one()
    if new:
        insert_missing(session, Purse, card_id=card.id, balance_ore=0, paid_zones="")
        purse_entries.put_anew(session, card.id)
        _record(session, audit.Act.PURSE_LOADED, load, card, by=by, now=now)
    return load


def find(session: Session, load_id: UUID) -> PurseLoad:
    load = session.get(PurseLoad, load_id)
    if load is None:
        raise NotFound("Laddningen finns inte.")
    return load


def waiting(session: Session, card_id: UUID, *, now: datetime) -> list[PurseLoad]:
    """Those that the next payment activates, the oldest first."""
    return list(session.scalars(
        select(PurseLoad).where(PurseLoad.card_id == card_id, OPEN, PurseLoad.expires_at > now)
        .order_by(PurseLoad.paid_at, PurseLoad.id)))


def of_card(session: Session, card_id: UUID, *, most: int = 20) -> list[PurseLoad]:
    """The newest first."""
    return list(session.scalars(
        select(PurseLoad).where(PurseLoad.card_id == card_id)
        .order_by(PurseLoad.paid_at.desc(), PurseLoad.id).limit(most)))


def stage(session: Session, load: PurseLoad, *, now: datetime) -> Stage:
    if load.ended_as:
        return Stage(load.ended_as.value)
    if load.activated_at:
        return Stage.ACTIVATED
    if now >= load.expires_at:
        return Stage.EXPIRED
    if load.available_at:
        return Stage.WAITING
    late = now > load.paid_at + timedelta(hours=rules(session).card_hours)
    return Stage.LATE if late else Stage.ON_ITS_WAY


def hold(session: Session, card_id: UUID) -> None:
    """For whoever changes the purse before the loads: all take the loads first."""
    session.execute(select(PurseLoad.id).where(PurseLoad.card_id == card_id, OPEN)
                    .order_by(PurseLoad.id).with_for_update())


def worth(session: Session, card_id: UUID, *, at: datetime) -> int:
    """What an activation at that moment puts in the purse. Nobody ends them until the commit."""
    held = select(PurseLoad.amount_ore).where(*_usable(card_id, at)).with_for_update()
    return sum(session.scalars(held))


def activate(session: Session, card_id: UUID, *, at: datetime, now: datetime) -> int:
    """Into the purse with what is waiting at that moment; says how much that was."""
    found = session.execute(
        update(PurseLoad).where(*_usable(card_id, at)).values(activated_at=at)
        .returning(PurseLoad.id, PurseLoad.amount_ore)
        .execution_options(synchronize_session=False)).all()
    for load_id, amount_ore in found:
        purse_entries.add(session, card_id, Kind.LOADED, amount_ore, source_id=load_id, now=now)
    _see_anew(session)
    return sum(amount_ore for _, amount_ore in found)


def _usable(card_id: UUID, at: datetime):
    return (PurseLoad.card_id == card_id, OPEN, PurseLoad.paid_at <= at, PurseLoad.expires_at > at)


# The end of what nobody uses.


def expired(session: Session, *, now: datetime,
            most: int = 200) -> list[tuple[PurseLoad, Customer | None]]:
    """What waits for a clerk, the oldest first, and on whose account the card is."""
    return [(load, customer) for load, customer in session.execute(
        select(PurseLoad, Customer).join(PurseLoad.card)
        .outerjoin(Customer, Customer.id == TravelCard.customer_id)
        .where(OPEN, PurseLoad.expires_at <= now).options(contains_eager(PurseLoad.card))
        .order_by(PurseLoad.expires_at, PurseLoad.id).limit(most))]


def expired_count(session: Session, *, now: datetime) -> int:
    return session.scalar(select(func.count()).select_from(PurseLoad)
                          .where(OPEN, PurseLoad.expires_at <= now))


def end(session: Session, load: PurseLoad, how: Ended, *, by: Actor | None, now: datetime) -> None:
    """It is not to be used any more. One that is used at the same moment is one or the other. The
    money of a refund is another's business."""
    ended = session.execute(
        update(PurseLoad).where(PurseLoad.id == load.id, OPEN)
        .values(ended_at=now, ended_as=how).execution_options(synchronize_session=False))
    session.refresh(load)
    if not ended.rowcount:
        if load.ended_at:
            raise Conflict("Laddningen är redan avslutad.")
        raise Conflict("Laddningen har använts.")
    purse_entries.put_anew(session, load.card_id)
    _record(session, ENDINGS[how], load, load.card, by=by, now=now)


def forfeit(session: Session, *, now: datetime, most: int) -> int:
    """If the rules say so, of what nobody has used: once no bus can report any more that it was.
    Says how many."""
    if not rules(session).topup_forfeits:
        return 0
    over = now - timedelta(days=rules(session).card_report_days)
    ended = list(session.scalars(
        select(PurseLoad).where(OPEN, PurseLoad.expires_at <= over)
        .order_by(PurseLoad.card_id, PurseLoad.id).limit(most)
        .with_for_update(skip_locked=True)))
    for load in ended:
        end(session, load, Ended.FORFEITED, by=None, now=now)
    return len(ended)


def forget(session: Session, *, before: datetime) -> int:
    """When somebody paid with what they had loaded."""
    return session.execute(
        update(PurseLoad)
        .where(PurseLoad.activated_at < before, PurseLoad.activated_at != PurseLoad.paid_at)
        .values(activated_at=PurseLoad.paid_at)
        .execution_options(synchronize_session=False)).rowcount


def _record(session: Session, act: audit.Act, load: PurseLoad, card: TravelCard, *,
            by: Actor | None, now: datetime) -> None:
    audit.record(session, act, load.id, company_id=card.customer_id, by=by, now=now,
                 card=mask_card(card.number), amount_ore=load.amount_ore)


def _see_anew(session: Session) -> None:
    for each in list(session.identity_map.values()):
        if isinstance(each, PurseLoad):
            session.expire(each)

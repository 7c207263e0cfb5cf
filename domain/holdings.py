"""Which phone holds a ticket: the first that opens it, until it is moved to another.

A phone is known by a secret that it was given, of which only the hash is kept. No employer is shown
any of this: it would tell when a ticket was opened.
"""
from datetime import datetime
from enum import StrEnum
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import audit
from domain.access import Actor
from domain.errors import Conflict
from domain.identity import token_hash
from domain.months import days_later, today
from domain.products import PERIOD_DAYS
from domain.rules import rules
from domain.store import Base, insert_missing
from domain.tickets import OVER, Ticket


class Held(StrEnum):
    NOWHERE = "nowhere"
    HERE = "here"
    ELSEWHERE = "elsewhere"


class Holding(Base):
    __tablename__ = "ticket_holdings"

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"), primary_key=True)
    phone_hash: Mapped[bytes]
    moves: Mapped[int] = mapped_column(default=0)
    """So many times it has been moved since `counted_from`."""
    counted_from: Mapped[datetime]

    def is_of(self, secret: str | None) -> bool:
        return bool(secret) and compare_digest(self.phone_hash, token_hash(secret))


def held(session: Session, ticket: Ticket, secret: str | None) -> Held:
    """`secret` is the phone's that asks; None when it has none."""
    holding = session.get(Holding, ticket.id)
    if holding is None:
        return Held.NOWHERE
    return Held.HERE if holding.is_of(secret) else Held.ELSEWHERE


def take(session: Session, ticket: Ticket, secret: str, *, now: datetime) -> bool:
    """The ticket is this phone's if no other has it; says whether it is. Until the commit nobody
    moves it."""
    if _first(session, ticket, secret, now=now):
        return True
    holding = _locked(session, ticket)
    return holding is not None and holding.is_of(secret)


def keep(session: Session, ticket: Ticket, secret: str, *, now: datetime) -> None:
    """Before what only the phone that holds the ticket may do. The ticket is locked before its
    holding, as by all who change both."""
    session.refresh(ticket, with_for_update=True)
    if not take(session, ticket, secret, now=now):
        raise Conflict("Biljetten finns på en annan telefon. Flytta den hit först.")


def move(session: Session, ticket: Ticket, secret: str, *, by: Actor | None,
         now: datetime) -> None:
    """The phone that had it has it no more. Who moves it has shown that it is theirs: by a code
    that was sent to its number, or by signing in."""
    check_usable(ticket, now=now)
    if take(session, ticket, secret, now=now):
        return
    check_moves(session, ticket, now=now)
    holding = session.get_one(Holding, ticket.id)
    if now >= _counted_until(session, holding):
        holding.moves, holding.counted_from = 0, now
    holding.moves += 1
    holding.phone_hash = token_hash(secret)
    audit.record(session, audit.Act.TICKET_MOVED, ticket.id, company_id=None, by=by, now=now)


def check_usable(ticket: Ticket, *, now: datetime) -> None:
    if ticket.state(now) in OVER:
        raise Conflict("Biljetten går inte att använda längre.")


def check_moves(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """A ticket that wanders is lent out: it may be moved a few times a month."""
    holding = session.get(Holding, ticket.id)
    if holding is None or holding.moves < rules(session).ticket_moves_max:
        return
    until = _counted_until(session, holding)
    if now < until:
        raise Conflict("Biljetten har flyttats för många gånger. Den kan flyttas igen %(day)s.",
                       day=today(until).isoformat())


def release(session: Session, ticket_id: UUID) -> None:
    """No phone holds it: the next one that opens it does."""
    session.execute(delete(Holding).where(Holding.ticket_id == ticket_id))


def forget(session: Session, *, now: datetime) -> None:
    """Of tickets that nobody can use any longer."""
    useless = select(Ticket.id).where(
        Ticket.activate_by < days_later(now, -max(PERIOD_DAYS.values())))
    session.execute(delete(Holding).where(Holding.ticket_id.in_(useless)))


def _first(session: Session, ticket: Ticket, secret: str, *, now: datetime) -> bool:
    return insert_missing(session, Holding, ticket_id=ticket.id, phone_hash=token_hash(secret),
                          moves=0, counted_from=now)


def _locked(session: Session, ticket: Ticket) -> Holding | None:
    return session.scalar(
        select(Holding).where(Holding.ticket_id == ticket.id)
        .with_for_update().execution_options(populate_existing=True))


def _counted_until(session: Session, holding: Holding) -> datetime:
    return days_later(holding.counted_from, rules(session).ticket_moves_days)

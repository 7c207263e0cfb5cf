"""One-time codes, by which a traveller registers Allpay. Only a hash of a code is kept.

A code is ordered by the company's side and issued by the worker at the moment of sending, so that
it is in no table and no queue on its way; sent a second time, it is the same code.
"""
import hmac
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.months import days_later
from domain.rules import rules
from domain.store import Row, partial_index

DIGITS = 6


class Outcome(StrEnum):
    REDEEMED = "redeemed"
    WRONG = "wrong"
    EXPIRED = "expired"
    LOCKED = "locked"
    NONE = "none"


class OneTimeCode(Row):
    __tablename__ = "one_time_codes"
    __table_args__ = (
        partial_index("uq_one_time_codes_current", "connection_id", where="voided_at IS NULL",
                      unique=True),
    )

    connection_id: Mapped[UUID] = mapped_column(
        ForeignKey("business_travel_connections.id"), index=True)
    ordered_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    code_hash: Mapped[bytes | None]
    wrong_tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]


def order(session: Session, connection_id: UUID, *, now: datetime) -> OneTimeCode:
    """A connection has one code at a time: the one before has to be voided first."""
    code = OneTimeCode(connection_id=connection_id, ordered_at=now)
    session.add(code)
    session.flush()
    return code


def order_each(session: Session, connection_ids: list[UUID], *, now: datetime) -> dict[UUID, UUID]:
    """The id of each connection's code."""
    rows = [{"id": uuid4(), "connection_id": each, "ordered_at": now} for each in connection_ids]
    session.execute(insert(OneTimeCode), rows)
    return {row["connection_id"]: row["id"] for row in rows}


def void(session: Session, *connection_ids: UUID, now: datetime) -> None:
    session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.connection_id.in_(connection_ids), OneTimeCode.voided_at.is_(None))
        .values(voided_at=now))


def current(session: Session, connection_ids: list[UUID]) -> dict[UUID, OneTimeCode]:
    found = session.scalars(select(OneTimeCode).where(
        OneTimeCode.connection_id.in_(connection_ids), OneTimeCode.voided_at.is_(None)))
    return {code.connection_id: code for code in found}


def issue(session: Session, code_id: UUID, *, now: datetime) -> str | None:
    """The digits, which are about to be sent; None when the code was voided meanwhile."""
    code = session.get_one(OneTimeCode, code_id)
    if code.voided_at or code.used_at:
        return None
    vault = session.info["vault"]
    digits = vault.digits(f"one-time code {code.id}", DIGITS)
    code.code_hash = vault.code_hash(digits, str(code.connection_id))
    code.issued_at, code.expires_at = now, days_later(now, rules(session).code_days)
    return digits


def redeem(session: Session, connection_id: UUID, digits: str, *, now: datetime) -> Outcome:
    """Use the code. A wrong one is counted, so the caller commits whatever the outcome."""
    code = session.scalar(
        select(OneTimeCode)
        .where(OneTimeCode.connection_id == connection_id, OneTimeCode.voided_at.is_(None))
        .with_for_update().execution_options(populate_existing=True))
    if code is None or code.code_hash is None or code.used_at:
        return Outcome.NONE
    if code.wrong_tries >= rules(session).code_tries:
        return Outcome.LOCKED
    if now >= code.expires_at:
        return Outcome.EXPIRED
    typed = session.info["vault"].code_hash(digits, str(connection_id))
    if not hmac.compare_digest(typed, code.code_hash):
        code.wrong_tries += 1
        return Outcome.WRONG
    code.used_at = now
    return Outcome.REDEEMED

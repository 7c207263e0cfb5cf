"""One-time codes, by which a traveller registers Allpay. Only a hash of a code is kept.

A code is ordered by the company's side and issued by the worker at the moment of sending, so that
it is in no table and no queue on its way; sent a second time, it is the same code.
"""
import hmac
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, ForeignKey, Uuid, bindparam, insert, select, update
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
        partial_index("ix_one_time_codes_unused", "expires_at",
                      where="voided_at IS NULL AND used_at IS NULL AND reminded_at IS NULL"),
    )

    connection_id: Mapped[UUID] = mapped_column(
        ForeignKey("business_travel_connections.id"), index=True)
    sending_id: Mapped[UUID | None] = mapped_column(ForeignKey("code_sendings.id"), index=True)
    """When it was ordered together with many."""
    ordered_at: Mapped[datetime]
    issued_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    code_hash: Mapped[bytes | None]
    wrong_tries: Mapped[int] = mapped_column(default=0)
    reminded_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    voided_at: Mapped[datetime | None]


def order(session: Session, connection_id: UUID, *, now: datetime) -> OneTimeCode:
    """A connection has one code at a time: the one before has to be voided first."""
    code = OneTimeCode(connection_id=connection_id, ordered_at=now)
    session.add(code)
    session.flush()
    return code


def order_each(session: Session, connection_ids: list[UUID], *, sending_id: UUID | None = None,
               now: datetime) -> dict[UUID, UUID]:
    """The id of each connection's code."""
    rows = [{"id": uuid4(), "connection_id": each, "ordered_at": now, "sending_id": sending_id}
            for each in connection_ids]
    session.execute(insert(OneTimeCode), rows)
    return {row["connection_id"]: row["id"] for row in rows}


def void(session: Session, *connection_ids: UUID, now: datetime) -> None:
    theirs = OneTimeCode.connection_id.in_(connection_ids)
    if len(connection_ids) > 1:
        _held(session, theirs)
    session.execute(update(OneTimeCode).where(theirs, OneTimeCode.voided_at.is_(None))
                    .values(voided_at=now))


def current(session: Session, connection_ids: list[UUID]) -> dict[UUID, OneTimeCode]:
    found = session.scalars(_CURRENT, {"connection_ids": connection_ids})
    return {code.connection_id: code for code in found}


_CURRENT = select(OneTimeCode).where(
    OneTimeCode.connection_id.in_(bindparam("connection_ids", type_=Uuid, expanding=True)),
    OneTimeCode.voided_at.is_(None))


def issue(session: Session, code_id: UUID, *, now: datetime) -> str | None:
    """The digits, which are about to be sent; None when the code was voided meanwhile."""
    return issue_each(session, [code_id], now=now).get(code_id)


def issue_each(session: Session, code_ids: Collection[UUID], *, now: datetime) -> dict[UUID, str]:
    """The same of many; one that was voided meanwhile is not there."""
    vault, digits_of = session.info["vault"], {}
    expires_at = days_later(now, rules(session).code_days)
    for code in _held(session, OneTimeCode.id.in_(code_ids), OneTimeCode.used_at.is_(None)):
        digits = digits_of[code.id] = vault.digits(f"one-time code {code.id}", DIGITS)
        code.code_hash = vault.code_hash(digits, str(code.connection_id))
        code.issued_at, code.expires_at = now, expires_at
    session.flush()
    return digits_of


def _held(session: Session, *which: ColumnElement[bool]) -> list[OneTimeCode]:
    """Those that are not void, in one order: two who hold many do not wait for each other."""
    return list(session.scalars(
        select(OneTimeCode).where(OneTimeCode.voided_at.is_(None), *which)
        .order_by(OneTimeCode.id).with_for_update().execution_options(populate_existing=True)))


def redeem(session: Session, connection_id: UUID, digits: str, *, named: bool = True,
           now: datetime) -> Outcome:
    """Use the code; `named` when the user name that was typed with it is right. A wrong one of
    either is counted, and answered alike, so the caller commits whatever the outcome."""
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
    if not hmac.compare_digest(typed, code.code_hash) or not named:
        code.wrong_tries += 1
        return Outcome.WRONG
    code.used_at = now
    return Outcome.REDEEMED

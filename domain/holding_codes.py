"""Codes that move a ticket to another phone: whoever reads the text messages of the number that the
ticket was sent to has it. Made by the worker that sends it; only a hash is kept."""
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import holdings, limits, messages
from domain.codes import DIGITS, Outcome
from domain.errors import Conflict
from domain.rules import rules
from domain.store import Row, partial_index
from domain.tickets import Ticket


class HoldingCode(Row):
    __tablename__ = "holding_codes"
    __table_args__ = (
        partial_index("uq_holding_codes_current", "ticket_id", where="voided_at IS NULL",
                      unique=True),
    )

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id"))
    ordered_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime | None]
    code_hash: Mapped[bytes | None]
    """Of the digits and the number that they were sent to; None until they are sent."""
    wrong_tries: Mapped[int] = mapped_column(default=0)
    voided_at: Mapped[datetime | None]
    """Used, or followed by another."""


def order(session: Session, ticket: Ticket, *, now: datetime) -> None:
    """A code by text message to the ticket's number; the one before is void."""
    holdings.check_usable(ticket, now=now)
    holdings.check_moves(session, ticket, now=now)
    if not ticket.mobile:
        raise Conflict("Biljetten har inget mobilnummer. Logga in för att flytta den.")
    for what, who, most in (
            ("holding code", str(ticket.id), rules(session).holding_codes_per_hour),
            ("holding code to", ticket.mobile, rules(session).holding_codes_per_number)):
        limits.take(session, what, who, per_hour=most, now=now)
    _void(session, ticket, now=now)
    code = HoldingCode(ticket_id=ticket.id, ordered_at=now)
    session.add(code)
    session.flush()
    messages.put_sms(session, "holding_code", to=ticket.mobile, about_id=code.id,
                     company_id=ticket.company_id, language=ticket.language, now=now,
                     product=ticket.product,
                     minutes=rules(session).holding_code_minutes)


def issue(session: Session, code_id: UUID, *, now: datetime) -> str | None:
    """The digits, which are about to be sent; None when another code has been ordered, or the
    ticket has another number."""
    code = session.get(HoldingCode, code_id)
    if code is None or code.voided_at:
        return None
    digits = session.info["vault"].digits(f"holding code {code.id}", DIGITS)
    code.code_hash = _hash(session, session.get_one(Ticket, code.ticket_id), digits)
    code.expires_at = now + timedelta(minutes=rules(session).holding_code_minutes)
    return digits


def redeem(session: Session, ticket: Ticket, digits: str, *, now: datetime) -> Outcome:
    """Use the code. A wrong one is counted, so the caller commits whatever the outcome."""
    code = session.scalar(
        select(HoldingCode)
        .where(HoldingCode.ticket_id == ticket.id, HoldingCode.voided_at.is_(None))
        .with_for_update().execution_options(populate_existing=True))
    if code is None or code.code_hash is None:
        return Outcome.NONE
    if code.wrong_tries >= rules(session).code_tries:
        return Outcome.LOCKED
    if now >= code.expires_at:
        return Outcome.EXPIRED
    if not hmac.compare_digest(_hash(session, ticket, digits), code.code_hash):
        code.wrong_tries += 1
        return Outcome.WRONG
    code.voided_at = now
    return Outcome.REDEEMED


def tries_left(session: Session, ticket: Ticket) -> int:
    wrong = session.scalar(select(HoldingCode.wrong_tries).where(
        HoldingCode.ticket_id == ticket.id, HoldingCode.voided_at.is_(None)))
    return rules(session).code_tries - (wrong or 0)


def forget(session: Session, *, before: datetime) -> None:
    session.execute(delete(HoldingCode).where(HoldingCode.ordered_at < before))


def _void(session: Session, ticket: Ticket, *, now: datetime) -> None:
    session.execute(
        update(HoldingCode)
        .where(HoldingCode.ticket_id == ticket.id, HoldingCode.voided_at.is_(None))
        .values(voided_at=now))


def _hash(session: Session, ticket: Ticket, digits: str) -> bytes:
    """With the number in it, so that a code which went to one number moves nothing once the ticket
    has another."""
    return session.info["vault"].code_hash(digits, f"{ticket.id} {ticket.mobile}")

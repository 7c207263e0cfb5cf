"""Money that has come in, and what of it has not found its invoice."""
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain import audit
from domain.access import Actor
from domain.bank_files import BankFile
from domain.errors import Conflict, Invalid, NotFound
from domain.store import Row, partial_index


class Doubt(StrEnum):
    """Why a clerk has to look at it."""

    UNKNOWN = "unknown"
    """No invoice has that number."""
    OVER = "over"
    """More than was left of the invoice."""
    PAID_ALREADY = "paid_already"
    """Nothing was left of the invoice."""
    SEVERAL = "several"
    """Of several invoices, and the sum is not theirs."""
    DEDUCTION = "deduction"
    """The payer has drawn money off, and not for a credit note that has so much left."""
    TAKEN_BACK = "taken_back"
    """A clerk found that it was matched to the wrong invoice."""


class IncomingPayment(Row):
    __tablename__ = "incoming_payments"
    __table_args__ = (
        partial_index("ix_incoming_payments_open", "paid_on", where="left_ore <> 0"),)

    bank_file_id: Mapped[UUID | None] = mapped_column(ForeignKey("bank_files.id"), index=True)
    """None when a clerk wrote it down."""
    bank_key: Mapped[str | None] = mapped_column(unique=True)
    """What the bank knows it by: read in two files it is one payment."""
    paid_on: Mapped[date]
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    """Below zero when the payer has drawn off a credit note."""
    left_ore: Mapped[int] = mapped_column(BigInteger)
    """Of it, what no invoice has."""
    reference: Mapped[str]
    """The OCR number, or what the payer wrote instead; several with a space between."""
    payer: Mapped[str] = mapped_column(default="")
    payer_number: Mapped[str] = mapped_column(default="")
    """The organisation number of who paid, when the bank tells."""
    message: Mapped[str] = mapped_column(default="")
    doubt: Mapped[Doubt | None]
    made_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    """When a clerk paid it back, or found that it is no payment of ours."""
    note: Mapped[str] = mapped_column(default="")
    """What the clerk did with it, in their own words."""

    bank_file: Mapped[BankFile | None] = relationship()


def find(session: Session, payment_id: UUID) -> IncomingPayment:
    payment = session.get(IncomingPayment, payment_id)
    if payment is None:
        raise NotFound("Inbetalningen finns inte.")
    return payment


def hold(session: Session, payment: IncomingPayment) -> None:
    """As it stands now, and nobody else uses it until the commit."""
    session.flush()
    session.refresh(payment, with_for_update=True)


def doubtful(session: Session, *, most: int = 200) -> list[IncomingPayment]:
    """With something left that no invoice has, the oldest first."""
    return list(session.scalars(select(IncomingPayment).where(_LEFT)
                                .order_by(IncomingPayment.paid_on, IncomingPayment.id)
                                .limit(most)))


def of_file(session: Session, file: BankFile) -> list[IncomingPayment]:
    """Those that were new in it, the ones to look at first."""
    return list(session.scalars(
        select(IncomingPayment).where(IncomingPayment.bank_file_id == file.id)
        .order_by(IncomingPayment.left_ore == 0, IncomingPayment.payer, IncomingPayment.id)))


def doubtful_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(IncomingPayment).where(_LEFT))


def close(session: Session, payment: IncomingPayment, note: str, *, by: Actor,
          now: datetime) -> None:
    """What is left of it is paid back, or is not ours: it is settled outside the portal."""
    if not note:
        raise Invalid("Skriv vad som har hänt med pengarna.", "note")
    hold(session, payment)
    if not payment.left_ore:
        raise Conflict("Det finns inget kvar av inbetalningen.")
    audit.record(session, audit.Act.INCOMING_PAYMENT_CLOSED, payment.id, company_id=None, by=by,
                 now=now, amount_ore=payment.left_ore, note=note)
    payment.left_ore, payment.closed_at, payment.note = 0, now, note


_LEFT = IncomingPayment.left_ore != 0

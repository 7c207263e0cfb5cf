"""Reading a file from the bank: each payment in it once, and matched to what it names."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import audit, bank_files, invoice_payments
from domain.access import Actor
from domain.bank_files import BankFile
from domain.errors import Invalid
from domain.incoming_payments import IncomingPayment


@dataclass(frozen=True)
class Paid:
    """One payment, as the bank tells of it."""

    key: str
    """By which the bank knows it."""
    paid_on: date
    amount_ore: int
    """Below zero when the payer has drawn off a credit note."""
    references: tuple[str, ...]
    payer: str = ""
    payer_number: str = ""
    message: str = ""


@dataclass(frozen=True)
class Told:
    """All that a file says."""

    written_at: datetime
    bankgiro: str
    """To whom it was paid."""
    payments: Sequence[Paid]


def read(session: Session, name: str, content: bytes, told: Told, *, bankgiro: str, by: Actor,
         now: datetime) -> BankFile:
    """Once: the same file, or the same payment in another one, changes nothing. `bankgiro` is our
    own."""
    digest = sha256(content).hexdigest()
    known = bank_files.with_digest(session, digest)
    if known:
        return known
    if told.bankgiro != bankgiro:
        raise Invalid("Filen gäller bankgiro %(theirs)s. Vårt är %(ours)s.", "file",
                      theirs=told.bankgiro, ours=bankgiro)
    read_before = _known(session, told)
    new = [each for each in told.payments if each.key not in read_before]
    file = BankFile(name=name, digest=digest, content=content, written_at=told.written_at,
                    read_at=now, read_by_id=by.person_id, read_by_name=by.name,
                    payments=len(told.payments), known=len(told.payments) - len(new),
                    total_ore=sum(each.amount_ore for each in told.payments))
    session.add(file)
    session.flush()
    for paid in new:
        _take(session, file.id, paid, now=now)
    audit.record(session, audit.Act.BANK_FILE_READ, file.id, company_id=None, by=by, now=now,
                 name=name, payments=len(new), amount_ore=file.total_ore)
    return file


def _known(session: Session, told: Told) -> set[str | None]:
    keys = [each.key for each in told.payments]
    return set(session.scalars(select(IncomingPayment.bank_key)
                               .where(IncomingPayment.bank_key.in_(keys))))


def _take(session: Session, bank_file_id: UUID, paid: Paid, *, now: datetime) -> None:
    payment = IncomingPayment(
        bank_file_id=bank_file_id, bank_key=paid.key, paid_on=paid.paid_on,
        amount_ore=paid.amount_ore, left_ore=paid.amount_ore, payer=paid.payer,
        reference=" ".join(paid.references), payer_number=paid.payer_number,
        message=paid.message, made_at=now)
    session.add(payment)
    session.flush()
    invoice_payments.match(session, payment, paid.references, now=now)

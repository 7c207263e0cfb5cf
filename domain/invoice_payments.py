"""What settles invoices: money that came in, matched by OCR number or by a clerk, and credit notes
set off. Each is an entry that is never changed, only taken back by another."""
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from domain import audit, incoming_payments, invoices, receivables
from domain.access import Actor
from domain.errors import Conflict, Invalid, NotFound
from domain.incoming_payments import Doubt, IncomingPayment
from domain.invoices import Invoice
from domain.money import kr
from domain.months import today
from domain.receivables import Receivable
from domain.store import Row


class InvoicePayment(Row):
    __tablename__ = "invoice_payments"
    __table_args__ = (Index("ix_invoice_payments_invoice", "invoice_id", "made_at"),)

    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"))
    amount_ore: Mapped[int] = mapped_column(BigInteger)
    """Of the invoice's sum: below zero on a credit note, and when it takes another back."""
    payment_id: Mapped[UUID | None] = mapped_column(ForeignKey("incoming_payments.id"), index=True)
    other_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoices.id"), index=True)
    """The credit note that was set off, or the invoice that it was set off against."""
    takes_back_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoice_payments.id"),
                                                       unique=True)
    """The entry that this one undoes."""
    made_at: Mapped[datetime]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    by_name: Mapped[str] = mapped_column(default="")
    """Empty when it was matched by itself."""
    note: Mapped[str] = mapped_column(default="")

    invoice: Mapped[Invoice] = relationship(foreign_keys=invoice_id)
    other: Mapped[Invoice | None] = relationship(foreign_keys=other_id)
    payment: Mapped[IncomingPayment | None] = relationship()


def paid_ore(session: Session, invoice: Invoice) -> int:
    """What has been settled of it, below zero of a credit note."""
    return int(session.scalar(select(func.coalesce(func.sum(InvoicePayment.amount_ore), 0))
                              .where(InvoicePayment.invoice_id == invoice.id)))


def left_ore(session: Session, invoice: Invoice) -> int:
    """What is left to pay of it; below zero what is left of a credit note."""
    receivable = session.get(Receivable, invoice.id)
    return invoice.gross_ore if receivable is None else receivable.left_ore


def of_invoice(session: Session, invoice: Invoice) -> list[InvoicePayment]:
    return list(session.scalars(
        select(InvoicePayment).where(InvoicePayment.invoice_id == invoice.id)
        .options(joinedload(InvoicePayment.payment), joinedload(InvoicePayment.other))
        .order_by(InvoicePayment.made_at, InvoicePayment.id)))


def of_payment(session: Session, payment: IncomingPayment) -> list[InvoicePayment]:
    return list(session.scalars(
        select(InvoicePayment).where(InvoicePayment.payment_id == payment.id)
        .options(joinedload(InvoicePayment.invoice))
        .order_by(InvoicePayment.made_at, InvoicePayment.id)))


def match(session: Session, payment: IncomingPayment, references: Sequence[str], *,
          now: datetime) -> None:
    """Settle what the payment names by its OCR numbers, as far as it goes; what is left is for a
    clerk, and why."""
    found = [invoices.with_ocr(session, each) for each in dict.fromkeys(references)]
    named = [each for each in found if each is not None]
    if not named or len(named) < len(found):
        payment.doubt = Doubt.UNKNOWN if payment.amount_ore > 0 else Doubt.DEDUCTION
        return
    owed = receivables.hold(session, named, now=now)
    if len(named) > 1:
        if sum(each.left_ore for each in owed) != payment.left_ore:
            payment.doubt = Doubt.SEVERAL
            return
        for invoice, each in zip(named, owed, strict=True):
            _enter(session, invoice, each, each.left_ore, payment=payment, now=now)
        return
    _match_one(session, payment, named[0], owed[0], now=now)


def _match_one(session: Session, payment: IncomingPayment, invoice: Invoice, owed: Receivable, *,
               now: datetime) -> None:
    if payment.amount_ore < 0:
        if owed.left_ore > payment.left_ore:  # of a credit note, both are below zero
            payment.doubt = Doubt.DEDUCTION
            return
        _enter(session, invoice, owed, payment.left_ore, payment=payment, now=now)
        return
    part = min(payment.left_ore, max(owed.left_ore, 0))
    if part:
        _enter(session, invoice, owed, part, payment=payment, now=now)
    if payment.left_ore:
        payment.doubt = Doubt.OVER if part else Doubt.PAID_ALREADY


def use(session: Session, payment: IncomingPayment, invoice: Invoice, *, by: Actor,
        now: datetime) -> int:
    """A clerk has seen which invoice it is of. Says how much of it was used."""
    incoming_payments.hold(session, payment)
    owed = receivables.hold(session, [invoice], now=now)[0]
    if not payment.left_ore:
        raise Conflict("Det finns inget kvar av inbetalningen.")
    if not owed.left_ore or (owed.left_ore > 0) != (payment.left_ore > 0):
        raise Invalid("Faktura %(number)s har inget kvar som betalningen kan gälla.", "number",
                      number=invoice.number)
    part = min(payment.left_ore, owed.left_ore, key=abs)
    _enter(session, invoice, owed, part, payment=payment, by=by, now=now)
    _record(session, audit.Act.INVOICE_PAID, invoice, part, by=by, now=now)
    return part


def mark(session: Session, invoice: Invoice, ore: int, paid_on: date, note: str, *, by: Actor,
         now: datetime) -> InvoicePayment:
    """Paid in a way that no file from the bank tells of; a credit note is paid out so. `ore` is
    above zero of either."""
    owed = receivables.hold(session, [invoice], now=now)[0]
    if not 0 < ore <= abs(owed.left_ore):
        raise Invalid("Av fakturan är %(left)s kvar. Ange högst det.", "amount",
                      left=kr(abs(owed.left_ore)))
    if paid_on > today(now) or paid_on < invoice.issued_on:
        raise Invalid("Ange en dag från fakturans dag till i dag.", "paid_on")
    amount = ore if owed.left_ore > 0 else -ore
    payment = IncomingPayment(paid_on=paid_on, amount_ore=amount, left_ore=amount, note=note,
                              reference=invoice.ocr, payer=invoice.name, made_at=now)
    session.add(payment)
    session.flush()
    entry = _enter(session, invoice, owed, amount, payment=payment, note=note, by=by, now=now)
    _record(session, audit.Act.INVOICE_PAID, invoice, amount, by=by, now=now)
    return entry


def set_off(session: Session, credit: Invoice, invoice: Invoice, *, by: Actor | None = None,
            now: datetime) -> int:
    """As much of the credit note as the invoice has left. Says how much."""
    if credit.company_id != invoice.company_id:
        raise NotFound("Fakturan finns inte.")
    owed, less = receivables.hold(session, [invoice, credit], now=now)
    part = min(max(owed.left_ore, 0), max(-less.left_ore, 0))
    if not part:
        raise Conflict("Det finns inget kvar att kvitta.")
    _enter(session, invoice, owed, part, other=credit, by=by, now=now)
    _enter(session, credit, less, -part, other=invoice, by=by, now=now)
    _record(session, audit.Act.INVOICE_SET_OFF, invoice, part, by=by, now=now,
            credit=credit.number)
    return part


def set_off_by_itself(session: Session, credit: Invoice, *, now: datetime) -> None:
    """A credit note lessens the invoice that it is about, as long as that is not paid."""
    if credit.credits is None or credit.gross_ore >= 0:
        return
    owed, less = receivables.hold(session, [credit.credits, credit], now=now)
    if owed.left_ore > 0 > less.left_ore:
        set_off(session, credit, credit.credits, now=now)


def take_back(session: Session, entry: InvoicePayment, *, by: Actor, now: datetime) -> None:
    """It was matched to the wrong invoice: the money waits for its right one."""
    if entry.payment is None or entry.amount_ore * entry.payment.amount_ore < 0:
        raise Conflict("Bara en betalning kan tas tillbaka.")
    incoming_payments.hold(session, entry.payment)
    owed = receivables.hold(session, [entry.invoice], now=now)[0]
    if session.scalar(select(InvoicePayment.id).where(InvoicePayment.takes_back_id == entry.id)):
        raise Conflict("Betalningen är redan tagen tillbaka.")
    _enter(session, entry.invoice, owed, -entry.amount_ore, payment=entry.payment,
           takes_back=entry, by=by, now=now)
    entry.payment.doubt = Doubt.TAKEN_BACK
    _record(session, audit.Act.INVOICE_PAYMENT_TAKEN_BACK, entry.invoice, entry.amount_ore, by=by,
            now=now)


def check(session: Session) -> list[tuple[int, int]]:
    """The number of each invoice whose rest is not its sum less its entries, and by how much."""
    entered = (select(func.coalesce(func.sum(InvoicePayment.amount_ore), 0))
               .where(InvoicePayment.invoice_id == Invoice.id).scalar_subquery())
    wrong = Receivable.left_ore + entered - Invoice.gross_ore
    return [(number, int(ore)) for number, ore in session.execute(
        select(Invoice.number, wrong).join(Receivable, Receivable.invoice_id == Invoice.id)
        .where(wrong != 0).order_by(Invoice.number))]


def find(session: Session, entry_id: UUID) -> InvoicePayment:
    entry = session.get(InvoicePayment, entry_id)
    if entry is None:
        raise NotFound("Betalningen finns inte.")
    return entry


def _enter(session: Session, invoice: Invoice, owed: Receivable, ore: int, *,
           payment: IncomingPayment | None = None, other: Invoice | None = None,
           takes_back: InvoicePayment | None = None, note: str = "", by: Actor | None = None,
           now: datetime) -> InvoicePayment:
    """The one place where what is left is changed; both rows are held."""
    entry = InvoicePayment(
        invoice_id=invoice.id, amount_ore=ore, payment_id=payment and payment.id,
        other_id=other and other.id, takes_back_id=takes_back and takes_back.id, note=note,
        made_at=now, by_id=by and by.person_id, by_name=by.name if by else "")
    session.add(entry)
    owed.left_ore -= ore
    owed.settled_at = None if owed.left_ore else now
    if payment:
        payment.left_ore -= ore
        if not payment.left_ore:
            payment.doubt = None
    session.flush()
    return entry


def _record(session: Session, act: audit.Act, invoice: Invoice, ore: int, *, by: Actor | None,
            now: datetime, **details: int) -> None:
    audit.record(session, act, invoice.id, company_id=invoice.company_id, by=by, now=now,
                 number=invoice.number, amount_ore=ore, **details)

"""Which invoices a payment that names none may be of."""
import re
from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from domain.incoming_payments import IncomingPayment
from domain.invoices import MOST_NUMBER, Invoice
from domain.receivables import OPEN, Receivable

NUMBER = re.compile(r"\d{4,18}", re.ASCII)


def of(session: Session, payment: IncomingPayment, *, most: int = 5) -> list[Receivable]:
    """Those that its words may mean, then those of who paid, then those with just that much
    left."""
    digits = NUMBER.findall(f"{payment.reference} {payment.message}")
    numbers = {int(each) for each in digits} | {int(each[:-2]) for each in digits}
    told = Invoice.number.in_(each for each in numbers if each <= MOST_NUMBER)
    theirs = Invoice.organisation_number == (payment.payer_number or None)
    same = Receivable.left_ore == payment.left_ore
    wanted = Receivable.left_ore > 0 if payment.left_ore > 0 else Receivable.left_ore < 0
    found = session.scalars(
        select(Receivable).join(Receivable.invoice).where(OPEN, wanted, or_(told, theirs, same))
        .options(joinedload(Receivable.invoice)).order_by(Receivable.due_on).limit(50))
    return _likeliest(found, numbers, payment)[:most]


def _likeliest(found: Iterable[Receivable], numbers: set[int],
               payment: IncomingPayment) -> list[Receivable]:
    def rank(each: Receivable) -> tuple:
        invoice = each.invoice
        return (invoice.number not in numbers,
                invoice.organisation_number != payment.payer_number,
                each.left_ore != payment.left_ore, each.due_on, invoice.number)
    return sorted(found, key=rank)

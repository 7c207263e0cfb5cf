"""The year's months, closed one after another as by the night job; their invoices sent and paid,
but for one that is late, and the last month's, which are on their way."""
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from demo import settled
from demo.companies import Town, acting
from domain import (
    bank_reading,
    invoice_answers,
    invoice_deliveries,
    invoice_payments,
    invoice_questions,
    invoices,
    month_checks,
    month_runs,
    people,
    reports,
)
from domain.access import Actor, Role
from domain.bank_reading import Paid, Told
from domain.invoices import Invoice
from domain.months import Month, days_later, today
from domain.outbox import OutboxMessage, Task
from domain.specification_lines import SpecificationLine

BANKGIRO = "5050-1055"
CHECKED = 3
"""So many of the last months somebody went through before they closed."""
PAID_AFTER = timedelta(days=24)
"""As the payer's own bank is told to."""
ASKED = timedelta(days=5, hours=8)


def close(session: Session, towns: Sequence[Town], *, now: datetime) -> None:
    clerk = acting(people.clerks(session)[0], Role.CLERK, None)
    last, big, late = Month.of(now).previous, towns[0], towns[1].company.id
    missing = reports.missing(session, now=now)
    for month, some in groupby(missing, key=itemgetter(1)):
        made_at = month.next.start + timedelta(hours=2)
        made = _made(session, month, [company_id for company_id, _month in some], now=made_at)
        if month >= _before(last, CHECKED):
            month_checks.check(session, month, by=big.admin, now=made_at - timedelta(hours=12))
        if month < last.previous:
            settled.write(session, made, sent_at=made_at + timedelta(hours=6),
                          paid_at=month.next.start + PAID_AFTER, read_by=clerk.name, unpaid={
                              each.id for each in made if each.company_id == late
                              and month == _before(last, 2)})
        elif month < last:
            _send(session, made, now=made_at)
            _credit(session, big, made, clerk, now=days_later(made_at, 5))
            _pay(session, month, made, clerk, now=now)
    _done(session, before=last.next.start)
    _ask(session, big, last, now=min(last.next.start + ASKED, now))


def _before(month: Month, many: int) -> Month:
    for _ in range(many):
        month = month.previous
    return month


def _made(session: Session, month: Month, companies: list[UUID], *,
          now: datetime) -> list[Invoice]:
    month_runs.hand_out(session, [(company_id, month) for company_id in companies], now=now)
    for company_id in companies:
        reports.make(session, company_id, month, now=now)
        month_runs.done(month_runs.next_of(session, company_id), now=now)
    return list(session.scalars(select(Invoice).where(Invoice.month_on == month.first_day)
                                .order_by(Invoice.number)))


def _send(session: Session, made: Sequence[Invoice], *, now: datetime) -> None:
    for invoice in made:
        delivery = invoice_deliveries.put(session, invoice, now)
        invoice_deliveries.sent(session, delivery.id, now=now + timedelta(hours=6))


def _pay(session: Session, month: Month, made: Sequence[Invoice], clerk: Actor, *,
         now: datetime) -> None:
    """All on one day, of which the bank tells in one file."""
    told_at = month.next.start + PAID_AFTER
    owed = {invoice: invoice_payments.left_ore(session, invoice) for invoice in made
            if not invoice.is_credit}
    if told_at > now or not owed:
        return
    name = f"BgMax {today(told_at)}.txt"
    bank_reading.read(session, name, name.encode(), Told(told_at, BANKGIRO, [
        Paid(f"{invoice.number}", today(told_at), ore, (invoice.ocr,), invoice.name,
             invoice.organisation_number) for invoice, ore in owed.items() if ore > 0]),
        bankgiro=BANKGIRO, by=clerk, now=told_at)


def _credit(session: Session, town: Town, made: Sequence[Invoice], clerk: Actor, *,
            now: datetime) -> None:
    """One line was wrong, and the authority agreed."""
    invoice = next(each for each in made if each.company_id == town.company.id)
    line = _bought(session, invoice)
    question = invoice_questions.ask(
        session, invoice, line, "Resan ställdes in, och biljetten användes aldrig.",
        by=town.admin, now=now)
    note = invoice_answers.credit(session, question, line.price_ore, "Du har rätt, vi "
                                  "krediterar hela biljetten.", by=clerk, now=days_later(now, 1))
    _send(session, [note], now=days_later(now, 1))


def _ask(session: Session, town: Town, month: Month, *, now: datetime) -> None:
    """Today's: it waits for a clerk."""
    invoice = next(each for each in invoices.of_month(session, town.company.id, month)
                   if not each.is_credit)
    invoice_questions.ask(session, invoice, _bought(session, invoice), "Vi känner inte igen köpet. "
                          "Hon var på semester den veckan.", by=town.admin, now=now)


def _bought(session: Session, invoice: Invoice) -> SpecificationLine:
    return next(line for line in invoices.lines(session, invoice, most=20) if not line.is_credit)


def _done(session: Session, *, before: datetime) -> None:
    """The workers have done all that."""
    tasks = (Task.CLOSE_MONTHS, Task.WRITE_INVOICE, Task.DELIVER_INVOICE)
    ids = set(session.scalars(
        update(OutboxMessage)
        .where(OutboxMessage.task.in_(tasks), (OutboxMessage.put_at < before)
               | (OutboxMessage.task == Task.CLOSE_MONTHS))
        .values(done_at=before, next_try_at=None).returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)))
    session.info["outbox"] = [each for each in session.info.get("outbox", []) if each not in ids]

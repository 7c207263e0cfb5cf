"""Invoices of long ago: sent, and paid on one day, of which the bank told in one file. Written
straight into the tables, as their purchases are."""
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from domain import invoice_deliveries
from domain.bank_files import BankFile
from domain.companies import InvoiceChannel
from domain.incoming_payments import IncomingPayment
from domain.invoice_deliveries import InvoiceDelivery, State
from domain.invoice_payments import InvoicePayment
from domain.invoices import Invoice
from domain.months import today
from domain.receivables import Receivable


def write(session: Session, made: Sequence[Invoice], *, unpaid: set[UUID], sent_at: datetime,
          paid_at: datetime, read_by: str) -> None:
    paid = [each for each in made if each.id not in unpaid]
    session.execute(insert(InvoiceDelivery), [_delivery(session, each, sent_at) for each in made])
    session.execute(insert(Receivable), [
        {"invoice_id": each.id, "company_id": each.company_id, "due_on": each.due_on,
         "left_ore": each.gross_ore if each.id in unpaid else 0, "reminders": 0,
         "settled_at": None if each.id in unpaid else paid_at} for each in made])
    name, total = f"BgMax {today(paid_at)}.txt", sum(each.gross_ore for each in paid)
    file = BankFile(name=name, digest=name, content=name.encode(), written_at=paid_at,
                    read_at=paid_at, read_by_name=read_by, payments=len(paid), known=0,
                    total_ore=total)
    session.add(file)
    session.flush()
    payments = {each.id: _payment(each, file.id, paid_at) for each in paid}
    session.execute(insert(IncomingPayment), list(payments.values()))
    session.execute(insert(InvoicePayment), [
        {"id": uuid4(), "invoice_id": invoice_id, "amount_ore": each["amount_ore"],
         "payment_id": each["id"], "made_at": paid_at, "by_name": "", "note": ""}
        for invoice_id, each in payments.items()])


def _delivery(session: Session, invoice: Invoice, at: datetime) -> dict:
    channel = invoice_deliveries.channels(session, invoice)[0]
    to = {InvoiceChannel.PEPPOL: invoice.peppol_id, InvoiceChannel.EMAIL: invoice.email,
          InvoiceChannel.PAPER: f"{invoice.street}, {invoice.postcode} {invoice.city}"}
    return {"id": uuid4(), "invoice_id": invoice.id, "attempt": 1, "to": to[channel],
            "state": State.SENT, "channel": channel, "put_at": at, "sent_at": at, "problem": "",
            "looks": 0}


def _payment(invoice: Invoice, file_id: UUID, at: datetime) -> dict:
    return {"id": uuid4(), "bank_file_id": file_id, "bank_key": str(invoice.number),
            "paid_on": today(at), "amount_ore": invoice.gross_ore, "left_ore": 0,
            "reference": invoice.ocr, "payer": invoice.name, "message": "", "note": "",
            "payer_number": invoice.organisation_number, "made_at": at}

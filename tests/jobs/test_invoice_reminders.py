from datetime import timedelta

from sqlalchemy import func, select

from domain import invoice_deliveries
from domain.invoice_deliveries import State
from domain.messages import Email
from domain.receivables import Receivable
from jobs import invoice_reminders, letters, messages
from tests.conftest import NOON


def overdue(db, make):
    invoice = make.put(make.invoice())
    [delivery] = invoice_deliveries.of_invoice(db, invoice)
    delivery.state = State.SENT
    db.get_one(Receivable, invoice.id).due_on = NOON.date() - timedelta(days=11)
    db.commit()
    return invoice


def count(db):
    db.rollback()
    return db.scalar(select(func.count()).select_from(Email)
                     .where(Email.template == "invoice_reminder"))


def test_what_is_late_is_reminded_of_once_a_day_by_a_letter_that_says_how_to_pay(
        portal, db, make, mail, stage):
    invoice = overdue(db, make)
    for _ in range(2):
        invoice_reminders.send(portal)
    assert count(db) == 1
    email = db.scalars(select(Email).where(Email.template == "invoice_reminder")).one()
    messages.send_email(mail, db, email_id=email.id)
    letter = stage.mailbox.mails("faktura@bolaget.example")[0]
    said = letter.get_body(("plain",)).get_content()
    assert invoice.ocr in said
    assert f"/foretag/fakturor/{invoice.id}" in said


def test_a_company_is_told_that_it_is_stopped_and_that_it_may_buy_again(portal):
    stopping = letters.email(portal, "company_stopping", "sv", {
        "company": "Bolaget AB", "reason": "Två fakturor.", "stops_on": "2026-12-01",
        "overdue_ore": 120_000})
    assert "Från tis 1 dec 2026 kan Bolaget AB inte köpa" in stopping.text
    assert "1 200 kr" in stopping.html.replace("\N{NO-BREAK SPACE}", " ")
    resumed = letters.email(portal, "company_resumed", "en", {"company": "Bolaget AB"})
    assert "Bolaget AB" in resumed.subject

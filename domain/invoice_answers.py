"""What a clerk answers who is asked about a line of an invoice: in words, or by a credit note."""
from datetime import datetime

from sqlalchemy.orm import Session

from domain import audit, credit_notes, messages
from domain.access import Actor
from domain.errors import Conflict
from domain.invoice_questions import InvoiceQuestion
from domain.invoices import Invoice


def explain(session: Session, question: InvoiceQuestion, words: str, *, by: Actor,
            now: datetime) -> None:
    """The line stands."""
    _close(session, question, words, by=by, now=now)
    _tell(session, question, now=now)


def credit(session: Session, question: InvoiceQuestion, ore: int, words: str, *, by: Actor,
           now: datetime) -> Invoice:
    """So much of the line, VAT included, goes back by a credit note, with the words as its
    reason."""
    _close(session, question, words, by=by, now=now)
    note = credit_notes.credit(session, question.invoice, {question.line_id: ore}, reason=words,
                               by=by, now=now)
    question.credit_id = note.id
    session.flush()
    _tell(session, question, number=note.number, credit_id=str(note.id), amount_ore=ore, now=now)
    return note


def _close(session: Session, question: InvoiceQuestion, words: str, *, by: Actor,
           now: datetime) -> None:
    if question.answered_at:
        raise Conflict("Frågan är redan besvarad.")
    question.answered_at, question.answered_by_id, question.answer = now, by.person_id, words
    session.flush()
    audit.record(session, audit.Act.INVOICE_QUESTION_ANSWERED, question.invoice_id,
                 company_id=question.company_id, department_id=question.department_id, by=by,
                 now=now, number=question.invoice.number, holder=question.line.holder)


def _tell(session: Session, question: InvoiceQuestion, *, now: datetime,
          **values: str | int) -> None:
    """Whoever asked, if they have an address."""
    person = question.asked_by
    if person and person.email:
        messages.put_email(
            session, "invoice_answered", to=person.email, language=person.language, now=now,
            name=person.given_name, words=question.answer, invoice_id=str(question.invoice_id),
            invoice_number=question.invoice.number, holder=question.line.holder, **values)

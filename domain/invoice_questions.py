"""Questions about a line of an invoice: the company asks, and a clerk answers. The answers are in
`invoice_answers`."""
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Integer, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from domain import audit
from domain.access import Actor, Scope
from domain.errors import Conflict, NotFound
from domain.invoices import Invoice
from domain.people import Person
from domain.specification_lines import SpecificationLine
from domain.store import Row, partial_index


class InvoiceQuestion(Row):
    __tablename__ = "invoice_questions"
    __table_args__ = (
        partial_index("uq_invoice_questions_open", "line_id", where="answered_at IS NULL",
                      unique=True),)

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), index=True)
    invoice_id: Mapped[UUID] = mapped_column(ForeignKey("invoices.id"), index=True)
    line_id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"),
                                         ForeignKey("specification_lines.id"))
    department_id: Mapped[UUID | None]
    """That of the line: whoever has it sees the question."""
    words: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(index=True)
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    answered_at: Mapped[datetime | None] = mapped_column(index=True)
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    answer: Mapped[str] = mapped_column(default="")
    credit_id: Mapped[UUID | None] = mapped_column(ForeignKey("invoices.id"))
    """The credit note that it was answered by."""
    version: Mapped[int] = mapped_column()

    invoice: Mapped[Invoice] = relationship(foreign_keys=[invoice_id])
    credit: Mapped[Invoice | None] = relationship(foreign_keys=[credit_id])
    line: Mapped[SpecificationLine] = relationship()
    asked_by: Mapped[Person | None] = relationship(foreign_keys=[asked_by_id])

    __mapper_args__ = {"version_id_col": version}


def ask(session: Session, invoice: Invoice, line: SpecificationLine, words: str, *, by: Actor,
        now: datetime) -> InvoiceQuestion:
    """A clerk is to answer. One question at a time about a line."""
    if line.is_credit:
        raise Conflict("Raden är redan en kreditering.")
    if session.scalar(select(InvoiceQuestion.id).where(
            InvoiceQuestion.line_id == line.id, InvoiceQuestion.answered_at.is_(None))):
        raise Conflict("Någon har redan frågat om raden. Svaret kommer med e-post.")
    question = InvoiceQuestion(
        company_id=invoice.company_id, invoice_id=invoice.id, line_id=line.id,
        department_id=line.department_id, words=words, asked_at=now, asked_by_id=by.person_id)
    session.add(question)
    session.flush()
    audit.record(session, audit.Act.INVOICE_QUESTIONED, invoice.id, company_id=invoice.company_id,
                 department_id=line.department_id, by=by, now=now, number=invoice.number,
                 holder=line.holder)
    return question


def find(session: Session, question_id: UUID) -> InvoiceQuestion:
    question = session.get(InvoiceQuestion, question_id)
    if question is None:
        raise NotFound("Frågan finns inte.")
    return question


def of_invoice(session: Session, invoice: Invoice, *, within: Scope) -> list[InvoiceQuestion]:
    """The last asked first."""
    question = InvoiceQuestion
    return list(session.scalars(
        select(question)
        .where(question.invoice_id == invoice.id,
               within.holds(question.company_id, question.department_id))
        .order_by(question.asked_at.desc(), question.id)
        .options(joinedload(question.line), joinedload(question.credit))))


def asked(session: Session, line_ids: Sequence[int]) -> set[int]:
    """The lines whose question waits for an answer."""
    return set(session.scalars(select(InvoiceQuestion.line_id).where(
        InvoiceQuestion.line_id.in_(line_ids), InvoiceQuestion.answered_at.is_(None))))


def opened(session: Session) -> list[InvoiceQuestion]:
    """Those that wait for an answer, the oldest first."""
    return _listed(session, InvoiceQuestion.answered_at.is_(None), InvoiceQuestion.asked_at)


def answered(session: Session, *, most: int = 25) -> list[InvoiceQuestion]:
    """The latest first."""
    return _listed(session, InvoiceQuestion.answered_at.is_not(None),
                   InvoiceQuestion.answered_at.desc(), most)


def open_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(InvoiceQuestion)
                          .where(InvoiceQuestion.answered_at.is_(None)))


def _listed(session: Session, wanted, order, most: int = 200) -> list[InvoiceQuestion]:
    question = InvoiceQuestion
    return list(session.scalars(
        select(question).where(wanted).order_by(order, question.id).limit(most)
        .options(joinedload(question.invoice), joinedload(question.line),
                 joinedload(question.asked_by))))

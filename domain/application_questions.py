"""What a clerk asks about an application and what the applicant answers, as one conversation.

While the applicant is asked the promise rests: it moves by the working days that it waited.
"""
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain import application_letters as letters
from domain import applications, audit
from domain.access import Actor
from domain.applications import CompanyApplication, State
from domain.errors import Conflict
from domain.months import working_days_after, working_days_between
from domain.people import Person
from domain.store import Row


class ApplicationMessage(Row):
    """A question, or the applicant's answer."""

    __tablename__ = "application_messages"

    application_id: Mapped[UUID] = mapped_column(ForeignKey("company_applications.id"), index=True)
    text: Mapped[str]
    written_at: Mapped[datetime]
    clerk_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    """None: the applicant wrote it."""

    clerk: Mapped[Person | None] = relationship()


def ask(session: Session, application: CompanyApplication, text: str, *, by: Actor,
        now: datetime) -> None:
    """From the first question on the application waits for the applicant."""
    applications.check_open(application)
    application.state, application.asked_at = State.NEEDS_INFORMATION, application.asked_at or now
    session.add(ApplicationMessage(application_id=application.id, text=text, written_at=now,
                                   clerk_id=by.person_id))
    applications.record(session, audit.Act.APPLICATION_ASKED, application, by=by, now=now)
    letters.write_with_link(session, application, "application_question", now=now, text=text)


def answer(session: Session, application: CompanyApplication, text: str, *,
           now: datetime) -> None:
    if application.state != State.NEEDS_INFORMATION:
        raise Conflict("Ingen fråga väntar på svar.")
    application.promised_on = working_days_after(
        application.promised_on, working_days_between(application.asked_at, now))
    application.state, application.asked_at = State.RECEIVED, None
    session.add(ApplicationMessage(application_id=application.id, text=text, written_at=now))
    applications.record(session, audit.Act.APPLICATION_ANSWERED, application, by=None, now=now)
    letters.tell_clerks(session, application, "application_answered", now=now, text=text,
                             promised=application.promised_on.isoformat())


def about(session: Session, application: CompanyApplication) -> list[ApplicationMessage]:
    """The whole conversation, the first first."""
    return list(session.scalars(
        select(ApplicationMessage).where(ApplicationMessage.application_id == application.id)
        .order_by(ApplicationMessage.written_at, ApplicationMessage.clerk_id.is_(None))))

"""What an applicant does on the page where they follow the application: has the letter sent once
more, corrects its address, withdraws."""
from datetime import datetime

from sqlalchemy.orm import Session

from domain import application_letters as letters
from domain import applications, audit, limits, messages, trial_ends, trial_limits
from domain.applications import CompanyApplication, State
from domain.errors import Invalid
from domain.messages import Email
from domain.rules import rules


def latest_letter(session: Session, application: CompanyApplication) -> Email | None:
    """To the applicant: its state tells whether it arrived."""
    return messages.latest_email(session, application.id)


def resend(session: Session, application: CompanyApplication, *, now: datetime) -> None:
    """A new letter with the link, so many an hour."""
    _write_again(session, application, now=now)
    applications.record(session, audit.Act.APPLICATION_RESENT, application, by=None, now=now)


def correct_email(session: Session, application: CompanyApplication, email: str, again: str, *,
                  now: datetime) -> None:
    """The address was mistyped. It is typed twice, and the letter goes there."""
    if email.casefold() != again.casefold():
        raise Invalid("De två adresserna är inte lika.", "again")
    application.email = email
    trial_limits.readdress(session, application.id, email)
    trial_limits.readdress(session, application.id, email)
    _write_again(session, application, now=now)
    applications.record(session, audit.Act.APPLICATION_EMAIL_CORRECTED, application, by=None,
                        now=now)


def _write_again(session: Session, application: CompanyApplication, *, now: datetime) -> None:
    applications.check_open(application)
    limits.take(session, "application letter", str(application.id), now=now,
                per_hour=rules(session).letters_per_hour)
    letters.write_with_link(session, application, "application_link", now=now,
                                 promised=application.promised_on.isoformat())


def withdraw(session: Session, application: CompanyApplication, *, now: datetime) -> None:
    applications.close(application, State.WITHDRAWN, by=None, now=now)
    trial_ends.remove(session, application.id)
    applications.record(session, audit.Act.APPLICATION_WITHDRAWN, application, by=None, now=now)
    letters.write(session, application, "application_withdrawn", now=now)

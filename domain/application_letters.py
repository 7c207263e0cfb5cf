"""The letters about an application for an account: to the applicant, and to the clerks."""
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import Session

from domain import messages, people
from domain.identity import token_hash
from domain.people import Person


class Application(Protocol):
    """What a letter needs to know of one."""

    id: UUID
    company_name: str
    given_name: str
    email: str
    language: str
    status_hash: bytes
    clerk: Person | None


def secret(session: Session, application: Application) -> str:
    """Opens the status page. Made again for each letter; only its hash is kept."""
    return session.info["vault"].token(f"company application {application.id}")


def write(session: Session, application: Application, template: str, *, now: datetime,
          **words: str) -> None:
    """To the applicant."""
    messages.put_email(session, template, to=application.email, language=application.language,
                       about_id=application.id, now=now, name=application.given_name,
                       company=application.company_name, **words)


def write_with_link(session: Session, application: Application, template: str, *,
                    now: datetime, **words: str) -> None:
    """As `write`, with the link to the status page, which is made anew."""
    made = secret(session, application)
    application.status_hash = token_hash(made)
    write(session, application, template, now=now, secret=made, **words)


def tell_clerks(session: Session, application: Application, template: str, *,
                now: datetime, **words: str) -> None:
    """The clerk who has it; all of them when nobody has."""
    told = [application.clerk] if application.clerk else people.clerks(session)
    for clerk in told:
        if clerk.email:
            messages.put_email(session, template, to=clerk.email, language=clerk.language, now=now,
                               company=application.company_name,
                               application_id=str(application.id), **words)

"""A company applies for an account; a clerk approves or declines."""
import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import audit, companies, departments, messages, people
from domain.access import Actor, Role
from domain.companies import Company
from domain.errors import Conflict, Invalid, NotFound
from domain.identity import token_hash
from domain.months import working_days_later
from domain.rules import rules
from domain.store import Row


class State(StrEnum):
    RECEIVED = "received"
    APPROVED = "approved"
    DECLINED = "declined"


PEPPOL_ID = re.compile(r"0007:\d{10}|0088:\d{13}")


def parse_peppol_id(text: str) -> str:
    """Where an e-invoice is sent: a Swedish organisation number or a GLN, with its scheme."""
    bare = re.sub(r"[\s-]", "", text)
    if not PEPPOL_ID.fullmatch(bare):
        raise Invalid("Ett Peppol-id börjar med 0007: och tio siffror, eller 0088: och tretton.")
    return bare


@dataclass(frozen=True)
class Details:
    """What the applicant states, each already parsed."""

    company_name: str
    organisation_number: str
    street: str
    postcode: str
    city: str
    invoice_email: str
    peppol_id: str | None
    reference_number: str
    given_name: str
    surname: str
    personnummer: str
    email: str
    mobile: str


class CompanyApplication(Row):
    __tablename__ = "company_applications"

    company_name: Mapped[str]
    organisation_number: Mapped[str] = mapped_column(index=True)
    street: Mapped[str]
    postcode: Mapped[str]
    city: Mapped[str]
    invoice_email: Mapped[str]
    peppol_id: Mapped[str | None]
    reference_number: Mapped[str]
    given_name: Mapped[str]
    surname: Mapped[str]
    personnummer_sealed: Mapped[bytes]
    email: Mapped[str]
    mobile: Mapped[str]
    language: Mapped[str]
    mandate_attested_at: Mapped[datetime]
    status_hash: Mapped[bytes] = mapped_column(unique=True)
    """Of the secret in the link to the status page."""
    state: Mapped[State] = mapped_column(default=State.RECEIVED, index=True)
    received_at: Mapped[datetime]
    promised_on: Mapped[date]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str | None]
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id"))
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}

    @property
    def applicant(self) -> str:
        return f"{self.given_name} {self.surname}"

    def is_overdue(self, today: date) -> bool:
        return self.state == State.RECEIVED and self.promised_on < today


def apply(session: Session, details: Details, *, language: str, secret: str,
          now: datetime) -> CompanyApplication:
    """The mandate has been attested by whoever sends the form. `secret` opens the status page."""
    if companies.with_number(session, details.organisation_number):
        raise Invalid("Företaget har redan ett konto. Be företagets administratör att lägga till "
                      "dig.", "organisation_number")
    stated = vars(details) | {"personnummer_sealed": session.info["vault"].seal(
        details.personnummer, "personnummer")}
    del stated["personnummer"]
    application = CompanyApplication(
        **stated, language=language, mandate_attested_at=now, received_at=now,
        status_hash=token_hash(secret),
        promised_on=working_days_later(now, rules(session).application_working_days))
    session.add(application)
    session.flush()
    audit.record(session, audit.Act.COMPANY_APPLIED, application.id, company_id=None, by=None,
                 now=now, company=application.company_name)
    messages.put_email(session, "application_received", to=application.email, language=language,
                       now=now, name=application.given_name, company=application.company_name,
                       promised=application.promised_on.isoformat(), secret=secret)
    for clerk in people.clerks(session):
        if clerk.email:
            messages.put_email(session, "application_arrived", to=clerk.email,
                               language=clerk.language, now=now, company=application.company_name,
                               applicant=application.applicant, application_id=str(application.id),
                               promised=application.promised_on.isoformat())
    return application


def waiting(session: Session) -> list[CompanyApplication]:
    """Those that nobody has decided, the first promised first."""
    return list(session.scalars(
        select(CompanyApplication).where(CompanyApplication.state == State.RECEIVED)
        .order_by(CompanyApplication.promised_on, CompanyApplication.received_at)
    ))


def waiting_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CompanyApplication)
                          .where(CompanyApplication.state == State.RECEIVED))


def decided(session: Session, *, most: int = 50) -> list[CompanyApplication]:
    return list(session.scalars(
        select(CompanyApplication).where(CompanyApplication.state != State.RECEIVED)
        .order_by(CompanyApplication.decided_at.desc()).limit(most)
    ))


def find(session: Session, application_id: UUID) -> CompanyApplication:
    application = session.get(CompanyApplication, application_id)
    if application is None:
        raise NotFound("Ansökan finns inte.")
    return application


def personnummer(session: Session, application: CompanyApplication) -> str:
    return session.info["vault"].open(application.personnummer_sealed, "personnummer")


def with_secret(session: Session, secret: str) -> CompanyApplication:
    application = session.scalar(
        select(CompanyApplication).where(CompanyApplication.status_hash == token_hash(secret)))
    if application is None:
        raise NotFound("Ansökan finns inte. Kontrollera länken i e-brevet.")
    return application


def approve(session: Session, application: CompanyApplication, *, by: Actor,
            now: datetime) -> Company:
    """The company comes to be, with its first department and its first administrator."""
    _decide(application, State.APPROVED, by=by, now=now)
    if companies.with_number(session, application.organisation_number):
        raise Conflict("Det finns redan ett företag med organisationsnumret.")
    company = Company(name=application.company_name, approved_at=now,
                      **{field: getattr(application, field) for field in (
                          "organisation_number", "street", "postcode", "city", "invoice_email",
                          "peppol_id")})
    session.add(company)
    session.flush()
    application.company_id = company.id
    departments.add(session, company.id,
                    departments.Details(departments.FIRST, application.reference_number), by=by,
                    now=now)
    person = people.meet(
        session, personnummer(session, application), given_name=application.given_name,
        surname=application.surname, email=application.email, language=application.language,
        now=now)
    people.appoint(session, person, Role.COMPANY_ADMIN, company_id=company.id, now=now)
    audit.record(session, audit.Act.COMPANY_APPROVED, company.id, company_id=company.id, by=by,
                 now=now, company=company.name)
    _answer(session, application, "application_approved", now=now)
    return company


def decline(session: Session, application: CompanyApplication, *, reason: str, by: Actor,
            now: datetime) -> None:
    _decide(application, State.DECLINED, by=by, now=now)
    application.reason = reason
    audit.record(session, audit.Act.COMPANY_DECLINED, application.id, company_id=None, by=by,
                 now=now, company=application.company_name)
    _answer(session, application, "application_declined", now=now, reason=reason)


def _decide(application: CompanyApplication, state: State, *, by: Actor, now: datetime) -> None:
    if application.state != State.RECEIVED:
        raise Conflict("Ansökan är redan avgjord.")
    application.state, application.decided_at = state, now
    application.decided_by_id = by.person_id


def _answer(session: Session, application: CompanyApplication, template: str, *, now: datetime,
            **values: str) -> None:
    messages.put_email(session, template, to=application.email, language=application.language,
                       now=now, name=application.given_name, company=application.company_name,
                       **values)

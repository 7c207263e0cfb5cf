"""A company applies for an account; a clerk decides (`application_decisions`).

The answer is promised within some working days. While a question waits for the applicant
(`application_questions`) the promise rests.
"""
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain import application_letters as letters
from domain import audit, companies
from domain.access import Actor
from domain.companies import Sector
from domain.errors import Conflict, Invalid, NotFound
from domain.identity import token_hash
from domain.months import working_days_later
from domain.people import Person
from domain.rules import rules
from domain.services import Service, Services
from domain.store import Row


class State(StrEnum):
    RECEIVED = "received"
    NEEDS_INFORMATION = "needs_information"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


OPEN = (State.RECEIVED, State.NEEDS_INFORMATION)
CLOSED = tuple(state for state in State if state not in OPEN)


class Size(StrEnum):
    """How many travellers the applicant believes in."""

    UP_TO_10 = "10"
    UP_TO_50 = "50"
    UP_TO_250 = "250"
    MORE = "more"


COMPANYS = ("organisation_number", "sector", "street", "postcode", "city", "invoice_street",
            "invoice_postcode", "invoice_city", "invoice_email", "peppol_id", "services")
"""What the company takes over from its application by the same name."""


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
    sector: Sector = Sector.PRIVATE
    invoice_street: str | None = None
    invoice_postcode: str | None = None
    invoice_city: str | None = None
    size: Size | None = None
    services: tuple[Service, ...] = tuple(Service)


class CompanyApplication(Row):
    __tablename__ = "company_applications"

    company_name: Mapped[str]
    organisation_number: Mapped[str] = mapped_column(index=True)
    sector: Mapped[Sector] = mapped_column(server_default=Sector.PRIVATE)
    street: Mapped[str]
    postcode: Mapped[str]
    city: Mapped[str]
    invoice_street: Mapped[str | None]
    invoice_postcode: Mapped[str | None]
    invoice_city: Mapped[str | None]
    invoice_email: Mapped[str]
    peppol_id: Mapped[str | None]
    reference_number: Mapped[str]
    size: Mapped[Size | None]
    services: Mapped[list[Service]] = mapped_column(Services, server_default=Services.ALL)
    given_name: Mapped[str]
    surname: Mapped[str]
    personnummer_sealed: Mapped[bytes]
    personnummer_index: Mapped[bytes | None] = mapped_column(index=True)
    email: Mapped[str]
    mobile: Mapped[str]
    language: Mapped[str]
    mandate_attested_at: Mapped[datetime]
    status_hash: Mapped[bytes] = mapped_column(unique=True)
    """Of the secret in the link to the status page."""
    state: Mapped[State] = mapped_column(default=State.RECEIVED, index=True)
    received_at: Mapped[datetime]
    promised_on: Mapped[date]
    asked_at: Mapped[datetime | None]
    """Since when a question waits for the applicant, and the promise rests."""
    clerk_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    """Who has it."""
    taken_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str | None]
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id"))
    named: Mapped[str] = mapped_column(server_default="")
    """The names in it, as they are searched."""
    version: Mapped[int] = mapped_column()

    clerk: Mapped[Person | None] = relationship(foreign_keys=[clerk_id])

    __mapper_args__ = {"version_id_col": version}

    @property
    def applicant(self) -> str:
        return f"{self.given_name} {self.surname}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    def is_overdue(self, today: date) -> bool:
        return self.state == State.RECEIVED and self.promised_on < today


def apply(session: Session, details: Details, *, language: str,
          now: datetime) -> CompanyApplication:
    """The mandate has been attested by whoever sends the form. Somebody of a company that has an
    account asks its administrators instead (`join_requests`)."""
    if companies.with_number(session, details.organisation_number):
        raise Invalid("Företaget har redan ett konto.", "organisation_number")
    _check_invoice_address(details)
    vault, stated = session.info["vault"], dict(vars(details))
    number = stated.pop("personnummer")
    application = CompanyApplication(
        id=uuid4(), **stated, personnummer_sealed=vault.seal(number, "personnummer"),
        personnummer_index=vault.index(number), language=language, mandate_attested_at=now,
        received_at=now,
        promised_on=working_days_later(now, rules(session).application_working_days))
    application.named = f"{details.company_name} {application.applicant}".casefold()
    application.status_hash = token_hash(letters.secret(session, application))
    session.add(application)
    session.flush()
    record(session, audit.Act.COMPANY_APPLIED, application, by=None, now=now)
    letters.write_with_link(session, application, "application_received", now=now,
                    promised=application.promised_on.isoformat())
    letters.tell_clerks(session, application, "application_arrived", now=now,
                applicant=application.applicant, promised=application.promised_on.isoformat())
    return application


def _check_invoice_address(details: Details) -> None:
    parts = {name: getattr(details, name)
             for name in ("invoice_street", "invoice_postcode", "invoice_city")}
    for name, part in parts.items():
        if any(parts.values()) and not part:
            raise Invalid("Fyll i hela fakturaadressen, eller lämna den tom.", name)


def waiting(session: Session) -> list[CompanyApplication]:
    """Those that wait for a clerk, the first promised first."""
    return list(session.scalars(
        select(CompanyApplication).where(CompanyApplication.state == State.RECEIVED)
        .order_by(CompanyApplication.promised_on, CompanyApplication.received_at)
    ))


def waiting_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CompanyApplication)
                          .where(CompanyApplication.state == State.RECEIVED))


def find(session: Session, application_id: UUID) -> CompanyApplication:
    application = session.get(CompanyApplication, application_id)
    if application is None:
        raise NotFound("Ansökan finns inte.")
    return application


def open_of(session: Session, personnummer_index: bytes) -> CompanyApplication | None:
    """The person's own that nobody has decided; the newest, if there are several."""
    return session.scalar(
        select(CompanyApplication)
        .where(CompanyApplication.personnummer_index == personnummer_index,
               CompanyApplication.state.in_(OPEN))
        .order_by(CompanyApplication.received_at.desc()).limit(1))


def personnummer(session: Session, application: CompanyApplication) -> str:
    return session.info["vault"].open(application.personnummer_sealed, "personnummer")


def with_secret(session: Session, secret: str) -> CompanyApplication:
    application = session.scalar(
        select(CompanyApplication).where(CompanyApplication.status_hash == token_hash(secret)))
    if application is None:
        raise NotFound("Ansökan finns inte. Kontrollera länken i e-brevet.")
    return application


def close(application: CompanyApplication, state: State, *, by: Actor | None,
          now: datetime) -> None:
    check_open(application)
    application.state, application.decided_at, application.asked_at = state, now, None
    application.decided_by_id = by and by.person_id


def check_open(application: CompanyApplication) -> None:
    if not application.is_open:
        raise Conflict("Ansökan är redan avgjord.")


def record(session: Session, act: audit.Act, application: CompanyApplication, *,
           by: Actor | None, now: datetime, **words: str) -> None:
    """In the authority's own log; without an actor it is the applicant's doing."""
    audit.record(session, act, application.id, company_id=None, by=by, now=now,
                 company=application.company_name, **words)

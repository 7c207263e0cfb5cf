"""Somebody of a company that has an account asks to be one of its administrators. Those of the
whole company decide."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from domain import administrators, audit, companies, messages, people
from domain.access import Actor, Role, Scope
from domain.errors import Conflict, Invalid, NotFound
from domain.identity import mask_personnummer, token_hash
from domain.people import Person, Post
from domain.store import Row


class State(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Details:
    """What the applicant states, each already parsed."""

    organisation_number: str
    given_name: str
    surname: str
    personnummer: str
    email: str
    mobile: str
    note: str | None = None


class JoinRequest(Row):
    __tablename__ = "join_requests"

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), index=True)
    organisation_number: Mapped[str]
    """As it was stated: the applicant is told no more of the company."""
    given_name: Mapped[str]
    surname: Mapped[str]
    personnummer_sealed: Mapped[bytes | None]
    """None once it is decided: it is not kept of somebody who was declined."""
    email: Mapped[str]
    mobile: Mapped[str]
    note: Mapped[str | None]
    language: Mapped[str]
    status_hash: Mapped[bytes] = mapped_column(unique=True)
    """Of the secret in the link to the status page."""
    state: Mapped[State] = mapped_column(default=State.WAITING)
    received_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    reason: Mapped[str | None]
    version: Mapped[int] = mapped_column()

    decided_by: Mapped[Person | None] = relationship()

    __mapper_args__ = {"version_id_col": version}

    @property
    def applicant(self) -> str:
        return f"{self.given_name} {self.surname}"


def ask(session: Session, details: Details, *, language: str, now: datetime) -> JoinRequest:
    company = companies.with_number(session, details.organisation_number)
    if company is None:
        raise Invalid("Inget företag med det numret har ett konto än. Ansök om ett konto för "
                      "företaget i stället.", "organisation_number")
    stated = dict(vars(details))
    sealed = session.info["vault"].seal(stated.pop("personnummer"), "personnummer")
    request = JoinRequest(id=uuid4(), company_id=company.id, **stated, personnummer_sealed=sealed,
                          language=language, received_at=now)
    request.status_hash = token_hash(secret(session, request))
    session.add(request)
    session.flush()
    _record(session, audit.Act.JOIN_ASKED, request, by=None, now=now)
    _write(session, request, "join_received", now=now, secret=secret(session, request))
    for admin in people.administrators(session, company.id):
        if admin.email:
            messages.put_email(session, "join_arrived", to=admin.email, language=admin.language,
                               now=now, applicant=request.applicant, request_id=str(request.id))
    return request


def secret(session: Session, request: JoinRequest) -> str:
    """Opens the status page. Only its hash is kept."""
    return session.info["vault"].token(f"join request {request.id}")


def with_secret(session: Session, secret: str) -> JoinRequest:
    request = session.scalar(
        select(JoinRequest).where(JoinRequest.status_hash == token_hash(secret)))
    if request is None:
        raise NotFound("Ansökan finns inte. Kontrollera länken i e-brevet.")
    return request


def find(session: Session, request_id: UUID, *, within: Scope) -> JoinRequest:
    request = session.get(JoinRequest, request_id)
    if request is None or not within.is_whole or request.company_id != within.company_id:
        raise NotFound("Ansökan finns inte.")
    return request


def waiting(session: Session, company_id: UUID) -> list[JoinRequest]:
    """The oldest first."""
    return list(session.scalars(
        select(JoinRequest)
        .where(JoinRequest.company_id == company_id, JoinRequest.state == State.WAITING)
        .order_by(JoinRequest.received_at, JoinRequest.id)))


def waiting_count(session: Session, company_id: UUID) -> int:
    return session.scalar(select(func.count()).select_from(JoinRequest).where(
        JoinRequest.company_id == company_id, JoinRequest.state == State.WAITING))


def decided(session: Session, company_id: UUID, *, most: int | None = 20) -> list[JoinRequest]:
    """The newest decision first."""
    return list(session.scalars(
        select(JoinRequest)
        .where(JoinRequest.company_id == company_id, JoinRequest.state != State.WAITING)
        .options(joinedload(JoinRequest.decided_by))
        .order_by(JoinRequest.decided_at.desc(), JoinRequest.id).limit(most)))


def masked(session: Session, request: JoinRequest) -> str | None:
    """The personnummer as an administrator sees it; None once it is decided."""
    sealed = request.personnummer_sealed
    return sealed and mask_personnummer(session.info["vault"].open(sealed, "personnummer"))


def approve(session: Session, request: JoinRequest, role: Role, chosen: Iterable[UUID] = (), *,
            by: Actor, now: datetime) -> Post:
    """Administrator of the whole company, or of the chosen departments."""
    administrators.lock(session, by)
    _check_waiting(request)
    rooms = administrators.rooms(session, role, chosen, within=by.scope)
    number = session.info["vault"].open(request.personnummer_sealed, "personnummer")
    person = people.with_personnummer(session, number) or people.meet(
        session, number, given_name=request.given_name, surname=request.surname,
        language=request.language, now=now)
    _check_free(session, request, person)
    person.email = person.email or request.email
    post = people.appoint(session, person, role, company_id=request.company_id, departments=rooms,
                          now=now)
    _close(request, State.APPROVED, by=by, now=now)
    _record(session, audit.Act.JOIN_APPROVED, request, by=by, now=now)
    _write(session, request, "join_approved", now=now)
    return post


def _check_free(session: Session, request: JoinRequest, person: Person) -> None:
    people.lock(session, person)
    post = administrators.own(session, person.id)
    if post is None:
        return
    if post.company_id == request.company_id:
        raise Conflict("%(name)s är redan administratör hos er. Avslå ansökan, eller ändra "
                       "uppdraget under Administratörer.", name=request.applicant)
    raise Conflict("%(name)s är redan administratör för ett annat företag, och ingen kan vara det "
                   "för två. Be %(name)s lämna det uppdraget först.", name=request.applicant)


def decline(session: Session, request: JoinRequest, *, reason: str, by: Actor,
            now: datetime) -> None:
    administrators.lock(session, by)
    _close(request, State.DECLINED, by=by, now=now)
    request.reason = reason
    _record(session, audit.Act.JOIN_DECLINED, request, by=by, now=now)
    _write(session, request, "join_declined", now=now, reason=reason)


def withdraw(session: Session, request: JoinRequest, *, now: datetime) -> None:
    """By the applicant."""
    _close(request, State.WITHDRAWN, by=None, now=now)
    _record(session, audit.Act.JOIN_WITHDRAWN, request, by=None, now=now)


def _check_waiting(request: JoinRequest) -> None:
    if request.state != State.WAITING:
        raise Conflict("Ansökan är redan avgjord.")


def _close(request: JoinRequest, state: State, *, by: Actor | None, now: datetime) -> None:
    _check_waiting(request)
    request.state, request.decided_at, request.personnummer_sealed = state, now, None
    request.decided_by_id = by and by.person_id


def _record(session: Session, act: audit.Act, request: JoinRequest, *, by: Actor | None,
            now: datetime) -> None:
    audit.record(session, act, request.id, company_id=request.company_id, by=by, now=now,
                 person=request.applicant)


def _write(session: Session, request: JoinRequest, template: str, *, now: datetime,
           **words: str) -> None:
    """To the applicant."""
    messages.put_email(session, template, to=request.email, language=request.language,
                       about_id=request.id, now=now, name=request.given_name, **words)

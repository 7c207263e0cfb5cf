"""Invitations by e-mail to become an administrator. Whoever opens the link and identifies with
BankID may say yes, once; the invitation is theirs from then on."""
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from domain import administrators, audit, departments, messages, people
from domain.access import Actor, Role, Scope
from domain.companies import Company
from domain.departments import Department
from domain.errors import Conflict, Invalid, NotFound
from domain.identity import token_hash
from domain.months import today
from domain.people import Person, Post
from domain.rules import rules
from domain.store import Base, Row


class State(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Details:
    """Who is invited to what, each already parsed."""

    name: str
    email: str
    role: Role
    departments: tuple[UUID, ...] = ()


class Invitation(Row):
    __tablename__ = "invitations"

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), index=True)
    name: Mapped[str]
    email: Mapped[str]
    role: Mapped[Role]
    language: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    """Of the secret in the link that was sent last."""
    invited_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    sent_at: Mapped[datetime]
    last_on: Mapped[date]
    """The last Swedish day on which it can be answered."""
    state: Mapped[State] = mapped_column(default=State.OPEN)
    answered_at: Mapped[datetime | None]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    """Who answered it."""

    company: Mapped[Company] = relationship()
    invited_by: Mapped[Person] = relationship(foreign_keys=invited_by_id)
    rooms: Mapped[list["InvitationDepartment"]] = relationship(cascade="all, delete-orphan")

    def is_open(self, day: date) -> bool:
        return self.state == State.OPEN and day <= self.last_on


class InvitationDepartment(Base):
    """A department that the invited one is to have."""

    __tablename__ = "invitation_departments"

    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitations.id"), primary_key=True)
    department_id: Mapped[UUID] = mapped_column(ForeignKey("departments.id"), primary_key=True)


def unanswered(session: Session, company_id: UUID) -> list[Invitation]:
    """Those that are still open or have run out, the newest first."""
    return list(session.scalars(
        select(Invitation)
        .where(Invitation.company_id == company_id, Invitation.state == State.OPEN)
        .order_by(Invitation.sent_at.desc(), Invitation.id)))


def find(session: Session, invitation_id: UUID, *, within: Scope) -> Invitation:
    invitation = session.get(Invitation, invitation_id)
    if invitation is None or invitation.company_id != within.company_id:
        raise NotFound("Inbjudan finns inte.")
    return invitation


def with_secret(session: Session, secret: str) -> Invitation:
    invitation = session.scalar(
        select(Invitation).where(Invitation.secret_hash == token_hash(secret)))
    if invitation is None:
        raise NotFound("Länken gäller inte. Kontrollera att hela kom med, eller leta efter ett "
                       "nyare e-brev med en ny länk.")
    return invitation


def admits(session: Session, secret: str, *, now: datetime) -> bool:
    """Whether somebody unknown may sign in because of it."""
    return bool(session.scalar(
        select(Invitation.id).where(Invitation.secret_hash == token_hash(secret),
                                    Invitation.state == State.OPEN,
                                    Invitation.last_on >= today(now))))


def invite(session: Session, details: Details, *, language: str, secret: str, by: Actor,
           now: datetime) -> Invitation:
    """`secret` stands in the link that is sent."""
    administrators.lock(session, by)
    rooms = administrators.rooms(session, details.role, details.departments, within=by.scope)
    if any(each.email.casefold() == details.email.casefold()
           for each in unanswered(session, by.company_id)):
        raise Invalid("Det finns redan en inbjudan till adressen. Skicka den igen, eller ta "
                      "tillbaka den först.", "email")
    invitation = Invitation(
        company_id=by.company_id, name=details.name, email=details.email, role=details.role,
        language=language, rooms=[InvitationDepartment(department_id=each) for each in rooms])
    session.add(invitation)
    _send(session, invitation, secret, by=by, now=now)
    _record(session, audit.Act.INVITATION_SENT, invitation, by=by, now=now)
    return invitation


def send_again(session: Session, invitation: Invitation, *, secret: str, by: Actor,
               now: datetime) -> None:
    """With a new link and a new time; the old link opens nothing."""
    _check_open(invitation)
    _send(session, invitation, secret, by=by, now=now)
    _record(session, audit.Act.INVITATION_SENT, invitation, by=by, now=now)


def withdraw(session: Session, invitation: Invitation, *, by: Actor, now: datetime) -> None:
    _answer(session, invitation, State.WITHDRAWN, by=None, now=now)
    _record(session, audit.Act.INVITATION_WITHDRAWN, invitation, by=by, now=now)


def accept(session: Session, invitation: Invitation, *, by: Actor, now: datetime) -> Post:
    """The person becomes an administrator; whoever invited them is told."""
    if refusal := obstacle(session, invitation, by.person_id):
        raise refusal
    _answer(session, invitation, State.ACCEPTED, by=by, now=now)
    person = session.get_one(Person, by.person_id)
    person.email = invitation.email
    post = people.appoint(session, person, invitation.role, company_id=invitation.company_id,
                          departments=_open_rooms(session, invitation), now=now)
    session.flush()
    audit.record(session, audit.Act.ADMINISTRATOR_ADDED, person.id,
                 company_id=invitation.company_id, by=by, now=now, person=person.name)
    if invitation.invited_by.email:
        messages.put_email(
            session, "invitation_accepted", to=invitation.invited_by.email,
            language=invitation.invited_by.language, company_id=invitation.company_id, now=now,
            person=person.name, name=invitation.invited_by.given_name,
            company=invitation.company.name)
    return post


def decline(session: Session, invitation: Invitation, *, by: Actor, now: datetime) -> None:
    _answer(session, invitation, State.DECLINED, by=by, now=now)
    _record(session, audit.Act.INVITATION_DECLINED, invitation, by=by, now=now)


def obstacle(session: Session, invitation: Invitation, person_id: UUID) -> Conflict | None:
    """Why the person cannot say yes: nobody is an administrator twice."""
    post = administrators.own(session, person_id)
    if post is None:
        return None
    if post.company_id == invitation.company_id:
        return Conflict("Du är redan administratör för %(company)s.",
                        company=invitation.company.name)
    return Conflict("Du är redan administratör för ett annat företag, och man kan bara vara det "
                    "för ett. Lämna det uppdraget först.")


def forget(session: Session, *, before: date) -> None:
    """Those whose last day was before; the log keeps that they were."""
    old = select(Invitation.id).where(Invitation.last_on < before)
    session.execute(delete(InvitationDepartment)
                    .where(InvitationDepartment.invitation_id.in_(old)))
    session.execute(delete(Invitation).where(Invitation.last_on < before))


def _answer(session: Session, invitation: Invitation, state: State, *, by: Actor | None,
            now: datetime) -> None:
    """Only one of those who answer at once is heard. What is withdrawn may have run out."""
    _check_open(invitation)
    in_time = Invitation.last_on >= today(now)
    answered = session.scalar(
        update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.state == State.OPEN,
               Invitation.secret_hash == invitation.secret_hash, *([in_time] if by else []))
        .values(state=state, answered_at=now, person_id=by and by.person_id)
        .returning(Invitation.id).execution_options(synchronize_session=False))
    if answered is None:
        raise Conflict("Inbjudan gäller inte längre.")
    session.refresh(invitation)


def _check_open(invitation: Invitation) -> None:
    if invitation.state != State.OPEN:
        raise Conflict("Inbjudan är redan besvarad eller tillbakatagen.")


def _open_rooms(session: Session, invitation: Invitation) -> list[UUID]:
    """Those that are open still."""
    chosen = [room.department_id for room in invitation.rooms]
    found = list(session.scalars(
        departments.listed(Scope(invitation.company_id)).with_only_columns(Department.id)
        .where(Department.id.in_(chosen))))
    if invitation.role == Role.DEPARTMENT_ADMIN and not found:
        raise Conflict("Avdelningen i inbjudan finns inte längre. Be om en ny inbjudan.")
    return found


def _send(session: Session, invitation: Invitation, secret: str, *, by: Actor,
          now: datetime) -> None:
    invitation.secret_hash, invitation.invited_by_id = token_hash(secret), by.person_id
    invitation.sent_at = now
    invitation.last_on = today(now) + timedelta(days=rules(session).invitation_days)
    session.flush()
    messages.put_email(session, "invitation", to=invitation.email, language=invitation.language,
                       company_id=invitation.company_id, now=now, name=invitation.name,
                       inviter=by.name, company=by.company_name,
                       last_on=invitation.last_on.isoformat(), secret=secret)


def _record(session: Session, act: audit.Act, invitation: Invitation, *, by: Actor,
            now: datetime) -> None:
    audit.record(session, act, invitation.id, company_id=invitation.company_id, by=by, now=now,
                 person=invitation.name)

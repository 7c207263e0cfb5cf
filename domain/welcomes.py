"""Somebody whom the company's own system has made a traveller is invited to sign in the first time.
Whoever opens the link and identifies with BankID says that it is them, once; from then on the
traveller has a personnummer."""
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from domain import audit, leavers, messages, scim_users, traveller_changes, travellers
from domain.access import Actor
from domain.companies import Company
from domain.errors import Conflict, NotFound
from domain.identity import token_hash
from domain.months import today
from domain.people import Person
from domain.rules import rules
from domain.scim_users import ScimUser
from domain.store import Base
from domain.travellers import Traveller


class Welcome(Base):
    __tablename__ = "welcomes"

    traveller_id: Mapped[UUID] = mapped_column(ForeignKey("travellers.id"), primary_key=True)
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    """Of the secret in the link that was sent last."""
    sent_at: Mapped[datetime]
    last_on: Mapped[date]
    """The last Swedish day on which it can be answered."""
    answered_at: Mapped[datetime | None]

    traveller: Mapped[Traveller] = relationship()

    def is_open(self, day: date) -> bool:
        return (self.answered_at is None and day <= self.last_on
                and self.traveller.ended_at is None)


def with_secret(session: Session, secret: str, *, lock: bool = False) -> Welcome:
    wanted = (select(Welcome).options(joinedload(Welcome.traveller))
              .where(Welcome.secret_hash == token_hash(secret)))
    welcome = session.scalar(wanted.with_for_update(of=Welcome) if lock else wanted)
    if welcome is None:
        raise NotFound("Länken gäller inte. Kontrollera att hela kom med, eller leta efter ett "
                       "nyare meddelande med en ny länk.")
    return welcome


def admits(session: Session, secret: str, *, now: datetime) -> bool:
    """Whether somebody unknown may sign in because of it."""
    found = session.scalar(select(Welcome).options(joinedload(Welcome.traveller))
                           .where(Welcome.secret_hash == token_hash(secret)))
    return found is not None and found.is_open(today(now))


def of_traveller(session: Session, traveller: Traveller) -> Welcome | None:
    return session.get(Welcome, traveller.id)


def company(session: Session, welcome: Welcome) -> Company:
    return session.get_one(Company, welcome.traveller.company_id)


def send(session: Session, traveller: Traveller, *, secret: str, by: Actor,
         now: datetime) -> Welcome | None:
    """By e-mail, or else by text message; None when there is neither. An earlier link opens
    nothing more."""
    _check_unknown(traveller)
    if not (traveller.email or traveller.mobile):
        return None
    welcome = session.get(Welcome, traveller.id) or Welcome(traveller=traveller)
    welcome.secret_hash, welcome.sent_at, welcome.answered_at = token_hash(secret), now, None
    welcome.last_on = today(now) + timedelta(days=rules(session).welcome_days)
    session.add(welcome)
    words = {"company": by.company_name, "secret": secret,
             "last_on": welcome.last_on.isoformat()}
    if traveller.email:
        messages.put_email(session, "welcome", to=traveller.email, about_id=traveller.id,
                           company_id=traveller.company_id, now=now, name=traveller.given_name,
                           **words)
    else:
        messages.put_sms(session, "welcome", to=traveller.mobile, about_id=traveller.id,
                         company_id=traveller.company_id, now=now, **words)
    _record(session, audit.Act.TRAVELLER_WELCOMED, traveller, by=by, now=now)
    return welcome


def accept(session: Session, welcome: Welcome, *, by: Actor, now: datetime) -> Traveller:
    """The person says that it is them. Whoever was a traveller of the company already goes on as
    that one."""
    if not welcome.is_open(today(now)):
        raise Conflict("Länken gäller inte längre. Be din arbetsgivare att skicka en ny.")
    welcome.answered_at = now
    traveller = welcome.traveller
    person = session.get_one(Person, by.person_id)
    known = session.scalar(
        select(Traveller).where(Traveller.company_id == traveller.company_id,
                                Traveller.personnummer_index == person.personnummer_index))
    if known is not None:
        return _go_on_as(session, known, traveller, by=by, now=now)
    travellers.bind(session, traveller, person, by=by, now=now)
    return traveller


def _go_on_as(session: Session, known: Traveller, traveller: Traveller, *, by: Actor,
              now: datetime) -> Traveller:
    """The one without a number ends, and the link to the company's system moves."""
    user = scim_users.of_traveller(session, traveller.id)
    if user is None or scim_users.of_traveller(session, known.id):
        raise Conflict("Du är redan resenär hos samma företag. Be din arbetsgivare att rätta "
                       "uppgifterna.")
    details, department = traveller.details, traveller.department
    leavers.leave(session, traveller, by=by, now=now)
    _hand_over(session, user, known)
    if known.ended_at:
        return travellers.employ(session, known, department, details, by=by, now=now)
    traveller_changes.change(session, known, department, details, by=by, now=now)
    return known


def _hand_over(session: Session, user: ScimUser, known: Traveller) -> None:
    user.traveller = known
    session.flush()


def _check_unknown(traveller: Traveller) -> None:
    travellers.check_employed(traveller)
    if traveller.personnummer_index is not None:
        raise Conflict("Resenären har redan loggat in.")


def _record(session: Session, act: audit.Act, traveller: Traveller, *, by: Actor,
            now: datetime) -> None:
    audit.record(session, act, traveller.id, company_id=traveller.company_id,
                 department_id=traveller.department_id, by=by, now=now, traveller=traveller.name)

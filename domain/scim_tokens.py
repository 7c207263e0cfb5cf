"""The keys with which a company's own system reaches the portal to keep its travellers in step.
Each is shown once, when it is made, and works until it is revoked or its last day has passed."""
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, or_, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from domain import audit
from domain.access import Actor, Role, Scope
from domain.companies import Company
from domain.errors import Conflict, Invalid, NotFound
from domain.identity import token_hash
from domain.months import today
from domain.people import Person
from domain.store import Row

MOST_YEARS = 2
USE_TOLD_EVERY = timedelta(hours=1)


@dataclass(frozen=True)
class Details:
    name: str
    last_on: date | None
    """The last Swedish day on which it works; None until it is revoked."""


class ScimToken(Row):
    __tablename__ = "scim_tokens"

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), index=True)
    name: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(unique=True)
    made_by_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    last_on: Mapped[date | None]
    used_at: Mapped[datetime | None]
    """To the hour."""
    revoked_at: Mapped[datetime | None]

    made_by: Mapped[Person] = relationship()
    company: Mapped[Company] = relationship()

    def works(self, day: date) -> bool:
        return self.revoked_at is None and (self.last_on is None or day <= self.last_on)


def of_company(session: Session, company_id: UUID) -> list[ScimToken]:
    """Those that have not been revoked, the newest first."""
    return list(session.scalars(
        select(ScimToken).options(joinedload(ScimToken.made_by))
        .where(ScimToken.company_id == company_id, ScimToken.revoked_at.is_(None))
        .order_by(ScimToken.made_at.desc(), ScimToken.id)))


def find(session: Session, token_id: UUID, *, within: Scope) -> ScimToken:
    token = session.get(ScimToken, token_id)
    if token is None or not within.covers(token.company_id, None):
        raise NotFound("Nyckeln finns inte.")
    return token


def make(session: Session, details: Details, *, secret: str, by: Actor,
         now: datetime) -> ScimToken:
    """`secret` is what the company's system shows from now on; only its hash is kept."""
    _check_day(details.last_on, today(now))
    token = ScimToken(company_id=by.company_id, name=details.name, last_on=details.last_on,
                      secret_hash=token_hash(secret), made_by_id=by.person_id, made_at=now)
    session.add(token)
    session.flush()
    _record(session, audit.Act.SYNC_KEY_MADE, token, by=by, now=now)
    return token


def revoke(session: Session, token: ScimToken, *, by: Actor, now: datetime) -> None:
    if token.revoked_at:
        raise Conflict("Nyckeln är redan återkallad.")
    token.revoked_at = now
    _record(session, audit.Act.SYNC_KEY_REVOKED, token, by=by, now=now)


def opened(session: Session, secret: str, *, now: datetime) -> ScimToken | None:
    """The key, when it works; it is written down, about once an hour, that it is in use."""
    token = session.scalar(select(ScimToken).options(joinedload(ScimToken.company))
                           .where(ScimToken.secret_hash == token_hash(secret)))
    if token is None or not token.works(today(now)):
        return None
    session.execute(
        update(ScimToken)
        .where(ScimToken.id == token.id, or_(ScimToken.used_at.is_(None),
                                             ScimToken.used_at < now - USE_TOLD_EVERY))
        .values(used_at=now).execution_options(synchronize_session=False))
    return token


def actor(token: ScimToken) -> Actor:
    """Who acts when the company's system does: nobody in person, for the whole company."""
    return Actor(person_id=None, name=f"Synkronisering: {token.name}", personnummer_index=b"",
                 roles=frozenset({Role.COMPANY_ADMIN}), administers=token.company_id,
                 company_name=token.company.name, on_trial=token.company.on_trial)


def _check_day(last_on: date | None, day: date) -> None:
    if last_on and last_on < day:
        raise Invalid("Dagen har redan varit.", "last_on")
    if last_on and last_on > day + timedelta(days=MOST_YEARS * 365):
        raise Invalid("Nyckeln kan gälla i högst två år. Välj en tidigare dag.", "last_on")


def _record(session: Session, act: audit.Act, token: ScimToken, *, by: Actor,
            now: datetime) -> None:
    audit.record(session, act, token.id, company_id=token.company_id, by=by, now=now,
                 key=token.name)

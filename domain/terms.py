"""The terms that each person accepts, by version, before anything else works."""
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import audit
from domain.access import Actor, Role
from domain.store import Row, insert_missing


class Kind(StrEnum):
    PRIVACY = "privacy"
    TRAVEL = "travel"
    COMPANY = "company"
    TRAVELLER = "traveller"


@dataclass(frozen=True)
class Edition:
    version: str
    since: date


IN_FORCE = {
    Kind.PRIVACY: Edition("2026:1", date(2026, 11, 1)),
    Kind.TRAVEL: Edition("2026:1", date(2026, 11, 1)),
    Kind.COMPANY: Edition("2026:1", date(2026, 11, 1)),
    Kind.TRAVELLER: Edition("2026:1", date(2026, 11, 1)),
}
"""The texts stand in `templates/terms`. Whoever changes one gives it a new version here."""

OWED_BY = {Role.COMPANY_ADMIN: [Kind.PRIVACY, Kind.TRAVEL, Kind.COMPANY],
           Role.DEPARTMENT_ADMIN: [Kind.PRIVACY, Kind.TRAVEL, Kind.COMPANY],
           Role.TRAVELLER: [Kind.PRIVACY, Kind.TRAVEL, Kind.TRAVELLER],
           Role.CLERK: []}


class Acceptance(Row):
    __tablename__ = "acceptances"
    __table_args__ = (UniqueConstraint("person_id", "kind", "version"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[Kind]
    version: Mapped[str]
    accepted_at: Mapped[datetime]


def owed(session: Session, actor: Actor) -> list[Kind]:
    """What the person has not accepted yet in the version in force, in reading order."""
    accepted = set(session.execute(
        select(Acceptance.kind, Acceptance.version)
        .where(Acceptance.person_id == actor.person_id)
    ).all())
    needed = {kind for role in actor.roles for kind in OWED_BY[role]}
    return [kind for kind in Kind
            if kind in needed and (kind, IN_FORCE[kind].version) not in accepted]


def accept(session: Session, kinds: list[Kind], *, by: Actor, now: datetime) -> None:
    for kind in kinds:
        insert_missing(session, Acceptance, person_id=by.person_id, kind=kind,
                       version=IN_FORCE[kind].version, accepted_at=now)
    audit.record(session, audit.Act.TERMS_ACCEPTED, by.person_id, company_id=by.administers,
                 by=by, now=now, kinds=", ".join(kinds))

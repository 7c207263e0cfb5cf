"""The terms that each person accepts, by version, before anything else works."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import audit
from domain.access import Actor, Role
from domain.errors import NotFound
from domain.months import today
from domain.store import Row, insert_missing


class Kind(StrEnum):
    PRIVACY = "privacy"
    TRAVEL = "travel"
    COMPANY = "company"
    TRAVELLER = "traveller"
    CUSTOMER = "customer"


@dataclass(frozen=True)
class Edition:
    """The text of a kind of terms, in force from the Swedish midnight at which `since` begins."""

    version: str
    since: date
    changes: str = ""
    """What differs from the edition before, in a sentence or two; marked with `sv`."""


EDITIONS: dict[Kind, list[Edition]] = {
    Kind.PRIVACY: [Edition("2026:1", date(2026, 11, 1))],
    Kind.TRAVEL: [Edition("2026:1", date(2026, 11, 1))],
    Kind.COMPANY: [Edition("2026:1", date(2026, 11, 1))],
    Kind.TRAVELLER: [Edition("2026:1", date(2026, 11, 1))],
    Kind.CUSTOMER: [Edition("2026:1", date(2026, 11, 1))],
}
"""The oldest first. The texts stand in `templates/terms`, one for each edition. Whoever changes one
adds an edition here, which may be in force from a later day: until then it is only announced."""

OWED_BY = {Role.COMPANY_ADMIN: [Kind.PRIVACY, Kind.TRAVEL, Kind.COMPANY],
           Role.DEPARTMENT_ADMIN: [Kind.PRIVACY, Kind.TRAVEL, Kind.COMPANY],
           Role.TRAVELLER: [Kind.PRIVACY, Kind.TRAVEL, Kind.TRAVELLER],
           Role.CUSTOMER: [Kind.PRIVACY, Kind.TRAVEL, Kind.CUSTOMER],
           Role.CLERK: [], Role.INSPECTOR: []}


class Acceptance(Row):
    __tablename__ = "acceptances"
    __table_args__ = (UniqueConstraint("person_id", "kind", "version"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[Kind]
    version: Mapped[str]
    accepted_at: Mapped[datetime]


_ACCEPTED = (  # asked before every page, and therefore made once
    select(Acceptance.__table__.c.kind, Acceptance.__table__.c.version)
    .where(Acceptance.__table__.c.person_id == bindparam("person_id")))


def in_force(kind: Kind, *, now: datetime) -> Edition:
    """The first one also holds before its day: there is always one."""
    day = today(now)
    return [each for each in EDITIONS[kind] if each.since <= day or each is EDITIONS[kind][0]][-1]


def edition(kind: Kind, version: str) -> Edition:
    found = next((each for each in EDITIONS[kind] if each.version == version), None)
    if found is None:
        raise NotFound("Det finns ingen sådan version av villkoren.")
    return found


def owed(session: Session, actor: Actor, *, now: datetime) -> list[Kind]:
    """What the person has not accepted yet in the version in force, in reading order."""
    accepted = {(kind, version) for kind, version in session.execute(
        _ACCEPTED, {"person_id": actor.person_id})}
    needed = {kind for role in actor.roles for kind in OWED_BY[role]}
    return [kind for kind in Kind
            if kind in needed and (kind, in_force(kind, now=now).version) not in accepted]


def news(session: Session, actor: Actor, kind: Kind, *, now: datetime) -> list[Edition]:
    """The editions that have come since the one that the person accepted last, up to the one in
    force; none when they have never accepted any."""
    return since(kind, {each.version for each in accepted_by(session, actor.person_id)
                        if each.kind == kind}, now=now)


def since(kind: Kind, versions: set[str], *, now: datetime) -> list[Edition]:
    """The editions after the latest of these versions, up to the one in force."""
    editions = EDITIONS[kind][:EDITIONS[kind].index(in_force(kind, now=now)) + 1]
    known = [place for place, each in enumerate(editions) if each.version in versions]
    return editions[known[-1] + 1:] if known else []


def accepted_by(session: Session, person_id: UUID) -> list[Acceptance]:
    """The newest first."""
    return list(session.scalars(
        select(Acceptance).where(Acceptance.person_id == person_id)
        .order_by(Acceptance.accepted_at.desc(), Acceptance.kind)))


def accept(session: Session, kinds: Iterable[Kind], *, by: Actor, now: datetime) -> None:
    """In the version in force."""
    kinds = list(kinds)
    for kind in kinds:
        insert_missing(session, Acceptance, person_id=by.person_id, kind=kind,
                       version=in_force(kind, now=now).version, accepted_at=now)
    audit.record(session, audit.Act.TERMS_ACCEPTED, by.person_id, company_id=by.administers,
                 by=by, now=now, kinds=", ".join(kinds))

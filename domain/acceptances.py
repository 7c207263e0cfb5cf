"""Who of a company has accepted which terms, in which version, and when."""
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Select, String, Subquery, and_, cast, null, or_, select, union_all
from sqlalchemy.orm import Session

from domain.access import Role
from domain.errors import NotFound
from domain.people import Person, Post
from domain.terms import OWED_BY, Acceptance, Kind
from domain.travellers import Traveller


@dataclass(frozen=True)
class Line:
    id: UUID
    name: str
    kind: Kind
    version: str
    accepted_at: datetime


@dataclass(frozen=True)
class Page:
    rows: list[Line]
    after: str | None
    """Where the older ones begin; None when there are none."""


def listed(session: Session, company_id: UUID, *, search: str = "", after: str | None = None,
           most: int = 50) -> Page:
    """The newest first. Of a traveller only what travellers accept: what else they are is not for
    this company to know."""
    found = whole(session, company_id, search=search).limit(most + 1)
    rows = [Line(each.id, f"{each.given_name} {each.surname}", each.kind, each.version,
                 each.accepted_at) for each in session.execute(_from(found, after))]
    last = rows[:most][-1] if len(rows) > most else None
    return Page(rows[:most], last and f"{last.accepted_at.isoformat()}|{last.id}")


def whole(session: Session, company_id: UUID, *, search: str = "") -> Select:
    """The same without pages."""
    who = _members(session, company_id, search.replace("\0", "").casefold().split())
    return (select(Acceptance.id, who.c.given_name, who.c.surname, Acceptance.kind,
                   Acceptance.version, Acceptance.accepted_at)
            .join(who, who.c.person_id == Acceptance.person_id)
            .where(or_(who.c.role.is_not(None), Acceptance.kind.in_(OWED_BY[Role.TRAVELLER])))
            .order_by(Acceptance.accepted_at.desc(), Acceptance.id.desc()))


def _members(session: Session, company_id: UUID, words: list[str]) -> Subquery:
    """The company's administrators, and its travellers by the name that it knows them by."""
    posts = select(Post.person_id).where(Post.company_id == company_id)
    administrators = (
        select(Person.id.label("person_id"), Person.given_name, Person.surname,
               cast(Post.role, String).label("role"))
        .join(Post).where(Post.company_id == company_id,
                          Person.id.in_(_named(session, company_id, words))))
    travellers = (
        select(Person.id, Traveller.given_name, Traveller.surname, cast(null(), String))
        .join(Traveller, and_(Traveller.company_id == company_id,
                              Traveller.personnummer_index == Person.personnummer_index))
        .where(Traveller.ended_at.is_(None), Person.id.not_in(posts),
               *(Traveller.sort_name.contains(word, autoescape=True) for word in words)))
    return union_all(administrators, travellers).subquery()


def _named(session: Session, company_id: UUID, words: list[str]) -> list[UUID]:
    """The administrators with all the words in their names: they are few, and a database does not
    fold the case of every letter."""
    people = session.execute(
        select(Person.id, Person.given_name, Person.surname).join(Post)
        .where(Post.company_id == company_id))
    return [person_id for person_id, *names in people
            if all(word in " ".join(names).casefold() for word in words)]


def _from(found: Select, after: str | None) -> Select:
    if not after:
        return found
    written, _, last_id = after.partition("|")
    try:
        moment, last = datetime.fromisoformat(written).astimezone(UTC), UUID(last_id)
    except (ValueError, OverflowError) as wrong:
        raise NotFound("Sidan finns inte.") from wrong
    same = and_(Acceptance.accepted_at == moment, Acceptance.id < last)
    return found.where(or_(Acceptance.accepted_at < moment, same))

"""The clerks' queue: who has which application, which are doubled, and those that are decided."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from domain import applications, audit, companies, people
from domain.access import Actor
from domain.applications import CLOSED, OPEN, CompanyApplication, State
from domain.companies import Company
from domain.errors import NotFound


@dataclass(frozen=True)
class Search:
    """What is asked of the queue; empty asks nothing."""

    words: str = ""
    """A part of the company's or the applicant's name, or the organisation number."""
    clerk_id: UUID | None = None
    only_free: bool = False
    """Those that no clerk has."""

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        wanted: list[ColumnElement[bool]] = []
        if self.words:
            wanted.append(self._named())
        if self.clerk_id:
            wanted.append(CompanyApplication.clerk_id == self.clerk_id)
        if self.only_free:
            wanted.append(CompanyApplication.clerk_id.is_(None))
        return wanted

    def _named(self) -> ColumnElement[bool]:
        number = "".join(each for each in self.words if each.isdecimal())
        named = CompanyApplication.named.contains(self.words.casefold(), autoescape=True)
        numbered = CompanyApplication.organisation_number.startswith(number)
        return or_(named, numbered) if number else named


@dataclass(frozen=True)
class Page:
    rows: list[CompanyApplication]
    first: int
    total: int

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def undecided(session: Session, search: Search) -> list[CompanyApplication]:
    """The first promised first, so what is overdue comes before all else."""
    return list(session.scalars(
        select(CompanyApplication).where(CompanyApplication.state.in_(OPEN), *search.conditions)
        .options(joinedload(CompanyApplication.clerk))
        .order_by(CompanyApplication.promised_on, CompanyApplication.received_at,
                  CompanyApplication.id)))


def decided(session: Session, search: Search, *, page: int = 1, most: int = 25) -> Page:
    """The newest decision first."""
    wanted = (CompanyApplication.state.in_(CLOSED), *search.conditions)
    total = session.scalar(select(func.count()).select_from(CompanyApplication).where(*wanted))
    skipped = (page - 1) * most
    rows = session.scalars(
        select(CompanyApplication).where(*wanted)
        .order_by(CompanyApplication.decided_at.desc(), CompanyApplication.id)
        .offset(skipped).limit(most))
    return Page(list(rows), skipped + 1, total)


def whole(search: Search) -> Select[tuple[CompanyApplication]]:
    """As on the page, without pages: what waits for a clerk, what rests, and what is decided."""
    place = case((CompanyApplication.state == State.RECEIVED, 0),
                 (CompanyApplication.state == State.NEEDS_INFORMATION, 1), else_=2)
    promised_on = case((place < 2, CompanyApplication.promised_on))
    return (select(CompanyApplication).where(*search.conditions)
            .options(joinedload(CompanyApplication.clerk))
            .order_by(place, promised_on, CompanyApplication.decided_at.desc(),
                      CompanyApplication.received_at, CompanyApplication.id))


def doubled(session: Session, rows: Iterable[CompanyApplication]) -> set[str]:
    """The organisation numbers that more than one open application has, or a company already."""
    numbers = {each.organisation_number for each in rows}
    several = session.scalars(
        select(CompanyApplication.organisation_number)
        .where(CompanyApplication.organisation_number.in_(numbers),
               CompanyApplication.state.in_(OPEN))
        .group_by(CompanyApplication.organisation_number).having(func.count() > 1))
    there = session.scalars(
        select(Company.organisation_number).where(Company.organisation_number.in_(numbers),
                                                  Company.approved_at.is_not(None)))
    return {*several, *there}


@dataclass(frozen=True)
class Duplicates:
    """Others with the same organisation number."""

    company: Company | None
    applications: list[CompanyApplication]

    def __bool__(self) -> bool:
        return bool(self.company or self.applications)


def duplicates(session: Session, application: CompanyApplication) -> Duplicates:
    company = companies.with_number(session, application.organisation_number)
    return Duplicates(
        company=None if company and company.id == application.company_id else company,
        applications=list(session.scalars(
            select(CompanyApplication)
            .where(CompanyApplication.organisation_number == application.organisation_number,
                   CompanyApplication.id != application.id)
            .order_by(CompanyApplication.received_at.desc()).limit(10))))


def due(session: Session, today: date) -> tuple[int, int]:
    """How many answers are overdue, and how many are due today."""
    found = session.execute(
        select(CompanyApplication.promised_on, func.count())
        .where(CompanyApplication.state == State.RECEIVED,
               CompanyApplication.promised_on <= today)
        .group_by(CompanyApplication.promised_on)).all()
    overdue = sum(count for day, count in found if day < today)
    return overdue, sum(count for day, count in found if day == today)


def resting_count(session: Session) -> int:
    """Those that wait for the applicant."""
    return session.scalar(select(func.count()).select_from(CompanyApplication)
                          .where(CompanyApplication.state == State.NEEDS_INFORMATION))


def hand_over(session: Session, application: CompanyApplication, clerk_id: UUID, *, by: Actor,
              now: datetime) -> None:
    """From now on that clerk has it: oneself, or a colleague."""
    applications.check_open(application)
    clerk = next((each for each in people.clerks(session) if each.id == clerk_id), None)
    if clerk is None:
        raise NotFound("Handläggaren finns inte.")
    application.clerk, application.taken_at = clerk, now
    applications.record(session, audit.Act.APPLICATION_TAKEN, application, by=by, now=now,
                        clerk=clerk.name)

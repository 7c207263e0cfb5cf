"""What the administrators are told, seldom and together: which travellers are near their limits and
which departments near their budgets. Nothing is written where nothing is new."""
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, union_all, update
from sqlalchemy.orm import Session

from domain import administrators, messages, raises
from domain.access import Role, Scope
from domain.business_travel import Connection
from domain.departments import Department
from domain.limit_warnings import BudgetWarning, Kind, LimitWarning
from domain.months import Month, midnight, today
from domain.people import Post
from domain.rules import rules
from domain.spendings import DepartmentSpending, spent
from domain.travellers import Traveller


@dataclass(frozen=True)
class Line:
    """A traveller, or a department, and what they have used of what they have."""

    name: str
    spent_ore: int
    limit_ore: int


@dataclass(frozen=True)
class News:
    """With the department that each is of."""

    travellers: list[tuple[UUID, Line]]
    departments: list[tuple[UUID, Line]]


def due(session: Session, *, now: datetime) -> list[UUID]:
    """The companies with something new, that have not been written to for some days."""
    day = midnight(today(now) - timedelta(days=rules(session).limit_digest_days - 1))
    lately = union_all(*(select(kind.company_id).where(kind.told_at >= day)
                         for kind in (LimitWarning, BudgetWarning)))
    new = union_all(*(select(kind.company_id).where(kind.told_at.is_(None))
                      for kind in (LimitWarning, BudgetWarning))).subquery()
    return list(session.scalars(
        select(new.c.company_id).distinct().where(new.c.company_id.not_in(lately))
        .order_by(new.c.company_id)))


def write(session: Session, company_id: UUID, *, now: datetime) -> None:
    """To each administrator about those whom they administer. Harmless twice, and by two at
    once."""
    news = News(_travellers(session, company_id, now=now), _departments(session, company_id,
                                                                        now=now))
    for post in administrators.listed(session, company_id):
        whole = post.role == Role.COMPANY_ADMIN
        scope = Scope(company_id, None if whole else frozenset(
            room.department_id for room in post.rooms))
        _write_to(session, post, scope, news, now=now)


def _write_to(session: Session, post: Post, scope: Scope, news: News, *, now: datetime) -> None:
    travellers, departments = (
        [asdict(line) for department_id, line in lines
         if scope.covers(scope.company_id, department_id)]
        for lines in (news.travellers, news.departments))
    if post.person.email and (travellers or departments):
        messages.put_email(session, "limit_digest", to=post.person.email,
                           language=post.person.language, company_id=scope.company_id, now=now,
                           name=post.person.given_name, month=str(Month.of(now)),
                           travellers=travellers, departments=departments)


def _travellers(session: Session, company_id: UUID, *,
                now: datetime) -> list[tuple[UUID, Line]]:
    reached = _claim(session, LimitWarning, company_id, now=now)
    room_of = raises.rooms(session, reached, now=now)
    found = session.execute(
        select(Connection.id, Traveller).join(Connection.traveller)
        .where(Connection.id.in_(reached), Connection.ended_at.is_(None))
        .order_by(Traveller.sort_name, Traveller.id))
    return [(traveller.department_id,
             Line(traveller.name, room_of[key].spent_ore, room_of[key].limit_ore))
            for key, traveller in found]


def _departments(session: Session, company_id: UUID, *,
                 now: datetime) -> list[tuple[UUID, Line]]:
    reached = _claim(session, BudgetWarning, company_id, now=now)
    used = spent(session, DepartmentSpending, reached, now=now)
    found = session.scalars(
        select(Department).where(Department.id.in_(reached),
                                 Department.monthly_budget_ore.is_not(None))
        .order_by(Department.name_key))
    return [(each.id, Line(each.name, used.get(each.id, 0), each.monthly_budget_ore or 0))
            for each in found]


def _claim(session: Session, kind: Kind, company_id: UUID, *, now: datetime) -> list[UUID]:
    """Whose warnings nobody has been told of, and now are. What was reached in a month that has
    ended is no longer worth a letter: the limit has started over."""
    claimed = session.execute(
        update(kind).where(kind.company_id == company_id, kind.told_at.is_(None))
        .values(told_at=now).returning(kind.owner_id, kind.month_on)
        .execution_options(synchronize_session=False)).all()
    return list({owner_id for owner_id, month_on in claimed
                 if month_on == Month.of(now).first_day})

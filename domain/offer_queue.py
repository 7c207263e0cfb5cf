"""The applications for staff offers that a company has: those to decide, by their last day, and
those that are decided."""
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from domain.access import Scope
from domain.months import today
from domain.offer_applications import OPEN, OfferApplication, State
from domain.travellers import Traveller

A, T = OfferApplication, Traveller.__table__.c
ON_A_PAGE = 50


class Show(StrEnum):
    """Which are shown."""

    WAITING = "waiting"
    SECOND = "second"
    """Somebody has said the first yes of two."""
    ASKED = "asked"
    """They wait for the traveller."""
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ALL = "all"


UNDECIDED = (Show.WAITING, Show.SECOND, Show.ASKED)


class Due(StrEnum):
    PAST = "past"
    WEEK = "week"
    """Today or within seven days, or past."""


@dataclass(frozen=True)
class Search:
    """None, or nothing, asks nothing."""

    words: str = ""
    show: Show = Show.WAITING
    department_id: UUID | None = None
    offer_id: UUID | None = None
    due: Due | None = None


@dataclass(frozen=True)
class Page:
    rows: list[OfferApplication]
    total: int
    price_ore: int
    month_ore: int
    """What the salaries would pay in an ordinary month."""
    place: int
    """The number of the first row, from 0."""

    @property
    def last(self) -> int:
        return self.place + len(self.rows)


def listed(session: Session, search: Search, *, within: Scope, now: datetime,
           place: int = 0) -> Page:
    """What should be decided first comes first; of what is decided, the last."""
    asked = wanted(search, within=within, now=now)
    total, price_ore, month_ore = session.execute(
        select(func.count(), func.coalesce(func.sum(A.price_ore), 0),
               func.coalesce(func.sum(A.employee_ore // A.months), 0))
        .join(A.traveller).where(*asked)).one()
    place = min(max(place, 0), max(total - 1, 0) // ON_A_PAGE * ON_A_PAGE)
    rows = session.scalars(
        select(A).join(A.traveller).join(Traveller.department).where(*asked)
        .options(contains_eager(A.traveller).contains_eager(Traveller.department),
                 joinedload(A.offer), joinedload(A.ticket), joinedload(A.decided_by),
                 joinedload(A.first_yes_by), joinedload(A.card))
        .order_by(*order()).limit(ON_A_PAGE).offset(place))
    return Page(list(rows), total, int(price_ore), int(month_ore), place)


def order() -> list[ColumnElement]:
    still = A.state.in_(OPEN)
    return [case((still, 0), else_=1), case((still, A.decide_by)),
            case((~still, A.decided_at)).desc(), A.applied_at, A.id]


def wanted(search: Search, *, within: Scope, now: datetime) -> list[ColumnElement[bool]]:
    """What holds for each application that is asked for, beside its traveller."""
    asked = [within.holds(A.company_id, T.department_id), *_SHOWN[search.show],
             *(T.sort_name.contains(word, autoescape=True)
               for word in search.words.replace("\0", "").casefold().split())]
    if search.department_id:
        asked.append(T.department_id == search.department_id)
    if search.offer_id:
        asked.append(A.offer_id == search.offer_id)
    if search.due:
        asked += [A.state.in_(OPEN), A.decide_by < _before(search.due, today(now))]
    return asked


_SHOWN: dict[Show, list[ColumnElement[bool]]] = {
    Show.WAITING: [A.state == State.WAITING],
    Show.SECOND: [A.state == State.WAITING, A.first_yes_at.is_not(None)],
    Show.ASKED: [A.state == State.ASKED], Show.APPROVED: [A.state == State.APPROVED],
    Show.DECLINED: [A.state == State.DECLINED], Show.WITHDRAWN: [A.state == State.WITHDRAWN],
    Show.ALL: []}


def _before(due: Due, day: date) -> date:
    return day if due == Due.PAST else day + timedelta(days=8)


def ids(search: Search, *, within: Scope, now: datetime,
        among: list[UUID] | None = None) -> Select[tuple[UUID]]:
    """Those of all that are asked for, on every page; `among` some that are named, if any are."""
    named = [] if among is None else [A.id.in_(among)]
    return select(A.id).join(A.traveller).where(*wanted(search, within=within, now=now), *named)


def undecided(session: Session, chosen: Select[tuple[UUID]]) -> list[OfferApplication]:
    """The chosen ones that nobody has decided, each with its traveller."""
    return list(session.scalars(
        select(A).join(A.traveller).join(Traveller.department)
        .where(A.id.in_(chosen), A.state.in_(OPEN))
        .options(contains_eager(A.traveller).contains_eager(Traveller.department))
        .order_by(A.decide_by, A.applied_at, A.id)))

"""What was spent, as a list: each group with its name, the greatest sum first."""
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.access import Scope
from domain.departments import Department
from domain.many import ASKED_AT_ONCE, chunks
from domain.statistic_groups import Groups, Key, Per, Sum, Wish, grouped
from domain.statistics import NOBODY
from domain.travellers import Traveller


@dataclass(frozen=True)
class Group:
    key: Key
    name: str | None
    """Of a department or a person. None of what the key itself tells, and of those whom nobody has
    registered."""
    sum: Sum


def listed(session: Session, wish: Wish, per: Per, *, within: Scope) -> list[Group]:
    """Months by time, with those in which nothing was bought; the others by what they cost."""
    [groups] = grouped(session, wish, per, within=within).values()
    return named(session, wish, per, groups, within=within)


def named(session: Session, wish: Wish, per: Per, groups: Groups, *, within: Scope,
          most: int | None = None) -> list[Group]:
    if per is Per.MONTH:
        return by_month(wish, groups)
    found = sorted(((key, each) for key, each in groups.items() if each != Sum()),
                   key=lambda pair: (-pair[1].gross_ore, -pair[1].gross_before_ore, str(pair[0])))
    names = _names(session, per, [key for key, _sum in found[:most]], within.company_id)
    return [Group(key, names.get(key), each) for key, each in found[:most]]


def by_month(wish: Wish, groups: Groups) -> list[Group]:
    """Each month with the same one a year earlier."""
    return [Group(month.first_day, None, _beside(groups.get(month.first_day, Sum()),
                                                 groups.get(before.first_day, Sum())))
            for month, before in zip(wish.months, wish.before, strict=True)]


def _beside(now: Sum, before: Sum) -> Sum:
    return Sum(now.tickets, now.gross_ore, now.vat_ore, before.tickets_before,
               before.gross_before_ore)


def _names(session: Session, per: Per, keys: Collection[Key],
           company_id: UUID) -> dict[Key, str]:
    if per is Per.DEPARTMENT:
        return dict(session.execute(select(Department.id, Department.name).where(
            Department.company_id == company_id)).all())
    names: dict[Key, str] = {}
    if per is Per.PERSON:
        for some in chunks((key for key in keys if key != NOBODY), ASKED_AT_ONCE):
            names |= {traveller_id: f"{given_name} {surname}"
                      for traveller_id, given_name, surname in session.execute(
                          select(Traveller.id, Traveller.given_name, Traveller.surname)
                          .where(Traveller.id.in_(some)))}
    return names

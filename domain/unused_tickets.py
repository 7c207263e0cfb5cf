"""What was paid for tickets that nobody used before it was too late.

Whether a traveller has used a ticket is their own business. So it is told of whole quarters that
have ended, of all tickets together, and only where at least five people are among those who used
theirs and five among those who did not: nobody can be found by it, nor by comparing two answers.
"""
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.access import Scope
from domain.months import Month
from domain.services import Service
from domain.small_groups import LEAST
from domain.tickets import Ticket

QUARTERS = 4
T = Ticket.__table__.c


@dataclass(frozen=True)
class Quarter:
    """Of the tickets whose last day to be activated was in it."""

    first: Month
    tickets: int
    unused: int | None
    """None when it could be told of whom."""
    unused_ore: int | None

    @property
    def last(self) -> Month:
        return self.first.next.next

    @property
    def number(self) -> int:
        return (self.first.month + 2) // 3


def quarters(session: Session, *, within: Scope, now: datetime) -> list[Quarter]:
    """The last one first."""
    return [_told(session, first, within) for first in _ended(now)]


def _ended(now: datetime) -> list[Month]:
    """The first month of each."""
    month = Month.of(now)
    first = Month(month.year, month.month - (month.month - 1) % 3)
    found = []
    for _ in range(QUARTERS):
        first = first.previous.previous.previous
        found.append(first)
    return found


def _told(session: Session, first: Month, within: Scope) -> Quarter:
    """A visitor who is known by name and mobile alone is one person for each mobile."""
    used = T.activated_at.is_not(None)
    who = func.coalesce(func.cast(T.traveller_id, T.mobile.type), T.mobile)
    asked = (
        select(used, func.count(), func.sum(T.price_ore), func.count(func.distinct(who)))
        .where(within.holds(T.company_id, T.department_id), T.trial.is_(False),
               T.service != Service.BUSINESS_TRAVEL, T.recalled_at.is_(None),
               T.sold_at >= Month(first.year - 2, first.month).start, T.activate_by >= first.start,
               T.activate_by < first.next.next.next.start)
        .group_by(used))
    found = {bool(was_used): (count, int(ore), people)
             for was_used, count, ore, people in session.execute(asked)}
    tickets = sum(count for count, _ore, _people in found.values())
    if len(found) < 2 or min(people for _count, _ore, people in found.values()) < LEAST:
        return Quarter(first, tickets, None, None)
    unused, ore, _people = found[False]
    return Quarter(first, tickets, unused, ore)

"""Warnings that a limit or a budget is nearly, or wholly, used: each level is reached once a month.

The traveller is told at once by text message. The administrators are told of travellers and
departments together, in `limit_digests`.
"""
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import messages, webhooks
from domain.business_travel import Connection
from domain.departments import Department
from domain.months import Month
from domain.rules import rules
from domain.spendings import Taken
from domain.store import Base, insert_missing, partial_index

ALL = 100


class LimitWarning(Base):
    __tablename__ = "limit_warnings"
    __table_args__ = (partial_index("ix_limit_warnings_untold", "company_id",
                                    where="told_at IS NULL"),)

    owner_id: Mapped[UUID] = mapped_column(
        "connection_id", ForeignKey("business_travel_connections.id"), primary_key=True)
    month_on: Mapped[date] = mapped_column(primary_key=True)
    percent: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    made_at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    """When it was put in a digest to the administrators."""


class BudgetWarning(Base):
    __tablename__ = "budget_warnings"
    __table_args__ = (partial_index("ix_budget_warnings_untold", "company_id",
                                    where="told_at IS NULL"),)

    owner_id: Mapped[UUID] = mapped_column(
        "department_id", ForeignKey("departments.id"), primary_key=True)
    month_on: Mapped[date] = mapped_column(primary_key=True)
    percent: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    made_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


Kind = type[LimitWarning] | type[BudgetWarning]


def after_purchase(session: Session, connection: Connection, taken: Taken, *,
                   now: datetime) -> None:
    """Nothing is asked of the database before there is something to warn of."""
    level = _level(session, taken)
    if not level or not _reach(session, LimitWarning, connection, level, now=now):
        return
    if level == ALL:
        webhooks.tell(session, webhooks.Kind.LIMIT_REACHED, [connection.id], now=now)
    mobile = connection.traveller.mobile
    if mobile:
        template = "limit_used" if level == ALL else "limit_warning"
        messages.put_sms(session, template, to=mobile, about_id=uuid4(),
                         company_id=connection.company_id, now=now, spent_ore=taken.spent_ore,
                         limit_ore=taken.limit_ore, month=str(Month.of(now)))


def after_purchase_of(session: Session, department: Department, taken: Taken, *,
                      now: datetime) -> None:
    """The same of a department's budget, of which only the administrators are told."""
    level = _level(session, taken)
    if level:
        _reach(session, BudgetWarning, department, level, now=now)


def _level(session: Session, taken: Taken) -> int | None:
    """The highest that is reached, in percent."""
    if not taken.limit_ore:
        return None
    levels = (ALL, rules(session).limit_warning_percent)
    return next((each for each in levels if taken.spent_ore * 100 >= taken.limit_ore * each), None)


def _reach(session: Session, kind: Kind, owner: Connection | Department, level: int, *,
           now: datetime) -> bool:
    """Says whether it is the first time this month."""
    return insert_missing(session, kind, owner_id=owner.id, month_on=Month.of(now).first_day,
                          percent=level, company_id=owner.company_id, made_at=now)

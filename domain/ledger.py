"""The ledger of limits: what each authorisation has taken of a connection's limit and of a
department's budget and has given back, and what it has put on the invoice. It only grows.

The counters in `spendings` guard the limits. Here is why they stand where they stand.
"""
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, event, func, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column, relationship

from domain import purchase_months, spendings
from domain.authorisations import Authorisation, State
from domain.months import Month
from domain.purchase_months import Change, PurchaseMonth
from domain.services import Service
from domain.spendings import DepartmentSpending, Spending
from domain.store import Base, write_new
from domain.tickets import Ticket


class Kind(StrEnum):
    RESERVE = "reserve"
    CAPTURE = "capture"
    RELEASE = "release"
    REFUND = "refund"


STEPS = {Kind.RESERVE: 1, Kind.CAPTURE: 2, Kind.RELEASE: 2, Kind.REFUND: 3}


class Entry(Base):
    __tablename__ = "business_travel_ledger"
    __table_args__ = (Index("ix_business_travel_ledger_company", "company_id", "at"),)

    authorisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("business_travel_authorisations.id"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Each once: none is both captured and released, or refunded twice, whoever tries."""
    kind: Mapped[Kind]
    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"))
    department_id: Mapped[UUID] = mapped_column(ForeignKey("departments.id"))
    connection_id: Mapped[UUID] = mapped_column(ForeignKey("business_travel_connections.id"),
                                                index=True)
    month_on: Mapped[date]
    """The month of the authorisation: whose limit and budget it is of."""
    room_ore: Mapped[int]
    """What it takes of them; below zero what it gives back."""
    charge_ore: Mapped[int]
    """What it puts on the invoice of the month that it is made in; below zero a credit."""
    at: Mapped[datetime]
    trial: Mapped[bool]
    """Of a company that only tries the portal: nobody pays, and it goes with the trial."""

    authorisation: Mapped[Authorisation] = relationship()


@event.listens_for(Session, "before_flush")
def _write(session: Session, *_: object) -> None:
    """What is new of a purchase, when nothing else is, by statements that are made once."""
    write_new(session, Ticket, Authorisation, Entry)


def reserve(session: Session, authorisation: Authorisation, *, now: datetime) -> None:
    """The counters have been taken of."""
    _put(session, Kind.RESERVE, authorisation, room_ore=authorisation.price_ore, now=now)


def capture(session: Session, authorisation: Authorisation, ticket: Ticket, *,
            now: datetime) -> None:
    authorisation.state, authorisation.ticket_id = State.CAPTURED, ticket.id
    _put(session, Kind.CAPTURE, authorisation, charge_ore=authorisation.price_ore, now=now)
    purchase_months.count(session, Change.BOUGHT, authorisation, now=now)


def release(session: Session, open_ones: Sequence[Authorisation], state: State, *,
            now: datetime) -> None:
    """What is held and open buys nothing. The room is that month's, also when it is over."""
    for authorisation in open_ones:
        authorisation.state = state
        _put(session, Kind.RELEASE, authorisation, room_ore=-authorisation.price_ore, now=now)
    _give_back(session, open_ones)


def refund(session: Session, authorisation: Authorisation, *, now: datetime) -> None:
    """The room is given back within the month, and not later."""
    ore, within = authorisation.price_ore, authorisation.month == Month.of(now)
    authorisation.state = State.REFUNDED
    _put(session, Kind.REFUND, authorisation, room_ore=-ore if within else 0, charge_ore=-ore,
         now=now)
    if within:
        _give_back(session, [authorisation])
    purchase_months.count(session, Change.REFUNDED, authorisation, now=now)


def _put(session: Session, kind: Kind, authorisation: Authorisation, *, room_ore: int = 0,
         charge_ore: int = 0, now: datetime) -> None:
    session.add(Entry(
        authorisation_id=authorisation.id, step=STEPS[kind], kind=kind,
        company_id=authorisation.company_id, department_id=authorisation.department_id,
        connection_id=authorisation.connection_id, month_on=authorisation.month.first_day,
        room_ore=room_ore, charge_ore=charge_ore, at=now, trial=authorisation.trial))


def _give_back(session: Session, released: Sequence[Authorisation]) -> None:
    """The limits first and then the budgets, as whoever buys takes them."""
    limits, budgets = Counter(), Counter()
    for each in released:
        limits[each.connection_id, each.month.first_day] += each.price_ore
        budgets[each.department_id, each.month.first_day] += each.price_ore
    session.flush()
    spendings.give_back(session, Spending, limits)
    spendings.give_back(session, DepartmentSpending, budgets)


@dataclass(frozen=True)
class Difference:
    """So many öre more than the entries say. `when` is a month, or the moment of a purchase."""

    owner_id: UUID
    when: date | datetime
    ore: int


def check(session: Session) -> list[Difference]:
    """The limits and budgets that are used, and the purchases that go on the invoice, which are not
    the sum of their entries. There are none, at any time."""
    bought = Ticket.service == Service.BUSINESS_TRAVEL
    return [
        *_differences(session, Entry.connection_id, Entry.month_on, Entry.room_ore,
                      select(Spending.owner_id, Spending.month_on, Spending.spent_ore)),
        *_differences(session, Entry.department_id, Entry.month_on, Entry.room_ore,
                      select(DepartmentSpending.owner_id, DepartmentSpending.month_on,
                             DepartmentSpending.spent_ore)),
        *_differences(session, Entry.company_id, Entry.at, Entry.charge_ore,
                      select(Ticket.company_id, Ticket.sold_at, Ticket.price_ore).where(bought),
                      select(Ticket.company_id, Ticket.recalled_at, -Ticket.price_ore)
                      .where(bought, Ticket.recalled_at.is_not(None))),
        *_charged(session),
    ]


def _charged(session: Session) -> list[Difference]:
    """What is kept of each department's months, of which the pages tell."""
    kept, month = Counter(), PurchaseMonth
    for *key, ore in session.execute(select(
            month.department_id, month.month_on, month.bought_ore - month.refunded_ore)):
        kept[tuple(key)] += ore
    for department_id, at, ore in session.execute(
            select(Entry.department_id, Entry.at, Entry.charge_ore).where(Entry.charge_ore != 0)
            .execution_options(yield_per=10_000)):
        kept[department_id, Month.of(at).first_day] -= ore
    return [Difference(*key, ore) for key, ore in kept.items() if ore]


def _differences(session: Session, owner: InstrumentedAttribute, when: InstrumentedAttribute,
                 ore: InstrumentedAttribute, *told: Select) -> list[Difference]:
    owner_id, moment, part = union_all(*told, select(owner, when, -ore)).subquery().c
    total = func.sum(part)
    return [Difference(*key, int(more)) for *key, more in session.execute(
        select(owner_id, moment, total).group_by(owner_id, moment).having(total != 0))]

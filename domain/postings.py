"""Parcels that are handed to the post, many at a time, and how long they had waited."""
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from domain import audit, messages
from domain.access import Actor
from domain.card_numbers import mask_card
from domain.errors import NotFound
from domain.months import Month, working_days_between
from domain.packing import PACKED
from domain.parcel_cases import missing_from
from domain.parcels import Kind, Parcel, Posting


def post(session: Session, parcel_ids: Sequence[UUID], *, by: Actor,
         now: datetime) -> Posting | None:
    """Those of the parcels that are packed and not posted; None when none is. Each customer gets
    one e-mail about theirs."""
    rows = list(session.scalars(
        select(Parcel).where(PACKED, Parcel.id.in_(parcel_ids)).order_by(Parcel.id)
        .with_for_update().options(selectinload(Parcel.customer),
                                    selectinload(Parcel.card))
        .execution_options(populate_existing=True)))
    if not rows:
        return None
    posting = Posting(posted_at=now, by_id=by.person_id, by_name=by.name, size=len(rows))
    session.add(posting)
    session.flush()
    for parcel in rows:
        parcel.posting_id, parcel.posted_at = posting.id, now
        parcel.waited_days = working_days_between(parcel.ordered_at, now)
        audit.record(session, audit.Act.PARCEL_POSTED, parcel.id, company_id=parcel.customer_id,
                     by=by, now=now, card=mask_card(parcel.card.number))
    _tell(session, rows, now)
    return posting


def _tell(session: Session, rows: Sequence[Parcel], now: datetime) -> None:
    of_each: dict[tuple, list[Parcel]] = defaultdict(list)
    for parcel in rows:
        of_each[parcel.customer_id, parcel.address].append(parcel)
    for (_, address), theirs in of_each.items():
        customer = theirs[0].customer
        if customer.deleted_at:
            continue
        messages.put_email(
            session, "parcel_posted", to=customer.email, language=customer.language,
            about_id=customer.id, now=now, name=customer.given_name, count=len(theirs),
            labels=", ".join(each.label for each in theirs if each.label),
            address=", ".join(address.lines),
            missing_on=max(missing_from(session, each) for each in theirs).isoformat())


@dataclass(frozen=True)
class Page:
    rows: list[Posting]
    first: int
    total: int

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def listed(session: Session, *, page: int = 1, most: int = 25) -> Page:
    """The latest first."""
    skipped = (page - 1) * most
    rows = session.scalars(select(Posting).order_by(Posting.posted_at.desc(), Posting.id)
                           .offset(skipped).limit(most))
    return Page(list(rows), skipped + 1,
                session.scalar(select(func.count()).select_from(Posting)))


def find(session: Session, posting_id: UUID) -> Posting:
    posting = session.get(Posting, posting_id)
    if posting is None:
        raise NotFound("Utskicket finns inte.")
    return posting


def parcels_of(session: Session, posting: Posting) -> list[Parcel]:
    return list(session.scalars(
        select(Parcel).where(Parcel.posting_id == posting.id).options(joinedload(Parcel.card))
        .order_by(Parcel.ordered_at, Parcel.id)))


@dataclass(frozen=True)
class Measured:
    """How a month went, for what was posted in it."""

    month: Month
    new: bool
    """Cards that were bought; else those that take another's place."""
    posted: int
    median: int
    """Working days; of an even number the longer of the two in the middle."""
    in_time: int


def measured(session: Session, *, now: datetime, months: int = 12) -> list[Measured]:
    """The latest month first, without those in which nothing was posted."""
    asked = [Month.of(now)]
    while len(asked) < months:
        asked.append(asked[-1].previous)
    place = case(*((Parcel.posted_at >= month.start, number)
                   for number, month in enumerate(asked)))
    new, late = Parcel.kind == Kind.NEW, Parcel.waited_days > Parcel.promised_days
    found = session.execute(
        select(place, new, Parcel.waited_days, func.count(), func.count().filter(late))
        .where(Parcel.posted_at >= asked[-1].start)
        .group_by(place, new, Parcel.waited_days).order_by(place, new.desc(), Parcel.waited_days))
    groups: dict[tuple[int, bool], list[tuple[int, int, int]]] = defaultdict(list)
    for number, is_new, *counted in found:
        groups[number, bool(is_new)].append(tuple(counted))
    return [_measure(asked[number], is_new, rows) for (number, is_new), rows in groups.items()]


def _measure(month: Month, new: bool, rows: list[tuple[int, int, int]]) -> Measured:
    """`rows` are the days that were waited, how many waited so, and how many of them were late."""
    posted, passed, median = sum(count for _, count, _ in rows), 0, 0
    for days, count, _ in rows:
        passed += count
        if passed * 2 > posted:
            median = days
            break
    return Measured(month, new, posted, median, posted - sum(late for *_, late in rows))

"""Parcels that did not come, or came damaged: the customer asks, and a clerk answers.

The authority bears the risk until the card is there. The answers are in `parcel_answers`.
"""
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, func, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from domain import audit
from domain.access import Actor
from domain.errors import Conflict, NotFound
from domain.months import today, working_days_later
from domain.parcels import Parcel
from domain.rules import rules
from domain.store import Row, partial_index


class Reason(StrEnum):
    MISSING = "missing"
    DAMAGED = "damaged"


class Outcome(StrEnum):
    REPLACED = "replaced"
    ARRIVED = "arrived"
    """It has come after all, or is on its way."""
    REFUNDED = "refunded"


class ParcelCase(Row):
    __tablename__ = "parcel_cases"
    __table_args__ = (
        partial_index("ix_parcel_cases_open", "parcel_id", where="closed_at IS NULL",
                      unique=True),)

    parcel_id: Mapped[UUID] = mapped_column(ForeignKey("parcels.id"), index=True)
    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"), index=True)
    reason: Mapped[Reason]
    words: Mapped[str] = mapped_column(default="")
    """The customer's own."""
    opened_at: Mapped[datetime] = mapped_column(index=True)
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    closed_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    """None when the customer did: it had come."""
    outcome: Mapped[Outcome | None]
    answer: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column()

    parcel: Mapped[Parcel] = relationship()

    __mapper_args__ = {"version_id_col": version}


def missing_from(session: Session, parcel: Parcel) -> date:
    """From this day on it may be asked for: six weekdays have gone since the order was paid."""
    last = working_days_later(parcel.ordered_at, rules(session).missing_after_weekdays)
    return last + timedelta(days=1)


def reasons(session: Session, parcel: Parcel, *, now: datetime) -> list[Reason]:
    """What the customer may say of the parcel now."""
    if parcel.cancelled_at:
        return []
    late = today(now) >= missing_from(session, parcel)
    return [Reason.MISSING] * late + [Reason.DAMAGED] * bool(parcel.posted_at)


def settles(case: ParcelCase | None) -> bool:
    """Whether there is nothing more to ask: an answer waits, or there will be no card."""
    return case is not None and case.outcome != Outcome.ARRIVED


def ask(session: Session, parcel: Parcel, reason: Reason, words: str, *, by: Actor,
        now: datetime) -> ParcelCase:
    """A clerk is to answer. One question at a time about a parcel, and none once it is settled."""
    if reason not in reasons(session, parcel, now=now):
        raise Conflict("Det går inte att fråga efter försändelsen ännu.")
    for case in of_parcels(session, [parcel.id]):
        if settles(case):
            raise Conflict("Du har redan frågat efter den här försändelsen.")
    case = ParcelCase(parcel=parcel, customer_id=parcel.customer_id, reason=reason, words=words,
                      opened_at=now)
    session.add(case)
    session.flush()
    audit.record(session, audit.Act.PARCEL_MISSED, parcel.id, company_id=parcel.customer_id,
                 by=by, now=now, reason=reason)
    return case


def arrived(session: Session, case: ParcelCase, *, by: Actor, now: datetime) -> None:
    """The customer has it now."""
    close(session, case, Outcome.ARRIVED, "", by=by, now=now)


def close(session: Session, case: ParcelCase, outcome: Outcome, answer: str, *, by: Actor,
          now: datetime) -> None:
    if case.closed_at:
        raise Conflict("Ärendet är redan avslutat.")
    case.closed_at, case.outcome, case.answer = now, outcome, answer
    case.closed_by_id = None if by.customer_id else by.person_id
    session.flush()
    audit.record(session, audit.Act.PARCEL_CASE_CLOSED, case.parcel_id,
                 company_id=case.customer_id, by=by, now=now, outcome=outcome)


def find(session: Session, case_id: UUID) -> ParcelCase:
    case = session.get(ParcelCase, case_id)
    if case is None:
        raise NotFound("Ärendet finns inte.")
    return case


def find_open(session: Session, parcel: Parcel) -> ParcelCase:
    for case in of_parcels(session, [parcel.id]):
        if case.closed_at is None:
            return case
    raise NotFound("Ärendet finns inte.")


def of_parcels(session: Session, parcel_ids: Sequence[UUID]) -> list[ParcelCase]:
    """In the order that they were opened."""
    return list(session.scalars(
        select(ParcelCase).where(ParcelCase.parcel_id.in_(parcel_ids))
        .order_by(ParcelCase.opened_at, ParcelCase.id)))


def opened(session: Session) -> list[ParcelCase]:
    """Those that wait for an answer, the oldest first."""
    return _listed(session, ParcelCase.closed_at.is_(None), ParcelCase.opened_at)


def closed(session: Session, *, most: int = 25) -> list[ParcelCase]:
    """The latest first."""
    return _listed(session, ParcelCase.closed_at.is_not(None), ParcelCase.closed_at.desc(), most)


def open_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(ParcelCase)
                          .where(ParcelCase.closed_at.is_(None)))


def forget(session: Session, customer_id: UUID) -> None:
    """What the customer wrote, and was answered."""
    session.execute(update(ParcelCase).where(ParcelCase.customer_id == customer_id)
                    .values(words="", answer="", version=ParcelCase.version + 1))


def _listed(session: Session, wanted, order, most: int = 200) -> list[ParcelCase]:
    return list(session.scalars(
        select(ParcelCase).where(wanted).order_by(order, ParcelCase.id).limit(most)
        .options(joinedload(ParcelCase.parcel).joinedload(Parcel.card))))

"""Who did what to which thing, and when. Written by the verb that decides, in its transaction."""
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, Index, select, tuple_
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.access import Actor
from domain.errors import NotFound
from domain.store import Row


class Act(StrEnum):
    COMPANY_APPLIED = "company_applied"
    COMPANY_APPROVED = "company_approved"
    COMPANY_DECLINED = "company_declined"
    TERMS_ACCEPTED = "terms_accepted"
    DEPARTMENT_ADDED = "department_added"
    DEPARTMENT_CHANGED = "department_changed"
    TRAVELLER_ADDED = "traveller_added"
    TRAVELLER_CHANGED = "traveller_changed"
    TRAVELLER_ENDED = "traveller_ended"
    TRAVELLERS_IMPORTED = "travellers_imported"
    TICKET_SENT = "ticket_sent"
    TICKET_ACTIVATED = "ticket_activated"
    TRAVEL_CONNECTED = "travel_connected"
    TRAVEL_REGISTERED = "travel_registered"
    TRAVEL_LIMIT_CHANGED = "travel_limit_changed"
    TRAVEL_CODE_ORDERED = "travel_code_ordered"
    TRAVEL_ENDED = "travel_ended"
    TRAVEL_BOUGHT = "travel_bought"
    OFFER_APPLIED = "offer_applied"
    OFFER_WITHDRAWN = "offer_withdrawn"
    OFFER_APPROVED = "offer_approved"
    OFFER_DECLINED = "offer_declined"
    REPORT_MADE = "report_made"
    MESSAGE_RETRIED = "message_retried"


class Event(Row):
    __tablename__ = "events"
    __table_args__ = (Index("ix_events_company_at", "company_id", "at"),)

    company_id: Mapped[UUID | None]
    at: Mapped[datetime]
    act: Mapped[Act]
    by_person_id: Mapped[UUID | None]
    by_name: Mapped[str]
    """Kept as it was that day; empty when nobody did it but the clock."""
    thing_id: Mapped[UUID | None] = mapped_column(index=True)
    details: Mapped[dict] = mapped_column(JSON)
    """Words for the sentence that is shown, such as a name. Never a personnummer or a code."""


def record(session: Session, act: Act, thing_id: UUID | None, *, company_id: UUID | None,
           by: Actor | None, now: datetime, **details: str | int) -> None:
    session.add(Event(act=act, thing_id=thing_id, company_id=company_id, at=now,
                      by_person_id=by and by.person_id, by_name=by.name if by else "",
                      details=details))


@dataclass(frozen=True)
class Page:
    rows: list[Event]
    after: str | None
    """Where the older ones begin; None when there are none."""


def latest(session: Session, *, company_id: UUID, after: str | None = None,
           most: int = 50) -> Page:
    """The company's events, newest first; `after` is the last page's `after`."""
    found = select(Event).where(Event.company_id == company_id)
    if after:
        found = found.where(tuple_(Event.at, Event.id) < _place(after))
    rows = list(session.scalars(
        found.order_by(Event.at.desc(), Event.id.desc()).limit(most + 1)))
    last = rows[most - 1] if len(rows) > most else None
    return Page(rows[:most], last and f"{last.at.isoformat()}|{last.id}")


def _place(mark: str) -> tuple[datetime, UUID]:
    at, _, last_id = mark.rpartition("|")
    try:
        return datetime.fromisoformat(at).astimezone(UTC), UUID(last_id)
    except (ValueError, OverflowError) as wrong:
        raise NotFound("Sidan finns inte.") from wrong


def about(session: Session, thing_id: UUID, *, company_id: UUID) -> list[Event]:
    """What has happened to one thing, newest first."""
    return list(session.scalars(
        select(Event)
        .where(Event.thing_id == thing_id, Event.company_id == company_id)
        .order_by(Event.at.desc(), Event.id.desc()).limit(50)
    ))

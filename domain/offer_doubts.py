"""What there is to look at in an application before it is granted. Nothing of it stops anyone who
has looked."""
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.months import Month, today
from domain.offers import OfferApplication, State
from domain.products import FLEX, PERIOD_DAYS, Product
from domain.services import Service
from domain.tickets import Ticket


class Doubt(StrEnum):
    UNANSWERED = "unanswered"
    """The traveller has not answered what was asked."""
    ANSWERED = "answered"
    """There is an answer to read."""
    LATE = "late"
    """The first day has passed: the ticket would begin today."""
    RUNNING = "running"
    """They have a ticket from before, by a staff offer, that may hold still when this begins."""
    LEAVING = "leaving"
    """They leave before the salary has paid."""
    OUTSIDE = "outside"
    """The offer is no longer, or not, for those in their department or with their employment."""


class Case(Protocol):
    application: OfferApplication
    starts_on: date
    parts: list[tuple[Month, int]]


class Doubts:
    def __init__(self, session: Session, applications: Sequence[OfferApplication], *,
                 now: datetime):
        self._day = today(now)
        self._until = _until(session, [each.traveller_id for each in applications])

    def of(self, case: Case) -> tuple[Doubt, ...]:
        application, leaves_on = case.application, case.application.traveller.leaves_on
        last_month = case.parts[-1][0] if application.employee_ore else None
        found = {
            Doubt.UNANSWERED: application.state == State.ASKED,
            Doubt.ANSWERED: bool(application.answer) and application.state == State.WAITING,
            Doubt.LATE: application.starts_on < self._day,
            Doubt.RUNNING: any(until >= case.starts_on
                               for until in self._until[application.traveller_id]),
            Doubt.LEAVING: leaves_on is not None and (
                leaves_on < case.starts_on
                or (last_month is not None and Month.on(leaves_on) < last_month)),
            Doubt.OUTSIDE: not application.offer.is_for(
                application.traveller)}
        return tuple(doubt for doubt, there in found.items() if there)


def _until(session: Session, traveller_ids: list[UUID]) -> dict[UUID, list[date]]:
    """The last days of what they have by a staff offer: told by the purchase, for when it was
    activated is the traveller's own business."""
    until: dict[UUID, list[date]] = defaultdict(list)
    for traveller_id, product, valid_from, sold_at in session.execute(
            select(Ticket.traveller_id, Ticket.product, Ticket.valid_from, Ticket.sold_at)
            .where(Ticket.traveller_id.in_(traveller_ids), Ticket.recalled_at.is_(None),
                   Ticket.service == Service.STAFF_OFFER)):
        until[traveller_id].append((valid_from or today(sold_at)) + timedelta(days=_lasts(product)))
    return until


def _lasts(product: Product) -> int:
    """In days, the first one not counted."""
    return (PERIOD_DAYS.get(product) or FLEX.get(product, (1, 1))[1]) - 1

"""The ticket of a staff offer is taken back unused: the company is credited, and the salary too."""
from datetime import datetime

from sqlalchemy.orm import Session

from domain import deduction_settlements, recalls
from domain.access import Actor
from domain.deduction_settlements import Cause, Happening
from domain.errors import Conflict
from domain.months import today
from domain.offers import OfferApplication


def may_recall(session: Session, application: OfferApplication, *, now: datetime) -> bool:
    """By what is known of the purchase: whether it is used is the traveller's own business."""
    ticket = application.ticket
    return (ticket is not None and ticket.recalled_at is None
            and now < recalls.last_moment(session, ticket))


def recall(session: Session, application: OfferApplication, *, by: Actor, now: datetime) -> None:
    if not may_recall(session, application, now=now):
        raise Conflict("Biljetten kan inte återkallas längre.")
    if not recalls.recall_unused(session, application.ticket, by=by, now=now):
        raise Conflict("Biljetten är redan aktiverad och kan inte återkallas.")
    settle(session, application, by=by, now=now)


def settle(session: Session, application: OfferApplication, *, by: Actor | None,
           now: datetime) -> None:
    """Nothing is owed for a ticket that is recalled."""
    deduction_settlements.settle(session, application, Happening(Cause.RECALLED, today(now)),
                                 by=by, now=now)

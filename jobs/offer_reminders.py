"""Reminding of staff offers: who should decide, who waits, and whose ticket ends."""
from collections.abc import Callable
from uuid import UUID

from domain import offer_reminders
from domain.offer_reminders import Kind
from jobs import Portal

AT_ONCE = 200


def send(portal: Portal) -> None:
    """Some at a time, so that no transaction is long. Safe to run any number of times, and by two
    at once."""
    now = portal.world.clock.now()
    with portal.store.session() as session:
        for company_id in offer_reminders.companies_due(session, now=now):
            with portal.store.transaction(session):
                offer_reminders.remind(session, company_id, now=now)
    _tell(portal, offer_reminders.waiting_due, Kind.WAITS)
    _tell(portal, offer_reminders.renewals_due, Kind.RENEWAL)


def _tell(portal: Portal, due: Callable[..., list[UUID]], kind: Kind) -> None:
    now = portal.world.clock.now()
    with portal.store.session() as session:
        while ids := due(session, now=now, most=AT_ONCE):
            with portal.store.transaction(session):
                offer_reminders.tell(session, ids, kind, now=now)

"""Reminding of what is not paid in time."""
import logging

from domain import invoice_reminders, invoices
from domain.errors import Conflict
from jobs import Portal

AT_ONCE = 500

log = logging.getLogger(__name__)


def send(portal: Portal) -> None:
    """Each in a transaction of its own. Harmless twice: it is reminded of once a day at most."""
    now = portal.world.clock.now()
    with portal.store.session() as session:
        for invoice_id in invoice_reminders.due(session, now=now, most=AT_ONCE):
            try:
                with portal.store.transaction(session):
                    invoice_reminders.remind(session, invoices.at_the_desk(session, invoice_id),
                                             now=now)
            except Conflict:
                log.info("invoice %s was paid, or reminded of, meanwhile", invoice_id)

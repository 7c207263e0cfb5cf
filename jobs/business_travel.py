"""Tjänsteresor that ends on a day that was set beforehand."""
import logging

from domain import travel_days
from domain.errors import DomainError
from jobs import Portal

log = logging.getLogger(__name__)


def end_past(portal: Portal) -> None:
    """Each in a transaction of its own, so that one which cannot end keeps no other. Safe to run
    any number of times, and by two at once."""
    now = portal.world.clock.now()
    with portal.store.session() as session:
        for connection_id in travel_days.due(session, now=now):
            try:
                with portal.store.transaction(session):
                    travel_days.carry_out(session, connection_id, now=now)
            except DomainError as error:
                log.warning("connection %s has not ended yet: %s", connection_id, error)

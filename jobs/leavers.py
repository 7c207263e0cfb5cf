"""Those who leave on a day that was set beforehand."""
import logging

from domain import leavers
from domain.errors import DomainError
from jobs import Portal

log = logging.getLogger(__name__)


def carry_out(portal: Portal) -> None:
    """Each in a transaction of their own, so that one who cannot leave keeps nobody else. Safe to
    run any number of times, and by two at once."""
    now = portal.world.clock.now()
    with portal.store.session() as session:
        for traveller_id in leavers.due(session, now=now):
            try:
                with portal.store.transaction(session):
                    leavers.carry_out(session, traveller_id, now=now)
            except DomainError as error:
                log.warning("traveller %s has not left yet: %s", traveller_id, error)

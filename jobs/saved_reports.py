"""Sending the reports that administrators have saved, each month when the one before has ended."""
import logging

from domain import saved_reports
from domain.errors import Conflict
from jobs import Portal

log = logging.getLogger(__name__)


def send(portal: Portal) -> None:
    """Safe to run any number of times, and by two at once. What a company has too many of at a
    time goes the next day."""
    now = portal.world.clock.now()
    with portal.store.session() as session:
        for report_id in saved_reports.due(session, now=now):
            try:
                with portal.store.transaction(session):
                    saved_reports.send(session, report_id, now=now)
            except Conflict:
                log.info("a saved report waits")

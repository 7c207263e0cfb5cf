"""Counting what has been bought since the last time, some in each transaction."""
from domain import statistics
from jobs import Portal

TIMES = 200
"""At most, before the next on the timetable goes on."""


def count(portal: Portal) -> None:
    """Safe to run any number of times, and by two at once."""
    with portal.store.session() as session:
        for _ in range(TIMES):
            with portal.store.transaction(session):
                counted = statistics.count(session)
            if counted < statistics.AT_ONCE:
                return

"""Orders of the shop that nobody pays in time."""
from domain import checkouts
from jobs import Portal

AT_ONCE = 500


def expire(portal: Portal) -> None:
    """Some at a time, so that no transaction is long. Safe to run any number of times, and by two
    at once."""
    now, found = portal.world.clock.now(), AT_ONCE
    with portal.store.session() as session:
        while found == AT_ONCE:
            with portal.store.transaction(session):
                found = checkouts.expire(session, now=now, most=AT_ONCE)

"""Loads of purses that nobody uses: their owners are reminded, and in the end they are forfeited if
the rules say so."""
from domain import load_reminders, purse_loads
from jobs import Portal

AT_ONCE = 500


def remind(portal: Portal) -> None:
    """Some at a time, so that no transaction is long. Safe to run any number of times, and by two
    at once."""
    now = portal.world.clock.now()
    with portal.store.session() as session:
        while due := load_reminders.due(session, now=now, most=AT_ONCE):
            with portal.store.transaction(session):
                load_reminders.remind(session, due, now=now)


def forfeit(portal: Portal) -> None:
    now, ended = portal.world.clock.now(), AT_ONCE
    with portal.store.session() as session:
        while ended == AT_ONCE:
            with portal.store.transaction(session):
                ended = purse_loads.forfeit(session, now=now, most=AT_ONCE)

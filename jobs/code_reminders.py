"""Reminding travellers of codes that soon can no longer be used."""
from domain import code_reminders
from jobs import Portal

AT_ONCE = 200


def send(portal: Portal) -> None:
    """Some at a time, so that no transaction is long. Safe to run any number of times, and by two
    at once."""
    now = portal.world.clock.now()
    with portal.store.session() as session:
        while due := code_reminders.due(session, now=now, most=AT_ONCE):
            with portal.store.transaction(session):
                code_reminders.remind(session, due, now=now)

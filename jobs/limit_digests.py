"""Telling administrators who is near their limit, and which departments near their budget."""
from domain import limit_digests
from jobs import Portal


def write(portal: Portal) -> None:
    """Safe to run any number of times, and by two at once."""
    now = portal.world.clock.now()
    with portal.store.session() as session:
        for company_id in limit_digests.due(session, now=now):
            with portal.store.transaction(session):
                limit_digests.write(session, company_id, now=now)

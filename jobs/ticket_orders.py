"""Big orders of tickets, made while nobody waits for the page."""
from uuid import UUID

from sqlalchemy.orm import Session

from domain import order_sending
from jobs import Portal


def send(portal: Portal, session: Session, *, order_id: UUID) -> None:
    """One transaction for some recipients at a time, whose messages are on their way while the next
    are made. Begun again after a worker that died, it goes on where that one ended."""
    left = True
    while left:
        with portal.store.transaction(session):
            left = order_sending.carry_on(session, order_id, now=portal.world.clock.now())
        session.expunge_all()

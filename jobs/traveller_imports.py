"""Long lists of travellers: checked, carried out and undone while nobody waits for the page.

Each may begin anew after a worker that died: a check starts over, the others are one transaction
that is there whole or not at all.
"""
from uuid import UUID

from sqlalchemy.orm import Session

from documents import traveller_list
from domain import import_carrying, import_checking, import_undo
from domain.errors import Conflict
from domain.traveller_imports import CHANGED_MEANWHILE, State, TravellerImport, order_check
from jobs import Portal


def check(portal: Portal, session: Session, *, import_id: UUID) -> None:
    """One transaction for each piece, so that whoever waits sees how far it has come."""
    kept = session.get_one(TravellerImport, import_id)
    steps = import_checking.steps(session, import_id, traveller_list.reader(kept))
    left = True
    while left:
        with portal.store.transaction(session):
            left = next(steps, None) is not None


def carry_out(portal: Portal, session: Session, *, import_id: UUID) -> None:
    now = portal.world.clock.now()
    try:
        with portal.store.transaction(session):
            import_carrying.carry_out(session, import_id, now=now)
    except Conflict:
        with portal.store.transaction(session):
            kept = session.get_one(TravellerImport, import_id)
            if kept.state == State.CARRYING_OUT:
                order_check(session, kept, by=kept.actor, now=now, problem=CHANGED_MEANWHILE)


def undo(portal: Portal, session: Session, *, import_id: UUID) -> None:
    with portal.store.transaction(session):
        import_undo.undo(session, import_id, now=portal.world.clock.now())

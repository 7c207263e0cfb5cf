"""Forgetting what need not be known any longer."""
from datetime import timedelta

from domain import invitations, limits, logins, submissions, traveller_imports, trials
from domain.months import today
from jobs import Portal

KEPT = timedelta(days=2)
"""How long a form may lie open, and an uploaded list wait to be carried out."""

INVITED = timedelta(days=90)
"""How long it can be seen what became of an invitation."""


def forget_old(portal: Portal) -> None:
    now = portal.world.clock.now()
    with portal.store.session() as session, portal.store.transaction(session):
        limits.forget(session, now=now)
        logins.forget(session, now=now)
        submissions.forget(session, before=now - KEPT)
        traveller_imports.forget(session, before=now - KEPT, now=now)
        trials.forget(session, now=now)
        invitations.forget(session, before=today(now - INVITED))

"""Forgetting what need not be known any longer."""
from datetime import timedelta

from domain import (
    api_tokens,
    customer_retention,
    holding_codes,
    holdings,
    idempotency,
    invitations,
    limits,
    list_files,
    login_orders,
    logins,
    order_recipients,
    price_drafts,
    retention_reports,
    submissions,
    traveller_imports,
    trials,
    validations,
    webhooks,
)
from domain.months import today
from jobs import Portal

KEPT = timedelta(days=2)
"""How long a form may lie open, and an uploaded list wait to be carried out."""

INVITED = timedelta(days=90)
"""How long it can be seen what became of an invitation."""

READ = timedelta(days=30)
"""How long it can be seen that a reading has been reported before."""


def forget_old(portal: Portal) -> None:
    _forget_old(portal)
    _forget_customers(portal)


def _forget_customers(portal: Portal) -> None:
    """A kind at a time, so that nobody waits for long, and one that breaks stops no other; what was
    done is kept for the clerks."""
    now, counts, broken = portal.world.clock.now(), {}, []
    with portal.store.session() as session:
        for kind, forget in customer_retention.KINDS.items():
            try:
                with portal.store.transaction(session):
                    counts[kind] = forget(session, now)
            except Exception as error:
                error.add_note(f"while forgetting {kind}")
                broken.append(error)
        with portal.store.transaction(session):
            retention_reports.write(session, counts, now=now)
    if broken:
        raise ExceptionGroup("not all was forgotten", broken)


def _forget_old(portal: Portal) -> None:
    now = portal.world.clock.now()
    with portal.store.session() as session, portal.store.transaction(session):
        limits.forget(session, now=now)
        logins.forget(session, now=now)
        login_orders.forget(session, now=now)
        submissions.forget(session, before=now - KEPT)
        order_recipients.forget(session, now=now)
        price_drafts.forget(session, now=now)
        list_files.forget(session, now=now)
        traveller_imports.forget(session, before=now - KEPT, now=now)
        trials.forget(session, now=now)
        holdings.forget(session, now=now)
        holding_codes.forget(session, before=now - KEPT)
        validations.forget(session, before=now - READ)
        invitations.forget(session, before=today(now - INVITED))
        api_tokens.forget(session, now=now)
        idempotency.forget(session, now=now)
        webhooks.forget(session, now=now)

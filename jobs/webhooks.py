"""Telling apps of what has happened."""
from uuid import UUID

from sqlalchemy.orm import Session

from domain import code_expiries, outbox, webhooks
from domain.api_clients import ApiClient
from domain.rules import rules
from integrations.errors import Refused, Unreachable
from jobs import Portal


def send(portal: Portal, session: Session, webhook_id: UUID) -> None:
    """It may be told twice: it has an id, by which whoever is told knows."""
    webhook = webhooks.find(session, webhook_id)
    client = session.get_one(ApiClient, webhook.client_id, populate_existing=True)
    if webhook.delivered_at or not client.webhook_url:
        return
    said, now = webhooks.body(webhook), portal.world.clock.now()
    if webhooks.rests(client, now=now):
        raise Unreachable("the address did not answer a moment ago")
    signature = webhooks.signature(session, client, said, now=now)
    session.rollback()  # the database is let go of while the other side thinks
    try:
        portal.world.webhooks.post(client.webhook_url, said, signature=signature,
                                   event_id=str(webhook_id))
    except Unreachable as error:
        if not error.code:
            with portal.store.transaction(session):
                webhooks.let_rest(session, webhook_id, now=portal.world.clock.now())
        if outbox.find(session, webhook.message_id).attempts >= rules(session).webhook_tries:
            raise Refused(error.reason, code=error.code) from error
        raise
    with portal.store.transaction(session):
        webhooks.delivered(session, webhook_id, now=portal.world.clock.now())


def tell_expired_codes(portal: Portal) -> None:
    now = portal.world.clock.now()
    with portal.store.session() as session, portal.store.transaction(session):
        code_expiries.tell(session, now=now)

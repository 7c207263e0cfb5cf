"""Apps are told of one-time codes that nobody used in time: a code expires by itself, so somebody
has to look."""
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import webhooks
from domain.business_travel import Connection
from domain.codes import OneTimeCode
from domain.webhooks import Kind, Webhook

LATEST = timedelta(days=2)
"""So long it is looked back: longer than nobody looks."""
AT_ONCE = 1_000


def tell(session: Session, *, now: datetime) -> int:
    """How many were told of; each is, once."""
    if not webhooks.listening(session):
        return 0
    told = select(Webhook.id).where(Webhook.about_id == OneTimeCode.id,
                                    Webhook.kind == Kind.CODE_EXPIRED).exists()
    found = session.execute(
        select(OneTimeCode.id, Connection.id, Connection.user_name)
        .join(Connection, Connection.id == OneTimeCode.connection_id)
        .where(OneTimeCode.expires_at <= now, OneTimeCode.expires_at > now - LATEST,
               OneTimeCode.used_at.is_(None), OneTimeCode.voided_at.is_(None),
               Connection.ended_at.is_(None), ~told)
        .order_by(OneTimeCode.expires_at).limit(AT_ONCE)).all()
    webhooks.tell(session, Kind.CODE_EXPIRED, [connection_id for _, connection_id, _ in found],
                  about={connection_id: code_id for code_id, connection_id, _ in found},
                  names={connection_id: name for _, connection_id, name in found}, now=now)
    return len(found)

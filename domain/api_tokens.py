"""The short-lived tokens that a program shows with each request. Only their hashes are kept."""
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, bindparam, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.api_clients import ApiClient
from domain.identity import token_hash
from domain.rules import rules
from domain.store import Base


class ApiToken(Base):
    __tablename__ = "api_tokens"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("api_clients.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)


def issue(session: Session, client: ApiClient, *, secret: str, now: datetime) -> timedelta:
    """How long it works."""
    lasts = timedelta(minutes=rules(session).api_token_minutes)
    session.add(ApiToken(token_hash=token_hash(secret), client_id=client.id,
                         expires_at=now + lasts))
    return lasts


def opened(session: Session, secret: str, *, now: datetime) -> ApiClient | None:
    """Whose it is, while it works."""
    return session.scalar(_OPENED, {"hashed": token_hash(secret), "now": now})


_OPENED = (  # asked before each request, and therefore made once
    select(ApiClient).join(ApiToken, ApiToken.client_id == ApiClient.id)
    .where(ApiToken.token_hash == bindparam("hashed"), ApiToken.expires_at > bindparam("now"),
           ApiClient.ended_at.is_(None)))


def void(session: Session, client: ApiClient) -> None:
    """All that it has: when it has ended, or its secret has leaked."""
    session.execute(delete(ApiToken).where(ApiToken.client_id == client.id))


def forget(session: Session, *, now: datetime) -> None:
    session.execute(delete(ApiToken).where(ApiToken.expires_at <= now))

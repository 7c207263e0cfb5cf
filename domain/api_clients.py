"""The programs that may use the Allpay API. Each proves itself by a secret, which is shown once and
kept only as a hash, and may be told of what happens at an address of its own."""
from datetime import datetime, timedelta
from hmac import compare_digest
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import audit
from domain.access import Actor
from domain.errors import Conflict, NotFound
from domain.identity import token_hash
from domain.rules import rules
from domain.store import Row

SEALED = "webhook secret"


class ApiClient(Row):
    __tablename__ = "api_clients"

    name: Mapped[str]
    secret_hash: Mapped[bytes]
    former_hash: Mapped[bytes | None]
    former_until: Mapped[datetime | None]
    """So long the secret before this one works too."""
    made_at: Mapped[datetime]
    secret_made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    webhook_url: Mapped[str] = mapped_column(default="")
    """Empty when it is told of nothing."""
    webhook_secret_sealed: Mapped[bytes | None]
    webhook_rests_until: Mapped[datetime | None]
    """The address did not answer: until then nobody waits for it again."""


def everyone(session: Session) -> list[ApiClient]:
    """Those that work first, by name."""
    return list(session.scalars(
        select(ApiClient).order_by(ApiClient.ended_at.is_not(None), ApiClient.name, ApiClient.id)))


def find(session: Session, client_id: UUID) -> ApiClient:
    client = session.get(ApiClient, client_id)
    if client is None:
        raise NotFound("Appen finns inte.")
    return client


def register(session: Session, name: str, *, secret: str, client_id: UUID | None = None,
             by: Actor | None, now: datetime) -> ApiClient:
    """`secret` is 256 bits of chance or more: then its hash needs no key."""
    client = ApiClient(id=client_id, name=name, secret_hash=token_hash(secret), made_at=now,
                       secret_made_at=now)
    session.add(client)
    session.flush()
    _record(session, audit.Act.API_CLIENT_REGISTERED, client, by=by, now=now)
    return client


def opened(session: Session, client_id: UUID, secret: str, *, now: datetime) -> ApiClient | None:
    """The program, when it has not ended and the secret is its own."""
    client = session.get(ApiClient, client_id)
    if client is None or client.ended_at:
        return None
    shown = token_hash(secret)
    former = client.former_hash if client.former_until and now < client.former_until else None
    right = [compare_digest(shown, each) for each in (client.secret_hash, former) if each]
    return client if any(right) else None


def rotate(session: Session, client: ApiClient, *, secret: str, leaked: bool, by: Actor,
           now: datetime) -> None:
    """A new secret; the one before works for a while yet, unless it has leaked."""
    _check_open(client)
    client.former_hash = None if leaked else client.secret_hash
    client.former_until = None if leaked else now + timedelta(
        hours=rules(session).api_secret_overlap_hours)
    client.secret_hash, client.secret_made_at = token_hash(secret), now
    _record(session, audit.Act.API_CLIENT_ROTATED, client, by=by, now=now)


def end(session: Session, client: ApiClient, *, by: Actor, now: datetime) -> None:
    """For good: nothing that it has been given works any more."""
    _check_open(client)
    client.ended_at, client.webhook_url, client.webhook_secret_sealed = now, "", None
    _record(session, audit.Act.API_CLIENT_ENDED, client, by=by, now=now)


def send_to(session: Session, client: ApiClient, url: str, *, secret: str | None = None,
            by: Actor | None, now: datetime) -> None:
    """Where it is told of what happens, checked already; and a new secret, by which it knows that
    it is told by us."""
    _check_open(client)
    client.webhook_url, client.webhook_rests_until = url, None
    if secret:
        client.webhook_secret_sealed = session.info["vault"].seal(secret, SEALED)
    _record(session, audit.Act.API_CLIENT_ADDRESSED, client, by=by, now=now)


def webhook_secret(session: Session, client: ApiClient) -> str:
    return session.info["vault"].open(client.webhook_secret_sealed, SEALED)


def _check_open(client: ApiClient) -> None:
    if client.ended_at:
        raise Conflict("Appen är redan avslutad.")


def _record(session: Session, act: audit.Act, client: ApiClient, *, by: Actor | None,
            now: datetime) -> None:
    audit.record(session, act, client.id, company_id=None, by=by, now=now, client=client.name)

"""What an app is told of, at an address of its own, as soon as it has happened.

Each telling is a row, written in the transaction of its cause together with the outbox message that
carries it; so it arrives at least once, and in no promised order.
"""
import hmac
import ipaddress
import json
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from sqlalchemy import JSON, ForeignKey, Index, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import api_clients, outbox, payment_methods
from domain.api_clients import ApiClient
from domain.errors import Invalid, NotFound
from domain.months import days_later
from domain.outbox import OutboxMessage, Task
from domain.rules import rules
from domain.store import Row

LONGEST_URL = 500
REST = timedelta(seconds=30)


class Kind(StrEnum):
    REGISTERED = "connection.registered"
    PAUSED = "connection.paused"
    RESUMED = "connection.resumed"
    ENDED = "connection.ended"
    """Also when it is to be registered anew, on another number."""
    CODE_EXPIRED = "code.expired"
    LIMIT_REACHED = "limit.reached"
    REFUNDED = "purchase.refunded"


class Webhook(Row):
    __tablename__ = "webhooks"
    __table_args__ = (Index("ix_webhooks_client", "client_id", "at"),)

    client_id: Mapped[UUID] = mapped_column(ForeignKey("api_clients.id"))
    kind: Mapped[Kind]
    about_id: Mapped[UUID] = mapped_column(index=True)
    """The connection, the code or the purchase."""
    data: Mapped[dict] = mapped_column(JSON)
    """Ids alone, and the user name of one that no app has: whoever is told asks for the rest."""
    at: Mapped[datetime]
    message_id: Mapped[UUID] = mapped_column(ForeignKey("outbox.id"), index=True)
    delivered_at: Mapped[datetime | None]


def tell(session: Session, kind: Kind, connection_ids: Collection[UUID], *,
         about: dict[UUID, UUID] | None = None, names: dict[UUID, str] | None = None,
         now: datetime, **data: str | int) -> None:
    """Tell the apps that have the connections. `about`: by connection, the id of what it is about
    when that is not the connection itself. `names`: the user names of connections that no app has
    yet, of which all are told."""
    told_of = listening(session)
    if not told_of or not connection_ids:
        return
    methods = payment_methods.of_connections(session, connection_ids)
    rows = []
    for connection_id in connection_ids:
        told = {each.client_id: {"paymentMethodId": str(each.id)}
                for each in methods.get(connection_id, [])}
        if names and not told:
            told = {client_id: {"userName": names[connection_id]} for client_id in told_of}
        about_id = about[connection_id] if about else connection_id
        rows += [{"client_id": client_id, "kind": kind, "about_id": about_id,
                  "data": whom | data, "at": now}
                 for client_id, whom in told.items() if client_id in told_of]
    _put(session, rows, now=now)


def listening(session: Session) -> set[UUID]:
    """The apps that are told of anything at all."""
    return set(session.scalars(select(ApiClient.id).where(ApiClient.webhook_url != "",
                                                          ApiClient.ended_at.is_(None))))


def _put(session: Session, rows: list[dict], *, now: datetime) -> None:
    for row in rows:
        row["id"] = uuid4()
        row["message_id"] = outbox.put(session, Task.SEND_WEBHOOK, now=now,
                                       webhook_id=str(row["id"])).id
    if rows:
        session.flush()
        session.execute(insert(Webhook), rows)


def body(webhook: Webhook) -> bytes:
    """The same each time it is sent."""
    said = {"id": str(webhook.id), "type": webhook.kind, "createdAt": moment(webhook.at),
            "data": webhook.data}
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()


def moment(at: datetime) -> str:
    """RFC 3339."""
    return at.isoformat().replace("+00:00", "Z")


def signature(session: Session, client: ApiClient, said: bytes, *, now: datetime) -> str:
    """`t=…,v1=…`: the moment is signed too, so that an old telling cannot be told anew."""
    at = str(int(now.timestamp()))
    secret = api_clients.webhook_secret(session, client)
    return f"t={at},v1={hmac.digest(secret.encode(), at.encode() + b'.' + said, 'sha256').hex()}"


def check_address(url: str, *, public: bool) -> str:
    """An address that may be told. `public`: it has to be one out in the world, over TLS; where its
    name leads is looked at each time something is sent."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  it raises when it is none
    except ValueError as wrong:
        raise Invalid("Adressen går inte att läsa.", "url") from wrong
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise Invalid("Adressen går inte att läsa.", "url")
    if not parts.hostname or parts.username is not None or parts.fragment:
        raise Invalid("Skriv en hel adress utan namn, lösenord och #, till exempel "
                      "https://app.example/handelser.", "url")
    if parts.scheme != "https" and (public or parts.scheme != "http"):
        raise Invalid("Adressen ska börja med https://.", "url")
    if public and _is_near(parts.hostname):
        raise Invalid("Adressen ska gå att nå från internet.", "url")
    return url


def _is_near(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".localhost", ".local", ".internal"))


def find(session: Session, webhook_id: UUID) -> Webhook:
    webhook = session.get(Webhook, webhook_id)
    if webhook is None:
        raise NotFound("Händelsen finns inte.")
    return webhook


def rests(client: ApiClient, *, now: datetime) -> bool:
    """So that an address which does not answer keeps no worker from what else is to be sent."""
    return client.webhook_rests_until is not None and now < client.webhook_rests_until


def let_rest(session: Session, webhook_id: UUID, *, now: datetime) -> None:
    client = session.get_one(ApiClient, find(session, webhook_id).client_id)
    client.webhook_rests_until = now + REST


def delivered(session: Session, webhook_id: UUID, *, now: datetime) -> None:
    session.get_one(Webhook, webhook_id).delivered_at = now


def message(session: Session, webhook_id: UUID, *, client_id: UUID) -> OutboxMessage:
    """What carries it."""
    webhook = find(session, webhook_id)
    if webhook.client_id != client_id:
        raise NotFound("Händelsen finns inte.")
    return outbox.find(session, webhook.message_id)


def latest(session: Session, client: ApiClient, *,
           most: int = 50) -> list[tuple[Webhook, OutboxMessage]]:
    """What it was told, or is to be, the newest first."""
    return [tuple(row) for row in session.execute(
        select(Webhook, OutboxMessage).join(OutboxMessage, OutboxMessage.id == Webhook.message_id)
        .where(Webhook.client_id == client.id)
        .order_by(Webhook.at.desc(), Webhook.id).limit(most))]


def forget(session: Session, *, now: datetime) -> None:
    session.execute(delete(Webhook).where(
        Webhook.at < days_later(now, -rules(session).webhook_days)))

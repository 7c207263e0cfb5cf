"""Payment methods: what an app holds once its traveller has registered Allpay in it. Of the token
that it shows, only the hash is kept."""
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.api_clients import ApiClient
from domain.identity import token_hash
from domain.store import Row


class PaymentMethod(Row):
    __tablename__ = "payment_methods"

    client_id: Mapped[UUID] = mapped_column(ForeignKey("api_clients.id"), index=True)
    connection_id: Mapped[UUID] = mapped_column(ForeignKey("business_travel_connections.id"),
                                                index=True)
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    registered_at: Mapped[datetime]
    """When its connection was registered by it. One that is registered anew is another's."""


def make(session: Session, client: ApiClient, connection_id: UUID, *, secret: str,
         now: datetime) -> PaymentMethod:
    method = PaymentMethod(client_id=client.id, connection_id=connection_id,
                           token_hash=token_hash(secret), registered_at=now)
    session.add(method)
    session.flush()
    return method


def of_connections(session: Session,
                   connection_ids: Collection[UUID]) -> dict[UUID, list[PaymentMethod]]:
    """The latest of each that has any, and of each app."""
    found: dict[tuple[UUID, UUID], PaymentMethod] = {
        (each.connection_id, each.client_id): each for each in session.scalars(
            select(PaymentMethod).where(PaymentMethod.connection_id.in_(connection_ids))
            .order_by(PaymentMethod.registered_at, PaymentMethod.id))}
    sorted_out: dict[UUID, list[PaymentMethod]] = defaultdict(list)
    for (connection_id, _client_id), method in found.items():
        sorted_out[connection_id].append(method)
    return sorted_out

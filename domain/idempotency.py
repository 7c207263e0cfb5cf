"""What is asked for twice with one key is done once, and answered the same.

A key is claimed before anything is done, so that a second request is told that the first is at it.
The answer is kept in the transaction of the act: neither is ever there without the other. Whoever
dies between the two leaves a claim that runs out. Answers are sealed, for some hold a secret.
"""
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, delete, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.errors import Conflict, Invalid
from domain.rules import rules
from domain.store import FIRST, Base, insert_missing


class KeyReused(Invalid):
    """Another request has had the key."""


class InProgress(Conflict):
    """The request with the key is being carried out."""


class IdempotencyKey(Base):
    __tablename__ = "idempotency_keys"

    client_id: Mapped[UUID] = mapped_column(ForeignKey("api_clients.id"), primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(primary_key=True)
    said_hash: Mapped[bytes]
    """Of all that was asked."""
    holder_id: Mapped[UUID]
    """Whoever carries it out: once their lease is out, another may."""
    lease_until: Mapped[datetime]
    claimed_at: Mapped[datetime] = mapped_column(index=True)
    answer_sealed: Mapped[bytes | None]


@dataclass(frozen=True)
class Claim:
    client_id: UUID
    key_hash: bytes
    holder_id: UUID
    answer: bytes | None = None
    """What the first request was answered."""


def claim(session: Session, client_id: UUID, key: str, said: bytes, *, now: datetime) -> Claim:
    """Raises `KeyReused` when the key is another request's, and `InProgress`."""
    key_hash, said_hash, mine = sha256(key.encode()).digest(), sha256(said).digest(), uuid4()
    until = now + timedelta(seconds=rules(session).lease_seconds)
    if insert_missing(session, IdempotencyKey, client_id=client_id, key_hash=key_hash,
                      said_hash=said_hash, holder_id=mine, lease_until=until, claimed_at=now):
        return Claim(client_id, key_hash, mine)
    had = session.get_one(IdempotencyKey, (client_id, key_hash), with_for_update=True,
                          populate_existing=True)
    if had.said_hash != said_hash:
        raise KeyReused("Nyckeln i Idempotency-Key har använts för en annan begäran.")
    if had.answer_sealed:
        answer = session.info["vault"].open_bytes(had.answer_sealed, _purpose(client_id, key_hash))
        return Claim(client_id, key_hash, had.holder_id, answer)
    if now < had.lease_until:
        raise InProgress("Begäran håller redan på att utföras. Vänta någon sekund.")
    had.holder_id, had.lease_until = mine, until
    return Claim(client_id, key_hash, mine)


def answer(session: Session, claim: Claim, said: bytes) -> None:
    """In the transaction of what was asked for. Raises `Conflict` when it took so long that
    another does it now."""
    sealed = session.info["vault"].seal_bytes(said, _purpose(claim.client_id, claim.key_hash))
    kept = session.execute(update(IdempotencyKey).where(*_ours(claim))
                           .values(answer_sealed=sealed)
                           .execution_options(synchronize_session=False))
    if not kept.rowcount:
        raise Conflict(FIRST)


def release(session: Session, claim: Claim) -> None:
    """Nothing was done: the same may be asked for again."""
    session.execute(delete(IdempotencyKey).where(*_ours(claim))
                    .execution_options(synchronize_session=False))


def forget(session: Session, *, now: datetime) -> None:
    kept = timedelta(hours=rules(session).idempotency_hours)
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.claimed_at < now - kept))


def _ours(claim: Claim) -> tuple:
    return (IdempotencyKey.client_id == claim.client_id,
            IdempotencyKey.key_hash == claim.key_hash,
            IdempotencyKey.holder_id == claim.holder_id, IdempotencyKey.answer_sealed.is_(None))


def _purpose(client_id: UUID, key_hash: bytes) -> str:
    return f"answer {client_id} {key_hash.hex()}"

"""What is asked for twice with one key is done once, and answered the same.

Key and answer are kept in the transaction of the act: none is ever there without the others, and
whoever dies leaves nothing. A second request waits for the first at the key, and is answered the
same. Answers are sealed, for some hold a secret.
"""
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ForeignKey, bindparam, delete, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.errors import Invalid
from domain.rules import rules
from domain.store import Base, insert_missing


class KeyReused(Invalid):
    """Another request has had the key."""


class IdempotencyKey(Base):
    __tablename__ = "idempotency_keys"

    client_id: Mapped[UUID] = mapped_column(ForeignKey("api_clients.id"), primary_key=True)
    key_hash: Mapped[bytes] = mapped_column(primary_key=True)
    said_hash: Mapped[bytes]
    """Of all that was asked."""
    claimed_at: Mapped[datetime] = mapped_column(index=True)
    answer_sealed: Mapped[bytes | None]
    """None only until the transaction that claims the key ends."""


@dataclass(frozen=True)
class Claim:
    client_id: UUID
    key_hash: bytes
    answer: bytes | None = None
    """What the first request was answered."""


def claim(session: Session, client_id: UUID, key: str, said: bytes, *, now: datetime) -> Claim:
    """Whoever asks the same meanwhile waits until the transaction has ended. Raises `KeyReused`
    when the key is another request's."""
    key_hash, said_hash = sha256(key.encode()).digest(), sha256(said).digest()
    if insert_missing(session, IdempotencyKey, client_id=client_id, key_hash=key_hash,
                      said_hash=said_hash, claimed_at=now):
        return Claim(client_id, key_hash)
    had = session.get_one(IdempotencyKey, (client_id, key_hash), populate_existing=True)
    if had.said_hash != said_hash:
        raise KeyReused("Nyckeln i Idempotency-Key har använts för en annan begäran.")
    answer = session.info["vault"].open_bytes(had.answer_sealed, _purpose(client_id, key_hash))
    return Claim(client_id, key_hash, answer)


def answer(session: Session, claim: Claim, said: bytes) -> None:
    """In the transaction of the claim, and of what was asked for."""
    sealed = session.info["vault"].seal_bytes(said, _purpose(claim.client_id, claim.key_hash))
    session.execute(_ANSWERING, {"of": claim.client_id, "of_key": claim.key_hash,
                                 "sealed": sealed})


def forget(session: Session, *, now: datetime) -> None:
    kept = timedelta(hours=rules(session).idempotency_hours)
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.claimed_at < now - kept))


_KEYS = IdempotencyKey.__table__
_ANSWERING = (  # written with each act, and therefore made once
    update(_KEYS)
    .where(_KEYS.c.client_id == bindparam("of"), _KEYS.c.key_hash == bindparam("of_key"))
    .values(answer_sealed=bindparam("sealed")))


def _purpose(client_id: UUID, key_hash: bytes) -> str:
    return f"answer {client_id} {key_hash.hex()}"

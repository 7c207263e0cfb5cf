"""Where a payment provider tells how it goes, and how it shows that it is the one we asked: neither
can be guessed, and both can be made again."""
import hmac
from uuid import UUID

from sqlalchemy.orm import Session

from domain.identity import token_hash


def key(session: Session, thing_id: UUID) -> str:
    """The last part of the address."""
    return session.info["vault"].token(f"payment callback {thing_id}")


def key_hash(session: Session, thing_id: UUID) -> bytes:
    """What is kept of it."""
    return token_hash(key(session, thing_id))


def proof(session: Session, thing_id: UUID) -> str:
    """32 of 0-9A-F, which the provider sends back to us."""
    made = token_hash(session.info["vault"].token(f"payment proof {thing_id}"))
    return made.hex()[:32].upper()


def is_proof(session: Session, thing_id: UUID, given: str) -> bool:
    return hmac.compare_digest(proof(session, thing_id).encode(), given.encode())

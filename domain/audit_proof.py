"""Proof that the log is as it was written: every chain is followed from its first event."""
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.audit import LINKED, SEED, Chain, Event, link


@dataclass(frozen=True)
class Verdict:
    """What checking a chain found: up to `length` all is as it was written, if `broken_at` is
    None. `head` is to be compared with one that was noted elsewhere before."""

    chain_id: UUID
    length: int
    head: bytes
    broken_at: int | None


def verify(session: Session) -> Iterator[Verdict]:
    for chain in session.scalars(select(Chain).order_by(Chain.chain_id)):
        yield _verified(session, chain)


def _verified(session: Session, chain: Chain) -> Verdict:
    head, seq = SEED, 0
    columns = [getattr(Event, name) for name in (*LINKED, "hash")]
    found = select(*columns).where(Event.chain_id == chain.chain_id).order_by(Event.seq)
    with session.execute(found.execution_options(yield_per=5_000)) as rows:
        for row in rows.mappings():
            if row["seq"] != seq + 1 or link(head, dict(row)) != row["hash"]:
                return Verdict(chain.chain_id, seq, head, seq + 1)
            head, seq = row["hash"], row["seq"]
    whole = (seq, head) == (chain.length, chain.head)
    return Verdict(chain.chain_id, seq, head, None if whole else seq + 1)

"""Proving the log of events from the command line."""
from sqlalchemy import select

from app import open_store, outside
from config import Config
from domain import audit_proof
from domain.audit_proof import Verdict
from domain.companies import Company


def verify() -> int:
    """A line for each chain, with its last hash: noted elsewhere, it proves later that nothing was
    taken off the end. Returns 1 when a chain is broken."""
    config = Config.from_env()
    store, broken = open_store(config, outside(config)), 0
    with store.session() as session:
        names = dict(session.execute(select(Company.id, Company.name)).all())
        for verdict in audit_proof.verify(session):
            print(_told(verdict, names.get(verdict.chain_id)))
            broken += verdict.broken_at is not None
    store.engine.dispose()
    return 1 if broken else 0


def _told(verdict: Verdict, name: str | None) -> str:
    whose = name or ("the authority" if not verdict.chain_id.int else str(verdict.chain_id))
    if verdict.broken_at is not None:
        return f"BROKEN  {whose}: event {verdict.broken_at} is not as it was written"
    return f"whole   {whose}: {verdict.length} events, the last {verdict.head.hex()}"

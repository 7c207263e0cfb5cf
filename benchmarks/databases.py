"""An empty, migrated database for a benchmark, and the portal on it, with nobody outside."""
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from app import create_app
from config import Config
from integrations import World
from integrations.bankid import BankId
from integrations.clock import Clock, FrozenClock
from integrations.email import Email
from integrations.nets import Nets
from integrations.peppol import AccessPoint
from integrations.queue import SilentQueue
from integrations.sms import Sms
from integrations.swish import Swish
from integrations.ticket_keys import TicketKeys
from migrations import migrate
from running.postgres import postgresql

NOW = datetime(2026, 11, 20, 11, tzinfo=UTC)


@contextmanager
def portal(database: str, *, clock: Clock | None = None) -> Iterator[Flask]:
    """`database` is "sqlite", "postgresql", or the address of an empty one. The time stands at
    `NOW`, if there is no `clock`: what other processes share with it needs the real one."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        if database == "sqlite":
            url = f"sqlite:///{folder}/portal.db"
        else:
            url = stack.enter_context(postgresql()) if database == "postgresql" else database
        engine = create_engine(url, poolclass=NullPool)
        migrate(engine)
        yield stack.enter_context(filled(url, clock=clock))


@contextmanager
def filled(url: str, *, clock: Clock | None = None) -> Iterator[Flask]:
    """The portal on a database that another process has filled."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        keys = Path(folder) / "tickets.pem"
        app = create_app(_config(url, keys), _world(keys, clock or FrozenClock(NOW)))
        yield app
        app.extensions["store"].engine.dispose()


def _config(url: str, keys: Path) -> Config:
    return Config(environment="testing", secret_key="secret of a benchmark", data_key=b"k" * 32,
                  database_url=url, redis_url="redis://127.0.0.1:9",
                  base_url="http://portal.example", ticket_key_file=keys)


def _world(keys: Path, clock: Clock) -> World:
    nowhere = "http://127.0.0.1:9"
    return World(clock=clock, queue=SilentQueue(), bankid=BankId(nowhere),
                 sms=Sms(nowhere, "", "", sender=""), swish=Swish(nowhere, payee=""),
                 nets=Nets(nowhere, ""), peppol=AccessPoint(nowhere, "", sender=""),
                 email=Email("127.0.0.1", 9, sender="bench@portal.example"),
                 ticket_keys=TicketKeys.make(keys))

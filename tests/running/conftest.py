import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from integrations.ticket_keys import TicketKeys


@contextmanager
def server() -> Iterator[tuple[subprocess.Popen, str]]:
    """A Valkey of the tests' own, and its address."""
    with tempfile.TemporaryDirectory() as folder:
        socket = Path(folder, "valkey.sock")
        process = subprocess.Popen([sys.executable, "-m", "running.valkey", folder, str(socket)])
        while not socket.exists():
            assert process.poll() is None
            time.sleep(0.01)
        try:
            yield process, f"unix://{socket}"
        finally:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def valkey():
    with server() as (_, url):
        yield url


@pytest.fixture
def redis_url(valkey):
    """The address of an empty Valkey."""
    with redis.Redis.from_url(valkey) as client:
        client.flushall()
    return valkey


@pytest.fixture
def settings(config, tmp_path):
    """The settings of the tests, as the environment would have them."""
    ticket_key = tmp_path / "ticket-key.pem"
    TicketKeys.make(ticket_key)
    return {
        "PORTAL_ENV": "testing",
        "PORTAL_SECRET_KEY": config.secret_key,
        "PORTAL_DATA_KEY": b64encode(config.data_key).decode(),
        "PORTAL_DATABASE_URL": config.database_url,
        "PORTAL_REDIS_URL": config.redis_url,
        "PORTAL_BASE_URL": config.base_url,
        "PORTAL_TICKET_KEY_FILE": str(ticket_key),
    }

"""What works behind the pages, in processes of its own as in production: a queue, two workers, and
the sandbox's SMS provider."""
import os
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from config import Config
from integrations.queue import RqQueue, connect

HOST = "127.0.0.1"
PATIENCE_SECONDS = 30


@contextmanager
def working(config: Config, folder: Path, *, workers: int = 2) -> Iterator[tuple[RqQueue, str]]:
    """The queue to ring, and the address of the sandbox; all gone after the block. `folder` holds
    the key that signs tickets, tickets.pem."""
    port, redis_url = _free_port(), f"unix://{folder}/valkey.sock"
    sandbox = f"http://{HOST}:{port}"
    settings = os.environ | {f"PORTAL_{name}": value for name, value in {
        "ENV": "testing", "SECRET_KEY": config.secret_key, "DATABASE_URL": config.database_url,
        "DATA_KEY": b64encode(config.data_key).decode(), "REDIS_URL": redis_url,
        "BASE_URL": config.base_url, "SMS_URL": f"{sandbox}/46elks/a1", "SMS_USER": "u",
        "SMS_PASSWORD": "p", "TICKET_KEY_FILE": str(folder / "tickets.pem")}.items()}
    started: list[subprocess.Popen] = []

    def start(*arguments: str) -> None:
        started.append(subprocess.Popen([sys.executable, "-m", *arguments], env=settings))

    try:
        start("running.valkey", str(folder / "valkey"), str(folder / "valkey.sock"))
        start("sandbox", "--port", str(port), "--smtp-port", str(_free_port()))
        _until(lambda: httpx.get(sandbox).is_success)
        queue = RqQueue(redis_url)
        for _ in range(workers):
            start("running.worker")
        with connect(redis_url) as redis:
            _until(lambda: redis.scard("rq:workers") == workers)
        yield queue, sandbox
    finally:
        for process in reversed(started):
            process.terminate()
        for process in started:
            process.wait()


def _until(it_is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if it_is_so():
                return
        except Exception:  # it does not answer yet
            pass
        time.sleep(0.05)
    raise RuntimeError("The workers did not start: see above")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])

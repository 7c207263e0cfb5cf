"""What works around the database, in processes of its own as in production: the workers with their
queue and the sandbox's SMS provider, and the web."""
import os
import socket
import sqlite3
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from config import Config
from integrations.queue import RqQueue, connect

HOST = "127.0.0.1"
PATIENCE_SECONDS = 60
PAYEE = "1231181189"


@dataclass(frozen=True)
class Works:
    queue: RqQueue
    """The bell that wakes the workers."""
    file: Path
    """Where the sandbox remembers what its phones have received."""
    workers: list[subprocess.Popen]
    start_worker: Callable[[], subprocess.Popen]

    def received(self) -> int:
        with closing(sqlite3.connect(self.file)) as phones:
            return phones.execute("SELECT count(*) FROM sms").fetchone()[0]

    def texts(self) -> list[tuple[str, str]]:
        """Each with the number that it came to."""
        with closing(sqlite3.connect(self.file)) as phones:
            return phones.execute("SELECT recipient, text FROM sms").fetchall()


@contextmanager
def working(config: Config, *, workers: int = 2) -> Iterator[Works]:
    """The workers of the portal with these settings. All are gone after the block."""
    with _folder() as folder, _processes(folder) as start:
        port, mail, peppol = _free_port(), _free_port(), folder / "peppol"
        peppol.mkdir()
        redis_url, sandbox = f"unix://{folder}/valkey.sock", f"http://{HOST}:{port}"
        settings = _settings(config, REDIS_URL=redis_url,
                             SMS_URL=f"{sandbox}/46elks/a1", SMS_USER="u", SMS_PASSWORD="p",
                             SMTP_HOST=HOST, SMTP_PORT=str(mail),
                             PEPPOL_FOLDER=str(peppol))
        start(settings, "running.valkey", str(folder / "valkey"), str(folder / "valkey.sock"))
        start(settings, "sandbox", "--port", str(port), "--smtp-port", str(mail),
              "--data", str(folder / "sandbox.db"))
        _until(lambda: httpx.get(sandbox).is_success)

        def start_worker() -> subprocess.Popen:
            return start(settings, "running.worker")

        started = [start_worker() for _ in range(workers)]
        with connect(redis_url) as redis:
            _until(lambda: redis.scard("rq:workers") == workers)
        yield Works(RqQueue(redis_url), folder / "sandbox.db", started, start_worker)


@contextmanager
def serving(config: Config, app: str = "app:create_app()") -> Iterator[int]:
    """The port where gunicorn serves the portal as in production, or another app."""
    with _folder() as folder, _processes(folder) as start:
        port = _free_port()
        start(_settings(config), "gunicorn", "-c", "python:running.web",
              "--bind", f"{HOST}:{port}", app)
        _until(lambda: httpx.get(f"http://{HOST}:{port}/healthz").is_success)
        yield port


@contextmanager
def paying(config: Config, *, ore: int) -> Iterator[int]:
    """The same, beside what answers in Swish's place: each payment is paid, and is of so much."""
    with _folder() as folder, _processes(folder) as start:
        port, bank = _free_port(), _free_port()
        settings = _settings(config, SWISH_URL=f"http://{HOST}:{bank}", SWISH_PAYEE=PAYEE)
        start(settings, "benchmarks._bank", str(bank), str(ore), PAYEE)
        start(settings, "gunicorn", "-c", "python:running.web", "--bind", f"{HOST}:{port}")
        for one in (f"http://{HOST}:{bank}/", f"http://{HOST}:{port}/healthz"):
            _until(lambda one=one: httpx.get(one).is_success)
        yield port


@contextmanager
def _folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="bench-") as folder:
        yield Path(folder)


def _settings(config: Config, **others: str) -> dict[str, str]:
    ours = {
        "ENV": "testing", "SECRET_KEY": config.secret_key, "DATABASE_URL": config.database_url,
        "DATA_KEY": b64encode(config.data_key).decode(), "REDIS_URL": config.redis_url,
        "BASE_URL": config.base_url, "TICKET_KEY_FILE": str(config.ticket_key_file)} | others
    return os.environ | {f"PORTAL_{name}": value for name, value in ours.items()}


@contextmanager
def _processes(folder: Path) -> Iterator[Callable[..., subprocess.Popen]]:
    """What starts a module with some settings; what was started is ended, the last first. What
    they say is shown if the block fails."""
    started: list[subprocess.Popen] = []
    with (folder / "log").open("w+b") as log:

        def start(settings: dict[str, str], *arguments: str) -> subprocess.Popen:
            started.append(subprocess.Popen([sys.executable, "-m", *arguments], env=settings,
                                            stdout=log, stderr=log))
            return started[-1]

        try:
            yield start
        except BaseException:
            print((folder / "log").read_text()[-2_000:], file=sys.stderr)
            raise
        finally:
            for process in reversed(started):
                process.terminate()
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
    raise RuntimeError("What a benchmark needs did not start: see above")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((HOST, 0))
        return int(free.getsockname()[1])

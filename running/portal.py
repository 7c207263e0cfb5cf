"""`manage.py run`: a whole portal on this machine, with the sandbox as the world around it."""
import fcntl
import os
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import IO

from running.development import HOST, Place, settle
from running.supervisor import Part, supervise

STEPS = Path(__file__).parent.parent / "migrations" / "versions"
WORKERS = 2
PATIENCE_SECONDS = 120


def run(place: Place) -> None:
    """Until SIGTERM or Ctrl+C. What stands in its way is said in one line, and the exit is 1."""
    started = time.monotonic()
    if os.environ.get("PORTAL_ENV") == "production":
        sys.exit("run plays with a sandbox and is not for production: see docs/production.md")
    all_our_own = not any(name.startswith("PORTAL_") for name in os.environ)
    settle(place)
    with _taken(place.data):
        for port in (place.port, place.sandbox_port, place.smtp_port):
            _refuse_port_in_use(port)
        if not (all_our_own and is_ready(place.database)):
            _check_and_fill()
        threading.Thread(target=_welcome, args=[place, started], daemon=True).start()
        supervise(_parts(place), place.data)


def is_ready(database: Path) -> bool:
    """Whether the SQLite file has this version's tables and somebody in them.

    Asked without the libraries that take half a second to load: then most starts need none.
    """
    last_step = max(step.name[:4] for step in STEPS.glob("[0-9]*.py"))
    if not database.exists():
        return False
    try:
        with closing(sqlite3.connect(database)) as connection:
            step = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            company = connection.execute("SELECT 1 FROM companies").fetchone()
    except sqlite3.Error:
        return False
    return step == (last_step,) and company is not None


def _check_and_fill() -> None:
    from config import Config
    from running.database import prepare
    if prepare(Config.from_env().database_url):
        print("The database is empty: filling it with a demo.", flush=True)
        if subprocess.run(_python("running.commands", "demo")).returncode:
            sys.exit("The demo could not be made: see above")


def _parts(place: Place) -> list[Part]:
    background = ["nice", "-n", "5"]  # a page goes before a job
    parts = [
        Part("web", _python("gunicorn", "-c", "python:running.web", "--bind",
                            f"{HOST}:{place.port}")),
        Part("sandbox", place.sandbox_command, leaned_on=True),
        *(Part(f"worker-{number}", [*background, *_python("running.worker")], stop_seconds=20)
          for number in range(1, WORKERS + 1)),
        Part("scheduler", [*background, *_python("running.scheduler")]),
    ]
    if os.environ["PORTAL_REDIS_URL"] == place.redis_url:
        parts.insert(0, Part("valkey", _python("running.valkey", str(place.data / "valkey"),
                                               str(place.socket)), leaned_on=True))
    return parts


def _python(module: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", module, *arguments]


def _taken(data: Path) -> IO[str]:
    """The folder is this portal's alone for as long as the file is open."""
    lock = (data / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"A portal runs in {data} already: stop it, or choose another folder by --data")
    return lock


def _refuse_port_in_use(port: int) -> None:
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            free.bind((HOST, port))
        except OSError as error:
            sys.exit(f"Port {port} cannot be used ({error.strerror}): "
                     "choose others by --port and --sandbox-port")


def _welcome(place: Place, started: float) -> None:
    """Say what to open, once it can be opened."""
    while not (_answers(place.port, "/healthz") and _answers(place.sandbox_port, "/")):
        if time.monotonic() - started > PATIENCE_SECONDS:
            return
        time.sleep(0.05)
    took = time.monotonic() - started
    from sandbox.personas import KAJSA, PERSONAS
    people = "\n".join(f"             {persona.name}: {persona.role}" for persona in PERSONAS)
    print(f"""
The portal   {place.url}   (up in {took:.1f} s)
The sandbox  {place.sandbox_url}   a BankID app, a phone and a mailbox
Log in as
{people}
             at Mina sidor {KAJSA[0]}: {KAJSA[1]}
Logs are in {place.data / "log"}. Stop with Ctrl+C.
""", flush=True)


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()

"""`manage.py test`: pytest, on SQLite or on a PostgreSQL that is there for the tests."""
import os
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

from running.postgres import postgresql

MEMORY = Path("/dev/shm")  # noqa: S108 - whatever the tests write lies in folders of their own
ENOUGH_BYTES = 1 << 30


def test(database: Literal["sqlite", "postgresql"], arguments: list[str]) -> None:
    """Exits as pytest does. On PostgreSQL, TEST_DATABASE_URL may name the server to use.

    All the tests together run on all the cores, and two more processes, for journeys wait a lot; a
    few that are named run in one process.
    """
    if all(argument.startswith("-") for argument in arguments):
        arguments = ["-n", str((os.cpu_count() or 1) + 2), "--dist", "worksteal", *arguments]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH_BYTES:
        environ.setdefault("TMPDIR", str(MEMORY))
    with ExitStack() as stack:
        if database == "sqlite":
            environ.pop("TEST_DATABASE_URL", None)
        elif "TEST_DATABASE_URL" not in environ:
            environ["TEST_DATABASE_URL"] = stack.enter_context(postgresql())
        signal.signal(signal.SIGINT, lambda *_: None)  # Ctrl+C is pytest's; we wait for it
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
        pytest = subprocess.run([sys.executable, "-m", "pytest", *arguments], env=environ)
    sys.exit(pytest.returncode)

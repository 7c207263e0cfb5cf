"""The whole portal, as a newcomer starts it."""
import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import redis

from running import development
from tests.chromium import everything
from tests.running.waiting import ENOUGH_SECONDS, eventually


class Run:
    """`manage.py run` in a folder of its own; what it says is in `said`."""

    def __init__(self, folder: Path, ports: list[int], database_url: str):
        self.folder, self.url = folder, f"http://127.0.0.1:{ports[0]}"
        self.socket = development.Place(folder, *ports).socket
        self._output = folder.with_suffix(".said")
        with self._output.open("w") as output:
            self.process = subprocess.Popen(
                command(folder, ports), stdout=output, stderr=subprocess.STDOUT,
                env=environment(PORTAL_DATABASE_URL=database_url))

    @property
    def said(self) -> str:
        return self._output.read_text()

    def get(self, path: str) -> int:
        try:
            return httpx.get(self.url + path, timeout=5).status_code
        except httpx.TransportError:
            return 0

    def descendants(self) -> dict[int, str]:
        """The command lines of all processes below this one."""
        families: dict[int, list[int]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                child, parent = re.match(r"(\d+) \(.*\) \S (\d+)", stat.read_text()).groups()
            except OSError:
                continue
            families.setdefault(int(parent), []).append(int(child))
        found, look = {}, [self.process.pid]
        while look:
            for child in families.get(look.pop(), []):
                found[child] = command_line(child)
                look.append(child)
        return found


def command(folder: Path, ports: list[int]) -> list[str]:
    return [sys.executable, "-m", "running.commands", "run", "--data", str(folder),
            "--port", str(ports[0]), "--sandbox-port", str(ports[1])]


def environment(**settings: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items()
            if not name.startswith("PORTAL_")} | settings


def command_line(pid: int) -> str:
    """Empty when the process is gone, or is a zombie that nobody has buried."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def free_ports() -> list[int]:
    """One for the portal; two in a row for the sandbox and its mail, of which the first is told."""
    while True:
        with socket.socket() as web, socket.socket() as pages, socket.socket() as mail:
            web.bind(("127.0.0.1", 0))
            pages.bind(("127.0.0.1", 0))
            with suppress(OSError, OverflowError):
                mail.bind(("127.0.0.1", pages.getsockname()[1] + 1))
                return [web.getsockname()[1], pages.getsockname()[1]]


@pytest.fixture
def start(tmp_path, config, make):
    """Starts the portal in one folder, with one company in its database."""
    make.company()
    runs, ports = [], free_ports()

    def start() -> Run:
        run = Run(tmp_path / "var", ports, config.database_url)
        runs.append(run)
        eventually(lambda: "Stop with Ctrl+C" in run.said)
        return run

    yield start
    for run in runs:
        run.process.kill()
        run.process.wait()


@pytest.mark.skipif(not everything(), reason="each part is killed where E2E_REQUIRED=1")
def test_parts_that_die_are_started_again_and_the_terminal_tells(start):
    run = start()
    assert run.get("/healthz") == 200
    parts = {"web": "gunicorn", "valkey": "valkey-server", "worker-1": "running.worker"}
    for pid, line in run.descendants().items():
        if any(program in line for program in parts.values()):
            os.kill(pid, signal.SIGKILL)
    for name in parts:
        eventually(lambda name=name: f"{name} stopped and is started again" in run.said)
        eventually(lambda name=name: f"{name} runs again" in run.said)
    eventually(lambda: run.get("/readyz") == 200)


def test_stopped_it_leaves_no_process_and_started_again_it_knows_what_it_knew(start):
    run = start()
    keys = (run.folder / "keys.json").read_bytes()
    with redis.Redis(unix_socket_path=str(run.socket)) as client:
        client.set("kept", "yes")
    children = run.descendants()
    run.process.terminate()
    assert run.process.wait(ENOUGH_SECONDS) == 0
    assert [line for pid, line in children.items() if command_line(pid)] == []

    run = start()
    assert run.get("/healthz") == 200
    assert (run.folder / "keys.json").read_bytes() == keys
    with redis.Redis(unix_socket_path=str(run.socket)) as client:
        assert client.get("kept") == b"yes"
    assert [path for path in run.folder.rglob("*") if path.stat().st_mode & 0o077] == []
    children = run.descendants()
    run.process.kill()
    eventually(lambda: not any(command_line(pid) for pid in children))


@pytest.mark.parametrize(("settings", "said"), [
    ({"PORTAL_SMTP_PORT": "post"}, "PORTAL_SMTP_PORT is a whole number, not 'post'"),
    ({"PORTAL_ENV": "production"}, "run plays with a sandbox and is not for production: "
                                   "see docs/production.md"),
    ({"PORTAL_DATABASE_URL": "sqlite:////nowhere/portal.db"},
     "PORTAL_DATABASE_URL: the database does not answer: unable to open database file"),
])
def test_a_broken_setting_is_one_line(tmp_path, settings, said):
    assert refusal(command(tmp_path / "var", free_ports()), **settings) == said


def test_a_folder_that_cannot_be_used_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    said = refusal(command(tmp_path / "file", free_ports()))
    assert said == f"The folder {tmp_path / 'file'} cannot be used: File exists"


def test_a_port_in_use_is_one_line(tmp_path):
    ports = free_ports()
    with socket.socket() as other:
        other.bind(("127.0.0.1", ports[0]))
        said = refusal(command(tmp_path / "var", ports))
    assert said == (f"Port {ports[0]} cannot be used (Address already in use): "
                    "choose others by --port and --sandbox-port")


def test_a_folder_in_use_is_one_line(tmp_path):
    folder = tmp_path / "var"
    folder.mkdir()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = refusal(command(folder, free_ports()))
    assert said == (f"A portal runs in {folder} already: stop it, or choose another folder "
                    "by --data")


def refusal(start: list[str], **settings: str) -> str:
    """The one line that it says before it exits with 1."""
    done = subprocess.run(start, env=environment(**settings), capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    return done.stderr.removesuffix("\n")

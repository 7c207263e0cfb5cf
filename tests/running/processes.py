"""The portal's processes, to be killed, and a provider that knows when."""
import os
import signal
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from threading import Event, Thread

from werkzeug.serving import make_server

from integrations.ticket_keys import TicketKeys
from sandbox import create_sandbox
from sandbox.serving import Handler


class Provider:
    """46elks on a real port. It keeps its answer to the message with the number `last` until it is
    let go."""

    def __init__(self, last: int):
        self.last, self.sandbox = last, create_sandbox()
        self.phones = self.sandbox.extensions["sandbox"].phones
        self.asked, self.has_the_last, self.let_go = 0, Event(), Event()

    def __enter__(self) -> "Provider":
        self._server = make_server("127.0.0.1", 0, self, threaded=True, request_handler=Handler)
        self.url = f"http://127.0.0.1:{self._server.port}/46elks/a1"
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.let_go.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __call__(self, environ, start_response):
        answer = self.sandbox(environ, start_response)
        if environ["REQUEST_METHOD"] == "POST":
            self.asked += 1
            if self.asked == self.last:
                self.has_the_last.set()
                self.let_go.wait(60)
        return answer


class Processes:
    """What is started with the settings of a portal, and killed at the end at the latest."""

    def __init__(self, config, folder: Path, **others: str):
        TicketKeys.make(folder / "tickets.pem")
        settings = {
            "ENV": "testing", "SECRET_KEY": config.secret_key,
            "DATABASE_URL": config.database_url,
            "DATA_KEY": b64encode(config.data_key).decode(), "BASE_URL": config.base_url,
            "TICKET_KEY_FILE": str(folder / "tickets.pem"), "RULE_LEASE_SECONDS": "1"} | others
        self._environment = os.environ | {f"PORTAL_{name}": value
                                          for name, value in settings.items()}
        self._started: list[subprocess.Popen] = []

    def start(self, *module: str) -> subprocess.Popen:
        self._started.append(subprocess.Popen(
            [sys.executable, "-m", *module], env=self._environment, stdout=subprocess.DEVNULL))
        return self._started[-1]

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_):
        for process in self._started:
            kill(process)


def kill(process: subprocess.Popen) -> None:
    """`kill -9` of the process and of those that it has started."""
    for each in [*children(process.pid), process.pid]:
        try:
            os.kill(each, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()


def children(parent: int):
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, rest = stat.read_text().split(" (", 1)
        except OSError:
            continue
        if int(rest.rpartition(") ")[2].split()[1]) == parent:
            yield int(pid)

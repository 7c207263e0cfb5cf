"""Keeps the parts of a portal running: starts them, starts again one that dies, stops them all."""
import shlex
import sys
from collections import deque
from collections.abc import Sequence
from configparser import RawConfigParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supervisor import events
from supervisor.medusa.asyncore_25 import ExitNow
from supervisor.options import ServerOptions
from supervisor.supervisord import Supervisor

from running import tied

LAST_LINES = 12
LOG = {"logfile_maxbytes": "5MB", "logfile_backups": "3"}


@dataclass(frozen=True)
class Part:
    name: str
    command: Sequence[str]
    stop_seconds: int = 10
    """How long it may take to stop before it is killed."""
    leaned_on: bool = False
    """Whether the others need it: then it starts first and stops last."""


def supervise(parts: Sequence[Part], data: Path) -> None:
    """Run the parts until SIGTERM or Ctrl+C. What they write is in DATA/log, and rotated."""
    (data / "log").mkdir(exist_ok=True)
    settings = data / "supervisor.ini"
    with settings.open("w", encoding="utf-8") as file:
        _settings(parts, data).write(file)
    options = ServerOptions()
    options.realize(["--configuration", str(settings)])
    options.first, options.test = True, False
    try:
        _Watch(options, data).main()
    except ExitNow:
        print("Stopped.", flush=True)


class _Watch(Supervisor):
    """Says on the terminal what happens to the parts."""

    def __init__(self, options: ServerOptions, data: Path):
        super().__init__(options)
        self._data = data
        self._down: set[str] = set()

    def runforever(self) -> None:
        events.subscribe(events.ProcessStateExitedEvent, self._fell)
        events.subscribe(events.ProcessStateBackoffEvent, self._fell)
        events.subscribe(events.ProcessStateRunningEvent, self._rose)
        for group in sorted(self.process_groups.values()):
            group.transition()  # the loop would wait a second before it starts anything
        super().runforever()

    def _fell(self, event: Any) -> None:
        name = event.process.config.name
        if name not in self._down:
            self._down.add(name)
            log = self._data / "log" / f"{name}.log"
            with log.open(encoding="utf-8", errors="replace") as lines:
                why = "".join(f"    {line}" for line in deque(lines, LAST_LINES))
            print(f"{name} stopped and is started again. {log} ends:\n{why}", file=sys.stderr)

    def _rose(self, event: Any) -> None:
        name = event.process.config.name
        if name in self._down:
            self._down.remove(name)
            print(f"{name} runs again.", file=sys.stderr)


def _settings(parts: Sequence[Part], data: Path) -> RawConfigParser:
    ini = RawConfigParser()
    ini["supervisord"] = {
        "nodaemon": "true", "silent": "true", "nocleanup": "true",
        "logfile": _quoted(data / "log" / "supervisor.log"), **LOG,
        "pidfile": _quoted(data / "supervisor.pid"),
        "childlogdir": _quoted(data / "log"),
    }
    ini["group:others"] = {  # they stop together
        "programs": ",".join(part.name for part in parts if not part.leaned_on), "priority": "2"}
    for order, part in enumerate(parts):
        ini[f"program:{part.name}"] = {
            "command": _quoted(shlex.join([sys.executable, "-IS", tied.__file__, *part.command])),
            "stdout_logfile": _quoted(_quoted(data / "log" / f"{part.name}.log")),  # read twice
            **{f"stdout_{option}": value for option, value in LOG.items()},
            "redirect_stderr": "true",
            "autorestart": "true",
            "startretries": "1000000",
            "stopwaitsecs": str(part.stop_seconds),
            "killasgroup": "true",
            "priority": "1" if part.leaned_on else str(order),
        }
    return ini


def _quoted(value: object) -> str:
    return str(value).replace("%", "%%")

"""Typst in a process of its own, which sets one document after another. Typst keeps what it has set
for as long as its process lives, so this one ends when it has set much, and with who started it.
"""
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
MUCH = 200_000
"""Bytes of data, some 800 lines: it holds 190 MB by then."""
MOST_SECONDS = 60
LENGTH = 8


class Typesetter:
    def __init__(self) -> None:
        self._process: subprocess.Popen | None = None
        self._set = self._owner = 0
        self._turn = threading.Lock()

    def set(self, template: str, data: dict[str, Any]) -> bytes:
        """Raises ValueError where it cannot be set; why stands among what the process tells."""
        written = json.dumps([template, data]).encode()
        with self._turn:
            process = self._started(len(written))
            with _stopped_if_stuck(process):
                said = _exchanged(process, written)
            if said is None:
                self.close()
                raise ValueError(f"{template} could not be set.")
        return said

    def _started(self, length: int) -> subprocess.Popen:
        if self._process is None or self._set + length > MUCH or self._owner != os.getpid():
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "documents.typesetting"], cwd=HERE.parent,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            self._owner = os.getpid()
        self._set += length
        return self._process

    def close(self) -> None:
        """A process that somebody forked from is left to them."""
        if self._process is not None and self._owner == os.getpid():
            with suppress(BrokenPipeError):  # one that was stopped has not read all
                self._process.stdin.close()
            self._process.wait()
            self._process.stdout.close()
        self._process, self._set = None, 0

    def __enter__(self) -> "Typesetter":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _exchanged(process: subprocess.Popen, written: bytes) -> bytes | None:
    """None where the other side is no more."""
    try:
        _send(process.stdin, written)
    except BrokenPipeError:
        return None
    return _received(process.stdout)


@contextmanager
def _stopped_if_stuck(process: subprocess.Popen) -> Iterator[None]:
    watch = threading.Timer(MOST_SECONDS, process.kill)
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def _send(pipe: Any, message: bytes) -> None:
    pipe.write(len(message).to_bytes(LENGTH))
    pipe.write(message)
    pipe.flush()


def _received(pipe: Any) -> bytes | None:
    """None at the end."""
    head = pipe.read(LENGTH)
    if len(head) < LENGTH:
        return None
    length = int.from_bytes(head)
    message = pipe.read(length)
    return message if len(message) == length else None


def _serve() -> None:
    import typst

    while (asked := _received(sys.stdin.buffer)) is not None:
        template, data = json.loads(asked)
        _send(sys.stdout.buffer, typst.compile(
            HERE / template, root=HERE, font_paths=[HERE / "fonts"], ignore_system_fonts=True,
            pdf_standards=["ua-1"], sys_inputs={"data": json.dumps(data)}))


if __name__ == "__main__":
    _serve()

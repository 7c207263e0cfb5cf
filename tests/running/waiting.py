"""What other processes do takes a moment."""
import time
from collections.abc import Callable

ENOUGH_SECONDS = 120


def eventually(true: Callable[[], object]) -> None:
    until = time.monotonic() + ENOUGH_SECONDS
    while not true():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.05)

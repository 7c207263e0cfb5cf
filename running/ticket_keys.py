"""The keys that sign tickets, from the command line: shown, a new one made, an old one taken away.
A portal that runs sees the file change, and needs nothing else."""
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config import Config
from domain.products import PERIOD_DAYS
from integrations import key_file
from integrations.clock import SystemClock
from integrations.key_file import Key
from integrations.ticket_keys import State, signing, state

LONGEST = timedelta(days=max(PERIOD_DAYS.values()) + 1)
"""No ticket is valid for longer after it was signed."""


def do(act: str, kid: str | None, *, at_once: bool) -> None:
    if act == "retire":
        retire(kid or sys.exit("Which key? See ticket-keys."), at_once=at_once)
    elif act == "new":
        new(at_once=at_once)
    else:
        show()


def show() -> None:
    keys, now = key_file.read(_path()), SystemClock().now()
    for key in keys:
        print(f"{key.kid}  {_told(key, keys, now)}")


def new(*, at_once: bool = False) -> None:
    """A key that is published now and signs when all who inspect tickets have it. Those that sign
    no more lose their private halves."""
    config, now = Config.from_env(), SystemClock().now()
    wait = timedelta(hours=0 if at_once else config.rules.ticket_key_publish_hours)
    with _changing(_path(config)) as keys:
        if any(state(key, keys, now) == State.COMING for key in keys):
            sys.exit("There is a new key already, that has not begun to sign. See ticket-keys.")
        made = Key.new((now + wait).replace(microsecond=0))
        keys[:] = [made, *(replace(key, private=None)
                           if state(key, keys, now) == State.VERIFIES else key for key in keys)]
        print(f"{made.kid}  {_told(made, keys, now)}")


def retire(kid: str, *, at_once: bool = False) -> None:
    """The key verifies no more. Not the one that signs; and not while tickets that it signed may be
    valid, unless `at_once`: it has leaked, and they are to be refused."""
    now = SystemClock().now()
    with _changing(_path()) as keys:
        found = [key for key in keys if key.kid == kid]
        if not found:
            sys.exit(f"There is no key {kid}. See ticket-keys.")
        [key] = found
        if state(key, keys, now) == State.SIGNS:
            sys.exit(f"{kid} signs tickets. Make a new one first: ticket-keys new --now")
        ends = last_valid(key, keys)
        used = state(key, keys, now) == State.VERIFIES and (ends is None or now < ends)
        if used and not at_once:
            sys.exit(f"Tickets that {kid} signed may be valid {_until(ends)}. "
                     "With --now they are refused from now on.")
        keys.remove(key)
    print(f"{kid}  gone")


def last_valid(key: Key, keys: list[Key] | tuple[Key, ...]) -> datetime | None:
    """When the last ticket that the key signed has ended; None when nothing tells."""
    later = [other.signs_from for other in keys if other.signs_from
             and (key.signs_from is None or other.signs_from > key.signs_from)]
    return min(later) + LONGEST if later else None


def _told(key: Key, keys: list[Key] | tuple[Key, ...], now: datetime) -> str:
    what = state(key, keys, now)
    if what == State.COMING:
        return f"published, signs from {_day(key.signs_from)}"
    if what == State.VERIFIES:
        return f"verifies only, {_until(last_valid(key, keys))}"
    coming = [other for other in keys if state(other, keys, now) == State.COMING]
    return f"signs, until {_day(signing(coming, now).signs_from)}" if coming else "signs"


def _until(ends: datetime | None) -> str:
    return f"until {_day(ends)}" if ends else "nobody knows for how long"


def _day(moment: datetime | None) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if moment else ""


def _path(config: Config | None = None) -> Path:
    path = (config or Config.from_env()).ticket_key_file
    return path or sys.exit("PORTAL_TICKET_KEY_FILE is missing")


@contextmanager
def _changing(path: Path) -> Iterator[list[Key]]:
    try:
        with key_file.changing(path) as keys:
            yield keys
    except (OSError, ValueError) as error:
        sys.exit(f"{path} was not changed: {error}")

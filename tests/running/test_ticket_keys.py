from datetime import timedelta
from pathlib import Path

import pytest

from integrations import key_file
from integrations.clock import FrozenClock
from integrations.key_file import Key
from integrations.ticket_keys import TicketKeys
from running import ticket_keys
from tests.conftest import NOON


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    clock = FrozenClock(NOON)
    monkeypatch.setattr(ticket_keys, "SystemClock", lambda: clock)
    return clock


@pytest.fixture(autouse=True)
def path(monkeypatch, settings):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    return Path(settings["PORTAL_TICKET_KEY_FILE"])


def told(capsys) -> dict[str, str]:
    """What is said of each key, by its name."""
    return dict(line.split("  ", 1) for line in capsys.readouterr().out.splitlines())


def kids(path) -> list[str]:
    return [key.kid for key in key_file.read(path)]


def test_a_key_is_shown_by_its_name_and_what_it_does(path, capsys):
    ticket_keys.show()
    assert told(capsys) == {kids(path)[0]: "signs"}


def test_a_new_key_is_published_for_a_day_and_then_signs_by_itself(path, capsys, clock):
    keys, [old] = TicketKeys.load(path), kids(path)
    ticket_keys.new()
    new, _ = kids(path)
    assert told(capsys) == {new: "published, signs from 2026-11-21 11:00 UTC"}
    ticket_keys.show()
    assert told(capsys) == {new: "published, signs from 2026-11-21 11:00 UTC",
                            old: "signs, until 2026-11-21 11:00 UTC"}
    assert keys.signer(clock.at).kid == old
    clock.at += timedelta(days=1)
    assert keys.signer(clock.at).kid == new
    ticket_keys.show()
    assert told(capsys) == {new: "signs",
                            old: "verifies only, until 2027-11-22 11:00 UTC"}


def test_there_is_one_coming_key_at_a_time(path):
    ticket_keys.new()
    with pytest.raises(SystemExit, match="a new key already"):
        ticket_keys.new()
    assert len(kids(path)) == 2


def test_a_key_that_signs_no_more_loses_its_private_half_when_the_next_comes(path, clock):
    ticket_keys.new(at_once=True)
    clock.at += timedelta(days=30)
    ticket_keys.new()
    assert [bool(key.private) for key in key_file.read(path)] == [True, True, False]


def test_a_key_is_retired_when_its_last_ticket_has_ended(path, clock):
    [old] = kids(path)
    ticket_keys.new(at_once=True)
    clock.at += ticket_keys.LONGEST - timedelta(seconds=1)
    with pytest.raises(SystemExit, match="may be valid until 2027-11-21 11:00 UTC"):
        ticket_keys.retire(old)
    clock.at += timedelta(seconds=1)
    ticket_keys.retire(old)
    assert old not in kids(path)


def test_one_that_has_leaked_is_taken_away_at_once_but_never_the_one_that_signs(path):
    [leaked] = kids(path)
    with pytest.raises(SystemExit, match="signs tickets"):
        ticket_keys.retire(leaked, at_once=True)
    ticket_keys.new(at_once=True)
    ticket_keys.do("retire", leaked, at_once=True)
    assert leaked not in kids(path)


def test_a_key_that_has_not_begun_may_be_taken_back(path):
    [signs] = kids(path)
    ticket_keys.do("new", None, at_once=False)
    ticket_keys.retire(kids(path)[0])
    assert kids(path) == [signs]


@pytest.mark.parametrize("kid", ["nobody", None])
def test_a_key_that_is_not_there_is_not_retired(path, kid):
    with pytest.raises(SystemExit, match="See ticket-keys"):
        ticket_keys.do("retire", kid, at_once=False)


def test_of_an_old_key_that_nothing_tells_of_nobody_knows_how_long(path, capsys):
    with key_file.changing(path) as keys:
        keys.append(Key(*(getattr(Key.new(None), name) for name in ("kid", "public"))))
    ticket_keys.show()
    assert list(told(capsys).values()) == ["signs", "verifies only, nobody knows for how long"]


def test_a_file_that_cannot_be_read_is_said_so(path):
    path.write_bytes(b"")
    with pytest.raises(SystemExit, match=r"was not changed: .* has no private key"):
        ticket_keys.new()

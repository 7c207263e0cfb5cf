import base64
import io
import json
from datetime import timedelta

import pytest

from documents import aztec, participant_metadata
from documents.participant_metadata import Participant
from domain import block_list
from domain.block_list import Reason
from integrations import key_file
from integrations.clock import FrozenClock
from integrations.ticket_keys import Signer
from running import commands
from running import inspecting as command
from tests import inspecting
from tests.documents.symbols import drawn
from tests.inspecting import ISSUER, KID, OURS

NOW = inspecting.moment(inspecting.TABLE["now"])
GENUINE = inspecting.code({})


@pytest.fixture(autouse=True)
def clock(monkeypatch, settings):
    """The ticket is signed by a key of the portal's own."""
    clock = FrozenClock(NOW)
    monkeypatch.setattr(command, "SystemClock", lambda: clock)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with key_file.changing(command.Path(settings["PORTAL_TICKET_KEY_FILE"])) as keys:
        keys.append(key_file.Key(KID, OURS.public_key()))
    return clock


@pytest.fixture
def read(tmp_path):
    """The exit status of the command for a file with that in it."""
    def read(data: bytes, **kwargs) -> int:
        file = tmp_path / "seen"
        file.write_bytes(data)
        return command.verify(file, **{"metadata": None, "zone": None} | kwargs)
    return read


def png(code: bytes) -> bytes:
    file = io.BytesIO()
    drawn(aztec.svg(code, title="x")).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize("written", [
    lambda code: code, png, base64.b64encode, lambda code: base64.urlsafe_b64encode(code) + b"\n"],
    ids=["bytes", "picture", "base64", "base64url"])
def test_a_valid_ticket_is_told_with_what_it_says(read, capsys, written):
    assert read(written(GENUINE)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Giltig"
    assert "  Biljettnummer  K7QF-2M9XD4" in lines
    assert "  Gäller till    lör 21 nov 2026 09:00" in lines


def test_only_a_valid_one_has_exit_status_0(read, capsys, clock):
    assert read(GENUINE, zone="184") == 1
    clock.at += timedelta(days=2)
    assert read(GENUINE) == 1
    assert read(inspecting.code({"key": "strange"})) == 1
    assert [line for line in capsys.readouterr().out.splitlines() if line[0] != " "] == [
        "Gäller inte i zon 184", "Har gått ut lör 21 nov 2026 09:00", "Okänd nyckel",
        "Hämta nya nycklar och läs koden igen. Blir det samma svar är koden inte utfärdad av oss."]


def test_the_portals_block_list_is_asked(read, capsys, store, db):
    with store.transaction(db):
        block_list.add(db, "K7QF-2M9XD4", reason=Reason.LOST, until=NOW + timedelta(days=1),
                       now=NOW)
    assert read(GENUINE) == 1
    assert capsys.readouterr().out.startswith("Spärrad: förlorad\n")


@pytest.fixture
def metadata(tmp_path):
    """A file that the issuer has published."""
    keys = ({**key_file.jwk(OURS.public_key()), "kid": KID},)
    us = Participant(ISSUER, "Vi", "vi.example", keys, (), 366)
    signer = Signer.of(key_file.Key.new(None))
    file = tmp_path / "metadata.json"
    file.write_text(json.dumps(participant_metadata.signed([us], kid=signer.kid,
                                                           sign=signer.sign)))
    return file


def test_with_what_the_issuer_has_published_nothing_else_is_needed(read, monkeypatch, metadata):
    monkeypatch.delenv("PORTAL_DATABASE_URL")
    assert read(GENUINE, metadata=metadata) == 0
    assert read(inspecting.code({"key": "strange"}), metadata=metadata) == 1


def test_it_is_a_command(monkeypatch, metadata, tmp_path, capsys):
    monkeypatch.delenv("PORTAL_ENV")
    (tmp_path / "code").write_bytes(GENUINE)
    monkeypatch.setattr("sys.argv", ["manage.py", "verify-ticket", str(tmp_path / "code"),
                                     "--metadata", str(metadata), "--zone", "181"])
    with pytest.raises(SystemExit) as ended:
        commands.main()
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("Giltig\n")


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n", png(b"x")[:200]])
def test_a_picture_that_cannot_be_read_is_said_so(read, capsys, data):
    assert read(data) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_file_that_is_not_there_or_no_metadata_is_said_so(tmp_path, capsys):
    assert command.verify(tmp_path / "no", metadata=None, zone=None) == 2
    (tmp_path / "code").write_bytes(GENUINE)
    assert command.verify(tmp_path / "code", metadata=tmp_path / "code", zone=None) == 2
    assert capsys.readouterr().err.count("cannot be read") == 2

import base64
import json
import os
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from integrations import key_file
from integrations.key_file import Key
from integrations.ticket_keys import State, TicketKeys, state
from tests.conftest import NOON

DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tickets.pem"


def verify(keys, kid, signature, data):
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    keys.public_keys()[kid].verify(encode_dss_signature(r, s), data, ec.ECDSA(SHA256()))


def add(path, signs_from):
    with key_file.changing(path) as keys:
        keys.insert(0, Key.new(signs_from))
        return keys[0].kid


def test_what_we_sign_is_verified_with_the_public_key(path):
    keys = TicketKeys.make(path)
    signer = keys.signer(NOON)
    for data in (b"biljett", b"", b"\0" * 4000):
        signature = signer.sign(data)
        assert len(signature) == 64
        verify(keys, signer.kid, signature, data)
    with pytest.raises(InvalidSignature):
        verify(keys, signer.kid, signature, b"annan biljett")


def test_the_key_is_the_same_the_next_time(path):
    made, loaded = TicketKeys.make(path).signer(NOON), TicketKeys.load(path).signer(NOON)
    assert loaded.kid == made.kid
    assert loaded.sign(b"biljett") == made.sign(b"biljett")


def test_only_its_owner_may_read_the_file_and_it_is_never_overwritten(path):
    TicketKeys.make(path)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        TicketKeys.make(path)
    add(path, NOON)
    assert path.stat().st_mode & 0o777 == 0o600
    assert {each.name for each in path.parent.iterdir()} == {"tickets.pem", ".tickets.pem.lock"}


def test_a_new_key_is_published_before_it_signs_and_the_old_one_verifies_after(path):
    keys = TicketKeys.make(path)
    old = keys.signer(NOON)
    signed = old.sign(b"biljett")
    new = add(path, NOON + DAY)
    assert {jwk["kid"] for jwk in keys.jwks()["keys"]} == {old.kid, new}
    assert keys.signer(NOON + DAY - timedelta(seconds=1)).kid == old.kid
    assert keys.signer(NOON + DAY).kid == new
    verify(keys, old.kid, signed, b"biljett")


def test_a_portal_that_runs_sees_the_file_change_and_reads_it_no_oftener(path, monkeypatch):
    keys, read = TicketKeys.make(path), []
    real = key_file.read
    monkeypatch.setattr(key_file, "read", lambda path: read.append(1) or real(path))
    for _ in range(5):
        keys.signer(NOON)
    assert read == []
    new = add(path, NOON)  # which reads it once itself
    assert [keys.signer(NOON).kid for _ in range(5)] == [new] * 5
    assert len(read) == 2


@pytest.mark.parametrize("broken", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\nAA==\n"
                                    b"-----END PRIVATE KEY-----\n"])
def test_a_file_that_breaks_or_goes_while_we_run_changes_nothing(path, broken, caplog):
    keys = TicketKeys.make(path)
    kid = keys.signer(NOON).kid
    path.write_bytes(broken)
    assert keys.signer(NOON).kid == kid
    path.unlink()
    assert list(keys.public_keys()) == [kid]
    assert "not read again" in caplog.text


def test_a_file_of_before_there_were_moments_signs_with_its_first_key(path):
    """PEM as openssl writes it: what signs, then those that used to, private or public."""
    privates = [ec.generate_private_key(ec.SECP256R1()) for _ in range(3)]
    pem = [key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
           for key in privates[:2]]
    public = privates[2].public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    path.write_bytes(b"".join([*pem, public]))
    keys = TicketKeys.load(path)
    kids = [key_file.kid(key.public_key()) for key in privates]
    assert list(keys.public_keys()) == kids
    assert keys.signer(NOON).kid == kids[0]
    read = key_file.read(path)
    assert [state(key, read, NOON) for key in read] == [
        State.SIGNS, State.VERIFIES, State.VERIFIES]


def test_what_is_written_is_read_again(path):
    TicketKeys.make(path)
    with key_file.changing(path) as keys:
        keys[:] = [Key.new(NOON + DAY), Key.new(NOON), replace(keys[0], private=None)]
    again = key_file.read(path)
    assert [(key.kid, key.signs_from, bool(key.private)) for key in again] == [
        (key.kid, key.signs_from, bool(key.private)) for key in keys]
    load_pem_private_key(path.read_bytes().partition(b"\n")[2], None)


def test_a_change_that_fails_leaves_the_file_as_it_was(path):
    TicketKeys.make(path)
    before = path.read_bytes()
    with pytest.raises(ZeroDivisionError), key_file.changing(path) as keys:
        keys.clear()
        1 / 0  # noqa: B018
    assert path.read_bytes() == before


def test_the_jwk_set_is_the_public_keys_and_nothing_more(path):
    keys = TicketKeys.make(path)
    jwk, = keys.jwks()["keys"]
    assert set(jwk) == {"kty", "crv", "x", "y", "kid", "alg", "use"}
    numbers = keys.public_keys()[jwk["kid"]].public_numbers()
    x = base64.urlsafe_b64decode(jwk["x"] + "=")
    assert int.from_bytes(x, "big") == numbers.x
    assert json.loads(json.dumps(jwk)) == jwk


@pytest.mark.parametrize("content", [b"", b"not a key"])
def test_a_file_without_a_key_is_said_so(path, content):
    path.write_bytes(content)
    with pytest.raises(ValueError, match="has no private key"):
        TicketKeys.load(path)


def test_a_key_on_another_curve_is_refused(path):
    key = ec.generate_private_key(ec.SECP384R1())
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(ValueError, match="P-256"):
        TicketKeys.load(path)


def test_a_trial_is_signed_by_a_key_that_nobody_is_given(path):
    keys = TicketKeys.make(path)
    assert keys.trial.kid == keys.trial.kid
    assert keys.trial.kid not in keys.public_keys()


def test_a_key_is_never_shown(path, caplog):
    keys = TicketKeys.make(path)
    kid = keys.signer(NOON).kid
    secret = key_file.read(path)[0].private.private_numbers().private_value
    assert repr(keys) == f"<TicketKeys {kid}>"
    shown = repr(keys.signer(NOON)) + repr(key_file.read(path)) + str(vars(keys)) + caplog.text
    assert str(secret) not in shown
    assert "PRIVATE" not in shown
    assert os.fsdecode(path) not in repr(keys)

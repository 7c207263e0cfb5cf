import base64
import json

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from integrations.ticket_keys import TicketKeys


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tickets.pem"


def verify(key, signature, data):
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    key.verify(encode_dss_signature(r, s), data, ec.ECDSA(SHA256()))


def test_what_we_sign_is_verified_with_the_public_key(path):
    keys = TicketKeys.make(path)
    for _ in range(20):
        signature = keys.sign(b"biljett")
        assert len(signature) == 64
        verify(keys.public_keys()[keys.kid], signature, b"biljett")
    with pytest.raises(InvalidSignature):
        verify(keys.public_keys()[keys.kid], signature, b"annan biljett")


def test_the_key_is_the_same_the_next_time(path):
    made, loaded = TicketKeys.make(path), TicketKeys.load(path)
    assert loaded.kid == made.kid
    verify(made.public_keys()[made.kid], loaded.sign(b"biljett"), b"biljett")


def test_only_its_owner_may_read_the_file_and_it_is_never_overwritten(path):
    TicketKeys.make(path)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        TicketKeys.make(path)


def test_earlier_keys_still_verify_but_do_not_sign(tmp_path, path):
    oldest, old = TicketKeys.make(tmp_path / "1"), TicketKeys.make(tmp_path / "2")
    new = TicketKeys.make(tmp_path / "3")
    public = oldest.public_keys()[oldest.kid].public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    path.write_bytes((tmp_path / "3").read_bytes() + (tmp_path / "2").read_bytes() + public)
    keys = TicketKeys.load(path)
    assert keys.kid == new.kid
    assert list(keys.public_keys()) == [new.kid, old.kid, oldest.kid]
    verify(keys.public_keys()[oldest.kid], oldest.sign(b"biljett"), b"biljett")


def test_the_jwk_set_is_the_public_key_and_nothing_more(path):
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
    with pytest.raises(ValueError, match="does not begin with a private key"):
        TicketKeys.load(path)


def test_a_key_is_never_shown(path):
    keys = TicketKeys.make(path)
    assert repr(keys) == f"<TicketKeys {keys.kid}>"

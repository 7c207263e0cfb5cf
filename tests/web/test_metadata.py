"""What we publish of ourselves, read as a stranger would."""
import base64
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from documents import participant_metadata
from documents.participant_metadata import NotMetadata
from integrations import key_file
from integrations.key_file import Key
from integrations.ticket_keys import TicketKeys
from tests.conftest import NOON

METADATA, JWKS = "/.well-known/bob/participant-metadata", "/.well-known/bob/jwks.json"


@pytest.fixture
def world(world, tmp_path):
    return replace(world, ticket_keys=TicketKeys.make(tmp_path / "tickets.pem"),
                   metadata_keys=TicketKeys.make(tmp_path / "metadata.pem"))


def opened(jws: dict, keys: dict) -> tuple[dict, list]:
    """The protected header and the payload, if the key that it names has signed both."""
    [signature] = jws["signatures"]
    said = f"{signature['protected']}.{jws['payload']}".encode()
    header = json.loads(unpadded(signature["protected"]))
    raw = unpadded(signature["signature"])
    keys[header["kid"]].verify(
        encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:])), said,
        ec.ECDSA(SHA256()))
    return header, json.loads(unpadded(jws["payload"]))


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_who_we_are_is_signed_by_a_key_that_signs_no_tickets(browser, world):
    jws = browser.get(METADATA).response.get_json(force=True)
    header, [us] = opened(jws, world.metadata_keys.public_keys())
    assert header == {"alg": "ES256", "kid": next(iter(world.metadata_keys.public_keys()))}
    assert us == {
        "pid": "24", "organisationName": "Jönköpings Länstrafik", "domainName": "portal.example",
        "mtbPublicKeys": world.ticket_keys.jwks()["keys"], "authtokenPublicKeys": [],
        "interfaceEndpoints": [{"endpointId": "participantMetadata-2", "version": "2",
                                "type": "participantMetadata",
                                "uri": f"http://portal.example{METADATA}"}],
        "issuerSignatureConstraints": [{"pid": "24", "signatureLifetime": "P366D"}]}
    assert not world.metadata_keys.public_keys().keys() & world.ticket_keys.public_keys().keys()


def test_what_is_changed_on_the_way_is_not_believed(browser, world):
    jws = browser.get(METADATA).response.get_json(force=True)
    jws["payload"] = base64.urlsafe_b64encode(b"[]").decode()
    with pytest.raises(InvalidSignature):
        opened(jws, world.metadata_keys.public_keys())


def test_a_key_is_published_before_it_signs(browser, world, tmp_path):
    with key_file.changing(tmp_path / "tickets.pem") as keys:
        keys.insert(0, Key.new(NOON + timedelta(days=1)))
    published = {jwk["kid"] for jwk in browser.get(JWKS).response.get_json(force=True)["keys"]}
    assert published == {key.kid for key in keys}
    assert world.ticket_keys.signer(NOON).kid == keys[1].kid


def test_nothing_secret_is_published(browser, world):
    for url in (METADATA, JWKS, "/.well-known/bob/metadata-jwks.json"):
        answer = browser.get(url).response
        assert answer.status_code == 200
        assert '"d"' not in answer.text
        assert "PRIVATE" not in answer.text


@pytest.mark.parametrize("url", [METADATA, JWKS])
def test_it_is_asked_for_again_only_when_it_is_new(browser, world, tmp_path, url):
    first = browser.get(url).response
    assert "max-age=3600" in first.headers["Cache-Control"]
    known = {"If-None-Match": first.headers["ETag"]}
    assert browser.client.get(url, headers=known).status_code == 304
    with key_file.changing(tmp_path / "tickets.pem") as keys:
        keys.insert(0, Key.new(NOON))
    assert browser.client.get(url, headers=known).status_code == 200


def test_without_a_key_of_its_own_only_the_ticket_keys_are_published(browser, app, world):
    app.extensions["world"] = replace(world, metadata_keys=None)
    assert browser.get(METADATA).status == 404
    assert browser.get(JWKS).status == 200


def test_what_is_published_is_enough_to_verify_by(browser, world):
    published = participant_metadata.issuers(browser.get(METADATA).response.data)
    assert {kid: key.public_numbers() for kid, key in published["24"].items()} == {
        kid: key.public_numbers() for kid, key in world.ticket_keys.public_keys().items()}


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"payload": 7}', b'{"payload": "e30"}',
                                  b'{"payload": "Wzdd"}', b"[" * 100_000])
def test_a_file_of_another_kind_is_told_apart(data):
    with pytest.raises(NotMetadata):
        participant_metadata.issuers(data)

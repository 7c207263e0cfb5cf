"""The bundle against a published one, an independent reading of its symbol, and hostile bytes."""
import base64
import hashlib
import hmac
import zlib
from datetime import UTC, datetime, timedelta

import cbor2
import pytest
import zxingcpp
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import aztec, mtb
from documents.mtb import NotGenuine, Reason
from domain.inspections import Carried
from tests.documents.symbols import drawn

# A ticket of a real issuer, alone and in a device's own container, as published with the test
# MtbServiceTest of https://github.com/tanieltari/bob-mtb. The device key is "1234".
PUBLISHED = (
    "v2F2QmExYXBY14NYRL9jYWxnZUVTMjU2Y2tpZHE2MDoyMDIzMDJfYm9iX210YmNpaWRiNjBjbWl2YTRjZXhwcDIwMjMw"
    "NTEyVDExNDEwNFr_WEy_YjYwgb9kY192bmE1ZGNfdm1hMWRjX3Z0YTFkY19tZIK_Y3RpZGozMDEzOTQ5NDA4_79lcF9j"
    "aWRpVlQ0MzJJNEU4_2RjX3RjYP__WEBWPApX9HNGcNgF3pEKoDdVwYOlbtqWvzpjS4JY4A7qKKDRysSG-mn4faEQeKgU"
    "Fs3PF2zmJhOMXduTHq1maxs9_w")
BY_A_DEVICE = (
    "eJzbn1jmlGiYWBDJqNocob4_OTEnPdUj2MjULDklMyU7vTwspSzPx8-vIj05OzMlLTu10tDI-H_E9eYIF4haV7BaoFyh"
    "mYGVkYGRsYFRfFJ-UnxuSVJyZmZKkplBcm5mWaJJcmpFQQFY3tTQKMTQ0MTQwCTqf4TPfqCKxv0pyfFleYmmICo30RBE"
    "lYCp3JSm_cklmSlZxgaGxpYmliYGFv_3pxbEJ2emZIaFmBgbeZq4WvwHKixJTvj_P8IhzIYr_EuxW8EN1nsTuRaYhx5s"
    "Xpp3a9p-q2TvpogHfK80Flw8daTtV-aP2oUCFStExM6eF895pibcE3t7stzatGxp2wiF0O3Ly531Qx-92j4_ZOoKkeUH"
    "fa_xf004JJjSftFQo4Tx_38Askh7yg")

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
KEY = ec.generate_private_key(ec.SECP256R1())
KEYS = {"2026-1": KEY.public_key()}
TICKET = Carried(
    number="5c1f0c52-6e0c-4f6e-9d54-0e5d2b8c7a11", product="24-timmarsbiljett",
    area="Jönköping och Huskvarna", zones=("181", "182"), valid_from=NOON,
    valid_until=NOON + timedelta(hours=24), category="vuxen")


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sign(data: bytes) -> bytes:
    r, s = decode_dss_signature(KEY.sign(data, ec.ECDSA(SHA256())))
    return r.to_bytes(32) + s.to_bytes(32)


def issued(**changes) -> bytes:
    given = {"issuer": "24", "kid": "2026-1", "sign": sign, "expires": NOON + timedelta(days=2)}
    return mtb.issue(mtb.ticket_payload("24", [TICKET]), **given | changes)


def refusal(container: bytes, keys=KEYS) -> Reason:
    with pytest.raises(NotGenuine) as refused:
        mtb.verify(container, keys)
    return refused.value.reason


def test_the_published_ticket_is_read():
    bundle = mtb.read(unpadded(PUBLISHED))

    assert bundle.header == {"alg": "ES256", "kid": "60:202302_bob_mtb", "iid": "60", "miv": "4",
                             "exp": "20230512T114104Z"}
    assert bundle.payload == {"60": [
        {"c_vn": "5", "c_vm": "1", "c_vt": "1", "c_tc": "",
         "c_md": [{"tid": "3013949408"}, {"p_cid": "VT432I4E8"}]}]}
    assert (bundle.not_before, bundle.expires) == (
        None, datetime(2023, 5, 12, 11, 41, 4, tzinfo=UTC))


def test_what_is_signed_is_what_the_published_device_signed():
    container = mtb.decompress(unpadded(BY_A_DEVICE))
    header, inner, signature = cbor2.loads(cbor2.loads(container)["p"])

    assert signature == hmac.digest(b"1234", cbor2.dumps([header, inner]), hashlib.sha256)
    assert inner == cbor2.loads(unpadded(PUBLISHED))["p"]


def test_a_ticket_that_a_device_signed_is_not_taken_for_the_issuers():
    # its payload is no map but the issuer's own bundle
    assert refusal(mtb.decompress(unpadded(BY_A_DEVICE))) == Reason.UNREADABLE


def test_an_issued_ticket_is_verified_and_comes_back_as_it_was():
    payload = mtb.verify(issued(), KEYS)

    assert mtb.tickets_in(payload, "24") == [TICKET]
    assert mtb.tickets_in(payload, "23") == []


def test_the_header_names_issuer_key_and_time():
    bundle = mtb.read(issued(not_before=NOON))

    assert bundle.header == {"alg": "ES256", "iid": "24", "kid": "2026-1", "miv": 7,
                             "nbf": "20261120T110000Z", "exp": "20261122T110000Z"}
    assert (bundle.not_before, bundle.expires) == (NOON, NOON + timedelta(days=2))


def test_the_ticket_has_the_fields_that_all_of_bob_shares():
    assert mtb.read(issued()).payload == {"24": [
        {"c_vm": "1", "c_vn": "5", "c_vt": "1", "c_md": [{"tid": TICKET.number}], "c_tc": "",
         "p_prod": "24-timmarsbiljett", "p_area": "Jönköping och Huskvarna",
         "p_zones": ["181", "182"], "p_from": "20261120T110000Z", "p_to": "20261121T110000Z",
         "p_cat": "vuxen"}]}


def test_another_reader_and_verifier_take_the_symbol_for_genuine():
    svg = aztec.svg(mtb.compress(issued()), title="Biljett")

    [symbol] = zxingcpp.read_barcodes(drawn(svg))
    outer = cbor2.loads(zlib.decompress(symbol.bytes))
    header, payload, signature = cbor2.loads(outer["p"])
    heads = [b"\x58" + bytes([len(part)]) if len(part) < 256 else b"\x59" + len(part).to_bytes(2)
             for part in (header, payload)]

    assert (symbol.format, cbor2.loads(outer["v"])) == (zxingcpp.BarcodeFormat.Aztec, "1")
    KEY.public_key().verify(
        encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:])),
        b"\x82" + heads[0] + header + heads[1] + payload, ec.ECDSA(SHA256()))
    assert cbor2.loads(payload)["24"][0]["c_md"] == [{"tid": TICKET.number}]


def test_indefinite_lengths_and_odd_order_are_verified_as_carried():
    header = b"\xbf\x63kid\x662026-1\x63alg\x65ES256\xff"
    payload = b"\xbf\x6224\x9f\xff\xff"
    signature = sign(cbor2.dumps([header, payload]))
    bundle = b"\x9f" + b"".join(map(cbor2.dumps, (header, payload, signature))) + b"\xff"
    container = b"\xbf\x61p" + cbor2.dumps(bundle) + b"\x61v\x42\x611\xff"

    assert mtb.verify(container, KEYS) == {"24": []}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_changed_byte_is_genuine(data):
    container = bytearray(issued())
    at = data.draw(st.integers(0, len(container) - 1))
    container[at] ^= data.draw(st.integers(1, 255))

    with pytest.raises(NotGenuine):
        assert mtb.verify(bytes(container), KEYS) != mtb.read(issued()).payload


def test_another_key_of_the_same_name_is_refused():
    other = ec.generate_private_key(ec.SECP256R1()).public_key()

    assert refusal(issued(), {"2026-1": other}) == Reason.SIGNATURE


def test_an_unknown_key_is_refused():
    assert refusal(issued(kid="2025-1")) == Reason.UNKNOWN_KEY


@pytest.mark.parametrize("signature", [b"", b"\0" * 63, b"\0" * 64, b"\xff" * 64, b"\0" * 65])
def test_a_signature_of_another_shape_is_refused(signature):
    assert refusal(issued(sign=lambda _: signature)) == Reason.SIGNATURE


@pytest.mark.parametrize("change", [
    {"alg": "none"}, {"alg": "HS256"}, {"alg": "RS256"}, {"alg": None}, {"did": "gwVdvnLNNxg"}])
def test_another_algorithm_is_refused_before_any_key_is_tried(change):
    header = cbor2.dumps({"alg": "ES256", "kid": "2026-1"} | change)
    payload = cbor2.dumps({})
    bundle = cbor2.dumps([header, payload, sign(cbor2.dumps([header, payload]))])

    assert refusal(cbor2.dumps({"v": b"a1", "p": bundle})) == Reason.ALGORITHM


def test_another_version_of_the_format_is_refused():
    container = cbor2.dumps({"v": cbor2.dumps("2"), "p": b""})

    assert refusal(container) == Reason.FORMAT


@pytest.mark.parametrize("container", [
    b"", b"\0", b"hello", b"\xff" * 40, cbor2.dumps({}), cbor2.dumps([1, 2, 3]),
    cbor2.dumps({"v": b"a1", "p": 7}), cbor2.dumps({"v": b"a1", "p": cbor2.dumps([b"", b""])}),
    cbor2.dumps({"v": b"a1", "p": cbor2.dumps([b"", b"", "text"])}),
    cbor2.dumps({"v": b"a1", "p": cbor2.dumps([cbor2.dumps(1), cbor2.dumps({}), b""])}),
    b"\x81" * 4000 + b"\x01", b"\x9b" + b"\x7f" * 8, b"\x5b" + b"\x7f" * 8,
    cbor2.dumps({"v": b"a1\0", "p": b""}),
    b"\xd8\x1c\x81\xd8\x1d\x00", b"\xd8\x23\x65(a+)+", b"\0" * 5000])
def test_bytes_that_are_no_ticket_are_refused(container):
    assert refusal(container) == Reason.UNREADABLE


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_refused_and_never_crash(scanned):
    with pytest.raises(NotGenuine):
        mtb.verify(mtb.decompress(scanned), KEYS)


@pytest.mark.parametrize("payload", [
    {"24": 7}, {"24": [7]}, {"24": [{}]}, {"24": [{"c_md": []}]}, {"24": None}])
def test_a_signed_payload_of_another_shape_is_no_ticket(payload):
    with pytest.raises(NotGenuine):
        mtb.tickets_in(payload, "24")


def test_what_was_not_compressed_is_taken_as_it_is():
    assert mtb.decompress(issued()[:5]) == issued()[:5]
    assert mtb.decompress(mtb.compress(b"a ticket")) == b"a ticket"


@pytest.mark.parametrize("scanned", [
    zlib.compress(b"\0" * 10_000_000), zlib.compress(b"ticket")[:-1], b"\x78" + b"\0" * 20,
    zlib.compress(b"ticket") + b"more", b"\x78"])
def test_a_compressed_bomb_or_fragment_is_refused(scanned):
    with pytest.raises(NotGenuine):
        mtb.decompress(scanned)


def test_the_independent_verifier_refuses_what_was_changed():
    header, payload, signature = cbor2.loads(cbor2.loads(issued())["p"])

    with pytest.raises(InvalidSignature):
        KEY.public_key().verify(
            encode_dss_signature(int.from_bytes(signature[:32]), int.from_bytes(signature[32:])),
            cbor2.dumps([header, payload + b"\0"]), ec.ECDSA(SHA256()))

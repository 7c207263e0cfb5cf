"""Codes as an inspector meets them: genuine, old, damaged, forged. Made of the format alone, so
that what is wrong with them can be anything."""
import base64
import json
import zlib
from datetime import UTC, datetime
from pathlib import Path

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

from integrations import key_file

TABLE = json.loads((Path(__file__).parent / "inspection_cases.json").read_text())
OURS, STRANGE = (ec.derive_private_key(number, ec.SECP256R1()) for number in (20_261_120, 77))
KID = key_file.kid(OURS.public_key())
ISSUER = "24"
# A ticket of a real issuer, as published with the test MtbServiceTest of
# https://github.com/tanieltari/bob-mtb.
PUBLISHED = (
    "v2F2QmExYXBY14NYRL9jYWxnZUVTMjU2Y2tpZHE2MDoyMDIzMDJfYm9iX210YmNpaWRiNjBjbWl2YTRjZXhwcDIwMjMw"
    "NTEyVDExNDEwNFr_WEy_YjYwgb9kY192bmE1ZGNfdm1hMWRjX3Z0YTFkY19tZIK_Y3RpZGozMDEzOTQ5NDA4_79lcF9j"
    "aWRpVlQ0MzJJNEU4_2RjX3RjYP__WEBWPApX9HNGcNgF3pEKoDdVwYOlbtqWvzpjS4JY4A7qKKDRysSG-mn4faEQeKgU"
    "Fs3PF2zmJhOMXduTHq1maxs9_w")


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def signature(data: bytes, key: ec.EllipticCurvePrivateKey = OURS) -> bytes:
    r, s = decode_dss_signature(key.sign(data, ec.ECDSA(SHA256(), deterministic_signing=True)))
    return r.to_bytes(32) + s.to_bytes(32)


def header(case: dict) -> dict:
    key = STRANGE if case.get("key") == "strange" and case.get("kid") != "ours" else OURS
    said = {"alg": "ES256", "iid": case.get("issuer", ISSUER), "miv": 7,
            "kid": key_file.kid(key.public_key())} | case.get("header", {})
    return {name: value for name, value in said.items() if value is not None}


def payload(case: dict) -> dict:
    said = TABLE["ticket"] | case.get("ticket", {})
    ticket = {"c_vm": "1", "c_vn": "5", "c_vt": "1", "c_md": [{"tid": said["number"]}], "c_tc": "",
              "p_prod": said["product"], "p_area": said["area"], "p_zones": said["zones"],
              "p_from": said["from"], "p_to": said["to"], "p_cat": said["category"],
              "p_drawn": said["drawn"]}
    ticket = {name: value for name, value in ticket.items() if value is not None}
    return {case.get("issuer", ISSUER): [ticket]}


def container(parts: list[bytes], version: str = "1") -> bytes:
    return cbor2.dumps({"v": cbor2.dumps(version), "p": cbor2.dumps(parts)})


def signed(case: dict, said: dict | None = None) -> list[bytes]:
    """Header, payload and signature."""
    carried = [cbor2.dumps(header(case)), cbor2.dumps(payload(case) if said is None else said)]
    key = STRANGE if case.get("key") == "strange" else OURS
    return [*carried, signature(cbor2.dumps(carried), key)]


def code(case: dict) -> bytes:
    """What a reader finds in the symbol."""
    if "raw" in case:
        return unpadded(case["raw"])
    how = case.get("how")
    return HOW[how](case) if how else zlib.compress(container(signed(case)))


def _ended(case: dict) -> bytes:
    [ticket] = payload(case)[ISSUER]
    return zlib.compress(container(signed(
        case, {ISSUER: [ticket | {"p_to": "20261120T090000Z"}, ticket]})))


def _changed(index: int, change) -> bytes:
    def made(case: dict) -> bytes:
        parts = signed(case)
        parts[index] = change(parts[index])
        return zlib.compress(container(parts))
    return made


def _der(raw: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))


def _indefinite(case: dict) -> bytes:
    def text(value: str) -> bytes:
        return cbor2.dumps(value)
    def pairs(said: dict) -> bytes:
        return b"\xbf" + b"".join(text(name) + cbor2.dumps(value)
                                  for name, value in said.items()) + b"\xff"
    [ticket] = payload(case)[ISSUER]
    carried = [pairs(header(case)),
               b"\xbf" + text(ISSUER) + b"\x9f" + pairs(ticket) + b"\xff\xff"]
    parts = [*carried, signature(cbor2.dumps(carried))]
    bundle = b"\x9f" + b"".join(map(cbor2.dumps, parts)) + b"\xff"
    return b"\xbf\x61p" + cbor2.dumps(bundle) + b"\x61v\x42\x611\xff"


OTHER = {"ticket": {"number": "OTHER-TICKET", "zones": ["184"]}, "header": {"miv": 6}}
HOW = {
    "uncompressed": lambda case: container(signed(case)),
    "with_an_ended_one": _ended,
    "changed_payload": _changed(1, lambda part: part.replace(b"183", b"184", 1)),
    "other_payload": _changed(1, lambda _: signed(OTHER)[1]),
    "other_header": _changed(0, lambda _: signed(OTHER)[0]),
    "zero_signature": _changed(2, lambda _: bytes(64)),
    "short_signature": _changed(2, lambda part: part[:63]),
    "der_signature": _changed(2, _der),
    "empty": lambda case: zlib.compress(container(signed(case, {ISSUER: []}))),
    "other_participant": lambda case: zlib.compress(container(signed(
        case, {"60": payload(case)[ISSUER]}))),
    "indefinite": _indefinite,
    "version_2": lambda case: container(signed(case), "2"),
    "duplicate": lambda case: b"\xa3\x61v\x42\x611" + container(signed(case))[1:],
    "tagged": lambda case: container(signed(case, {ISSUER: cbor2.CBORTag(35, "(a+)+")})),
    "deep": lambda _: zlib.compress(b"\x81" * 4_000 + b"\x01"),
    "trailing": lambda case: container(signed(case)) + b"\0",
    "trailing_zlib": lambda case: zlib.compress(container(signed(case))) + b"\0",
    "half": lambda case: (lambda whole: whole[:len(whole) // 2])(zlib.compress(
        container(signed(case)))),
    "bomb": lambda _: zlib.compress(bytes(10_000_000)),
    "published": lambda _: unpadded(PUBLISHED),
}

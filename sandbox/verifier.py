"""What a bus knows of tickets: the format of BoB's mobile ticket bundle (MTS1), the issuer's public
keys and the block list. Written from the description of the format, with no code of the portal's.

    Aztec symbol → zlib → CBOR {"v": "1", "p": [header, payload, signature]}, each part as bytes;
    the signature is ES256 over the CBOR array [header, payload] of the bytes that were carried.
"""
import io
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import cbor2
import zxingcpp
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from PIL import Image

MOST = 4096
"""Bytes: no ticket is bigger."""
SWEDEN = ZoneInfo("Europe/Stockholm")
SKEW = timedelta(minutes=2)
"""So much the bus's clock may be behind the issuer's."""
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"BM")

Seen = bytes | Image.Image


class Refused(Exception):
    """The lamp is red, and this is why."""


def verify(seen: Seen, jwks: dict, blocked: Collection[str], now: datetime,
           zone: str | int | None = None) -> tuple[bool, str]:
    """Whether one may travel with the ticket, and the words beside the lamp. `seen` is a picture,
    the bytes of one, or what a reader found in the symbol."""
    try:
        header, payload = opened(symbol(seen), jwks)
        return True, _accepted(header, payload[header["iid"]], blocked, now, zone)
    except Refused as refused:
        return False, str(refused)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, zlib.error,
            OSError, Image.DecompressionBombError):
        return False, "Ingen biljett"


def symbol(seen: Seen) -> bytes:
    """What the symbol in the picture holds."""
    if isinstance(seen, bytes):
        if not seen.startswith(PICTURES):
            return seen
        seen = Image.open(io.BytesIO(seen))
    found = zxingcpp.read_barcodes(seen.convert("L"), formats=zxingcpp.BarcodeFormat.Aztec)
    if not found:
        raise Refused("Ingen kod i bilden")
    return found[0].bytes


def opened(data: bytes, jwks: dict) -> tuple[dict, dict]:
    """Header and payload of a bundle that one of the keys has signed."""
    container = _inflated(data)
    outer = _cbor(container)
    if _cbor(outer["v"]) != "1":
        raise Refused("Okänt format")
    header_bytes, payload_bytes, signature = _cbor(outer["p"])
    header = _cbor(header_bytes)
    if header["alg"] != "ES256" or "did" in header or len(signature) != 64:
        raise Refused("Okänt format")
    signed = b"\x82" + _byte_string(header_bytes) + _byte_string(payload_bytes)
    r, s = (int.from_bytes(half) for half in (signature[:32], signature[32:]))
    try:
        _key(jwks, header).verify(encode_dss_signature(r, s), signed, ECDSA(SHA256()))
    except InvalidSignature as invalid:
        raise Refused("Signaturen stämmer inte") from invalid
    return header, _cbor(payload_bytes)


def _accepted(header: dict, tickets: list, blocked: Collection[str], now: datetime,
              zone: str | int | None) -> str:
    """The first of the bundle's tickets that one may travel with; else why not with the last."""
    refused = Refused("Ingen biljett")
    for ticket in tickets:
        try:
            until = _checked(header, ticket, blocked, now, zone)
        except Refused as why:
            refused = why
        else:
            return f"Giltig till {until.astimezone(SWEDEN):%H:%M}"
    raise refused


def _checked(header: dict, ticket: dict, blocked: Collection[str], now: datetime,
             zone: str | int | None) -> datetime:
    begins = _moment(max(ticket["p_from"], header.get("nbf", "")))
    until = _moment(min(ticket["p_to"], header.get("exp", "Z")))
    if ticket["c_md"][0]["tid"] in blocked:
        raise Refused("Spärrad")
    if now + SKEW < begins:
        raise Refused("Har inte börjat gälla")
    if now >= until:
        raise Refused("Har gått ut")
    if zone is not None and str(zone) not in ticket["p_zones"]:
        raise Refused(f"Gäller inte i zon {zone}")
    return until


def _inflated(data: bytes) -> bytes:
    if data[:1] != b"\x78":
        return data
    inflater = zlib.decompressobj()
    container = inflater.decompress(data, MOST)
    if not inflater.eof or inflater.unused_data:
        raise Refused("Ingen biljett")
    return container


def _cbor(data: bytes):
    if len(data) > MOST:
        raise Refused("Ingen biljett")
    stream = io.BytesIO(data)
    try:
        value = cbor2.load(stream, max_depth=12)
    except (cbor2.CBORDecodeError, RecursionError) as broken:
        raise Refused("Ingen biljett") from broken
    if stream.read(1):
        raise Refused("Ingen biljett")
    return value


def _byte_string(data: bytes) -> bytes:
    """CBOR's shortest head of a byte string, and the bytes."""
    length = len(data)
    if length < 24:
        return bytes([0x40 + length]) + data
    if length < 256:
        return b"\x58" + bytes([length]) + data
    return b"\x59" + length.to_bytes(2) + data


def _key(jwks: dict, header: dict) -> EllipticCurvePublicKey:
    for jwk in jwks["keys"]:
        if jwk["kid"] == header["kid"]:
            return EllipticCurvePublicNumbers(
                _number(jwk["x"]), _number(jwk["y"]), SECP256R1()).public_key()
    raise Refused("Provbiljett" if header["iid"].endswith("-prov") else "Okänd nyckel")


def _number(text: str) -> int:
    return int.from_bytes(urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def _moment(stamp: str) -> datetime:
    return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

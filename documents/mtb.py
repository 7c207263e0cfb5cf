"""The mobile ticket bundle of BoB, the Swedish ticket standard (MTS1): written, read, verified.

A container is CBOR `{"v": version, "p": bundle}`, a bundle an array of three byte strings: header,
payload, signature. The signature covers header and payload as the bytes that were carried.
"""
import io
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import cbor2
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from domain.inspections import Carried

FORMAT, FORMAT_MINOR = "1", 7
TICKET_FORMAT = {"c_vm": "1", "c_vn": "5", "c_vt": "1"}
ALGORITHM = "ES256"
TIME = "%Y%m%dT%H%M%SZ"
MAX_BYTES = 4096
MAX_DEPTH = 12
ZLIB = 0x78


class Reason(StrEnum):
    UNREADABLE = "unreadable"
    FORMAT = "another format"
    ALGORITHM = "another algorithm"
    UNKNOWN_KEY = "unknown key"
    SIGNATURE = "wrong signature"


class NotGenuine(Exception):
    """These bytes are no ticket that one of the known keys has signed."""

    def __init__(self, reason: Reason):
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Bundle:
    """A bundle as it was carried: the bytes are what was signed, header and payload their content.

    Reading it proves nothing; only `verify` says who wrote it.
    """

    header: Mapping[str, Any]
    payload: Mapping[str, Any]
    signed: bytes
    signature: bytes

    def verify(self, keys: Mapping[str, EllipticCurvePublicKey]) -> None:
        """Raises NotGenuine unless one of the keys, by key id, has signed it. Whether it is valid
        here and now is another question, with other answers."""
        kid = self.header.get("kid")
        if self.header.get("alg") != ALGORITHM or "did" in self.header:
            raise NotGenuine(Reason.ALGORITHM)
        if not isinstance(kid, str) or kid not in keys:
            raise NotGenuine(Reason.UNKNOWN_KEY)
        if len(self.signature) != 64:
            raise NotGenuine(Reason.SIGNATURE)
        r, s = (int.from_bytes(half) for half in (self.signature[:32], self.signature[32:]))
        try:
            keys[kid].verify(encode_dss_signature(r, s), self.signed, ECDSA(SHA256()))
        except InvalidSignature as error:
            raise NotGenuine(Reason.SIGNATURE) from error

    def tickets(self, participant: str) -> list[Carried]:
        """The participant's tickets, within the bundle's own time."""
        begins, ends = self.not_before, self.expires
        return [replace(ticket, valid_from=max(ticket.valid_from, begins or ticket.valid_from),
                        valid_until=min(ticket.valid_until, ends or ticket.valid_until))
                for ticket in tickets_in(self.payload, participant)]

    @property
    def not_before(self) -> datetime | None:
        return _time(self.header.get("nbf"))

    @property
    def expires(self) -> datetime | None:
        return _time(self.header.get("exp"))


def ticket_payload(participant: str, tickets: Iterable[Carried]) -> dict:
    """The tickets as the participant's own: `c_` fields common to all of BoB, `p_` private ones.

    The common condition of validity (`c_tc`, a TICKLE program) is left empty: the private fields
    say where and when.
    """
    return {participant: [
        {**TICKET_FORMAT, "c_md": [{"tid": ticket.number}], "c_tc": "",
         "p_prod": ticket.product, "p_area": ticket.area, "p_zones": list(ticket.zones),
         "p_from": _stamp(ticket.valid_from), "p_to": _stamp(ticket.valid_until),
         "p_cat": ticket.category,
         **({"p_drawn": _stamp(ticket.drawn_at)} if ticket.drawn_at else {})}
        for ticket in tickets]}


def tickets_in(payload: Mapping[str, Any], participant: str) -> list[Carried]:
    """The participant's tickets, the inverse of `ticket_payload`. Raises NotGenuine(UNREADABLE)."""
    try:
        return [Carried(str(each["c_md"][0]["tid"]), str(each["p_prod"]), str(each["p_area"]),
                        tuple(map(str, each["p_zones"])), _moment(each["p_from"]),
                        _moment(each["p_to"]), str(each["p_cat"]), _time(each.get("p_drawn")))
                for each in payload.get(participant, [])]
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise NotGenuine(Reason.UNREADABLE) from error


def issue(payload: Mapping[str, Any], *, issuer: str, kid: str, sign: Callable[[bytes], bytes],
          not_before: datetime | None = None, expires: datetime | None = None) -> bytes:
    """A signed container. `sign` gives the raw 64 bytes of an ES256 signature: R, then S."""
    header = {"alg": ALGORITHM, "iid": issuer, "kid": kid, "miv": FORMAT_MINOR}
    if not_before:
        header["nbf"] = _stamp(not_before)
    if expires:
        header["exp"] = _stamp(expires)
    carried = [cbor2.dumps(header), cbor2.dumps(payload)]
    bundle = cbor2.dumps([*carried, sign(cbor2.dumps(carried))])
    return cbor2.dumps({"v": cbor2.dumps(FORMAT), "p": bundle})


def read(container: bytes) -> Bundle:
    """What the container says, without trust. Raises NotGenuine(UNREADABLE or FORMAT)."""
    outer = _map(_decode(container))
    if _decode(outer.get("v")) != FORMAT:
        raise NotGenuine(Reason.FORMAT)
    bundle = _decode(outer.get("p"))
    if not isinstance(bundle, list) or [type(part) for part in bundle] != [bytes] * 3:
        raise NotGenuine(Reason.UNREADABLE)
    header, payload, signature = bundle
    return Bundle(_map(_decode(header)), _map(_decode(payload)),
                  cbor2.dumps([header, payload]), signature)


def verify(container: bytes, keys: Mapping[str, EllipticCurvePublicKey]) -> Mapping[str, Any]:
    """The payload of a container that one of the keys, by key id, has signed; else NotGenuine."""
    bundle = read(container)
    bundle.verify(keys)
    return bundle.payload


def compress(container: bytes) -> bytes:
    """As it goes into the Aztec symbol."""
    return zlib.compress(container, level=9)


def decompress(scanned: bytes) -> bytes:
    """The container in what a reader saw, compressed or not. Raises NotGenuine(UNREADABLE)."""
    if not scanned or scanned[0] != ZLIB:
        return scanned
    inflater = zlib.decompressobj()
    try:
        container = inflater.decompress(scanned, MAX_BYTES)
    except zlib.error as error:
        raise NotGenuine(Reason.UNREADABLE) from error
    if not inflater.eof or inflater.unused_data:
        raise NotGenuine(Reason.UNREADABLE)
    return container


class _NoTags(dict):
    """CBOR tags make dates, patterns, cycles: none has a place in a ticket from a stranger."""

    def __missing__(self, tag: int) -> Callable[..., None]:
        def refuse(*_: object) -> None:
            raise ValueError(f"tag {tag}")
        return refuse


NO_TAGS = _NoTags()


def _decode(data: object) -> Any:
    if not isinstance(data, bytes) or len(data) > MAX_BYTES:
        raise NotGenuine(Reason.UNREADABLE)
    stream = io.BytesIO(data)
    try:
        value = cbor2.load(stream, max_depth=MAX_DEPTH, semantic_decoders=NO_TAGS,
                           allow_duplicate_keys=False, strict_hashable_types=True)
    except (cbor2.CBORDecodeError, ValueError) as error:
        raise NotGenuine(Reason.UNREADABLE) from error
    if stream.read(1):
        raise NotGenuine(Reason.UNREADABLE)
    return value


def _map(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise NotGenuine(Reason.UNREADABLE)
    return value


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(TIME)


def _moment(stamp: str) -> datetime:
    return datetime.strptime(stamp, TIME).replace(tzinfo=UTC)


def _time(stamp: object) -> datetime | None:
    if stamp is None:
        return None
    try:
        return _moment(str(stamp))
    except ValueError as error:
        raise NotGenuine(Reason.UNREADABLE) from error

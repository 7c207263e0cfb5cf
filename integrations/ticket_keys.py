"""The keys that sign tickets: one that signs now, those that will, and those that used to, by which
old tickets verify. They lie in a file of their own, are made and taken away by `manage.py
ticket-keys`, and are never shown: not in a log, not as a `repr`.
"""
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from integrations import key_file
from integrations.key_file import Key, jwk

log = logging.getLogger(__name__)


class State(StrEnum):
    SIGNS = "signs"
    COMING = "coming"
    """Published, for all who inspect tickets to have it before the first ticket that it signs."""
    VERIFIES = "verifies"


@dataclass(frozen=True)
class Signer:
    """What signs at one moment. ES256: a signature is 64 bytes, R and S, as in JWS."""

    kid: str
    _private: ec.EllipticCurvePrivateKey

    @classmethod
    def of(cls, key: Key) -> "Signer":
        if key.private is None:
            raise ValueError(f"{key.kid} only verifies")
        return cls(key.kid, key.private)

    @property
    def public(self) -> ec.EllipticCurvePublicKey:
        return self._private.public_key()

    def sign(self, data: bytes) -> bytes:
        """The same bytes have the same signature."""
        signature = self._private.sign(data, ec.ECDSA(SHA256(), deterministic_signing=True))
        r, s = decode_dss_signature(signature)
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def __repr__(self) -> str:
        return f"<Signer {self.kid}>"


class TicketKeys:
    """The file as it is now: each use sees whether it has been changed, so that a portal with many
    processes takes over a new key at its moment, and none needs to be started anew."""

    def __init__(self, path: Path):
        self._path = path
        self._seen, self._keys = _mark(path), key_file.read(path)

    @classmethod
    def load(cls, path: Path) -> "TicketKeys":
        """Raises ValueError when no key in the file signs."""
        return cls(path)

    @classmethod
    def make(cls, path: Path) -> "TicketKeys":
        """A new key in a new file that only its owner may read. Raises FileExistsError."""
        key_file.create(path)
        return cls(path)

    def signer(self, now: datetime) -> Signer:
        return Signer.of(signing(self._current(), now))

    @cached_property
    def trial(self) -> Signer:
        """What signs tickets that are only for trial: a key that nobody is given, of this process
        alone, so that whoever inspects tickets refuses them."""
        return Signer.of(Key.new(None))

    def public_keys(self) -> dict[str, ec.EllipticCurvePublicKey]:
        """Those that are coming, too."""
        return {key.kid: key.public for key in self._current()}

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public keys as a JWK set, for whoever inspects tickets."""
        return {"keys": [{**jwk(key.public), "kid": key.kid, "alg": "ES256", "use": "sig"}
                         for key in self._current()]}

    def _current(self) -> tuple[Key, ...]:
        """What is in the file. One that cannot be read changes nothing: the keys before it hold."""
        seen = _mark(self._path)
        if seen != self._seen:
            try:
                self._keys = key_file.read(self._path)
            except (OSError, ValueError) as error:
                log.error("the ticket keys were not read again: %s", error)
            self._seen = seen
        return self._keys

    def __repr__(self) -> str:
        return f"<TicketKeys {' '.join(key.kid for key in self._keys)}>"


def signing(keys: Iterable[Key], now: datetime) -> Key:
    """The last that has begun to sign; before any has, the first of them."""
    able = [key for key in keys if key.private]
    begun = [key for key in able if key.signs_from is None or key.signs_from <= now]
    return max(begun, key=_order) if begun else min(able, key=_order)


def _order(key: Key) -> float:
    return key.signs_from.timestamp() if key.signs_from else 0.0


def state(key: Key, keys: Iterable[Key], now: datetime) -> State:
    signs = signing(keys, now)
    if key.kid == signs.kid:
        return State.SIGNS
    return State.COMING if key.private and _order(key) > _order(signs) else State.VERIFIES


def _mark(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino

"""A file of signing keys on the curve P-256: PEM, one after the other, the newest first.

A line `Signs-from: 2026-11-22T12:00:00Z` before a private key says from when it signs; one without
that has always done so, and the first of those is the one that did last. A key that signs no more
is kept as its public half.
"""
import json
import os
import re
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

BLOCK = re.compile(
    rb"(?:^Signs-from: (\S+)\s+)?(-----BEGIN ([A-Z ]+)-----.+?-----END \3-----)",
    re.DOTALL | re.MULTILINE)
TIME = "%Y-%m-%dT%H:%M:%SZ"
KID_BYTES = 8
"""Of the thumbprint. The name travels in every ticket's code, so it is short."""


@dataclass(frozen=True, eq=False)
class Key:
    kid: str
    """The beginning of its RFC 7638 thumbprint."""
    public: ec.EllipticCurvePublicKey
    private: ec.EllipticCurvePrivateKey | None = field(default=None, repr=False)
    signs_from: datetime | None = None

    @classmethod
    def new(cls, signs_from: datetime | None) -> "Key":
        private = ec.generate_private_key(ec.SECP256R1())
        return cls(kid(private.public_key()), private.public_key(), private, signs_from)


def read(path: Path) -> tuple[Key, ...]:
    """Raises ValueError when no key in the file can sign, or one of them is of another kind."""
    keys = tuple(_key(stamp, block, path) for stamp, block, _ in BLOCK.findall(path.read_bytes()))
    if not any(key.private for key in keys):
        raise ValueError(f"{path} has no private key")
    return _without_old_private_keys(keys)


def create(path: Path) -> None:
    """A new key in a new file that only its owner may read. Raises FileExistsError."""
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(_pem(Key.new(None)))


@contextmanager
def changing(path: Path) -> Iterator[list[Key]]:
    """The keys, to be changed by one at a time. The file is replaced whole or not at all."""
    with open(path.parent / f".{path.name}.lock", "w") as lock:
        flock(lock, LOCK_EX)
        keys = list(read(path))
        yield keys
        _write(path, keys)


def _write(path: Path, keys: Iterable[Key]) -> None:
    owner = path.stat()
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as new:
        try:
            os.fchmod(new.fileno(), 0o600)
            if os.geteuid() == 0:
                os.fchown(new.fileno(), owner.st_uid, owner.st_gid)
            new.write(b"".join(map(_pem, keys)))
            new.flush()
            os.fsync(new.fileno())
            os.replace(new.name, path)
        except BaseException:
            os.unlink(new.name)
            raise


def _without_old_private_keys(keys: tuple[Key, ...]) -> tuple[Key, ...]:
    """Of those without a moment only the first signs: in files from before there were moments, the
    others are those that used to."""
    always = [key for key in keys if key.private and key.signs_from is None]
    return tuple(replace(key, private=None) if key in always[1:] else key for key in keys)


def _key(stamp: bytes, block: bytes, path: Path) -> Key:
    loaded = (load_pem_private_key(block, None) if b"PRIVATE" in block
              else load_pem_public_key(block))
    signs_from = datetime.strptime(stamp.decode(), TIME).replace(tzinfo=UTC) if stamp else None
    private = loaded if isinstance(loaded, ec.EllipticCurvePrivateKey) else None
    public = private.public_key() if private else loaded
    if not (isinstance(public, ec.EllipticCurvePublicKey)
            and isinstance(public.curve, ec.SECP256R1)):
        raise ValueError(f"{path} holds a key that is not on the curve P-256")
    return Key(kid(public), public, private, signs_from)


def _pem(key: Key) -> bytes:
    head = f"Signs-from: {key.signs_from.astimezone(UTC):{TIME}}\n" if key.signs_from else ""
    if key.private:
        pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    else:
        pem = key.public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return head.encode() + pem


def jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    numbers = key.public_numbers()
    return {"crv": "P-256", "kty": "EC", "x": b64(numbers.x.to_bytes(32, "big")),
            "y": b64(numbers.y.to_bytes(32, "big"))}


def kid(key: ec.EllipticCurvePublicKey) -> str:
    canonical = json.dumps(jwk(key), separators=(",", ":"), sort_keys=True)
    return b64(sha256(canonical.encode()).digest()[:KID_BYTES])


def b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()

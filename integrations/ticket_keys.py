"""The keys that sign tickets: one that signs, and those before it, by which old tickets verify."""
import json
import os
import re
from base64 import urlsafe_b64encode
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    load_pem_public_key,
)

PEM = re.compile(rb"-----BEGIN ([A-Z ]+)-----.+?-----END \1-----", re.DOTALL)
KID_BYTES = 8
"""Of the thumbprint. The name travels in every ticket's code, so it is short."""


class TicketKeys:
    """ES256. The file is PEM: first the private key that signs, then keys that used to, private or
    public. A key's name is the beginning of its RFC 7638 thumbprint."""

    def __init__(self, signing: ec.EllipticCurvePrivateKey,
                 earlier: tuple[ec.EllipticCurvePublicKey, ...] = ()):
        self._signing = signing
        public = (signing.public_key(), *earlier)
        self._public = {_kid(key): key for key in public}
        self.kid = _kid(signing.public_key())

    @classmethod
    def load(cls, path: Path) -> "TicketKeys":
        """Raises ValueError when the file does not begin with a private key on P-256."""
        keys = [_read(match.group(), path) for match in PEM.finditer(path.read_bytes())]
        if not keys or not isinstance(keys[0], ec.EllipticCurvePrivateKey):
            raise ValueError(f"{path} does not begin with a private key")
        return cls(keys[0], tuple(
            key.public_key() if isinstance(key, ec.EllipticCurvePrivateKey) else key
            for key in keys[1:]))

    @classmethod
    def make(cls, path: Path) -> "TicketKeys":
        """A new key in a new file that only its owner may read. Raises FileExistsError."""
        key = ec.generate_private_key(ec.SECP256R1())
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(pem)
        return cls(key)

    def sign(self, data: bytes) -> bytes:
        """64 bytes, R and S, as in JWS."""
        r, s = decode_dss_signature(self._signing.sign(data, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    @cached_property
    def trial(self) -> "TicketKeys":
        """What signs tickets that are only for trial: a key that nobody is given, of this process
        alone, so that whoever inspects tickets refuses them."""
        return TicketKeys(ec.generate_private_key(ec.SECP256R1()))

    def public_keys(self) -> dict[str, ec.EllipticCurvePublicKey]:
        return dict(self._public)

    def jwks(self) -> dict[str, list[dict[str, str]]]:
        """The public keys as a JWK set, for whoever inspects tickets."""
        return {"keys": [
            {**_jwk(key), "kid": kid, "alg": "ES256", "use": "sig"}
            for kid, key in self._public.items()
        ]}

    def __repr__(self) -> str:
        return f"<TicketKeys {self.kid}>"


def _read(block: bytes, path: Path) -> ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey:
    key = load_pem_private_key(block, None) if b"PRIVATE" in block else load_pem_public_key(block)
    if (isinstance(key, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey)
            and isinstance(key.curve, ec.SECP256R1)):
        return key
    raise ValueError(f"{path} holds a key that is not on the curve P-256")


def _jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    numbers = key.public_numbers()
    return {"crv": "P-256", "kty": "EC", "x": _b64(numbers.x.to_bytes(32, "big")),
            "y": _b64(numbers.y.to_bytes(32, "big"))}


def _kid(key: ec.EllipticCurvePublicKey) -> str:
    canonical = json.dumps(_jwk(key), separators=(",", ":"), sort_keys=True)
    return _b64(sha256(canonical.encode()).digest()[:KID_BYTES])


def _b64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()

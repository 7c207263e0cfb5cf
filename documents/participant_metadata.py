"""What a participant in BoB says of itself to the others: who it is, by which keys its tickets are
verified, and where its services are. Signed as JWS (RFC 7515, JSON serialization)."""
import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)

MAX_BYTES = 2_000_000


class NotMetadata(ValueError):
    """The file is nothing of the kind."""


@dataclass(frozen=True)
class Participant:
    pid: str
    name: str
    domain: str
    keys: tuple[Mapping[str, str], ...]
    """JWK, each with its name."""
    endpoints: tuple[tuple[str, str, str], ...]
    """Type, version and address."""
    longest_days: int
    """So long a ticket is valid at most after it was signed."""

    def record(self) -> dict:
        return {
            "pid": self.pid, "organisationName": self.name, "domainName": self.domain,
            "mtbPublicKeys": list(self.keys), "authtokenPublicKeys": [],
            "interfaceEndpoints": [
                {"endpointId": f"{kind}-{version}", "type": kind, "version": version, "uri": uri}
                for kind, version, uri in self.endpoints],
            "issuerSignatureConstraints": [
                {"pid": self.pid, "signatureLifetime": f"P{self.longest_days}D"}],
        }


def signed(participants: Iterable[Participant], *, kid: str, sign: Callable[[bytes], bytes],
           ) -> dict:
    """`sign` gives the raw 64 bytes of an ES256 signature."""
    payload = _b64(_plain([each.record() for each in participants]))
    protected = _b64(_plain({"alg": "ES256", "kid": kid}))
    signature = sign(f"{protected}.{payload}".encode())
    return {"payload": payload,
            "signatures": [{"protected": protected, "signature": _b64(signature)}]}


def issuers(data: bytes) -> dict[str, dict[str, EllipticCurvePublicKey]]:
    """Each participant's ES256 keys, by its id and theirs. Whoever hands over the file vouches for
    it. Raises NotMetadata."""
    try:
        said = json.loads(data[:MAX_BYTES + 1])
        payload = json.loads(base64.urlsafe_b64decode(_padded(said["payload"])))
        found = {each["pid"]: {jwk["kid"]: _key(jwk) for jwk in each.get("mtbPublicKeys", [])
                               if jwk.get("crv") == "P-256"} for each in payload}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise NotMetadata from error
    if not found:
        raise NotMetadata
    return found


def _key(jwk: Mapping[str, str]) -> EllipticCurvePublicKey:
    x, y = (int.from_bytes(base64.urlsafe_b64decode(_padded(jwk[name]))) for name in "xy")
    return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()


def _plain(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _padded(text: str) -> str:
    return text + "=" * (-len(text) % 4)


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

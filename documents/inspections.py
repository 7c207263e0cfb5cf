"""What an inspector reads, judged: from the bytes of a code, or text that stands for them, to a
verdict."""
import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from documents import mtb
from documents.mtb import NotGenuine, Reason
from domain import block_list
from domain.inspections import Finding, Verdict, judge
from domain.rules import Rules

TRIAL = "-prov"
"""What follows the issuer's id in a ticket that is only for trial."""
FINDINGS = {Reason.UNKNOWN_KEY: Finding.UNKNOWN_KEY, Reason.SIGNATURE: Finding.SIGNATURE}
MOST_TEXT = 2 * mtb.MAX_BYTES

Keys = Mapping[str, EllipticCurvePublicKey]


@dataclass(frozen=True)
class Trust:
    """What an inspector has along: each issuer's public keys by name, and what is blocked."""

    issuers: Mapping[str, Keys]
    blocked: Mapping[str, block_list.Reason]


def inspect(seen: bytes, trust: Trust, *, zone: str | None = None, now: datetime,
            rules: Rules) -> Verdict:
    """Any bytes have a verdict."""
    try:
        bundle = mtb.read(mtb.decompress(seen))
        issuer = bundle.header.get("iid")
        keys = trust.issuers.get(issuer) if isinstance(issuer, str) else None
        if keys is None:
            return Verdict(_stranger(issuer, trust))
        bundle.verify(keys)
        tickets = bundle.tickets(issuer)
    except NotGenuine as refused:
        return Verdict(FINDINGS.get(refused.reason, Finding.NO_TICKET))
    verdicts = [judge(each, blocked=trust.blocked, zone=zone, now=now, rules=rules)
                for each in tickets]
    valid = [verdict for verdict in verdicts if verdict.valid]
    return (valid or verdicts or [Verdict(Finding.NO_TICKET)])[0]


def _stranger(issuer: object, trust: Trust) -> Finding:
    if not isinstance(issuer, str):
        return Finding.NO_TICKET
    trial = issuer.endswith(TRIAL) and issuer.removesuffix(TRIAL) in trust.issuers
    return Finding.TRIAL if trial else Finding.UNKNOWN_ISSUER


def from_text(text: str) -> bytes | None:
    """The bytes that were written as base64, of either alphabet, with or without padding and line
    breaks; None when it is nothing of the kind."""
    letters = re.sub(r"\s", "", text[:MOST_TEXT + 1]).rstrip("=").translate(
        str.maketrans("-_", "+/"))
    if not letters or len(letters) > MOST_TEXT:
        return None
    try:
        return base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    except ValueError:
        return None

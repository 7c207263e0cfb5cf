"""E-invoices to whoever receives them by Peppol: through an access point, or as files that somebody
else's program takes to one."""
import os
from base64 import b64encode
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import httpx

from integrations.errors import Refused, Unreachable
from integrations.line import Line

NOT_LET_IN = {"unauthorised", "401", "403"}
"""What the access point says when our token is not the right one. It tells nothing of an invoice,
which waits until somebody has mended that."""


class Outcome(StrEnum):
    QUEUED = "queued"
    DELIVERED = "delivered"
    """The receiver's access point has signed for it."""
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    FAILED = "failed"
    """It reached nobody."""


@dataclass(frozen=True)
class Heard:
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True)
class Document:
    """`kind` is Invoice or CreditNote; `receiver` a Peppol id, 0007: or 0088:."""

    kind: str
    number: int
    receiver: str
    content: bytes


class Transport(Protocol):
    answers: bool
    """Whether it tells, when asked, what became of what was sent."""

    def send(self, key: str, document: Document) -> str | None:
        """Its id there. Sent twice with the same `key` it is one. Raises Unreachable, Unknown or
        Refused."""

    def look(self, provider_id: str) -> Heard: ...


class AccessPoint:
    """`url` of the access point's API, to which `/outbound` is added; `sender` is our own Peppol
    id."""

    answers = True

    def __init__(self, url: str, token: str, *, sender: str,
                 transport: httpx.BaseTransport | None = None):
        self._line = Line("the access point", url, explain=_explain, transport=transport,
                          headers={"Authorization": f"Bearer {token}"})
        self._sender = sender

    def send(self, key: str, document: Document) -> str:
        said = self._ask("POST", "outbound", headers={"Idempotency-Key": key}, json={
            "sender": self._sender, "receiver": document.receiver, "documentType": document.kind,
            "documentId": str(document.number),
            "document": b64encode(document.content).decode("ascii")})
        return str(said["id"])

    def look(self, provider_id: str) -> Heard:
        said = self._ask("GET", f"outbound/{provider_id}")
        return Heard(Outcome(said["status"]), str(said.get("reason") or ""))

    def _ask(self, *asked: str, **content: Any) -> Any:
        try:
            return self._line.ask(*asked, **content)
        except Refused as refusal:
            if refusal.code not in NOT_LET_IN:
                raise
            raise Unreachable(refusal.reason, code=refusal.code) from refusal


class FileDrop:
    """A file in a folder for each, named by the receiver and the number, and there all at once."""

    answers = False

    def __init__(self, folder: Path):
        self._folder = folder

    def send(self, key: str, document: Document) -> None:
        """The same once more takes the place of the first."""
        name = f"{document.receiver.replace(':', '-')}_{document.number}_{key}.xml"
        whole, part = self._folder / name, self._folder / f".{name}.{uuid4().hex}"
        try:
            part.write_bytes(document.content)
            os.replace(part, whole)
        except OSError as error:
            part.unlink(missing_ok=True)
            reason = f"the folder for e-invoices cannot be written: {error.strerror}"
            raise Unreachable(reason) from error

    def look(self, provider_id: str) -> Heard:
        raise Refused("a folder tells nothing of what became of a file")


def _explain(response: httpx.Response) -> tuple[str, str]:
    try:
        said = response.json()
        return str(said["error"]), f"{said['error']}: {said['message']}"[:300]
    except (ValueError, KeyError, TypeError):
        return str(response.status_code), f"status {response.status_code}"

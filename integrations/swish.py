"""Swish Commerce: payment requests, which are paid in the payer's app, and refunds of them.

Whoever pays is never asked for a number: the app is opened by a token, on the same phone by a link
and from another screen by a QR code.
"""
import re
from decimal import Decimal
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlencode

import httpx

from integrations import tls
from integrations.line import Line
from integrations.paying import Heard, HeardRefund, Opened, Outcome, RefundOutcome

APP = "swish://paymentrequest"
NOT_IN_MESSAGE = re.compile(r'[^a-öA-Ö0-9:;.,?!()" -]')
LONGEST_MESSAGE = 50
STATUSES = {"CREATED": Outcome.OPEN, "PAID": Outcome.PAID, "DECLINED": Outcome.DECLINED,
            "CANCELLED": Outcome.CANCELLED}
ERRORS = {
    "RF07": Outcome.DECLINED,
    "BANKIDCL": Outcome.CANCELLED,
    "TM01": Outcome.TIMED_OUT,
    "DS24": Outcome.UNKNOWN,
}
"""What an ERROR comes to; the others are an error."""
REFUND_STATUSES = {"CREATED": RefundOutcome.SENT, "VALIDATED": RefundOutcome.SENT,
                   "DEBITED": RefundOutcome.DEBITED, "PAID": RefundOutcome.PAID}
REFUNDS_APART = 1.0
"""Seconds: Swish wants so long between two refunds."""
USED, NOT_FOUND = "RP09", "404"
"""As code of a refusal: we have asked for it before; they know nothing of it."""


class Swish:
    """`url` of the API, to which `/v2/paymentrequests` and the others are added; `certificate` and
    `ca` as in `tls.context`; `payee` is our number, 123…. All raise Unreachable, Unknown and
    Refused, with Swish's error code as `code`."""

    def __init__(self, url: str, *, payee: str, certificate: Path | None = None,
                 password: str | None = None, ca: Path | None = None, app_url: str = APP,
                 refunds_apart: float = REFUNDS_APART,
                 transport: httpx.BaseTransport | None = None):
        verify = (tls.context(certificate, password=password, ca=ca)
                  if certificate or ca else True)
        self._line = Line("Swish", url, explain=_explain, transport=transport, verify=verify)
        self._payee, self._app_url = payee, app_url
        self._refunds_apart, self._refunded_at = refunds_apart, -refunds_apart

    def open(self, instruction_id: str, *, ore: int, reference: str, message: str,
             callback_url: str, callback_identifier: str) -> Opened:
        """`instruction_id` and `callback_identifier` are 32 of 0-9A-F; asked for twice with one id
        it is refused as USED. `reference` at most 35 letters, digits and hyphens."""
        answer = self._line.tell("PUT", f"v2/paymentrequests/{instruction_id}", json={
            "payeePaymentReference": reference, "callbackUrl": callback_url,
            "callbackIdentifier": callback_identifier, "payeeAlias": self._payee,
            "amount": _kronor(ore), "currency": "SEK", "message": written(message)})
        return Opened(instruction_id, answer.headers.get("PaymentRequestToken", ""))

    def look(self, provider_id: str) -> Heard:
        return self._heard(self._line.ask("GET", f"v1/paymentrequests/{provider_id}"))

    def cancel(self, provider_id: str) -> None:
        """Raises Refused when it is too late, or they know nothing of it."""
        self._line.tell("PATCH", f"v1/paymentrequests/{provider_id}",
                        headers={"Content-Type": "application/json-patch+json"},
                        json=[{"op": "replace", "path": "/status", "value": "cancelled"}])

    def refund(self, instruction_id: str, *, paid: str, ore: int, reference: str, message: str,
               callback_url: str, callback_identifier: str) -> str:
        """Of what was `paid` by that reference. Returns their id. Asked for twice with one id it
        is refused as USED."""
        self._wait_for_turn()
        self._line.tell("PUT", f"v2/refunds/{instruction_id}", json={
            "originalPaymentReference": paid, "payerPaymentReference": reference,
            "callbackUrl": callback_url, "callbackIdentifier": callback_identifier,
            "payerAlias": self._payee, "amount": _kronor(ore), "currency": "SEK",
            "message": written(message)})
        return instruction_id

    def look_refund(self, provider_id: str) -> HeardRefund:
        said = self._line.ask("GET", f"v1/refunds/{provider_id}")
        code = said.get("errorCode") or ""
        unknown = RefundOutcome.UNKNOWN if code == "DS24" else RefundOutcome.FAILED
        return HeardRefund(REFUND_STATUSES.get(said["status"], unknown), _ore(said["amount"]), code)

    def app_url(self, token: str, return_url: str) -> str:
        """What opens the app on the same phone, and leads back when it is done."""
        return f"{self._app_url}?" + urlencode({"token": token, "callbackurl": return_url})

    @staticmethod
    def qr_content(token: str) -> str:
        """What the app reads on another screen."""
        return f"D{token}"

    def _wait_for_turn(self) -> None:
        sleep(max(0.0, self._refunded_at + self._refunds_apart - monotonic()))
        self._refunded_at = monotonic()

    def _heard(self, said: dict[str, Any]) -> Heard:
        code = said.get("errorCode") or ""
        outcome = STATUSES.get(said["status"]) or ERRORS.get(code, Outcome.ERROR)
        return Heard(outcome, _ore(said["amount"]), said["currency"],
                     to_us=said["payeeAlias"] == self._payee,
                     reference=said.get("paymentReference"), code=code)


def written(message: str) -> str:
    """As much of it as Swish takes."""
    return NOT_IN_MESSAGE.sub("", message)[:LONGEST_MESSAGE]


def _kronor(ore: int) -> str:
    return f"{ore // 100}.{ore % 100:02}"


def _ore(kronor: float | str) -> int:
    return round(Decimal(str(kronor)) * 100)


def _explain(response: httpx.Response) -> tuple[str, str]:
    """What Swish says of an error holds no personal data but the payer's number, so only its code
    is told on."""
    if response.status_code == httpx.codes.NOT_FOUND:
        return NOT_FOUND, "it does not know of it"
    try:
        body = response.json()
        code = str((body[0] if isinstance(body, list) else body)["errorCode"])
        return code, code
    except (ValueError, KeyError, TypeError, IndexError):
        return str(response.status_code), f"status {response.status_code}"

"""Nets Easy, now Nexi Checkout: bank cards, on a page of theirs. No card number is ever here."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

from integrations.errors import Refused
from integrations.line import Line
from integrations.paying import Heard, HeardRefund, Opened, Outcome, RefundOutcome

LANGUAGES = {"sv": "sv-SE", "en": "en-GB"}
TOLD = ("payment.reservation.created.v2", "payment.reservation.failed",
        "payment.checkout.completed", "payment.charge.created.v2", "payment.charge.failed",
        "payment.refund.initiated.v2", "payment.refund.completed", "payment.refund.failed",
        "payment.cancel.created", "payment.cancel.failed")
"""What they are asked to tell of."""
REFUND_STATES = {"Pending": RefundOutcome.SENT, "Completed": RefundOutcome.PAID}
"""The others are a failure."""


@dataclass(frozen=True)
class Item:
    """A priced line: `ore` is what it costs, of which `vat_ore` is VAT."""

    reference: str
    name: str
    ore: int
    vat_ore: int
    vat_basis_points: int


class Nets:
    """`url` of the API, to which `/v1/payments` and the others are added; `secret_key` is ours.
    All raise Unreachable, Unknown and Refused."""

    def __init__(self, url: str, secret_key: str, *,
                 transport: httpx.BaseTransport | None = None):
        self._line = Line("Nets", url, explain=_explain, transport=transport, headers={
            "Authorization": secret_key, "CommercePlatformTag": "Foretagsportalen"})

    def open(self, our_id: str, *, reference: str, items: Sequence[Item], email: str,
             return_url: str, cancel_url: str, terms_url: str, callback_url: str,
             authorization: str, language: str = "sv") -> Opened:
        """A payment that is charged at once when it is paid. `our_id` at most 36 characters;
        `authorization`, 8 to 32 letters and digits, comes back with what they tell at
        `callback_url`."""
        answer = self._line.ask("POST", "v1/payments", json={
            "order": {"items": [_written(item) for item in items], "currency": "SEK",
                      "amount": sum(item.ore for item in items), "reference": reference},
            "checkout": {
                "integrationType": "HostedPaymentPage", "returnUrl": return_url,
                "cancelUrl": cancel_url, "termsUrl": terms_url, "charge": True,
                "publicDevice": True, "merchantHandlesConsumerData": True,
                "consumer": {"reference": our_id, "email": email}, "countryCode": "SWE"},
            "notifications": {"webHooks": [
                {"eventName": name, "url": callback_url, "authorization": authorization}
                for name in TOLD]},
            "paymentMethodsConfiguration": [{"name": "Card", "enabled": True}],
            "myReference": our_id})
        page = httpx.URL(answer["hostedPaymentPageUrl"])
        return Opened(answer["paymentId"],
                      str(page.copy_add_param("language", LANGUAGES.get(language, "sv-SE"))))

    def look(self, provider_id: str) -> Heard:
        payment = self._payment(provider_id)
        order, total = payment["orderDetails"], _summary(payment)
        if not total["charged"]:
            over = payment.get("terminated") or total["cancelled"]
            return Heard(Outcome.CANCELLED if over else Outcome.OPEN, order["amount"],
                         order["currency"])
        return Heard(Outcome.PAID, total["charged"], order["currency"],
                     reference=payment["charges"][0]["chargeId"], paid_with=_card(payment))

    def cancel(self, provider_id: str) -> None:
        """Nobody can pay it any more, and what a bank holds for it is let go of. Raises Refused
        when it is paid."""
        try:
            self._line.tell("PUT", f"v1/payments/{provider_id}/terminate")
        except Refused:
            payment = self._payment(provider_id)
            held = _summary(payment)["reserved"]
            if not held or _summary(payment)["charged"]:
                raise
            self._line.tell("POST", f"v1/payments/{provider_id}/cancels", json={"amount": held})

    def refund(self, key: str, *, paid: str, items: Sequence[Item]) -> str:
        """Of what was `paid` by that reference. Returns their id, the same when it is asked for
        twice with one `key`."""
        answer = self._line.ask(
            "POST", f"v1/charges/{paid}/refunds", headers={"Idempotency-Key": key},
            json={"amount": sum(item.ore for item in items),
                  "orderItems": [_written(item) for item in items]})
        return str(answer["refundId"])

    def look_refund(self, provider_id: str) -> HeardRefund:
        said = self._line.ask("GET", f"v1/refunds/{provider_id}")
        outcome = REFUND_STATES.get(said["state"], RefundOutcome.FAILED)
        return HeardRefund(outcome, said["amount"],
                           said["state"] if outcome is RefundOutcome.FAILED else "")

    def _payment(self, provider_id: str) -> dict[str, Any]:
        payment: dict[str, Any] = self._line.ask("GET", f"v1/payments/{provider_id}")["payment"]
        return payment


def _written(item: Item) -> dict[str, Any]:
    """One of each, so that no rounding comes between its price and what it comes to."""
    net = item.ore - item.vat_ore
    return {"reference": item.reference, "name": item.name, "quantity": 1, "unit": "st",
            "unitPrice": net, "taxRate": item.vat_basis_points, "taxAmount": item.vat_ore,
            "grossTotalAmount": item.ore, "netTotalAmount": net}


def _summary(payment: Mapping[str, Any]) -> dict[str, int]:
    said = payment.get("summary") or {}
    return {each: said.get(f"{each}Amount") or 0
            for each in ("reserved", "charged", "refunded", "cancelled")}


def _card(payment: Mapping[str, Any]) -> str:
    """The kind of card and its last four digits."""
    said = payment.get("paymentDetails") or {}
    masked = (said.get("cardDetails") or {}).get("maskedPan") or ""
    return " ".join(part for part in (said.get("paymentMethod"), masked and f"•••• {masked[-4:]}")
                    if part)


def _explain(response: httpx.Response) -> tuple[str, str]:
    """Which fields they do not take, or their own code; never what was in them."""
    try:
        body = response.json()
        if "errors" in body:
            return str(response.status_code), ", ".join(sorted(body["errors"]))[:200]
        return str(body["code"]), f"code {body['code']}"
    except (ValueError, KeyError, TypeError):
        return str(response.status_code), f"status {response.status_code}"

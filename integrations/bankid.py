"""BankID Relying Party API 6.0: start an order, ask how it goes, cancel it.

Secure start: on another device by the animated QR code, on the same by the app's address; never
by personnummer."""
import hmac
import re
import ssl
from base64 import b64encode
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

from integrations import bankid_messages, tls
from integrations.line import Line

DESKTOP_APP = "bankid:///"
MOBILE_APP = "https://app.bankid.com/"
MOBILE = re.compile(r"Android|iPhone|iPad|iPod")
LONGEST_USER_AGENT = 256


class Status(StrEnum):
    PENDING = "pending"
    FAILED = "failed"
    COMPLETE = "complete"


@dataclass(frozen=True)
class Order:
    """The QR start secret makes the QR code: it must never reach a browser."""

    order_ref: str
    auto_start_token: str
    qr_start_token: str
    qr_start_secret: str = field(repr=False)


@dataclass(frozen=True)
class User:
    personal_number: str = field(repr=False)
    """Twelve digits."""
    name: str = field(repr=False)
    given_name: str = field(repr=False)
    surname: str = field(repr=False)


@dataclass(frozen=True)
class Collected:
    """`hint_code` is empty when complete; user, device and issue date are there only then."""

    status: Status
    hint_code: str = ""
    user: User | None = None
    device_ip: str | None = None
    bankid_issued_on: str | None = None
    """YYYY-MM-DD. A BankID from today is worth a second thought."""


class BankId:
    """`url` of the API, to which `/auth` and the others are added; `certificate` and `ca` as in
    `tls.context`; `app_url` opens the app on the same device. All raise Unreachable, Unknown and
    Refused, with BankID's error code as `code`."""

    message = staticmethod(bankid_messages.message)

    def __init__(self, url: str, *, certificate: Path | None = None, password: str | None = None,
                 ca: Path | None = None, app_url: str = DESKTOP_APP,
                 transport: httpx.BaseTransport | None = None):
        verify: ssl.SSLContext | bool = True
        if certificate or ca:
            verify = tls.context(certificate, password=password, ca=ca)
        self._line = Line("BankID", url, explain=_explain, transport=transport, verify=verify)
        self._app_url = app_url

    def auth(self, *, end_user_ip: str, return_url: str | None = None,
             user_agent: str | None = None, referring_domain: str | None = None,
             device_identifier: str | None = None, visible_text: str | None = None) -> Order:
        """Starts an order for identification. `end_user_ip` is the browser's address as we see it;
        `return_url` is where the app sends the browser of the same device, with a nonce in it;
        `visible_text` (simple Markdown, at most 1 500 characters in Base64) is shown in the app."""
        web = {
            "referringDomain": referring_domain,
            "userAgent": user_agent and user_agent[:LONGEST_USER_AGENT],
            "deviceIdentifier": device_identifier,
        }
        answer = self._post("auth", {
            "endUserIp": end_user_ip,
            "returnUrl": return_url,
            "web": _given(web) or None,
            "userVisibleData": visible_text and b64encode(visible_text.encode()).decode(),
            "userVisibleDataFormat": visible_text and "simpleMarkdownV1",
        })
        return Order(answer["orderRef"], answer["autoStartToken"],
                     answer["qrStartToken"], answer["qrStartSecret"])

    def collect(self, order_ref: str) -> Collected:
        """Where the order stands. Ask every two seconds until it is no longer pending, and then
        never again: a finished order is given out once, after that it is Refused."""
        answer = self._post("collect", {"orderRef": order_ref})
        status, hint_code = Status(answer["status"]), answer.get("hintCode", "")
        if status is not Status.COMPLETE:
            return Collected(status, hint_code)
        completion = answer["completionData"]
        user = completion["user"]
        return Collected(
            status,
            user=User(user["personalNumber"], user["name"], user["givenName"], user["surname"]),
            device_ip=completion["device"]["ipAddress"],
            bankid_issued_on=completion.get("bankIdIssueDate"),
        )

    def cancel(self, order_ref: str) -> None:
        """Raises Refused when the order is already finished or cancelled."""
        self._post("cancel", {"orderRef": order_ref})

    def start_url(self, auto_start_token: str, *, user_agent: str = "",
                  return_url: str | None = None) -> str:
        """What opens the app on the same device. `return_url` is for apps too old to take it from
        the order."""
        app_url = self._app_url
        if app_url == DESKTOP_APP and is_mobile(user_agent):
            app_url = MOBILE_APP
        return f"{app_url}?" + urlencode(
            {"autostarttoken": auto_start_token, "redirect": return_url or "null"})

    @staticmethod
    def qr_content(token: str, secret: str, seconds: int) -> str:
        """What the QR code says `seconds` whole seconds after the order was made. New each second.
        """
        code = hmac.new(secret.encode(), str(seconds).encode(), "sha256").hexdigest()
        return f"bankid.{token}.{seconds}.{code}"

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self._line.ask("POST", path, json=_given(body))
        return answer


def is_mobile(user_agent: str) -> bool:
    return bool(MOBILE.search(user_agent))


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def _explain(response: httpx.Response) -> tuple[str, str]:
    try:
        body = response.json()
        return body["errorCode"], f"{body['errorCode']}: {body['details']}"
    except (ValueError, KeyError, TypeError):
        return "", f"status {response.status_code}"

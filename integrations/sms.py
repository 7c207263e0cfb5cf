"""SMS through 46elks: send, ask what was sent, read delivery reports."""
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import httpx

from integrations.errors import Refused
from integrations.line import Line

CLOCKS_DIFFER = timedelta(seconds=5)
"""How far their clock may be behind ours."""
LONG_NUMBER = re.compile(r"\+?\d{6,}")


class Delivery(StrEnum):
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True)
class Report:
    provider_id: str
    state: Delivery
    delivered_at: datetime | None = None


class Sms:
    """`url` of the API, to which `/sms` is added; `sender` is a number in E.164 or at most eleven
    letters and digits, a letter first."""

    def __init__(self, url: str, user: str, password: str, *, sender: str,
                 transport: httpx.BaseTransport | None = None):
        self._line = Line("46elks", url, explain=_explain, transport=transport,
                          auth=(user, password))
        self._sender = sender

    def send(self, to: str, text: str, *, report_url: str | None = None,
             secret: bool = False) -> str:
        """Returns the provider's id. `to` in E.164; a `secret` text is not kept by the provider;
        delivery reports are posted to `report_url`.

        Raises Unreachable (not sent: try again), Unknown (ask `sent_since` before trying again:
        46elks has no idempotency key) or Refused."""
        form = {"from": self._sender, "to": to, "message": text}
        if report_url:
            form["whendelivered"] = report_url
        if secret:
            form["dontlog"] = "message"
        answer: dict[str, Any] = self._line.ask("POST", "sms", data=form)
        return str(answer["id"])

    def sent_since(self, to: str, since: datetime, *, text: str | None = None) -> list[str]:
        """The provider's ids of the messages it has accepted from us to this number since then,
        whatever became of them, the newest first. With `text`, those that are known to say
        something else are left out; a secret one might say anything."""
        since -= CLOCKS_DIFFER
        query = {"to": to, "end": _written(since)}  # their list goes backwards from start to end
        found: list[str] = []
        while True:
            answer: dict[str, Any] = self._line.ask("GET", "sms", params=query)
            found += [
                str(message["id"]) for message in answer["data"]
                if message["direction"] == "outgoing" and message["to"] == to
                and _moment(message["created"]) >= since
                and (text is None or message.get("message", text) == text)
            ]
            if "next" not in answer:
                return found
            query["start"] = answer["next"]

    @staticmethod
    def report(form: Mapping[str, str]) -> Report:
        """What a delivery report says. Raises Refused when it is not one."""
        try:
            delivered = form.get("delivered")
            return Report(form["id"], Delivery(form["status"]),
                          _moment(delivered) if delivered else None)
        except (KeyError, ValueError) as error:
            raise Refused("this is not a delivery report from 46elks") from error


def _moment(text: str) -> datetime:
    """46elks writes UTC, with or without saying so."""
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def _explain(response: httpx.Response) -> tuple[str, str]:
    words = LONG_NUMBER.sub("…", response.text)[:200].strip()
    return str(response.status_code), words or f"status {response.status_code}"

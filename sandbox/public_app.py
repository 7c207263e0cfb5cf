"""The authority's public app, as its makers would write it: it knows nothing but the Allpay API's
description, registers travellers, buys, and is told of what happens."""
import hmac
import json
from dataclasses import dataclass
from functools import cached_property
from uuid import uuid4

import httpx

from sandbox.store import Store

CLIENT_ID = "5a11d000-0000-4000-8000-0000000000a9"
SECRET = "sandbox-app"  # noqa: S105  it opens nothing but a portal with a sandbox
SIGNED_WITH = "sandbox-webhooks"
TOLERANCE = 300
"""Seconds that a telling may be old."""


@dataclass(frozen=True)
class Said:
    """What the portal answered; `problem` is a sentence to show when it said no."""

    body: dict
    problem: str = ""


class PublicApp:
    def __init__(self, store: Store, clock, portal_url: str):
        self._store, self._clock, self._portal = store, clock, portal_url

    @cached_property
    def _client(self) -> httpx.Client:
        return httpx.Client(timeout=10, trust_env=False)

    # The travellers who have registered Allpay in it.

    def travellers(self) -> list[dict]:
        return [dict(row) for row in self._store.rows(
            "select * from app_travellers order by registered_at desc limit 100")]

    def traveller(self, key: str) -> dict | None:
        row = self._store.row("select * from app_travellers where id = :id", id=key)
        return dict(row) if row else None

    def register(self, user_name: str, code: str) -> Said:
        said = self.do("activations", {"userName": user_name.strip(), "code": code.strip()})
        if not said.problem:
            method = said.body["paymentMethod"]
            self._store.change(
                "insert or replace into app_travellers values (:id, :token, :user, :employer, :at)",
                id=method["id"], token=said.body["paymentMethodToken"], user=method["userName"],
                employer=method["employer"], at=self._clock.now().timestamp())
        return said

    # The API.

    def ask(self, path: str, token: str = "", **query: str) -> Said:
        return self._said("GET", path, token, params=query)

    def do(self, path: str, body: dict | None = None, token: str = "") -> Said:
        """Asked again with the same key when the answer is lost: it is done once."""
        key = str(uuid4())
        said = self._said("POST", path, token, key=key, json=body)
        return said if said.body or not said.problem else self._said(
            "POST", path, token, key=key, json=body)

    def _said(self, method: str, path: str, token: str, *, key: str = "", **what) -> Said:
        try:
            answer = self._send(method, path, token, key, what)
            if answer.status_code == 401:
                self._sign_in()
                answer = self._send(method, path, token, key, what)
            body = answer.json()
        except (httpx.HTTPError, ValueError, KeyError):
            return Said({}, "Portalen svarar inte, eller känner inte appen. Registrera den med "
                            "python3 manage.py api-client.")
        if answer.is_success:
            return Said(body)
        wrong = ", ".join(each["name"] for each in body.get("errors", []))
        left = f" {body['triesLeft']} försök kvar." if "triesLeft" in body else ""
        return Said(body, f"{body['detail']}{left} {wrong}".strip())

    def _send(self, method: str, path: str, token: str, key: str, what: dict) -> httpx.Response:
        row = self._store.row("select value from app_knows where name = 'access token'")
        headers = {"Authorization": row and f"Bearer {row['value']}",
                   "Payment-Method": token, "Idempotency-Key": key, "Accept-Language": "sv"}
        if method == "POST" and what.get("json") is None:
            what = {}
        return self._client.request(method, f"{self._portal}/api/allpay/v1/{path}", headers={
            name: value for name, value in headers.items() if value}, **what)

    def _sign_in(self) -> None:
        answer = self._client.post(f"{self._portal}/api/allpay/v1/token", auth=(CLIENT_ID, SECRET),
                                   data={"grant_type": "client_credentials"}).raise_for_status()
        self._store.change("insert or replace into app_knows values ('access token', :token)",
                           token=answer.json()["access_token"])

    # What it is told.

    def told(self, body: bytes, signature: str) -> bool:
        """Whether it is from the portal, and new enough. Twice told is once noted."""
        parts = dict(part.partition("=")[::2] for part in signature.split(","))
        at = parts.get("t", "")
        signed = hmac.digest(SIGNED_WITH.encode(), at.encode() + b"." + body, "sha256").hex()
        if not (at.isdecimal() and hmac.compare_digest(signed, parts.get("v1", ""))):
            return False
        if abs(self._clock.now().timestamp() - int(at)) > TOLERANCE:
            return False
        self._store.change("insert or ignore into app_events values (:id, :at, :said)",
                           id=json.loads(body)["id"], at=float(at), said=body.decode())
        return True

    def events(self) -> list[tuple[float, dict]]:
        return [(row["at"], json.loads(row["said"])) for row in self._store.rows(
            "select * from app_events order by at desc, rowid desc limit 50")]

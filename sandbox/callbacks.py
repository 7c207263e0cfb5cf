"""What Swish and Nets tell the portal of by themselves, and how they go on until it has heard."""
import json

import httpx

from sandbox.faults import (
    CALLBACKS_LATE,
    CALLBACKS_LOST,
    CALLBACKS_TURNED,
    CALLBACKS_TWICE,
    Faults,
)
from sandbox.store import Store

TRY_AGAIN_AFTER = (5, 30, 120, 600, 3600)
LATE = 60
TURNED = (10, 7, 4, 1)
"""Seconds."""


class Callbacks:
    def __init__(self, store: Store, clock, faults: Faults):
        self._store = store
        self._clock = clock
        self._faults = faults

    def put(self, service: str, url: str, body: dict, headers: dict, *, rank: int = 0) -> None:
        """To be told at once, or as the faults have it; `rank` is its place among those that
        belong together, from 0 to 3."""
        on = self._faults.on()
        if CALLBACKS_LOST in on:
            return
        wait = (TURNED[rank] if CALLBACKS_TURNED in on else 0) + LATE * (CALLBACKS_LATE in on)
        for _ in range(2 if CALLBACKS_TWICE in on else 1):
            self._store.change(
                "insert into callbacks (service, url, headers, body, due_at) "
                "values (:service, :url, :headers, :body, :due)",
                service=service, url=url, headers=json.dumps(headers), body=json.dumps(body),
                due=self._now() + wait)

    def send(self, client: httpx.Client) -> int:
        """Tells what is due, and returns how much that was. What was not heard is told again."""
        due = self._store.rows("select * from callbacks where due_at <= :now order by due_at, id",
                               now=self._now())
        for each in due:
            if _heard(client, each) or each["tries"] == len(TRY_AGAIN_AFTER):
                self._store.change("delete from callbacks where id = :id", id=each["id"])
            else:
                self._store.change(
                    "update callbacks set tries = tries + 1, due_at = :due where id = :id",
                    due=self._now() + TRY_AGAIN_AFTER[each["tries"]], id=each["id"])
        return len(due)

    def waiting(self, service: str) -> list[dict]:
        """The bodies of what has not been heard yet."""
        return [json.loads(row["body"]) for row in self._store.rows(
            "select body from callbacks where service = :service order by due_at, id",
            service=service)]

    def _now(self) -> float:
        return self._clock.now().timestamp()


def _heard(client: httpx.Client, each) -> bool:
    try:
        return client.post(each["url"], content=each["body"], headers={
            "Content-Type": "application/json", **json.loads(each["headers"])}).is_success
    except (httpx.HTTPError, httpx.InvalidURL):
        return False

"""What a bus knows of purses, and takes of them: the portal decides where there is a net, and else
the bus does, by what it fetched last, and reports it later."""
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx

from sandbox.store import Store

SWEDEN = ZoneInfo("Europe/Stockholm")
ADJOINING = {181: {182, 183, 185, 187, 188}, 182: {181}, 183: {181, 184, 185}, 184: {183, 185},
             185: {181, 183, 184, 186, 188}, 186: {185, 187, 188}, 187: {181, 186, 188},
             188: {181, 185, 186, 187}}
MOST_REPORTS = 500
WORDS = {"frozen": "Fryst kort", "blocked": "Spärrat kort", "no_net": "Läsaren når ingen prislista"}
UNKNOWN = (404, 422)


@dataclass(frozen=True)
class Lamp:
    green: bool
    words: str


class Purses:
    def __init__(self, store: Store, call: Callable[..., httpx.Response]):
        self._store, self._call = store, call

    # What it knows.

    def cards(self) -> list[str]:
        return [row["card"] for row in self._store.rows(
            "select card from bus_purses order by card limit 500")]

    def unreported(self) -> int:
        return self._store.row("select count(*) as many from bus_payments")["many"]

    def learn(self, entries: list[dict]) -> None:
        for entry in entries:
            self._store.change("insert or replace into bus_purses values (:card, :said)",
                               card=entry["tokenId"], said=json.dumps(entry))

    # What it does.

    def pay(self, card: str, zone: int, to_zone: int, now: datetime, *, prices: dict,
            online: bool) -> Lamp:
        said = {"eventId": str(uuid4()), "time": now.isoformat(), "zone": str(zone),
                "toZone": str(to_zone)}
        lamp = self._asked(card, said) if online else None
        return lamp or self._decided(card, said, now, prices.get(extent(zone, to_zone)))

    def report(self) -> None:
        while rows := self._store.rows("select * from bus_payments order by rowid limit :most",
                                       most=MOST_REPORTS):
            self._call("post", "purses", json=[json.loads(row["said"]) for row in rows])
            for row in rows:
                self._store.change("delete from bus_payments where event_id = :event",
                                   event=row["event_id"])

    def _asked(self, card: str, said: dict) -> Lamp | None:
        """What the portal answers; None when it does not."""
        try:
            answer = self._call("post", f"purses/{quote(card, safe='') or '-'}", json=said).json()
        except httpx.HTTPStatusError as refused:
            return Lamp(False, "Okänt kort") if refused.response.status_code in UNKNOWN else None
        except (httpx.HTTPError, ValueError):
            return None
        left = _kr(answer["balance"])
        if answer["eventResult"]:
            return Lamp(False, WORDS.get(answer["reason"], f"För lite på reskassan: {left}"))
        until = f"{datetime.fromisoformat(answer['validUntil']).astimezone(SWEDEN):%H:%M}"
        if answer["reason"] == "paid":
            return Lamp(True, f"Redan betalt, gäller till {until}. Kvar\N{NO-BREAK SPACE}{left}")
        loaded = f"Laddat {_kr(answer['activated'])}. " if answer["activated"] else ""
        return Lamp(True, f"{loaded}Betalt {_kr(answer['taken'])}, gäller till {until}. "
                          f"Kvar\N{NO-BREAK SPACE}{left}")

    def _decided(self, card: str, said: dict, now: datetime, price: dict | None) -> Lamp:
        """Without contact: taken of what it knows of here, and reported when there is a net."""
        known = self._store.row("select said from bus_purses where card = :card", card=card)
        if price is None or known is None:
            return Lamp(False, WORDS["no_net"] if price is None else "Ingen reskassa på kortet")
        entry = json.loads(known["said"])
        waiting = [load["amount"] for load in entry["waiting"]
                   if now < datetime.fromisoformat(load["activateBy"])]
        there = entry["balance"] + sum(waiting)
        if why := entry["refused"]:
            return Lamp(False, WORDS[why])
        if there < price["price"]:
            return Lamp(False, f"För lite på reskassan: {_kr(there)}")
        self._take(entry | {"balance": there - price["price"], "waiting": []}, said)
        until = (now + timedelta(minutes=price["minutes"])).astimezone(SWEDEN)
        return Lamp(True, f"Betalt {_kr(price['price'])}, gäller till {until:%H:%M}. "
                          f"Kvar\N{NO-BREAK SPACE}{_kr(there - price['price'])}")

    def _take(self, entry: dict, said: dict) -> None:
        self.learn([entry])
        self._store.change("insert into bus_payments values (:event, :said)",
                           event=said["eventId"],
                           said=json.dumps(said | {"tokenId": entry["tokenId"], "eventResult": 0}))


def extent(zone: int, to_zone: int) -> str:
    if zone == to_zone:
        return "zones_1"
    return "zones_2" if to_zone in ADJOINING[zone] else "county"


def _kr(ore: int) -> str:
    kronor, rest = divmod(ore, 100)
    return f"{kronor}{f',{rest:02}' if rest else ''}\N{NO-BREAK SPACE}kr"

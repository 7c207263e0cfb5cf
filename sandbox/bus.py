"""A bus, and the ticket system that its reader belongs to: it knows what cards carry and what is
blocked by the portal's validation API, and judges by itself where there is no net. What it knows of
purses stands in `bus_purses`."""
import json
from datetime import datetime, timedelta
from functools import cached_property
from uuid import uuid4
from zoneinfo import ZoneInfo

import httpx

from sandbox.bus_purses import Lamp, Purses
from sandbox.store import Store
from sandbox.verifier import verify

SWEDEN = ZoneInfo("Europe/Stockholm")
ZONES = {181: "Jönköping", 182: "Habo", 183: "Gränna", 184: "Tranås", 185: "Nässjö",
         186: "Vetlanda", 187: "Värnamo", 188: "Vaggeryd"}
MOST_REPORTS = 500
WORDS = {
    "zone": "Gäller inte i den här zonen", "recalled": "Biljetten är återkallad",
    "blocked": "Spärrad", "lost": "Spärrad", "card": "Spärrat kort", "frozen": "Fryst kort",
    "trial": "Provbiljett", "expired": "Har gått ut",
    "not_begun": "Har inte börjat gälla", "not_activated": "Inte aktiverad",
}


class Bus:
    def __init__(self, store: Store, clock, portal_url: str, token: str):
        self._store, self._clock = store, clock
        self._purses = Purses(store, self._call)
        self.connect(portal_url, token)

    @cached_property
    def _client(self) -> httpx.Client:
        return httpx.Client(timeout=4, trust_env=False)

    def connect(self, portal_url: str, token: str) -> None:
        self._portal, self._token = portal_url, token

    # What it knows.

    @property
    def offline(self) -> bool:
        return self._known("offline", "") == "yes"

    def cards(self) -> list[str]:
        carrying = {row["card"] for row in self._store.rows(
            "select distinct card from bus_entries order by card limit 500")}
        return sorted(carrying.union(self._purses.cards()))

    def unreported(self) -> int:
        readings = self._store.row("select count(*) as many from bus_reports")["many"]
        return readings + self._purses.unreported()

    def fetched_at(self) -> float | None:
        moment = self._known("fetched_at", "")
        return float(moment) if moment else None

    def turn(self, *, offline: bool) -> None:
        self._learn("offline", "yes" if offline else "no")

    # What it does.

    def poll(self) -> bool:
        """Report what it has read, and fetch what is new. Says whether there was contact."""
        if self.offline:
            return False
        try:
            self._report()
            self._purses.report()
            self._fetch("whitelist", "after", self._carry)
            self._fetch("blacklist", "blacklistEntryId", self._block)
            self._fetch("purses", "after", self._purses.learn)
            keys = self._client.get(f"{self._portal}/.well-known/bob/jwks.json").raise_for_status()
        except (httpx.HTTPError, ValueError, KeyError):
            return False
        self._learn("jwks", keys.text)
        self._learn("fetched_at", str(self._clock.now().timestamp()))
        return True

    def tap_card(self, number: str, zone: int) -> Lamp:
        number, online, now = "".join(number.split()), self.poll(), self._clock.now()
        refused: list[str] = []
        for entry in self._entries(number, now):
            why = self._why_not(entry, zone, now)
            if why is None:
                lamp = self._asked(entry, zone, now) if online else None
                lamp = lamp or self._decided(entry, zone, now)
                if lamp.green:
                    return lamp
                why = lamp.words
            refused.append(why)
        return Lamp(False, refused[0] if refused else "Inget på kortet")

    def pay(self, number: str, zone: int, to_zone: int) -> Lamp:
        """A single ticket on board, with the card's purse."""
        online = self.poll()
        return self._purses.pay("".join(number.split()), zone, to_zone, self._clock.now(),
                                prices=json.loads(self._known("prices", "{}")), online=online)

    def tap_phone(self, seen: bytes, zone: int) -> Lamp:
        """A picture of the code that the phone shows, or what stands in it."""
        self.poll()
        jwks = json.loads(self._known("jwks", '{"keys": []}'))
        blocked = {row["ticket"] for row in self._store.rows("select ticket from bus_blocked")}
        return Lamp(*verify(seen, jwks, blocked, self._clock.now(), zone))

    # A card.

    def _entries(self, card: str, now: datetime) -> list[dict]:
        """Those on the card: what is active first, then what is valid for the shortest time."""
        rows = self._store.rows("select said from bus_entries where card = :card", card=card)
        return sorted((json.loads(row["said"]) for row in rows), key=lambda entry: (
            not _active(entry, now), entry["priority"], entry["activateBy"], entry["id"]))

    def _why_not(self, entry: dict, zone: int, now: datetime) -> str | None:
        blocked = self._store.row(
            "select reason from bus_blocked where ticket in (:ticket, :card)",
            ticket=entry["ticketId"], card=entry["tokenId"])
        if blocked or entry["trial"] or entry.get("frozen"):
            return WORDS[blocked["reason"] if blocked else "trial" if entry["trial"] else "frozen"]
        if str(zone) not in entry["zones"]:
            return WORDS["zone"]
        if _active(entry, now):
            return None
        if now < _moment(entry["startsAt"]):
            return WORDS["not_begun"]
        ends = _moment(entry["useBy"] or entry["activateBy"])
        over = now >= ends or not entry["activationsLeft"]
        return WORDS["expired"] if over else None

    def _asked(self, entry: dict, zone: int, now: datetime) -> Lamp | None:
        """What the portal answers; None when it does not."""
        try:
            said = self._call("post", f"validation/{entry['ticketId']}", json={
                "eventId": str(uuid4()), "time": now.isoformat(), "zone": str(zone)}).json()
        except (httpx.HTTPError, ValueError):
            return None
        self.poll()
        if said["eventResult"]:
            return Lamp(False, WORDS.get(said["reason"], "Inte giltig"))
        return _green(_moment(said["activeUntil"]))

    def _decided(self, entry: dict, zone: int, now: datetime) -> Lamp:
        """Without contact: started here, and reported when there is a net."""
        if not _active(entry, now):
            event = str(uuid4())
            self._store.change("insert into bus_reports values (:event, :said)", event=event,
                               said=json.dumps({
                                   "eventId": event, "ticketId": entry["ticketId"],
                                   "time": now.isoformat(), "zone": str(zone), "eventResult": 0}))
            until = now + timedelta(minutes=entry["minutes"])
            entry |= {"activeUntil": until.isoformat(), "activationsLeft":
                      entry["activationsLeft"] - 1}
            self._carry([entry])
        return _green(_moment(entry["activeUntil"]))

    # The portal.

    def _call(self, method: str, path: str, **what) -> httpx.Response:
        return self._client.request(
            method, f"{self._portal}/api/bob/v3/{path}",
            headers={"Authorization": f"Bearer {self._token}"}, **what).raise_for_status()

    def _report(self) -> None:
        while rows := self._store.rows("select * from bus_reports order by rowid limit :most",
                                       most=MOST_REPORTS):
            self._call("post", "validation", json=[json.loads(row["said"]) for row in rows])
            for row in rows:
                self._store.change("delete from bus_reports where event_id = :event",
                                   event=row["event_id"])

    def _fetch(self, what: str, place: str, keep) -> None:
        """Until there is no more. Asking from the end says that all of it has arrived."""
        last = int(self._known(what, "0"))
        while True:
            said = self._call("get", what, params={place: last}).json()
            keep(said[what])
            if "prices" in said:
                self._learn("prices", json.dumps(said["prices"]))
            end = said["last"]
            self._learn(what, str(end))
            if end == last:
                return
            last = end if end > last else 0  # if lower, the portal has been restored: all anew

    def _carry(self, entries: list[dict]) -> None:
        for entry in entries:
            self._store.change(
                "insert or replace into bus_entries values (:ticket, :card, :said)",
                ticket=entry["ticketId"], card=entry["tokenId"], said=json.dumps(entry))

    def _block(self, entries: list[dict]) -> None:
        for entry in entries:
            self._store.change("insert or replace into bus_blocked values (:ticket, :reason)",
                               ticket=entry.get("ticketId") or entry["tokenId"],
                               reason=entry["reason"])

    def _known(self, name: str, default: str) -> str:
        row = self._store.row("select value from bus_knows where name = :name", name=name)
        return row["value"] if row else default

    def _learn(self, name: str, value: str) -> None:
        self._store.change("insert or replace into bus_knows values (:name, :value)", name=name,
                           value=value)


def _active(entry: dict, now: datetime) -> bool:
    return bool(entry["activeUntil"]) and now < _moment(entry["activeUntil"])


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _green(until: datetime) -> Lamp:
    return Lamp(True, f"Giltig till {until.astimezone(SWEDEN):%d/%m %H:%M}")

"""What is said over the validation API: JSON with the names that BoB's API has."""
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from domain import validations
from domain.block_list import Blocked, Reason
from domain.card_tickets import Entries
from domain.errors import Invalid
from domain.products import PERIOD_DAYS, Product, single_minutes, zones
from domain.rules import Rules
from domain.tickets import Ticket
from domain.validations import Answer, Reading, Result

EVENT_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
NUMBER = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{6}")
DAY_MINUTES = 24 * 60


def whitelist(entries: Entries, *, issuer: str, rules: Rules) -> dict[str, Any]:
    return {"whitelist": [{"tokenIssuer": issuer, "tokenId": card,
                           "frozen": card in entries.frozen, **_entry(ticket, rules)}
                          for ticket, card in entries.rows],
            "last": entries.last}


def _entry(ticket: Ticket, rules: Rules) -> dict[str, Any]:
    minutes = _minutes(ticket, rules)
    return {
        "id": ticket.card_entry, "ticketId": ticket.number, "product": ticket.product,
        "zones": [str(zone) for zone in zones() if validations.covers(ticket.trip, zone)],
        "area": ticket.area, "startsAt": written(ticket.starts_at),
        "activateBy": written(ticket.activate_by), "minutes": minutes,
        "priority": minutes * ticket.days, "activationsLeft": ticket.days_left,
        "activatedAt": written(ticket.activated_at),
        "activeUntil": written(ticket.active_until), "useBy": written(ticket.use_by),
        "trial": ticket.trial}


def _minutes(ticket: Ticket, rules: Rules) -> int:
    """How long it holds once a reader starts it."""
    if ticket.product == Product.SINGLE:
        return single_minutes(ticket.extent, rules)
    return PERIOD_DAYS.get(ticket.product, 1) * DAY_MINUTES


def blacklist(rows: Iterable[Blocked], last: int) -> dict[str, Any]:
    listed = [{"id": row.id, "tokenId" if row.reason == Reason.CARD else "ticketId": row.number,
               "reason": row.reason, "expire": written(row.until)} for row in rows]
    return {"blacklist": listed, "last": listed[-1]["id"] if listed else last}


def answer(reading: Reading, given: Answer) -> dict[str, Any]:
    return {"eventId": reading.event_id, "ticketId": reading.number,
            "eventResult": given.result, "reason": given.reason, "activated": given.activated,
            "activeUntil": given.active_until}


def written(moment: datetime | None) -> str | None:
    return moment and f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def reading(said: Any, ticket: str | None = None) -> Reading:
    """Raises Invalid, with the name of what is wrong. Where it was read, but for the zone, and in
    which vehicle may be said, and is not heard."""
    if not isinstance(said, dict):
        raise Invalid("En läsning är ett JSON-objekt.", "body")
    return Reading(text(said, "eventId", EVENT_ID),
                   text(said if ticket is None else {"ticketId": ticket}, "ticketId", NUMBER),
                   moment(said), number(said, "eventResult", max(Result) + 2),
                   number(said, "zone", 999_999))


def text(said: dict, name: str, form: re.Pattern) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Invalid("%(name)s saknas eller är fel skrivet.", name, name=name)
    return value


def moment(said: dict) -> datetime:
    try:
        moment = datetime.fromisoformat(said["time"])
        return moment.astimezone(UTC) if moment.tzinfo else _wrong("time")
    except (KeyError, TypeError, ValueError, OverflowError):
        return _wrong("time")


def number(said: dict, name: str, most: int) -> int | None:
    value = said.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 7:
        value = int(value)  # a zone is a name in BoB, and ours are numbers
    if value is None or (type(value) is int and 0 <= value <= most):
        return value
    return _wrong(name)


def _wrong(name: str):
    raise Invalid("%(name)s saknas eller är fel skrivet.", name, name=name)



"""What an app says in a request to the Allpay API, read strictly: what is unknown, twice or of
another shape is refused, all of it at once."""
import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

from htmx_flask import request

from blueprints.allpay_problems import Problem, wrong
from domain.policy_rules import MOST_PURPOSE
from domain.products import COMPANY_PRODUCTS, Trip, trips
from domain.texts import sv

MISSING = sv("Det saknas.")
UNKNOWN = sv("Det finns inte i gränssnittet.")
SHAPE = sv("Det har fel form.")
MOST_PRICE = 10_000_000
Parse = Callable[[Any], Any]


def place_id(trip: Trip) -> str:
    """zones_2-181-183, county, border-skane"""
    return trip.key.replace(" ", "-")


PLACES = {place_id(trip): trip for trip in trips().values()}
SOLD = {each.value: each for each in COMPANY_PRODUCTS}


def _text(pattern: str) -> Parse:
    shape = re.compile(pattern)

    def parse(said: Any) -> str:
        if not isinstance(said, str) or not shape.fullmatch(said):
            raise ValueError
        return said

    return parse


def _price(said: Any) -> int:
    """1.0 is a whole number in JSON too."""
    if isinstance(said, bool) or not isinstance(said, int | float) or said != int(said):
        raise ValueError
    if not 0 <= said <= MOST_PRICE:
        raise ValueError
    return int(said)


def _day(said: Any) -> date | None:
    return None if said is None else date.fromisoformat(
        _text(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")(said))


def _yes(said: Any) -> bool:
    if not isinstance(said, bool):
        raise ValueError
    return said


ACTIVATION: dict[str, Parse] = {"userName": _text(r"[A-Za-z0-9]{1,20}"),
                                "code": _text(r"[0-9]{6}")}
ORDER: dict[str, Parse] = {"product": lambda said: SOLD[_text(r"\w+")(said)],
                           "place": lambda said: PLACES[_text(r"[\w-]+")(said)], "price": _price,
                           "validFrom": _day,
                           "purpose": _text(rf"[^\x00-\x1f\x7f]{{0,{MOST_PURPOSE}}}")}
PURCHASE: dict[str, Parse] = {**ORDER, "activate": _yes}
MAY_LACK = {"validFrom": None, "purpose": "", "activate": False}
QUERY: dict[str, Parse] = {
    "place": ORDER["place"], "cursor": _text(r"[0-9]{1,18}-[0-9a-f]{32}"),
    "limit": lambda said: int(_text(r"[1-9][0-9]?|100")(said))}


def body(fields: dict[str, Parse]) -> dict[str, Any]:
    """The members of the body, each as it is parsed."""
    return _parsed(_object(), fields, "body", MAY_LACK)


def nothing() -> None:
    """There is no body, or an empty object."""
    if request.get_data():
        _parsed(_object(), {}, "body", {})


def query(*names: str) -> dict[str, Any]:
    return _parsed(request.args.to_dict(), {name: QUERY[name] for name in names}, "query",
                   dict.fromkeys(names))


def _parsed(said: dict[str, Any], fields: dict[str, Parse], place: str,
            may_lack: dict[str, Any]) -> dict[str, Any]:
    errors = [wrong(name, place, UNKNOWN) for name in said if name not in fields]
    parsed = {}
    for name, parse in fields.items():
        if name not in said:
            parsed[name] = may_lack.get(name)
            errors += [] if name in may_lack else [wrong(name, place, MISSING)]
            continue
        try:
            parsed[name] = parse(said[name])
        except (ValueError, KeyError, OverflowError):
            errors.append(wrong(name, place, SHAPE))
    if errors:
        raise Problem("invalid", errors=errors)
    return parsed


def _object() -> dict[str, Any]:
    if request.mimetype != "application/json":
        raise Problem("media-type")
    try:
        said = json.loads(request.get_data(), object_pairs_hook=_once, parse_constant=_no_number)
        json.dumps(said, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as unreadable:
        raise Problem("malformed") from unreadable
    if not isinstance(said, dict):
        raise Problem("malformed")
    return said


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a member twice")
    return found


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")

"""What a company's own system says of an employee, and what that means for the traveller.

The saying is a SCIM user as JSON, without its id and user name. It is kept as it was said, for the
other side compares it with what it knows; the traveller is what the portal goes by.
"""
from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass

from domain import identity
from domain.departments import Department
from domain.errors import Invalid
from domain.travellers import Traveller

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
MOST_CHARACTERS = 100


@dataclass(frozen=True)
class Way:
    """A way to reach somebody, of which a saying may have several."""

    attribute: str
    kind: str
    parse: Callable[[str], str]
    rank: Callable[[dict], tuple[bool, bool]]
    """The lowest goes first, of those that can be parsed."""


EMAIL = Way("emails", "work", identity.parse_email,
            lambda entry: (not entry.get("primary"), entry.get("type") != "work"))
MOBILE = Way("phoneNumbers", "mobile", identity.parse_mobile,
             lambda entry: (entry.get("type") != "mobile", not entry.get("primary")))


@dataclass(frozen=True)
class Meant:
    """None where nothing is said, or nothing that can be used."""

    name: tuple[str, str] | None
    """The given name and the surname."""
    email: str | None
    mobile: str | None
    employee_number: str | None
    department: str | None
    active: bool | None


def meant(said: dict) -> Meant:
    extension = said.get(ENTERPRISE) or {}
    return Meant(_name(said), _chosen(said, EMAIL)[1], _chosen(said, MOBILE)[1],
                 _text(extension.get("employeeNumber")), _text(extension.get("department")),
                 said.get("active"))


def room(rooms: Iterable[Department], text: str | None) -> Department | None:
    """The department with the name, or else the only one with that reference number."""
    if text is None:
        return None
    named = [each for each in rooms if each.name_key == text.casefold()]
    marked = [each for each in rooms if each.reference_number == text]
    return named[0] if named else marked[0] if len(marked) == 1 else None


def shown(said: dict, traveller: Traveller, rooms: list[Department]) -> dict:
    """The saying, with what has been changed in the portal since."""
    told = deepcopy(said)
    if traveller.protected:
        told = without_names(told)
    if traveller.ended_at:
        return told | {"active": False}
    means = meant(said)
    if said.get("active") is False:
        told["active"] = True
    if "name" in told and means.name != (traveller.given_name, traveller.surname):
        told["name"] = {"givenName": traveller.given_name, "familyName": traveller.surname}
    _put(told, EMAIL, traveller.email)
    _put(told, MOBILE, traveller.mobile)
    extension = dict(told.get(ENTERPRISE) or {})
    if means.employee_number != traveller.employee_number:
        extension["employeeNumber"] = traveller.employee_number
    home = room(rooms, means.department)
    if home and home.id != traveller.department_id:
        extension["department"] = traveller.department.name
    told[ENTERPRISE] = {name: value for name, value in extension.items() if value is not None}
    return {name: value for name, value in told.items() if value not in (None, [], {})}


def without_names(said: dict) -> dict:
    """Of one whose identity is protected no name is kept but the alias. That there is a name may
    be known."""
    hidden = {"name": {}} if "name" in said else {}
    return {name: value for name, value in said.items()
            if name not in ("name", "displayName")} | hidden


def _name(said: dict) -> tuple[str, str] | None:
    parts = said.get("name") or {}
    given, surname = _text(parts.get("givenName")), _text(parts.get("familyName"))
    if given and surname:
        return given, surname
    whole = _text(parts.get("formatted")) or _text(said.get("displayName"))
    if whole is None:
        return (given or "–", surname or "–") if given or surname else None
    last, comma, first = whole.partition(", ")
    if not comma:
        first, _, last = whole.rpartition(" ")
    return given or first or last, surname or (last if first else "–")


def _chosen(said: dict, way: Way) -> tuple[int | None, str | None]:
    """The place of the entry to use, and what it says parsed; None and None when there is none."""
    entries = said.get(way.attribute) or []
    for place, entry in sorted(enumerate(entries), key=lambda each: way.rank(each[1])):
        try:
            return place, way.parse(entry.get("value") or "")
        except Invalid:
            continue
    return None, None


def _put(told: dict, way: Way, value: str | None) -> None:
    """The traveller's value in the place of the one that was said."""
    place, said = _chosen(told, way)
    if value == said:
        return
    entries = list(told.get(way.attribute) or [])
    if place is None:
        entries.append({"value": value, "type": way.kind})
    elif value is None:
        del entries[place]
    else:
        entries[place] = entries[place] | {"value": value}
    told[way.attribute] = entries


def _text(value: str | None) -> str | None:
    """On one line, and no longer than a field of ours."""
    line = "".join(each if each.isprintable() else " " for each in value or "")
    return " ".join(line.split())[:MOST_CHARACTERS].strip() or None

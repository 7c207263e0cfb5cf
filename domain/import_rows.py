"""The rows of an import: read cell by cell, and compared with whom the company has already.

Nothing here is an object of the database: a list has a hundred thousand rows.
"""
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from domain import business_travel, identity
from domain.business_travel import Connection
from domain.errors import Invalid
from domain.import_pieces import What
from domain.many import ASKED_AT_ONCE, chunks
from domain.money import parse_kronor
from domain.texts import sv
from domain.travellers import Traveller, parse_employment

COLUMNS = ("personnummer", "given_name", "surname", "email", "mobile", "limit",
           "employee_number", "invoice_mark", "department", "employment_form")
DETAILS = ("given_name", "surname", "email", "mobile", "employee_number", "invoice_mark",
           "employment_form")
"""Those that are written on a traveller as they are."""
NAMES = ("given_name", "surname")
REQUIRED = ("personnummer", *NAMES)
LONGEST = 100
FAMILY = ("sson", "ström", "berg", "gren", "qvist", "kvist", "lund", "dahl", "stedt")
"""How Swedish surnames end, and given names do not."""

Problem = tuple[str, str, dict]
"""The column, the sentence, and what varies in it."""
ELSEWHERE = sv("Personen finns redan i företaget.")
TWICE = sv("Samma personnummer står också på rad %(row)s.")
EMPTY = sv("Fyll i ett värde.")
TOO_LONG = sv("Värdet är för långt, högst %(most)s tecken.")
NO_DEPARTMENT = sv("Det finns ingen avdelning som heter så.")
NO_MOBILE = sv("Den som ska ha Tjänsteresor behöver ett mobilnummer.")
SWAPPED = sv("Förnamn och efternamn ser ut att ha bytt plats.")
SHARED = sv("Mobilnumret finns också på en annan resenär.")
PROTECTED = sv("Identiteten är skyddad, så namnet ändras inte.")


class Parsed(NamedTuple):
    """What a row states, in the order of COLUMNS; None where a cell is empty. `department` is an
    id as hex, and never empty."""

    number: int
    personnummer: str
    given_name: str
    surname: str
    email: str | None
    mobile: str | None
    limit: int | None
    employee_number: str | None
    invoice_mark: str | None
    department: str
    employment_form: str | None


class Wrong(NamedTuple):
    number: int
    values: Sequence[str]
    problems: list[Problem]
    personnummer: str | None
    """When that at least can be read."""


class Known(NamedTuple):
    """One whom the company has, or has had."""

    traveller: str
    index: bytes
    department: str
    given_name: str
    surname: str
    email: str | None
    mobile: str | None
    employee_number: str | None
    invoice_mark: str | None
    employment_form: str | None
    protected: bool
    ended: str | None
    limit: int | None
    """None when they are not connected to Tjänsteresor."""
    may_connect: bool


class Parser:
    """`departments` are the ids, by what they may be called; `elsewise` is that of a row without.
    `closed` are the problems of those that may not use Tjänsteresor."""

    def __init__(self, session: Session, departments: dict[str, str], elsewise: str,
                 closed: dict[str, Problem]):
        self._session, self._departments = session, departments
        self._elsewise, self._closed = elsewise, closed
        self._plan = tuple(zip(COLUMNS, (
            identity.parse_personnummer, None, None, identity.parse_email, identity.parse_mobile,
            self._limit, None, None, self._department, parse_employment), strict=True))
        self._seen: dict[str, int] = {}

    def read(self, number: int, values: Sequence[str]) -> Parsed | Wrong:
        try:
            return self._right(number, values)
        except Invalid:
            return self._slowly(number, values)

    def _right(self, number: int, values: Sequence[str]) -> Parsed:
        """As nearly every row is, and without a step too many."""
        personnummer, given, surname, email, mobile, limit, employee, mark, room, form = values
        text = "".join(values)
        if not (given and surname and text.isprintable()) or (
                len(text) > LONGEST and max(map(len, values)) > LONGEST):
            raise Invalid(EMPTY)
        who = identity.parse_personnummer(personnummer)
        into = self._department(room) if room else self._elsewise
        if self._seen.setdefault(who, number) != number or (limit and into in self._closed):
            raise Invalid(TWICE)
        return Parsed(
            number, who, given, surname, identity.parse_email(email) if email else None,
            identity.parse_mobile(mobile) if mobile else None,
            self._limit(limit) if limit else None, employee or None, mark or None, into,
            parse_employment(form) if form else None)

    def _slowly(self, number: int, values: Sequence[str]) -> Parsed | Wrong:
        """With every problem there is."""
        if not "".join(values).isprintable():
            values = tuple(map(_printable, values))
        problems: list[Problem] = []
        parsed: list[Any] = [number]
        for (column, parse), text in zip(self._plan, values, strict=True):
            if text and parse:
                try:
                    parsed.append(parse(text))
                except Invalid as problem:
                    problems.append((column, problem.message, problem.values))
                    parsed.append(None)
            else:
                parsed.append(text or None)
        if not (values[0] and values[1] and values[2]) or max(map(len, values)) > LONGEST:
            problems += _shape(values)
        if parsed[1] and self._seen.setdefault(parsed[1], number) != number:
            problems.append(("personnummer", TWICE, {"row": self._seen[parsed[1]]}))
        parsed[9] = parsed[9] or self._elsewise
        if parsed[6] and parsed[9] in self._closed:
            problems.append(self._closed[parsed[9]])
        return Wrong(number, values, problems, parsed[1]) if problems else Parsed._make(parsed)

    def _limit(self, text: str) -> int:
        ore = parse_kronor(text)
        business_travel.check_limit(self._session, ore)
        return ore

    def _department(self, text: str) -> str:
        found = self._departments.get(" ".join(text.split()).casefold())
        if found is None:
            raise Invalid(NO_DEPARTMENT)
        return found


def _printable(text: str) -> str:
    return "".join(filter(str.isprintable, " ".join(text.split())))


def _shape(values: Sequence[str]) -> list[Problem]:
    empty = [(column, EMPTY, {}) for column, text in zip(COLUMNS, values, strict=True)
             if column in REQUIRED and not text]
    return empty + [(column, TOO_LONG, {"most": LONGEST})
                    for column, text in zip(COLUMNS, values, strict=True) if len(text) > LONGEST]


def known(session: Session, company_id: UUID, column, values: Iterable) -> list[Known]:
    """Whom of the company's travellers, also of those who have left, the values are of."""
    found = []
    question = (
        select(Traveller.id, Traveller.personnummer_index, Traveller.department_id,
               *(getattr(Traveller, name) for name in DETAILS), Traveller.protected,
               Traveller.ended_at, Connection.limit_ore, Traveller.services)
        .outerjoin(Connection, and_(Connection.traveller_id == Traveller.id,
                                    Connection.ended_at.is_(None)))
        .where(Traveller.company_id == company_id))
    for some in chunks(values, ASKED_AT_ONCE):
        found += [_known(row) for row in session.execute(question.where(column.in_(some)))]
    return found


def _known(row) -> Known:
    traveller, index, department, *details, protected, ended, limit, services = row
    may_connect = services is None or business_travel.Service.BUSINESS_TRAVEL in services
    return Known(traveller.hex, index, department.hex, *details, protected,
                 ended and ended.isoformat(), limit, may_connect)


def compare(row: Parsed, before: Known | None) -> tuple[What, list]:
    """What the row would do, and what is kept of it: Wrong, or what is Parsed, with the traveller
    and [column, old, new] for all that changes. A cell that is empty leaves what is there."""
    if before is None:
        return (What.NEW, row) if row.mobile or not row.limit else (What.WRONG, NO_MOBILE)
    if row.limit and not (row.mobile or before.mobile):
        return What.WRONG, NO_MOBILE
    changes = [[column, old, new] for column in DETAILS
               if (new := getattr(row, column)) and new != (old := getattr(before, column))
               and not (before.protected and column in NAMES)]
    if row.department != before.department:
        changes.append(["department", before.department, row.department])
    if row.limit and row.limit != before.limit:
        changes.append(["limit", before.limit, row.limit])
    if before.ended:
        changes.append(["ended", before.ended, None])
    return (What.CHANGED if changes else What.UNCHANGED), [*row, before.traveller, changes]


def notes(row: Parsed, before: Known | None) -> tuple[Problem, ...]:
    """What is worth another look, though it is not wrong."""
    given, surname = row.given_name, row.surname
    renamed = before and (given, surname) != (before.given_name, before.surname)
    if renamed and before.protected:
        return (("surname", PROTECTED, {}),)
    if (given.endswith(FAMILY) and not surname.endswith(FAMILY)) or (
            renamed and (surname, given) == (before.given_name, before.surname)):
        return (("surname", SWAPPED, {}),)
    return ()


Read = Callable[[list], Iterable[tuple[int, Sequence[str]]]]
"""What the cells of some rows mean: their numbers, and their values in the order of COLUMNS."""

"""Many of a company's own travel cards, added by one list."""
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import audit, departments
from domain.access import Actor, Scope
from domain.card_holdings import Holder, check_free, new
from domain.card_numbers import parse_card
from domain.departments import Department
from domain.errors import Invalid
from domain.rules import rules
from domain.texts import unjoined
from domain.travel_cards import TravelCard, of_numbers
from domain.travellers import Traveller

Row = tuple[int, str, str, str]
"""Its number in the list; then the card's, its name, and who has it, as they were typed."""
LONGEST = 100


@dataclass(frozen=True)
class Line:
    number: str
    name: str
    holder: str


@dataclass(frozen=True)
class Checked:
    new: list[Line]
    known: int
    """So many are the company's already, and are left as they are."""
    wrong: list[tuple[int, Invalid]]
    """The row's number, and what is wrong with it."""


def check(session: Session, department: Department, rows: Iterable[Row]) -> Checked:
    lines, wrong = _parsed(session, rows)
    registered = of_numbers(session, [line.number for line in lines.values()])
    ours = [at for at, line in lines.items() if line.number in registered
            and registered[line.number].company_id == department.company_id]
    for at, line in lines.items():
        if at not in ours and line.number in registered:
            wrong.append((at, _refusal(registered[line.number], department)))
    missing = [line for line in lines.values() if line.number not in registered]
    return Checked(missing, len(ours), sorted(wrong, key=lambda each: each[0]))


def add(session: Session, department: Department, lines: list[Line], *, within: Scope, by: Actor,
        now: datetime) -> int:
    """How many there were. Who has one is a traveller if it is their employee number."""
    departments.hold_open(session, department)
    employed = dict(_by_employee_number(session, {line.holder for line in lines} - {""}, within))
    for line in lines:
        known = employed.get(line.holder)
        holder = Holder(known, "" if known else line.holder)
        session.add(new(department, line.number, name=line.name, holder=holder, now=now))
    session.flush()
    audit.record(session, audit.Act.CARDS_ADDED, None, company_id=department.company_id,
                 department_id=department.id, by=by, now=now, count=len(lines))
    return len(lines)


def _parsed(session: Session,
            rows: Iterable[Row]) -> tuple[dict[int, Line], list[tuple[int, Invalid]]]:
    """What the rows mean, by their numbers, and those that mean nothing."""
    lines: dict[int, Line] = {}
    wrong: list[tuple[int, Invalid]] = []
    seen: dict[str, int] = {}
    for at, card, name, holder in rows:
        try:
            number = parse_card(card, rules(session))
            _check_row(number, name, holder, seen)
        except Invalid as refusal:
            wrong.append((at, refusal))
        else:
            seen[number], lines[at] = at, Line(number, name, holder)
    return lines, wrong


def _check_row(number: str, name: str, holder: str, seen: dict[str, int]) -> None:
    if number in seen:
        raise Invalid("Kortet står på rad %(row)s också.", row=seen[number])
    if max(len(name), len(holder)) > LONGEST:
        raise Invalid("Namnet är för långt.")
    if not unjoined(name + holder).isprintable():
        raise Invalid("Det finns tecken i namnet som inte går att spara.")


def _refusal(known: TravelCard, department: Department) -> Invalid:
    try:
        check_free(known, department)
    except Invalid as refusal:
        return refusal
    raise LookupError(known.number)


def _by_employee_number(session: Session, numbers: set[str],
                        within: Scope) -> Iterator[tuple[str, Traveller]]:
    """Those who are alone with theirs."""
    asked = sorted(numbers)
    for start in range(0, len(asked), 1_000):
        found = list(session.scalars(select(Traveller).where(
            within.holds(Traveller.company_id, Traveller.department_id),
            Traveller.ended_at.is_(None),
            Traveller.employee_number.in_(asked[start:start + 1_000]))))
        shared = Counter(each.employee_number for each in found)
        yield from ((each.employee_number, each) for each in found
                    if shared[each.employee_number] == 1)

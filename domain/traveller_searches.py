"""What is asked of a list of travellers: words, filters; and what that means in the database."""
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, String, or_, select, type_coerce
from sqlalchemy.orm import Session

from domain.access import Scope
from domain.companies import Company
from domain.departments import Department
from domain.errors import Invalid
from domain.identity import begun_mobile, parse_mobile, parse_personnummer
from domain.rules import rules
from domain.services import Service
from domain.travel_states import Reach, reached
from domain.travellers import Traveller

T, COMPANIES, DEPARTMENTS = (
    table.__table__.c for table in (Traveller, Company, Department))
MORE_THAN_NAMES = re.compile(r"[\d@.\0]")
MASKED = re.compile(r"(\d{8})-?[•*xX]{4}", re.ASCII)


class Whom(StrEnum):
    HERE = "here"
    LEAVING = "leaving"
    ENDED = "ended"


@dataclass(frozen=True)
class Search:
    """None, or nothing, asks nothing; those who have left are only found when asked for."""

    words: str = ""
    department_id: UUID | None = None
    service: Service | None = None
    reach: Reach | None = None
    whom: Whom = Whom.HERE


EVERYONE = Search()


def wanted(session: Session, search: Search, *, within: Scope,
           now: datetime) -> list[ColumnElement[bool]]:
    """What holds for each traveller that is asked for, said of the travellers' own columns."""
    return [*usual(within, search.whom, search.department_id, patterns(search.words)),
            *further(session, search, within=within, now=now)]


def usual(within: Scope, whom: Whom, department_id: UUID | BindParameter | None,
          names: Iterable[str | BindParameter]) -> list[ColumnElement[bool]]:
    """What most searches ask, of what is given or will be: `names` are `patterns`."""
    asked = [within.holds(T.company_id, T.department_id), *_MEANT[whom],
             *(T.sort_name.like(name, escape="/") for name in names)]
    return asked if department_id is None else [*asked, T.department_id == department_id]


def patterns(words: str) -> list[str]:
    """Each word as a pattern, when they can be nothing but parts of names."""
    escaped = re.sub(r"([/%_])", r"/\1", words.casefold())
    return [] if MORE_THAN_NAMES.search(words) else [f"%{word}%" for word in escaped.split()]


def further(session: Session, search: Search, *, within: Scope,
            now: datetime) -> list[ColumnElement[bool]]:
    """What only some searches ask."""
    more = MORE_THAN_NAMES.search(search.words)
    asked = _matching(session, search.words) if more else []
    if search.service:
        asked.append(_may_use(search.service, within.company_id))
    if search.reach:
        asked.append(reached(search.reach, within.company_id, now=now,
                             code_tries=rules(session).code_tries))
    return asked


_MEANT: dict[Whom, list[ColumnElement[bool]]] = {
    Whom.HERE: [T.ended_at.is_(None)],
    Whom.LEAVING: [T.ended_at.is_(None), T.leaves_on.is_not(None)],
    Whom.ENDED: [T.ended_at.is_not(None)],
}


def _may_use(service: Service, company_id: UUID) -> ColumnElement[bool]:
    """Neither the company, the department nor the traveller is without it."""
    company = select(COMPANIES.id).where(COMPANIES.id == company_id,
                                         _has(COMPANIES.services, service)).exists()
    departments = select(DEPARTMENTS.id).where(DEPARTMENTS.company_id == company_id,
                                               _has(DEPARTMENTS.services, service))
    return company & T.department_id.in_(departments) & _has(T.services, service)


def _has(services: ColumnElement, service: Service) -> ColumnElement[bool]:
    words = type_coerce(services, String)
    return or_(words.is_(None), words.contains(service.value, autoescape=True))


def _matching(session: Session, words: str) -> list[ColumnElement[bool]]:
    """A whole personnummer or a mobile number in any spelling; else every word has to match."""
    text = words.replace("\0", "").strip()
    if masked := MASKED.fullmatch(text):
        return [T.personnummer_masked == f"{masked[1]}-••••"]
    if any(character.isdigit() for character in text):
        number = _as_number(session, text)
        if number is not None:
            return [or_(number, T.employee_number == text)]
    return [_has_word(word) for word in text.split()]


def _as_number(session: Session, text: str) -> ColumnElement[bool] | None:
    try:
        return T.mobile == parse_mobile(text)
    except Invalid:
        pass
    try:
        return T.personnummer_index == session.info["vault"].index(parse_personnummer(text))
    except Invalid:
        begun = begun_mobile(text)
        return T.mobile.startswith(begun) if begun else None


def _has_word(word: str) -> ColumnElement[bool]:
    """Only what may look like the word is asked, for names alone are found in their index."""
    like = [T.sort_name.contains(word.casefold(), autoescape=True)]
    if "@" in word or "." in word:
        like.append(T.email.icontains(word, autoescape=True))
    if any(character.isdigit() for character in word):
        like.append(T.employee_number.istartswith(word, autoescape=True))
    return or_(*like)

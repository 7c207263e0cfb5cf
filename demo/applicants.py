"""Those who want in: companies that apply for an account, and a colleague who would administer."""
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from demo import names
from demo.companies import BIRGITTA, PEOPLE, Town
from domain import application_questions, application_queue, applications, join_requests, people
from domain.access import Actor, Role
from domain.applications import Size
from domain.companies import Sector
from domain.join_requests import JoinRequest
from domain.services import Service

OVERDUE, FRESH, ASKED = 12, 1, 4
"""Days ago."""


def apply(session: Session, *, now: datetime) -> None:
    """One is overdue, one is new, and one waits for its applicant."""
    birgitta = clerk(session)
    overdue = _application(session, 0, "Huskvarna Cykelhus AB", "559210433", "Amina Sandberg",
                           Size.UP_TO_10, now=now - timedelta(days=OVERDUE))
    application_queue.hand_over(session, overdue, birgitta.person_id, by=birgitta,
                                now=now - timedelta(days=OVERDUE - 1))
    _application(session, 1, "Stiftelsen Taberg Friluft", "802409133", "Lars Hodžić",
                 Size.UP_TO_50, now=now - timedelta(days=FRESH))
    asked = _application(session, 2, "Gränna Kommunala Hamnar", "212000988", "Eva Claesson",
                         Size.UP_TO_250, Sector.PUBLIC, now=now - timedelta(days=ASKED))
    application_questions.ask(
        session, asked, "Ni har angett 300 som referensnummer. Är det hela förvaltningen, eller "
        "ska varje hamn ha sitt eget?", by=birgitta, now=now - timedelta(days=ASKED - 1))


def _application(session: Session, number: int, company: str, nine: str, applicant: str,
                 size: Size, sector: Sector = Sector.PRIVATE, *, now: datetime):
    given, surname = applicant.split()
    return applications.apply(session, applications.Details(
        company_name=company, organisation_number=names.with_check_digit(nine), sector=sector,
        street="Esplanaden 3", postcode="561 31", city="Huskvarna", size=size,
        services=(Service.SEND_TICKET, Service.BUSINESS_TRAVEL),
        invoice_email="ekonomi@foretag.example", peppol_id=None,
        reference_number=f"{number + 1}00", given_name=given, surname=surname,
        personnummer=names.personnummer(8_000 + number), email=f"{given.lower()}@foretag.example",
        mobile=names.mobile(PEOPLE + 400 + number)), language="sv", now=now)


def join(session: Session, town: Town, *, now: datetime) -> JoinRequest:
    return join_requests.ask(session, join_requests.Details(
        organisation_number=town.company.organisation_number, given_name="Sara",
        surname="Åkesson", personnummer=names.personnummer(8_010),
        email="sara.akesson@norrahammars.example", mobile=names.mobile(PEOPLE + 410),
        note="Jag tar över biljetterna på Konstruktion från årsskiftet."), language="sv",
        now=now - timedelta(hours=20))


def clerk(session: Session) -> Actor:
    person = people.with_personnummer(session, BIRGITTA)
    return Actor(person_id=person.id, name=person.name,
                 personnummer_index=person.personnummer_index, roles=frozenset({Role.CLERK}))

"""Fifteen companies of five thousand travellers, a third of them connected to Tjänsteresor."""
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from uuid import UUID, uuid4

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from benchmarks.databases import NOW
from domain import logins, people, terms
from domain.access import Role
from domain.business_travel import Connection
from domain.codes import OneTimeCode
from domain.companies import Company
from domain.departments import Department
from domain.messages import Sms, State
from domain.store import Store
from domain.travellers import Traveller

COMPANIES, DEPARTMENTS, TRAVELLERS = 15, 60, 5_000
LARGE, SMALL = "the browser in the large company", "the browser in the small company"
NUMBERS = {LARGE: "195001012384", SMALL: "195001012392"}
SURNAMES = """Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson
Gustafsson Pettersson Jonsson Jansson Hansson Bengtsson Jönsson Lindberg Jakobsson Magnusson
Olofsson Lindström Lindqvist Lindgren Axelsson Berg Bergström Lundberg Lind Lundgren Lundqvist
Mattsson Berglund Fredriksson Sandberg Henriksson Forsberg Sjöberg Wallin Engström Eklund Danielsson
Lundin Håkansson Björk Bergman Gunnarsson Holm Wikström Samuelsson Isaksson Fransson Bergqvist
Nyström Holmberg Arvidsson Löfgren Söderberg Nyberg Blomqvist Claesson Nordström""".split()
GIVEN_NAMES = """Anna Eva Maria Karin Sara Kristina Lena Emma Kerstin Ingrid Marie Malin Jenny
Hanna Linda Annika Susanne Elin Monica Birgitta Sofia Inger Johanna Carina Elisabeth Lars Mikael
Anders Erik Per Johan Peter Karl Thomas Jan Daniel Fredrik Hans Andreas Stefan Mohamed Bo Magnus
Ulf Mats Mattias Bengt Jonas Björn Alexander Oskar Leif Martin Ali Henrik Christer Sven""".split()


def fill(store: Store) -> UUID:
    """Our company, which has 5 000 travellers. Its administrator is signed in with `LARGE`; that
    of a small one, which has three, with `SMALL`."""
    with store.session() as session, store.transaction(session):
        for number in range(COMPANIES):
            large = _company(session, number, TRAVELLERS, DEPARTMENTS)
        small = _company(session, COMPANIES, 3, DEPARTMENTS)
        _administrator(session, large, NUMBERS[LARGE], LARGE)
        _administrator(session, small, NUMBERS[SMALL], SMALL)
    if store.engine.dialect.name == "postgresql":  # as it does by itself within a minute
        with store.engine.begin() as connection:
            connection.execute(text("ANALYZE"))
    return large


def sized(store: Store, sizes: dict[str, int]) -> dict[str, UUID]:
    """A company of each size, by the token that its administrator is signed in with: `LARGE` or
    `SMALL`."""
    with store.session() as session, store.transaction(session):
        made = {token: _company(session, number, size, DEPARTMENTS)
                for number, (token, size) in enumerate(sizes.items())}
        for token, company_id in made.items():
            _administrator(session, company_id, NUMBERS[token], token)
    return made


def _company(session: Session, number: int, travellers: int, departments: int) -> UUID:
    company = Company(name=f"Bolaget {number} AB", organisation_number=f"556000{number:04}",
                      street="Storgatan 1", postcode="553 20", city="Jönköping",
                      invoice_email="faktura@bolaget.example", approved_at=NOW)
    session.add(company)
    session.flush()
    rooms = [uuid4() for _ in range(departments)]
    session.execute(insert(Department), [
        {"id": id, "company_id": company.id, "name": f"Avdelning {place}",
         "name_key": f"avdelning {place}", "reference_number": f"{1000 + place}",
         "created_at": NOW} for place, id in enumerate(rooms)])
    rows = list(_travellers(session, company.id, rooms, travellers))
    session.execute(insert(Traveller), rows)
    _connect(session, company.id, rows[::3])
    return company.id


def _travellers(session: Session, company_id: UUID, rooms: list[UUID],
                number: int) -> Iterator[dict]:
    vault = session.info["vault"]
    names = list(product(GIVEN_NAMES, SURNAMES))
    for place in range(number):
        given_name, surname = names[place * 7 % len(names)]
        yield {"id": uuid4(), "company_id": company_id, "department_id": rooms[place % len(rooms)],
               "personnummer_sealed": vault.seal(str(place), "personnummer"),
               "personnummer_index": vault.index(f"{company_id}{place}"),
               "personnummer_masked": "19700101-••••", "given_name": given_name,
               "surname": surname, "sort_name": f"{surname} {given_name}".casefold(),
               "email": f"{place}@bolaget.example", "mobile": f"+4670{place:07}",
               "employee_number": f"{10_000 + place}",
               "registered_at": NOW - timedelta(days=place % 900)}


def _connect(session: Session, company_id: UUID, travellers: list[dict]) -> None:
    """In turns with each state that a code may be in."""
    connections, codes, texts = [], [], []
    for place, traveller in enumerate(travellers):
        registered = place % 2 == 0
        connection, code = uuid4(), uuid4()
        connections.append({
            "id": connection, "company_id": company_id, "traveller_id": traveller["id"],
            "limit_ore": 100_000, "connected_at": NOW, "user_name": f"AP{connection.hex}",
            "registered_at": NOW if registered else None})
        codes.append({
            "id": code, "connection_id": connection, "ordered_at": NOW, "issued_at": NOW,
            "expires_at": NOW + timedelta(days=place % 9 - 2), "wrong_tries": place % 6})
        texts.append({
            "id": uuid4(), "company_id": company_id, "to": traveller["mobile"],
            "template": "allpay_code", "values": None, "about_id": code, "put_at": NOW,
            "state": list(State)[place % len(State)]})
    for table, rows in ((Connection, connections), (OneTimeCode, codes), (Sms, texts)):
        session.execute(insert(table), rows)


def _administrator(session: Session, company_id: UUID, number: str, token: str) -> None:
    person = people.meet(session, number, given_name="Åsa", surname="Öberg", now=NOW)
    people.appoint(session, person, Role.COMPANY_ADMIN, company_id=company_id, now=NOW)
    session.flush()
    logins.begin(session, number, given_name="Åsa", surname="Öberg", token=token, language="sv",
                 now=NOW)
    session.flush()
    actor = logins.actor(session, token, now=NOW)
    terms.accept(session, terms.owed(session, actor, now=NOW), by=actor, now=NOW)

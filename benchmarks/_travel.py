"""A company with an administrator and travellers who may buy on its invoice, each signed in."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from domain import (
    api_clients,
    api_tokens,
    departments,
    logins,
    people,
    price_lists,
    terms,
)
from domain import payment_methods as own_methods
from domain.access import Actor, Role
from domain.business_travel import Connection
from domain.companies import Company
from domain.identity import token_hash
from domain.logins import Login
from domain.months import days_later, today
from domain.people import Person
from domain.products import Extent, Product, Trip
from domain.store import Store
from domain.terms import OWED_BY, Acceptance
from domain.travellers import Traveller

PRICES = Path(__file__).parent.parent / "data" / "prices.csv"
ONE_ZONE = Trip(Extent.ZONES_1, (181,))
PRODUCT = Product.SINGLE
ADMINISTRATOR = "195001012384"
LIMIT_ORE = 1_500_000


@dataclass(frozen=True)
class Employer:
    company_id: UUID
    department_id: UUID
    admin: Actor
    travellers: list[UUID]
    tokens: list[str]
    """With which each of the travellers is signed in; none where they are not connected."""
    price_ore: int
    """Of a `PRODUCT` in `ONE_ZONE`."""


def employer(store: Store, travellers: int, *, connected: bool = True,
             now: datetime) -> Employer:
    with store.session() as session, store.transaction(session):
        [lines] = price_lists.read(PRICES.read_text(encoding="utf-8").splitlines()).values()
        price_lists.add(session, "Prislista", today(now), lines, by=None, now=now)
        company = Company(name="Bolaget AB", organisation_number="5560000001",
                          street="Storgatan 1", postcode="553 20", city="Jönköping",
                          invoice_email="faktura@bolaget.example", approved_at=now)
        session.add(company)
        session.flush()
        department = departments.add(session, company.id, departments.Details(
            departments.FIRST, "1000"), by=None, now=now)
        ids = _travellers(session, company.id, department.id, travellers, now=now)
        return Employer(
            company.id, department.id, _administrator(session, company.id, now=now), ids,
            list(_sign_in(session, company.id, ids, now=now)) if connected else [],
            price_lists.price(session, PRODUCT, ONE_ZONE, now=now).price_ore)


def _administrator(session: Session, company_id: UUID, *, now: datetime) -> Actor:
    person = people.meet(session, ADMINISTRATOR, given_name="Åsa", surname="Öberg", now=now)
    people.appoint(session, person, Role.COMPANY_ADMIN, company_id=company_id, now=now)
    session.flush()
    logins.begin(session, ADMINISTRATOR, given_name="Åsa", surname="Öberg", token="the admin's",
                 language="sv", now=now)
    session.flush()
    return logins.actor(session, "the admin's", now=now)


def _travellers(session: Session, company_id: UUID, department_id: UUID, number: int, *,
                now: datetime) -> list[UUID]:
    vault, ids = session.info["vault"], [uuid4() for _ in range(number)]
    session.execute(insert(Traveller), [
        {"id": id, "company_id": company_id, "department_id": department_id,
         "personnummer_sealed": vault.seal(str(place), "personnummer"),
         "personnummer_index": vault.index(str(place)), "personnummer_masked": "19700101-••••",
         "given_name": "Rut", "surname": f"Resenär {place}", "sort_name": f"resenär {place} rut",
         "email": f"{place}@bolaget.example", "mobile": mobile(place), "registered_at": now}
        for place, id in enumerate(ids)])
    return ids


def mobile(place: int) -> str:
    """The numbers that end otherwise are those that the sandbox's phones do not answer from."""
    return f"+467{place // 90:06}{place % 90:02}"


def _sign_in(session: Session, company_id: UUID, travellers: list[UUID], *,
             now: datetime) -> Iterator[str]:
    """And connect them: Allpay is registered."""
    vault, persons, entries, accepted, connections = session.info["vault"], [], [], [], []
    for place, traveller in enumerate(travellers):
        person, token = uuid4(), f"the browser of {place}"
        persons.append({
            "id": person, "personnummer_sealed": vault.seal(str(place), "personnummer"),
            "personnummer_index": vault.index(str(place)), "given_name": "Rut",
            "surname": f"Resenär {place}", "created_at": now})
        entries.append({"id": uuid4(), "token_hash": token_hash(token), "person_id": person,
                        "created_at": now, "expires_at": days_later(now, 1)})
        accepted += [{"id": uuid4(), "person_id": person, "kind": kind, "accepted_at": now,
                      "version": terms.in_force(kind, now=now).version}
                     for kind in OWED_BY[Role.TRAVELLER]]
        connections.append({
            "id": uuid4(), "company_id": company_id, "traveller_id": traveller,
            "user_name": f"AP{place:08}", "limit_ore": LIMIT_ORE, "connected_at": now,
            "registered_at": now})
        yield token
    for table, rows in ((Person, persons), (Login, entries), (Acceptance, accepted),
                        (Connection, connections)):
        session.execute(insert(table), rows)


def payment_methods(store: Store, employer: Employer, *, token: str, now: datetime) -> list[str]:
    """Each of the travellers also buys in an app, which has a token to the Allpay API."""
    with store.session() as session, store.transaction(session):
        client = api_clients.register(session, "Reseappen", secret="the app's", by=None, now=now)
        api_tokens.issue(session, client, secret=token, now=now)
        secrets = [f"{place:043}" for place in range(len(employer.travellers))]
        for secret, (connection_id, registered_at) in zip(secrets, session.execute(
                select(Connection.id, Connection.registered_at)
                .where(Connection.company_id == employer.company_id)), strict=True):
            own_methods.make(session, client, connection_id, secret=secret, now=registered_at)
        return secrets

"""The three companies, their departments and their people."""
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random

from sqlalchemy.orm import Session

from demo import names, price_lists
from domain import access, departments, identity, people, staff_offers, terms
from domain.access import Actor, Role
from domain.companies import Company, Deduction, InvoiceChannel
from domain.departments import Department
from domain.months import Month, midnight
from domain.people import Person
from domain.staff_offers import StaffOffer
from domain.travellers import Details, EmploymentForm, Traveller

KARIN, SARA, AMIR, NOOR = "197905142381", "198504122386", "198803022394", "199406192386"
ELSA, JOHAN, BIRGITTA = "198309212382", "199107112394", "196601272385"
INGRID = "197209142384"

BIG = {
    "Verkstad": "41100", "Gjuteri": "41200", "Montering": "41300", "Lager och logistik": "41400",
    "Konstruktion": "42100", "Inköp": "42200", "Försäljning": "43100", "Eftermarknad": "43200",
    "Ekonomi": "44100", "Personal": "44200",
}
PEOPLE = 397  # and the three that one may log in as


@dataclass
class Town:
    """A company with those who run it and those who travel."""

    company: Company
    departments: list[Department]
    admin: Actor
    offer: StaffOffer
    """What it offers its staff."""
    travellers: list[Traveller] = field(default_factory=list)
    newcomer: Traveller | None = None
    """Not connected to Tjänsteresor before today."""


def found(session: Session, chance: Random, *, now: datetime) -> list[Town]:
    then = _months_ago(12, now=now)
    clerk = _appointed(session, BIRGITTA, "Birgitta", "Sjögren", Role.CLERK, None, now=then)
    accept(session, clerk, now=then)
    _appointed(session, INGRID, "Ingrid", "Blom", Role.INSPECTOR, None, now=then)
    price_lists.decide(session, then=then, now=now, by=clerk)
    big = _town(session, "Norrahammars Precision AB", "556123733", BIG, "Instrumentvägen 4",
                "Taberg", (KARIN, "Karin", "Lindqvist"), then=then,
                channel=InvoiceChannel.PEPPOL)
    small = _town(session, "Visingsö Trädgårdar AB", "559341833", {departments.FIRST: "100"},
                  "Hamnvägen 12", "Visingsö", (ELSA, "Elsa", "Nyberg"),
                  then=_months_ago(5, now=now), channel=InvoiceChannel.EMAIL)
    tiny = _town(session, "Eksjö Ljud & Bild HB", "969721233", {departments.FIRST: "1"},
                 "Norra Storgatan 8", "Eksjö", (names.personnummer(9_001), "Timo", "Virtanen"),
                 then=_months_ago(2, now=now), deduction=Deduction.GROSS)
    accept(session, tiny.admin, now=then)
    accept(session, replace(big.admin, roles=frozenset(Role)), now=then)  # Karin travels too
    _hire(session, big, AMIR, "Amir", "Haddad", 0, 4, now=then)
    _hire(session, big, NOOR, "Noor", "Al-Sayed", 1, 6, now=then)
    _hire(session, big, KARIN, "Karin", "Lindqvist", 2, 9, now=then)
    _hire(session, small, JOHAN, "Johan", "Ek", 3, 0, now=then)
    for number in range(PEOPLE):
        given, surname = names.name(chance)
        _hire(session, big, names.personnummer(number), given, surname, number + 10,
              chance.randrange(len(big.departments)), now=then)
    for number in range(14):
        given, surname = names.name(chance)
        _hire(session, small if number < 9 else tiny, names.personnummer(1_000 + number), given,
              surname, 500 + number, 0, now=then)
    session.flush()
    small.newcomer = small.travellers[0]
    for personnummer, traveller in ((AMIR, big.travellers[0]), (NOOR, big.travellers[1]),
                                    (JOHAN, small.travellers[0])):
        person = people.meet(session, personnummer, given_name=traveller.given_name,
                             surname=traveller.surname, email=traveller.email, now=then)
        accept(session, acting(person, Role.TRAVELLER, None), now=then)
    return [big, small, tiny]


def _months_ago(count: int, *, now: datetime) -> datetime:
    """When the month so many before this one began."""
    month = Month.of(now)
    for _ in range(count):
        month = month.previous
    return midnight(month.first_day)


def _town(session: Session, name: str, number: str, rooms: dict[str, str], street: str, city: str,
          admin: tuple[str, str, str], *, then: datetime,
          deduction: Deduction = Deduction.NET,
          channel: InvoiceChannel = InvoiceChannel.PAPER) -> Town:
    company = Company(name=name, organisation_number=names.with_check_digit(number), street=street,
                      postcode="553 20", city=city, deduction=deduction, approved_at=then,
                      invoice_email=f"faktura@{_domain(name)}", invoice_channel=channel)
    if channel == InvoiceChannel.PEPPOL:
        company.peppol_id = f"0007:{company.organisation_number}"
    session.add(company)
    session.flush()
    rows = [departments.add(session, company.id, departments.Details(
                room, reference, reference[:3] if len(reference) > 3 else None), by=None, now=then)
            for room, reference in rooms.items()]
    offer = staff_offers.first(session, company, now=then)
    actor = _appointed(session, *admin, Role.COMPANY_ADMIN, company, now=then)
    return Town(company, rows, actor, offer)


def _appointed(session: Session, personnummer: str, given: str, surname: str, role: Role,
               company: Company | None, *, now: datetime) -> Actor:
    at = _domain(company.name) if company else "lanstrafiken.example"
    person = people.meet(session, personnummer, given_name=given, surname=surname,
                         email=_address(given, surname, at), now=now)
    people.appoint(session, person, role, company_id=company.id if company else None, now=now)
    return acting(person, role, company)


def acting(person: Person, role: Role, company: Company | None) -> Actor:
    return access.Actor(
        person_id=person.id, name=person.name, personnummer_index=person.personnummer_index,
        roles=frozenset({role}), administers=company.id if company else None,
        company_name=company.name if company else "")


def accept(session: Session, actor: Actor, *, now: datetime) -> None:
    terms.accept(session, terms.owed(session, actor, now=now), by=actor, now=now)


def _hire(session: Session, town: Town, personnummer: str, given: str, surname: str, number: int,
          room: int, *, now: datetime) -> None:
    vault = session.info["vault"]
    details = Details(given, surname, _address(given, surname, _domain(town.company.name)),
                      names.mobile(number), f"{1_000 + number}",
                      employment_form=_employed(number))
    traveller = Traveller(
        company_id=town.company.id, department=town.departments[room], registered_at=now,
        personnummer_sealed=vault.seal(personnummer, "personnummer"),
        personnummer_index=vault.index(personnummer),
        personnummer_masked=identity.mask_personnummer(personnummer),
        sort_name=f"{surname} {given}".casefold(), **vars(details))
    session.add(traveller)
    town.travellers.append(traveller)


def _employed(number: int) -> EmploymentForm | None:
    """Most for good; of a few nobody has said."""
    if number % 23 == 6:
        return None
    if number % 17 == 5:
        return EmploymentForm.HOURLY
    return EmploymentForm.FIXED_TERM if number % 9 == 4 else EmploymentForm.PERMANENT


PLAIN = str.maketrans("åäöéžćčü", "aaoezccu")


def _address(given: str, surname: str, domain: str) -> str:
    return f"{given}.{surname}@{domain}".lower().translate(PLAIN)


def _domain(company: str) -> str:
    return company.split()[0].lower().translate(PLAIN) + ".example"

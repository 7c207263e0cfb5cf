"""A company with one of everything in it, for the tests that walk the whole portal."""
from dataclasses import dataclass
from uuid import UUID

from domain import reports, traveller_imports
from domain.access import Role
from domain.months import Month
from domain.people import Person
from tests.factories import MORNING, Factory


@dataclass(frozen=True)
class Village:
    admin: Person
    department_admin: Person
    traveller: Person
    ids: dict[str, UUID | str]
    """By the name that the address gives it."""


def build(make: Factory, name: str, *, month: Month) -> Village:
    """Everything in it is called by the name, so that it is known wherever it turns up."""
    company = make.company(f"{name} AB")
    admin = make.admin(company, given_name="Åsa", surname=name)
    department = make.department(company, name=f"{name} verkstad")
    traveller = make.traveller(company, "Rut", name, department=department)
    department_admin = make.department_admin(department, given_name="Dan", surname=name)
    connection = make.connection(traveller, registered=True)
    ticket = make.sent_ticket(traveller)
    make.ticket(traveller, at=month.start)
    application = make.offer_application(traveller)
    with make.store.transaction(make.session):
        reports.make(make.session, company.id, month, now=MORNING)
        kept = traveller_imports.upload(
            make.session, department,
            [(2, {"personnummer": "198112189876", "given_name": "Ny", "surname": name})],
            not_read=[], now=MORNING)
    return Village(admin, department_admin, make.as_person(traveller), {
        "traveller_id": traveller.id, "department_id": department.id, "ticket_id": ticket.id,
        "connection_id": connection.id, "offer_id": application.id, "import_id": kept.id,
        "message_id": make.an_outbox_message(), "year": month.year,
        "month": f"{month.month:02}", "kind": "pdf"})


def roles(village: Village, clerk: Person) -> dict[Role, Person]:
    return {Role.COMPANY_ADMIN: village.admin, Role.DEPARTMENT_ADMIN: village.department_admin,
            Role.TRAVELLER: village.traveller, Role.CLERK: clerk}

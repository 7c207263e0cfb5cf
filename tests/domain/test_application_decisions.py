import pytest
from sqlalchemy import select

from domain import application_decisions, application_questions, applications, companies, people
from domain import departments as rooms
from domain.access import Scope
from domain.applications import State
from domain.audit import Act, Event
from domain.companies import Sector
from domain.errors import Conflict
from domain.messages import Email
from domain.services import Service
from tests.conftest import NOON
from tests.factories import personnummer


@pytest.fixture
def clerk(make):
    return make.actor(make.clerk())


@pytest.fixture
def application(make):
    return make.company_application(number=personnummer(70))


def approve(store, db, application, clerk):
    with store.transaction(db):
        return application_decisions.approve(db, application, by=clerk, now=NOON)


def decline(store, db, application, clerk, reason="Fel nummer."):
    with store.transaction(db):
        application_decisions.decline(db, application, reason=reason, by=clerk, now=NOON)


def latest_letter(db):
    return db.scalars(select(Email).order_by(Email.put_at.desc())).first()


def events(db):
    return [(event.act, event.by_name) for event in db.scalars(select(Event))]


def test_approving_makes_the_company_its_first_department_and_its_administrator(
        store, db, clerk, application):
    company = approve(store, db, application, clerk)
    [department] = rooms.of_company(db, within=Scope(company.id))
    assert (department.name, department.reference_number) == (rooms.FIRST, "4711")
    [admin] = people.administrators(db, company.id)
    assert (admin.name, admin.email) == ("Oskar Dahl", "oskar@nya.example")
    assert application.company_id == company.id
    assert (latest_letter(db).template, latest_letter(db).to) == (
        "application_approved", "oskar@nya.example")


def test_the_company_takes_over_all_that_an_invoice_needs(store, db, clerk, make):
    stated = {"sector": Sector.PUBLIC, "invoice_street": "Box 1", "invoice_postcode": "551 11",
              "invoice_city": "Huskvarna", "peppol_id": "0088:7300010000001",
              "services": (Service.SEND_TICKET,)}
    company = approve(store, db, make.company_application(**stated), clerk)
    db.refresh(company)
    assert {name: getattr(company, name) for name in stated} == stated | {
        "services": [Service.SEND_TICKET]}
    assert (company.name, company.street, company.invoice_email) == (
        "Nya Bolaget AB", "Storgatan 1", "faktura@nya.example")


def test_both_logs_tell_of_an_approval(store, db, clerk, application):
    approve(store, db, application, clerk)
    assert {(Act.COMPANY_APPROVED, clerk.name), (Act.APPLICATION_APPROVED, clerk.name)} <= set(
        events(db))


def test_declining_gives_the_reason_and_makes_no_company(store, db, clerk, application):
    decline(store, db, application, clerk)
    assert (application.state, application.reason) == (State.DECLINED, "Fel nummer.")
    assert companies.with_number(db, application.organisation_number) is None
    assert latest_letter(db).values["reason"] == "Fel nummer."
    assert (Act.COMPANY_DECLINED, clerk.name) in events(db)


def test_what_waits_for_the_applicant_can_be_decided(store, db, clerk, application):
    with store.transaction(db):
        application_questions.ask(db, application, "Vem är ni?", by=clerk, now=NOON)
    decline(store, db, application, clerk)
    assert (application.state, application.asked_at) == (State.DECLINED, None)


def test_what_is_decided_is_not_decided_again(store, db, clerk, application):
    decline(store, db, application, clerk)
    for decide in (approve, decline):
        with pytest.raises(Conflict):
            decide(store, db, application, clerk)


def test_two_clerks_at_once_decide_once(store, db, clerk, application):
    with store.session() as other:
        theirs = applications.find(other, application.id)
        mine = applications.find(db, application.id)
        decline(store, db, mine, clerk)
        with pytest.raises(Conflict):
            approve(store, other, theirs, clerk)
    db.refresh(application)
    assert application.state == State.DECLINED


def test_a_company_has_one_account(store, db, clerk, make, application):
    again = make.company_application(organisation_number=application.organisation_number)
    approve(store, db, application, clerk)
    with pytest.raises(Conflict):
        approve(store, db, again, clerk)
    assert again.state == State.RECEIVED


def test_nobody_becomes_administrator_of_two_companies(store, db, clerk, make, application):
    make.admin(number=personnummer(70))
    with pytest.raises(Conflict):
        approve(store, db, application, clerk)
    assert companies.with_number(db, application.organisation_number) is None

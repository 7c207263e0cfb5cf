from datetime import date, timedelta

import pytest
from sqlalchemy import select

from domain import applications, companies, departments, people
from domain.access import Scope
from domain.applications import State
from domain.audit import Act, Event
from domain.errors import Conflict, Invalid, NotFound
from domain.messages import Email
from tests.conftest import NOON
from tests.factories import MORNING, personnummer


@pytest.fixture
def clerk(make):
    return make.actor(make.clerk())


@pytest.fixture
def application(make):
    return make.company_application(number=personnummer(70))


def approve(store, db, application, clerk):
    with store.transaction(db):
        return applications.approve(db, application, by=clerk, now=NOON)


def decline(store, db, application, clerk, reason="Fel nummer."):
    with store.transaction(db):
        applications.decline(db, application, reason=reason, by=clerk, now=NOON)


def letters(db):
    return [(email.template, email.to) for email in db.scalars(select(Email))]


def events(db):
    return [(event.act, event.by_name) for event in db.scalars(select(Event).order_by(Event.at))]


def test_an_application_is_promised_an_answer_in_five_working_days(application):
    assert (application.received_at, application.promised_on) == (MORNING, date(2026, 11, 27))
    assert not application.is_overdue(date(2026, 11, 27))
    assert application.is_overdue(date(2026, 11, 28))


def test_the_applicant_and_each_clerk_get_a_letter(db, make, clerk):
    make.clerk(email="bo@lanstrafiken.example")
    make.clerk(email=None)
    make.company_application()
    assert sorted(letters(db)) == [("application_arrived", "berit@lanstrafiken.example"),
                                   ("application_arrived", "bo@lanstrafiken.example"),
                                   ("application_received", "oskar@nya.example")]


def test_the_personnummer_is_sealed(db, application):
    assert personnummer(70).encode() not in application.personnummer_sealed
    assert applications.personnummer(db, application) == personnummer(70)


def test_only_the_secret_opens_the_status_page(db, application):
    assert applications.with_secret(db, "a secret") == application
    with pytest.raises(NotFound):
        applications.with_secret(db, "another")


def test_approving_makes_the_company_its_first_department_and_its_administrator(store, db, clerk,
                                                                               application):
    company = approve(store, db, application, clerk)
    assert (company.name, company.organisation_number) == (
        "Nya Bolaget AB", application.organisation_number)
    [department] = departments.of_company(db, within=Scope(company.id))
    assert (department.name, department.reference_number) == (departments.FIRST, "4711")
    [admin] = people.administrators(db, company.id)
    assert (admin.name, admin.email) == ("Oskar Dahl", "oskar@nya.example")
    assert application.company_id == company.id
    assert letters(db)[-1] == ("application_approved", "oskar@nya.example")
    assert (Act.COMPANY_APPROVED, "Berit Handläggare") in events(db)


def test_declining_gives_the_reason_and_makes_no_company(store, db, clerk, application):
    decline(store, db, application, clerk)
    assert (application.state, application.reason) == (State.DECLINED, "Fel nummer.")
    assert companies.with_number(db, application.organisation_number) is None
    letter = db.scalars(select(Email).where(Email.template == "application_declined")).one()
    assert letter.values["reason"] == "Fel nummer."
    assert (Act.COMPANY_DECLINED, "Berit Handläggare") in events(db)


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
    again = make.company_application(secret="another")
    with store.transaction(db):
        again.organisation_number = application.organisation_number
    approve(store, db, application, clerk)
    with pytest.raises(Conflict):
        approve(store, db, again, clerk)
    assert again.state == State.RECEIVED


def test_nobody_becomes_administrator_of_two_companies(store, db, clerk, make, application):
    make.admin(number=personnummer(70))
    with pytest.raises(Conflict):
        approve(store, db, application, clerk)
    assert companies.with_number(db, application.organisation_number) is None


def test_the_first_promised_waits_first_and_the_last_decided_shows_first(store, db, clerk, make):
    first, second, third = (make.company_application(secret=secret) for secret in "abc")
    with store.transaction(db):
        second.promised_on -= timedelta(days=1)
    assert applications.waiting(db) == [second, first, third]
    assert applications.waiting_count(db) == 3
    decline(store, db, third, clerk)
    assert applications.waiting(db) == [second, first]
    assert applications.decided(db) == [third]


@pytest.mark.parametrize(("typed", "read"), [
    ("0007:5560001234", "0007:5560001234"), (" 0007: 556000-1234", "0007:5560001234"),
    ("0088:7300010000001", "0088:7300010000001")])
def test_a_peppol_id_is_read_however_it_is_spaced(typed, read):
    assert applications.parse_peppol_id(typed) == read


@pytest.mark.parametrize("typed", [
    "", "5560001234", "0007:556000123", "0007:55600012345", "0088:730001000000", "9999:5560001234",
    "0007:556000123x"])
def test_what_is_no_peppol_id_is_refused(typed):
    with pytest.raises(Invalid):
        applications.parse_peppol_id(typed)

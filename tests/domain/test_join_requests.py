import pytest
from sqlalchemy import select

from domain import administrators, join_requests, people
from domain.access import Role, Scope
from domain.audit import Act, Event
from domain.errors import Conflict, Invalid, NotAllowed, NotFound
from domain.join_requests import State
from domain.messages import Email
from tests.conftest import NOON
from tests.factories import personnummer


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company))


@pytest.fixture
def asked(make, company, admin):
    return make.join_request(company, number=personnummer(70))


def approve(store, db, request, by, role=Role.COMPANY_ADMIN, chosen=()):
    with store.transaction(db):
        return join_requests.approve(db, request, role, chosen, by=by, now=NOON)


def decline(store, db, request, by):
    with store.transaction(db):
        join_requests.decline(db, request, reason="Vi känner dig inte.", by=by, now=NOON)


def letters(db):
    return {(email.template, email.to) for email in db.scalars(select(Email))}


def acts(db, company):
    return [event.act for event in db.scalars(
        select(Event).where(Event.chain_id == company.id).order_by(Event.seq))]


def test_the_applicant_and_the_whole_companys_administrators_get_a_letter(db, make, company,
                                                                          admin):
    make.department_admin(make.department(company))
    make.join_request(company)
    assert letters(db) == {("join_received", "kim@bolaget.example"),
                           ("join_arrived", "asa@bolaget.example")}


def test_nobody_joins_a_company_that_has_no_account(make, db, store):
    tried = make.company(approved_at=None)
    with pytest.raises(Invalid) as refusal:
        make.join_request(tried)
    assert refusal.value.field == "organisation_number"


def test_the_link_in_the_letter_opens_the_page_that_follows(db, asked):
    letter = db.scalars(select(Email).where(Email.template == "join_received")).one()
    assert join_requests.with_secret(db, letter.values["secret"]) == asked
    with pytest.raises(NotFound):
        join_requests.with_secret(db, "guessed")


def test_a_askedis_seen_by_the_whole_companys_administrators_only(db, make, company, asked):
    assert join_requests.find(db, asked.id, within=Scope(company.id)) == asked
    room = make.first_department(company)
    for scope in (Scope(make.company().id), Scope(company.id, frozenset({room.id}))):
        with pytest.raises(NotFound):
            join_requests.find(db, asked.id, within=scope)


def test_who_is_approved_is_administrator_of_the_whole_company(store, db, company, admin,
                                                               asked):
    post = approve(store, db, asked, admin)
    assert (post.company_id, post.role) == (company.id, Role.COMPANY_ADMIN)
    person = people.with_personnummer(db, personnummer(70))
    assert (person.name, person.email) == ("Kim Kollega", "kim@bolaget.example")
    assert ("join_approved", "kim@bolaget.example") in letters(db)
    assert acts(db, company)[-2:] == [Act.JOIN_ASKED, Act.JOIN_APPROVED]


def test_who_is_approved_may_be_administrator_of_some_departments(store, db, make, company, admin,
                                                                  asked):
    room = make.department(company)
    post = approve(store, db, asked, admin, Role.DEPARTMENT_ADMIN, [room.id])
    assert (post.role, [each.department_id for each in post.rooms]) == (
        Role.DEPARTMENT_ADMIN, [room.id])


def test_a_department_administrator_needs_departments_of_the_company(store, db, make, admin,
                                                                     asked):
    with pytest.raises(Invalid):
        approve(store, db, asked, admin, Role.DEPARTMENT_ADMIN)
    with pytest.raises(Invalid):
        approve(store, db, asked, admin, Role.DEPARTMENT_ADMIN, [make.department().id])
    db.refresh(asked)
    assert asked.state == State.WAITING


def test_the_name_and_address_of_somebody_known_stay_as_they_are(store, db, make, admin,
                                                                 asked):
    person = make.person("Kimberly", "Ek", number=personnummer(70), email="ek@privat.example")
    approve(store, db, asked, admin)
    db.refresh(person)
    assert (person.name, person.email) == ("Kimberly Ek", "ek@privat.example")


@pytest.mark.parametrize(("theirs", "sentence"), [
    (True, "redan administratör hos er"), (False, "redan administratör för ett annat företag")])
def test_who_is_administrator_already_is_not_appointed_again(store, db, make, company, admin,
                                                            asked, theirs, sentence):
    make.admin(company if theirs else None, number=personnummer(70))
    with pytest.raises(Conflict, match=sentence):
        approve(store, db, asked, admin)
    db.refresh(asked)
    assert asked.state == State.WAITING


def test_declining_gives_the_reason_and_forgets_the_number(store, db, company, admin, asked):
    decline(store, db, asked, admin)
    assert (asked.state, asked.reason) == (State.DECLINED, "Vi känner dig inte.")
    assert asked.personnummer_sealed is None
    letter = db.scalars(select(Email).where(Email.template == "join_declined")).one()
    assert letter.values["reason"] == "Vi känner dig inte."
    assert acts(db, company)[-1] == Act.JOIN_DECLINED


def test_what_is_decided_is_not_decided_again(store, db, admin, asked):
    decline(store, db, asked, admin)
    for decide in (approve, decline):
        with pytest.raises(Conflict):
            decide(store, db, asked, admin)


def test_what_is_withdrawn_waits_no_longer(store, db, company, asked):
    assert join_requests.waiting(db, company.id) == [asked]
    with store.transaction(db):
        join_requests.withdraw(db, asked, now=NOON)
    assert join_requests.waiting_count(db, company.id) == 0
    assert join_requests.decided(db, company.id) == [asked]


def test_only_the_companys_own_requests_wait(db, make, company, asked):
    other = make.company()
    make.join_request(other)
    assert join_requests.waiting(db, company.id) == [asked]
    assert join_requests.waiting_count(db, other.id) == 1


def test_whoever_has_been_removed_meanwhile_decides_nothing(store, db, make, company, admin,
                                                            asked):
    other = make.actor(make.admin(company))
    with store.transaction(db):
        administrators.remove(db, admin.post_id, by=other, now=NOON)
    with pytest.raises(NotAllowed, match="inte längre administratör"):
        approve(store, db, asked, admin)

from concurrent.futures import ThreadPoolExecutor

import pytest

from domain import audit, departments, travellers
from domain.access import Scope
from domain.departments import Details
from domain.errors import Conflict, Invalid, NotFound
from tests.conftest import NOON


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company))


def names(db, company):
    return [department.name for department in departments.of_company(db, within=Scope(company.id))]


def test_departments_are_listed_by_name_whatever_the_case(db, make, company):
    make.department(company, name="verkstad")
    make.department(company, name="Borr")
    assert names(db, company) == ["Borr", "Huvudavdelning", "verkstad"]


def test_two_departments_may_not_differ_by_case_or_spaces_alone(db, make, company):
    make.department(company, name="Södra  verkstan")
    with pytest.raises(Invalid) as refusal:
        make.department(company, name="södra VERKSTAN ")
    assert (refusal.value.field, str(refusal.value)) == (
        "name", "Det finns redan en avdelning som heter så.")


def test_two_companies_may_have_departments_of_the_same_name(db, make):
    ours, theirs = make.company(), make.company()
    make.department(ours, name="Verkstad")
    make.department(theirs, name="Verkstad")
    assert names(db, ours) == names(db, theirs)


def test_a_change_keeps_the_name_and_is_recorded(db, store, make, company, admin):
    department = make.first_department(company)
    with store.transaction(db):
        departments.change(db, department, Details("Huvudavdelning", "1001", "77"), by=admin,
                           now=NOON)
    assert (department.reference_number, department.cost_centre) == ("1001", "77")
    event = audit.about(db, department.id, company_id=company.id)[0]
    assert (event.act, event.by_name) == (audit.Act.DEPARTMENT_CHANGED, "Åsa Öberg")


def test_a_name_that_is_taken_is_refused_and_nothing_is_changed(db, store, make, company, admin):
    make.department(company, name="Verkstad")
    department = make.first_department(company)
    with pytest.raises(Invalid), store.transaction(db):
        departments.change(db, department, Details("Verkstad", "9"), by=admin, now=NOON)
    assert names(db, company) == ["Huvudavdelning", "Verkstad"]


def test_another_companys_department_is_not_found(db, make, company):
    department = make.first_department(make.company())
    with pytest.raises(NotFound):
        departments.find(db, department.id, within=Scope(company.id))


@pytest.fixture
def archive(db, store, admin):
    def archive(department):
        with store.transaction(db):
            departments.archive(db, department, by=admin, now=NOON)
    return archive


@pytest.fixture
def reopen(db, store, admin):
    def reopen(department):
        with store.transaction(db):
            departments.reopen(db, department, by=admin, now=NOON)
    return reopen


def test_an_archived_department_is_not_among_those_to_choose(db, make, company, archive, reopen):
    verkstad = make.department(company)
    archive(verkstad)
    assert names(db, company) == ["Huvudavdelning"]
    assert departments.archived(db, within=Scope(company.id)) == [verkstad]
    reopen(verkstad)
    assert names(db, company) == ["Huvudavdelning", "Verkstad"]
    assert [event.act for event in audit.about(db, verkstad.id, company_id=company.id)] == [
        audit.Act.DEPARTMENT_REOPENED, audit.Act.DEPARTMENT_ARCHIVED, audit.Act.DEPARTMENT_ADDED]


def test_a_department_with_travellers_is_not_archived(db, store, make, company, admin, archive):
    traveller = make.traveller(department=make.department(company))
    with pytest.raises(Conflict):
        archive(traveller.department)
    with store.transaction(db):
        travellers.end(db, traveller, by=admin, now=NOON)
    archive(traveller.department)
    assert names(db, company) == ["Huvudavdelning"]


def test_the_only_open_department_is_not_archived(make, company, archive):
    archive(make.department(company))
    with pytest.raises(Conflict):
        archive(make.first_department(company))


def test_what_is_archived_or_open_already_stays_so(make, company, archive, reopen):
    verkstad = make.department(company)
    with pytest.raises(Conflict):
        reopen(verkstad)
    archive(verkstad)
    with pytest.raises(Conflict):
        archive(verkstad)


def test_a_name_is_free_when_its_department_is_archived_but_only_one_of_them_is_open(
        db, make, company, archive, reopen):
    old = make.department(company, name="Verkstad")
    archive(old)
    new = make.department(company, name="verkstad")
    with pytest.raises(Conflict, match="Det finns redan"):
        reopen(old)
    archive(new)
    reopen(old)
    assert names(db, company) == ["Huvudavdelning", "Verkstad"]


def test_an_archived_department_is_not_changed_and_takes_nobody(db, store, make, company, admin,
                                                                archive):
    verkstad = make.department(company)
    archive(verkstad)
    with pytest.raises(Conflict), store.transaction(db):
        departments.change(db, verkstad, Details("Verkstad", "9"), by=admin, now=NOON)
    with pytest.raises(Conflict):
        make.traveller(department=verkstad)


def test_of_two_who_archive_the_last_two_at_once_one_is_refused(db, store, make, company, admin):
    both = [make.first_department(company).id, make.department(company).id]
    whole = Scope(company.id)

    def archive(department_id):
        with store.session() as session:
            try:
                with store.transaction(session):
                    mine = departments.find(session, department_id, within=whole)
                    departments.archive(session, mine, by=admin, now=NOON)
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(archive, both)) == [False, True]


@pytest.mark.parametrize(("details", "field"), [
    (Details("X", "1", services=()), "services"), (Details("X", "1", products=()), "products"),
    (Details("X", "1", monthly_budget_ore=1_000_000_001), "monthly_budget"),
])
def test_what_a_department_may_use_has_to_be_something_and_its_budget_within_reason(
        make, company, details, field):
    with pytest.raises(Invalid) as refusal:
        make.department(company, details=details)
    assert refusal.value.field == field


def test_nobody_is_added_to_a_department_while_it_is_archived(store, make, company, admin):
    """Whoever comes first is done; the other is refused."""
    verkstad, whole = make.department(company).id, Scope(company.id)

    def archive(session, department):
        departments.archive(session, department, by=admin, now=NOON)

    def register(session, department):
        travellers.register(session, department, "198112189876", travellers.Details(
            "Ny", "Resenär", None, None), by=admin, now=NOON)

    def attempt(verb):
        with store.session() as session:
            try:
                with store.transaction(session):
                    verb(session, departments.find(session, verkstad, within=whole))
            except Conflict:
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(attempt, (archive, register))) == [False, True]

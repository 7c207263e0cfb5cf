import pytest

from domain import audit, departments
from domain.access import Scope
from domain.departments import Details
from domain.errors import Invalid, NotFound
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

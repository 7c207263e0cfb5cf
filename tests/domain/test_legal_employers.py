import pytest

from domain import legal_employers
from domain.errors import Conflict, Invalid, NotFound
from domain.legal_employers import Details
from domain.months import Month
from domain.payroll_exports import PayrollExport
from tests.conftest import NOON

DAUGHTER = Details("Dotter AB", "5560001234", "D1")


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company))


@pytest.fixture
def employer(db, store, company, admin):
    return add(db, store, company, admin)


def add(db, store, company, admin, *pays, details=DAUGHTER):
    with store.transaction(db):
        return legal_employers.add(db, company.id, details, [each.id for each in pays], by=admin,
                                   now=NOON)


def test_a_department_is_paid_by_one_employer(db, store, make, company, admin):
    workshop, office = make.department(company), make.department(company, "Kontor")
    first = add(db, store, company, admin, workshop, office)
    other = add(db, store, company, admin, office, details=Details("Syster AB", "5560001242"))
    paid = legal_employers.departments(db, company.id)
    assert (paid[first.id], paid[other.id]) == ([workshop], [office])


def test_a_number_is_of_one_employer(db, store, company, admin, employer):
    with pytest.raises(Invalid) as refusal:
        add(db, store, company, admin)
    assert refusal.value.field == "organisation_number"
    with store.transaction(db):
        legal_employers.change(db, employer, Details("Nytt namn AB", "5560001234"), [], by=admin,
                               now=NOON)
    assert employer.name == "Nytt namn AB"


def test_a_removed_one_leaves_its_departments_to_the_company(db, store, make, company, admin):
    workshop = make.department(company)
    employer = add(db, store, company, admin, workshop)
    with store.transaction(db):
        legal_employers.remove(db, employer, by=admin, now=NOON)
    assert legal_employers.of_company(db, company.id) == []
    assert workshop in legal_employers.departments(db, company.id)[None]


def test_one_that_has_had_a_file_stays(db, store, company, admin, employer):
    with store.transaction(db):
        db.add(PayrollExport(company_id=company.id, legal_employer_id=employer.id, rows=0,
                             month_on=Month(2026, 12).first_day, sum_ore=0, made_at=NOON,
                             made_by_id=admin.person_id))
    with pytest.raises(Conflict), store.transaction(db):
        legal_employers.remove(db, employer, by=admin, now=NOON)


def test_another_companys_is_not_found(db, make, employer):
    with pytest.raises(NotFound):
        legal_employers.find(db, employer.id, company_id=make.company("Annat AB").id)


def test_the_departments_of_another_company_stay_theirs(db, store, make, company, admin):
    theirs = make.department(make.company("Annat AB"))
    add(db, store, company, admin, theirs)
    assert theirs.legal_employer_id is None

import pytest

from domain import people
from domain.access import Role
from domain.errors import Conflict
from domain.people import Person
from tests.conftest import NOON
from tests.factories import personnummer


def appoint(store, db, person, role, company=None):
    with store.transaction(db):
        return people.appoint(db, person, role, company_id=company and company.id, now=NOON)


def test_a_person_is_the_same_whenever_the_personnummer_is(make):
    first = make.person("Anna", number=personnummer(1), email="anna@bolaget.example")
    again = make.person("Annika", number=personnummer(1), email=None)
    assert again == first
    assert (again.given_name, again.email) == ("Anna", "anna@bolaget.example")


def test_a_personnummer_is_sealed_and_found_without_being_opened(db, make):
    person = make.person(number=personnummer(1))
    assert personnummer(1).encode() not in person.personnummer_sealed + person.personnummer_index
    assert people.with_personnummer(db, personnummer(1)) == person
    assert people.with_personnummer(db, personnummer(2)) is None


def test_nobody_administers_two_companies(store, db, make):
    admin = make.admin()
    with pytest.raises(Conflict):
        appoint(store, db, admin, Role.COMPANY_ADMIN, make.company("Annat AB"))


def test_an_administrator_can_be_a_clerk_too_but_only_once(store, db, make):
    admin = make.admin()
    appoint(store, db, admin, Role.CLERK)
    with pytest.raises(Conflict):
        appoint(store, db, admin, Role.CLERK)


def test_a_company_has_its_own_administrators_and_the_authority_its_clerks(db, make):
    company, other = make.company(), make.company("Annat AB")
    ek, ask = make.admin(company, surname="Ek"), make.admin(company, surname="Ask")
    clerk = make.clerk()
    make.admin(other)
    assert people.administrators(db, company.id) == [ask, ek]
    assert people.clerks(db) == [clerk]


def test_letters_follow_the_language_that_a_person_has_chosen(store, db, make):
    person, other = make.person(), make.person()
    with store.transaction(db):
        people.speak(db, person.id, "en")
    languages = {each.id: each.language for each in db.query(Person)}
    assert languages == {person.id: "en", other.id: "sv"}

from dataclasses import replace

import pytest
from sqlalchemy import select

from domain import audit, logins, travellers
from domain.access import Scope
from domain.errors import Conflict, Invalid, NotFound
from domain.people import Person
from domain.travellers import Details
from tests.conftest import NOON
from tests.factories import NOBODY, personnummer


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company))


def test_the_personnummer_is_sealed_and_only_shown_masked(db, make):
    traveller = make.traveller(number="198112189876")
    assert traveller.personnummer_masked == "19811218-••••"
    assert b"198112189876" not in traveller.personnummer_sealed
    assert db.info["vault"].open(traveller.personnummer_sealed, "personnummer") == "198112189876"


def test_the_same_person_twice_in_a_company_is_refused_beside_the_number(db, make, company):
    make.traveller(company, number=personnummer(1))
    with pytest.raises(Invalid) as refusal:
        make.traveller(company, number=personnummer(1))
    assert (refusal.value.field, str(refusal.value)) == (
        "personnummer", "Personen är redan registrerad i företaget.")


def test_the_same_person_may_travel_for_two_companies(db, make, company):
    ours = make.traveller(company, number=personnummer(1))
    theirs = make.traveller(make.company(), number=personnummer(1))
    assert ours.personnummer_index == theirs.personnummer_index


def test_one_who_comes_back_is_the_same_traveller(db, store, make, company, admin):
    first = make.traveller(company, number=personnummer(1))
    with store.transaction(db):
        travellers.end(db, first, by=admin, now=NOON)
    again = make.traveller(company, "Rut", "Ny", number=personnummer(1))
    assert (again.id, again.ended_at, again.name) == (first.id, None, "Rut Ny")


def test_one_who_has_left_can_neither_be_changed_nor_leave_again(db, store, make, company, admin):
    traveller = make.traveller(company)
    with store.transaction(db):
        travellers.end(db, traveller, by=admin, now=NOON)
    with pytest.raises(Conflict), store.transaction(db):
        travellers.end(db, traveller, by=admin, now=NOON)
    with pytest.raises(Conflict), store.transaction(db):
        travellers.change(db, traveller, traveller.department, traveller.details, by=admin,
                          now=NOON)


def test_a_change_is_recorded_and_moves_in_the_list(db, store, make, company, admin):
    traveller, verkstad = make.traveller(company), make.department(company)
    details = Details("Rut", "Åker", None, "+46701740606", "17", "Projekt 7")
    with store.transaction(db):
        travellers.change(db, traveller, verkstad, details, by=admin, now=NOON)
    assert (traveller.details, traveller.department) == (details, verkstad)
    assert traveller.sort_name == "åker rut"
    newest = audit.about(db, traveller.id, company_id=company.id)[0]
    assert (newest.act, newest.details) == (audit.Act.TRAVELLER_CHANGED, {"traveller": "Rut Åker"})


def test_each_department_is_counted_without_those_who_left(db, store, make, company, admin):
    first, verkstad = make.first_department(company), make.department(company)
    leaver, _ = make.traveller(department=first), make.traveller(department=first)
    make.traveller(department=verkstad)
    with store.transaction(db):
        travellers.end(db, leaver, by=admin, now=NOON)
    assert travellers.numbers(db, within=Scope(company.id)) == {first.id: 1, verkstad.id: 1}


def test_another_companys_traveller_is_not_found(db, make, company):
    with pytest.raises(NotFound):
        travellers.find(db, make.traveller().id, within=Scope(company.id))


def protect(db, store, traveller, protected=True, *, name=("Linn", "Alm")):
    details = replace(traveller.details, given_name=name[0], surname=name[1], protected=protected)
    with store.transaction(db):
        travellers.change(db, traveller, traveller.department, details, by=NOBODY, now=NOON)


def test_one_who_is_protected_shows_an_alias_and_no_number(db, store, make, company):
    traveller = make.traveller(company, number=personnummer(1))
    masked = traveller.personnummer_masked
    protect(db, store, traveller)
    assert (traveller.name, traveller.personnummer_masked) == ("Linn Alm", "")
    protect(db, store, traveller, False, name=("Rut", "Resenär"))
    assert (traveller.name, traveller.personnummer_masked) == ("Rut Resenär", masked)


def test_the_person_who_has_signed_in_goes_by_the_alias_too(db, store, make, company):
    traveller = make.traveller(company, number=personnummer(1))
    person = make.as_person(traveller)
    protect(db, store, traveller)
    db.refresh(person)
    assert person.name == "Linn Alm"


def test_the_name_that_bankid_gives_of_one_who_is_protected_is_kept_nowhere(db, store, make,
                                                                            company):
    traveller = make.traveller(company, number=personnummer(1))
    protect(db, store, traveller)
    with store.transaction(db):
        logins.begin(db, personnummer(1), given_name="Hemlig", surname="Riktig", token="t",
                     language="sv", now=NOON)
    assert logins.actor(db, "t", now=NOON).name == "Linn Alm"
    assert [person.name for person in db.scalars(select(Person))] == ["Linn Alm"]


def test_the_alias_holds_while_any_company_protects_the_person(db, store, make, company):
    ours = make.traveller(company, number=personnummer(1))
    theirs = make.traveller(make.company("Annat AB"), number=personnummer(1))
    person = make.as_person(ours)
    protect(db, store, ours)
    protect(db, store, theirs, name=("Siv", "Ek"))
    protect(db, store, theirs, False, name=("Rut", "Resenär"))
    db.refresh(person)
    assert person.name == "Linn Alm"


def test_who_shares_a_number_is_found_within_what_one_sees(db, store, make, company):
    shared, alone = "+46701740605", "+46701740608"
    first = make.traveller(company, surname="Alm", mobile=shared)
    verkstad = make.department(company)
    second = make.traveller(department=verkstad, surname="Ek", mobile=shared)
    leaver = make.traveller(company, mobile=alone)
    make.traveller(make.company("Annat AB"), mobile=shared)
    with store.transaction(db):
        travellers.end(db, leaver, by=NOBODY, now=NOON)
    assert travellers.sharing_mobile(db, [shared, alone], within=Scope(company.id)) == {
        shared: [first, second]}
    assert travellers.sharing_mobile(
        db, [shared], within=Scope(company.id, frozenset({verkstad.id}))) == {shared: [second]}

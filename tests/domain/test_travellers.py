from itertools import pairwise

import pytest

from domain import audit, travellers
from domain.access import Scope
from domain.errors import Conflict, Invalid, NotFound
from domain.travellers import Details
from tests.conftest import NOON
from tests.factories import personnummer


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company))


def found(db, company, search="", **kwargs):
    page = travellers.listed(db, within=Scope(company.id), search=search, **kwargs)
    return [traveller.name for traveller in page.rows]


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
    assert found(db, company) == []
    again = make.traveller(company, "Rut", "Ny", number=personnummer(1))
    assert (again.id, again.ended_at, found(db, company)) == (first.id, None, ["Rut Ny"])


def test_one_who_has_left_can_neither_be_changed_nor_leave_again(db, store, make, company, admin):
    traveller = make.traveller(company)
    with store.transaction(db):
        travellers.end(db, traveller, by=admin, now=NOON)
    with pytest.raises(Conflict), store.transaction(db):
        travellers.end(db, traveller, by=admin, now=NOON)
    with pytest.raises(Conflict), store.transaction(db):
        travellers.change(db, traveller, traveller.department, traveller.details, by=admin,
                          now=NOON)


def test_a_change_is_seen_in_the_list_and_recorded(db, store, make, company, admin):
    traveller, verkstad = make.traveller(company), make.department(company)
    details = Details("Rut", "Åker", None, "+46701740606", "17", "Projekt 7")
    with store.transaction(db):
        travellers.change(db, traveller, verkstad, details, by=admin, now=NOON)
    assert (traveller.details, traveller.department) == (details, verkstad)
    assert found(db, company, "åker", department_id=verkstad.id) == ["Rut Åker"]
    newest = audit.about(db, traveller.id, company_id=company.id)[0]
    assert (newest.act, newest.details) == (audit.Act.TRAVELLER_CHANGED, {"traveller": "Rut Åker"})


@pytest.mark.parametrize(("search", "name"), [
    ("ek", "Alva Ek"), ("alva EK", "Alva Ek"), ("EK ALVA", "Alva Ek"), ("1042", "Alva Ek"),
    ("070-174 06 07", "Alva Ek"), ("+46701740607", "Alva Ek"), (personnummer(7), "Alva Ek"),
    (f"{personnummer(7)[:8]}-{personnummer(7)[8:]}", "Alva Ek"), ("öst", "Bo Östman"),
])
def test_a_traveller_is_found_by_words_numbers_and_mobile(db, make, company, search, name):
    make.traveller(company, "Alva", "Ek", number=personnummer(7), mobile="+46701740607",
                   employee_number="1042")
    make.traveller(company, "Bo", "Östman", number=personnummer(8), mobile="+46701740608")
    assert found(db, company, search) == [name]


@pytest.mark.parametrize("search", ["%", "_", "alva bo", "19700101", "\0"])
def test_what_matches_nobody_finds_nobody_and_signs_mean_nothing(db, make, company, search):
    make.traveller(company, "Alva", "Ek")
    assert found(db, company, search) == ([] if search != "\0" else ["Alva Ek"])


def test_a_search_never_leaves_the_company(db, make, company):
    make.traveller(make.company(), "Alva", "Ek", number=personnummer(7))
    assert [found(db, company, search) for search in ("ek", personnummer(7))] == [[], []]


def test_the_list_is_read_page_by_page_in_both_directions(db, make, company):
    department = make.first_department(company)
    for number in range(7):
        make.traveller(department=department, given_name="Rut", surname=f"Ek {number // 2}")
    pages = [travellers.listed(db, within=Scope(company.id), most=3)]
    while pages[-1].after:
        pages.append(travellers.listed(db, within=Scope(company.id), most=3, after=pages[-1].after))

    assert [(page.first, page.last, page.total) for page in pages] == [(1, 3, 7), (4, 6, 7),
                                                                       (7, 7, 7)]
    names = [row.sort_name for page in pages for row in page.rows]
    assert (names, len({row.id for page in pages for row in page.rows})) == (sorted(names), 7)
    assert pages[0].before is None
    for page, following in pairwise(pages):
        assert travellers.listed(db, within=Scope(company.id), most=3,
                                 before=following.before) == page


@pytest.mark.parametrize("mark", ["nonsense", "x|y", "\0|\0"])
def test_a_page_that_is_no_page_is_not_found(db, company, mark):
    with pytest.raises(NotFound):
        travellers.listed(db, within=Scope(company.id), after=mark)


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

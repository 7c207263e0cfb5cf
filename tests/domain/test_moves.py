import time

import pytest
from sqlalchemy import insert, select

from domain import audit, moves, travellers
from domain.access import Scope
from domain.departments import Details
from domain.errors import Conflict
from domain.products import Product
from domain.services import Service
from domain.travellers import Traveller
from tests.conftest import NOON
from tests.queries import queries


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company))


@pytest.fixture
def verkstad(make, company):
    return make.department(company)


def everyone(company):
    return select(Traveller.id).where(Traveller.company_id == company.id)


def move(db, store, chosen, department, admin):
    with store.transaction(db):
        return moves.move(db, chosen, department, by=admin, now=NOON)


def test_all_of_a_department_are_moved_with_an_event_each(db, store, make, company, verkstad,
                                                          admin):
    first = make.first_department(company)
    people = [make.traveller(department=first, given_name=name) for name in ("Rut", "Bo")]
    assert move(db, store, moves.of_department(first), verkstad, admin) == 2
    assert travellers.numbers(db, within=Scope(company.id)) == {verkstad.id: 2}
    for traveller in people:
        event = audit.about(db, traveller.id, company_id=company.id)[0]
        assert (event.act, event.department_id) == (audit.Act.TRAVELLER_MOVED, verkstad.id)
        assert event.details == {"traveller": traveller.name, "left": "Huvudavdelning",
                                 "department": "Verkstad"}


def test_who_is_there_already_is_not_moved_and_nothing_is_recorded(db, store, make, company,
                                                                   verkstad, admin):
    traveller = make.traveller(department=verkstad)
    assert move(db, store, everyone(company), verkstad, admin) == 0
    assert [event.act for event in audit.about(db, traveller.id, company_id=company.id)] == [
        audit.Act.TRAVELLER_ADDED]


def test_those_who_have_left_and_those_of_others_stay_where_they_are(db, store, make, company,
                                                                     verkstad, admin):
    gone, theirs = make.traveller(company), make.traveller(make.company())
    with store.transaction(db):
        travellers.end(db, gone, by=admin, now=NOON)
    assert move(db, store, select(Traveller.id), verkstad, admin) == 0
    assert theirs.department_id != verkstad.id


def test_nobody_is_moved_to_a_department_that_is_archived(db, store, make, company, verkstad,
                                                          admin):
    traveller = make.traveller(company)
    make.archived(verkstad)
    with pytest.raises(Conflict):
        move(db, store, everyone(company), verkstad, admin)
    db.refresh(traveller)
    assert traveller.department_id != verkstad.id


def test_a_preview_counts_those_who_move_and_what_they_lose(db, store, make, company):
    small = make.department(company, details=Details(
        "Liten", "3000", services=(Service.SEND_TICKET,), products=(Product.SINGLE, Product.DAY)))
    for _ in range(2):
        make.traveller(company)
    modest = make.traveller(company)
    with store.transaction(db):
        modest.services = [Service.SEND_TICKET]
    make.traveller(department=small)
    found = moves.preview(db, everyone(company), small)
    assert (found.moving, found.staying) == (3, 1)
    assert found.services == {Service.BUSINESS_TRAVEL: 2, Service.STAFF_OFFER: 2}
    assert found.products == dict.fromkeys(
        [Product.FLEX_10_30, Product.FLEX_20_60, Product.PERIOD_30, Product.PERIOD_365], 3)


def test_what_the_company_does_not_use_is_lost_by_nobody(db, store, make, company, verkstad):
    make.traveller(company)
    with store.transaction(db):
        company.services = [Service.SEND_TICKET]
        verkstad.services = [Service.SEND_TICKET]
    assert moves.preview(db, everyone(company), verkstad).services == {}


def test_five_thousand_are_previewed_and_moved_in_a_few_statements(db, store, make, company,
                                                                   verkstad, admin):
    first = make.first_department(company)
    with store.transaction(db):
        db.execute(insert(Traveller), [
            {"company_id": company.id, "department_id": first.id, "personnummer_masked": "",
             "given_name": "A", "surname": str(number), "sort_name": str(number),
             "registered_at": NOON} for number in range(5_000)])
    began = time.perf_counter()
    with queries(store) as asked:
        found = moves.preview(db, moves.of_department(first), verkstad)
        moved = move(db, store, moves.of_department(first), verkstad, admin)
    assert (found.moving, moved) == (5_000, 5_000)
    assert len(asked) < 20
    assert time.perf_counter() - began < 10

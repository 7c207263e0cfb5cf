from datetime import timedelta

import pytest

from domain import business_travel, unregistered
from domain.access import Scope
from tests.conftest import NOON
from tests.factories import NOBODY


@pytest.fixture
def company(make):
    return make.company()


def listed(db, company, **place):
    return unregistered.listed(db, within=Scope(company.id), now=NOON, **place)


def test_whoever_has_waited_longest_comes_first_page_by_page(db, store, make, company):
    made = [make.connection(make.traveller(company)) for _ in range(3)]
    with store.transaction(db):
        for days, connection in enumerate(made):
            connection.connected_at = NOON - timedelta(days=days)
    ids, after = [], None
    for _ in range(2):
        page = listed(db, company, after=after, most=2)
        ids += [each.connection.id for each in page.standings]
        after = page.after
    assert (ids, after) == ([each.id for each in reversed(made)], None)
    assert unregistered.number(db, within=Scope(company.id)) == 3


def test_who_has_registered_or_ended_or_is_anothers_is_not_there(db, store, make, company):
    make.connection(make.traveller(company), registered=True)
    ended = make.connection(make.traveller(company))
    make.connection()
    with store.transaction(db):
        business_travel.end(db, ended, by=NOBODY, now=NOON)
    assert listed(db, company).standings == []
    assert unregistered.number(db, within=Scope(company.id)) == 0


def test_a_department_administrator_has_those_of_the_department(db, make, company):
    verkstad = make.department(company)
    theirs = make.connection(make.traveller(department=verkstad))
    make.connection(make.traveller(company))
    actor = make.actor(make.department_admin(verkstad))
    found = unregistered.listed(db, within=actor.scope, now=NOON)
    assert [each.connection.id for each in found.standings] == [theirs.id]

from datetime import date

import pytest
from sqlalchemy import select

from domain import terms
from domain.audit import Act, Event
from domain.terms import Acceptance, Edition, Kind
from tests.conftest import NOON
from tests.factories import personnummer


@pytest.fixture
def admin(make):
    return make.actor(make.admin(number=personnummer(1)))


def accept(store, db, kinds, actor):
    with store.transaction(db):
        terms.accept(db, kinds, by=actor, now=NOON)


def test_an_administrator_owes_the_companys_terms(db, admin):
    assert terms.owed(db, admin) == [Kind.PRIVACY, Kind.TRAVEL, Kind.COMPANY]


def test_who_is_both_owes_each_kind_once(db, make):
    make.traveller(number=personnummer(1))
    both = make.actor(make.admin(number=personnummer(1)))
    assert terms.owed(db, both) == list(Kind)


def test_a_clerk_owes_nothing(db, make):
    assert terms.owed(db, make.actor(make.clerk())) == []


def test_what_is_accepted_is_not_owed_and_is_written_down(store, db, admin):
    accept(store, db, [Kind.PRIVACY, Kind.TRAVEL], admin)
    assert terms.owed(db, admin) == [Kind.COMPANY]
    event = db.scalars(select(Event).where(Event.act == Act.TERMS_ACCEPTED)).one()
    assert (event.by_person_id, event.chain_id, event.at) == (
        admin.person_id, admin.administers, NOON)
    assert event.details == {"kinds": "privacy, travel"}


def test_accepting_again_is_harmless(store, db, admin):
    for _ in range(2):
        accept(store, db, [Kind.PRIVACY], admin)
    assert len(db.scalars(select(Acceptance)).all()) == 1


def test_one_person_accepts_for_nobody_else(store, db, make, admin):
    accept(store, db, list(Kind), admin)
    assert len(terms.owed(db, make.actor(make.admin()))) == 3


def test_a_new_version_is_owed_by_those_who_accepted_the_old(store, db, admin, monkeypatch):
    accept(store, db, terms.owed(db, admin), admin)
    monkeypatch.setitem(terms.IN_FORCE, Kind.COMPANY, Edition("2027:1", date(2027, 1, 1)))
    assert terms.owed(db, admin) == [Kind.COMPANY]

from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import logins
from domain.access import Role
from domain.logins import Login, Stranger
from tests.conftest import NOON
from tests.factories import MORNING, personnummer


def begin(store, db, number, *, token="token", now=NOON):
    with store.transaction(db):
        return logins.begin(db, number, given_name="Anna", surname="Ek", token=token,
                            language="en", now=now)


def test_a_stranger_is_not_signed_in(store, db):
    with pytest.raises(Stranger):
        begin(store, db, personnummer(1))
    assert db.scalars(select(Login)).all() == []


def test_a_stranger_who_is_invited_is_signed_in_with_no_rights(store, db):
    with store.transaction(db):
        logins.begin(db, personnummer(1), given_name="Anna", surname="Ek", token="token",
                     language="sv", invited=True, now=NOON)
    actor = logins.actor(db, "token", now=NOON)
    assert (actor.name, actor.roles, actor.administers) == ("Anna Ek", frozenset(), None)


def test_a_clerk_may_stand_in_for_an_administrator_as_well(db, make):
    company = make.company()
    clerk = make.as_person(make.traveller(company, number=personnummer(1)))
    make.clerk(number=personnummer(1))
    make.deputyship(make.admin(company), clerk)
    actor = make.actor(clerk)
    assert actor.roles == {Role.CLERK, Role.COMPANY_ADMIN, Role.TRAVELLER}


def test_a_traveller_becomes_a_person_at_the_first_login(store, db, make):
    make.traveller(number=personnummer(1))
    begin(store, db, personnummer(1))
    actor = logins.actor(db, "token", now=NOON)
    assert (actor.name, actor.roles) == ("Anna Ek", {Role.TRAVELLER})


def test_who_no_longer_travels_is_a_stranger_again(store, db, make):
    traveller = make.traveller(number=personnummer(1))
    with store.transaction(db):
        traveller.ended_at = MORNING
    assert not logins.knows(db, personnummer(1))


def test_an_actor_has_every_role_and_the_company_that_they_administer(store, db, make):
    company = make.company("Bolaget AB")
    make.admin(company, number=personnummer(1))
    make.traveller(make.company("Annat AB"), number=personnummer(1))
    begin(store, db, personnummer(1))
    actor = logins.actor(db, "token", now=NOON)
    assert actor.roles == {Role.COMPANY_ADMIN, Role.TRAVELLER}
    assert (actor.company_id, actor.company_name) == (company.id, "Bolaget AB")


def test_a_login_opens_nothing_once_it_is_over(store, db, make):
    make.admin(number=personnummer(1))
    begin(store, db, personnummer(1))
    last = NOON + timedelta(hours=12) - timedelta(seconds=1)
    assert logins.actor(db, "token", now=last)
    assert logins.actor(db, "token", now=last + timedelta(seconds=1)) is None
    assert logins.actor(db, "another", now=NOON) is None


def test_ending_a_login_ends_that_one_only_and_once(store, db, make):
    make.admin(number=personnummer(1))
    begin(store, db, personnummer(1), token="phone")
    ended = begin(store, db, personnummer(1), token="desk")
    for minutes in (0, 1):
        with store.transaction(db):
            logins.end(db, "desk", now=NOON + timedelta(minutes=minutes))
    assert logins.actor(db, "phone", now=NOON)
    assert logins.actor(db, "desk", now=NOON) is None
    db.refresh(ended)
    assert ended.ended_at == NOON


def test_logins_are_forgotten_after_a_month(store, db, make):
    make.admin(number=personnummer(1))
    begin(store, db, personnummer(1), token="old", now=NOON)
    kept = begin(store, db, personnummer(1), token="new", now=NOON + timedelta(days=1))
    with store.transaction(db):
        logins.forget(db, now=NOON + timedelta(days=31))
    assert db.scalars(select(Login)).all() == [kept]

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from domain import administrators, logins
from domain.access import Role, Scope
from domain.audit import Act, Event
from domain.errors import Invalid, NotAllowed, NotFound
from domain.people import Deputyship, Post
from tests.conftest import NOON


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def karin(make, company):
    return make.admin(company, given_name="Karin", surname="Lind")


@pytest.fixture
def by(make, karin):
    return make.actor(karin)


def post_of(db, person):
    return administrators.own(db, person.id)


def change(store, db, person, role, chosen=(), *, by):
    with store.transaction(db):
        return administrators.change(db, post_of(db, person).id, role, chosen, by=by, now=NOON)


def remove(store, db, person, *, by):
    with store.transaction(db):
        administrators.remove(db, post_of(db, person).id, by=by, now=NOON)


def told(db, act):
    return [(each.by_name, each.details["person"])
            for each in db.scalars(select(Event).where(Event.act == act))]


def test_those_of_the_whole_company_come_first_then_by_name(db, make, company, karin):
    verkstad = make.department(company)
    make.department_admin(verkstad, surname="Alm")
    make.admin(company, given_name="Åsa", surname="Ask")
    make.admin(make.company("Annat AB"))
    assert [post.person.surname for post in administrators.listed(db, company.id)] == [
        "Ask", "Lind", "Alm"]


def test_one_with_some_departments_knows_of_those_who_share_them(db, make, company, karin):
    verkstad, lager = make.department(company), make.department(company, "Lager")
    dan, eva = make.department_admin(verkstad), make.department_admin(lager, given_name="Eva")
    posts = administrators.listed(db, company.id)
    seen = administrators.seen_by(posts, Scope(company.id, frozenset({verkstad.id})))
    assert {post.person_id for post in seen} == {karin.id, dan.id}
    assert eva.id in {post.person_id for post in administrators.seen_by(posts, Scope(company.id))}


def test_an_administrator_gets_other_departments(store, db, make, company, by):
    verkstad, lager = make.department(company), make.department(company, "Lager")
    dan = make.department_admin(verkstad, make.first_department(company))
    change(store, db, dan, Role.DEPARTMENT_ADMIN, [verkstad.id, lager.id], by=by)
    assert make.actor(dan).departments == {verkstad.id, lager.id}
    assert told(db, Act.ADMINISTRATOR_CHANGED) == [("Karin Lind", "Dan Lund")]


def test_an_administrator_of_a_department_gets_the_whole_company_and_back(store, db, make, company,
                                                                          by):
    verkstad = make.department(company)
    dan = make.department_admin(verkstad)
    change(store, db, dan, Role.COMPANY_ADMIN, [verkstad.id], by=by)
    assert make.actor(dan).scope == Scope(company.id)
    change(store, db, dan, Role.DEPARTMENT_ADMIN, [verkstad.id], by=by)
    assert make.actor(dan).scope == Scope(company.id, frozenset({verkstad.id}))


def test_an_administrator_of_departments_has_at_least_one_and_none_of_another_company(
        store, db, make, company, by):
    dan = make.department_admin(make.department(company))
    with pytest.raises(Invalid) as refused:
        change(store, db, dan, Role.DEPARTMENT_ADMIN, [], by=by)
    assert refused.value.field == "departments"
    theirs = make.department(make.company("Annat AB"))
    with pytest.raises((Invalid, NotFound)):
        change(store, db, dan, Role.DEPARTMENT_ADMIN, [theirs.id], by=by)


def test_one_who_is_removed_has_no_rights_at_the_next_request(store, db, make, company, by):
    dan = make.admin(company, given_name="Dan", surname="Lund")
    make.actor(dan)
    remove(store, db, dan, by=by)
    assert logins.actor(db, "actor 99", now=NOON) is None
    assert post_of(db, dan) is None
    assert told(db, Act.ADMINISTRATOR_REMOVED) == [("Karin Lind", "Dan Lund")]


def test_a_login_that_was_open_loses_its_rights(store, db, make, company, by):
    dan = make.admin(company, given_name="Dan")
    with store.transaction(db):
        number = db.info["vault"].open(dan.personnummer_sealed, "personnummer")
        logins.begin(db, number, given_name="Dan", surname="Lund", token="dan", language="sv",
                     now=NOON)
    remove(store, db, dan, by=by)
    assert logins.actor(db, "dan", now=NOON).roles == frozenset()


def test_nobody_stands_in_for_one_who_is_removed_nor_they_for_a_colleague(store, db, make, company,
                                                                          karin, by):
    dan, eva = make.admin(company, given_name="Dan"), make.admin(company, given_name="Eva")
    make.deputyship(dan, eva)
    kept = make.deputyship(karin, dan)
    remove(store, db, dan, by=by)
    assert [(each.id, each.ended_at) for each in db.scalars(select(Deputyship))] == [
        (kept.id, NOON)]


def test_the_last_one_of_the_whole_company_stays(store, db, make, company, karin, by):
    make.department_admin(make.department(company))
    with pytest.raises(NotAllowed):
        remove(store, db, karin, by=by)
    with pytest.raises(NotAllowed):
        change(store, db, karin, Role.DEPARTMENT_ADMIN,
               [make.first_department(company).id], by=by)
    with pytest.raises(NotAllowed), store.transaction(db):
        administrators.leave(db, by=by, now=NOON)


def test_each_leaves_by_themself(store, db, make, company, karin, by):
    make.admin(company, given_name="Dan")
    with store.transaction(db):
        administrators.leave(db, by=by, now=NOON)
    assert post_of(db, karin) is None
    assert told(db, Act.ADMINISTRATOR_LEFT) == [("Karin Lind", "Karin Lind")]


def test_who_has_been_removed_meanwhile_decides_nothing(store, db, make, company, karin, by):
    dan = make.admin(company, given_name="Dan")
    stale = make.actor(dan)
    remove(store, db, dan, by=by)
    make.admin(company, given_name="Eva")
    with pytest.raises(NotAllowed):
        remove(store, db, karin, by=stale)


def test_another_companys_administrator_is_not_found(store, db, make, by):
    theirs = make.admin(make.company("Annat AB"))
    with pytest.raises(NotFound):
        remove(store, db, theirs, by=by)


@pytest.mark.parametrize("verb", ["remove", "demote"])
def test_two_who_take_each_other_away_at_once_leave_one(store, db, make, company, karin, verb):
    dan = make.admin(company, given_name="Dan")
    room = make.first_department(company).id
    pairs = [(make.actor(karin), post_of(db, dan).id), (make.actor(dan), post_of(db, karin).id)]
    db.rollback()

    def take_away(pair):
        by, post_id = pair
        with store.session() as session:
            try:
                with store.transaction(session):
                    if verb == "remove":
                        administrators.remove(session, post_id, by=by, now=NOON)
                    else:
                        administrators.change(session, post_id, Role.DEPARTMENT_ADMIN, [room],
                                              by=by, now=NOON)
            except NotAllowed:
                return 0
            return 1

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(take_away, pairs)) == 1
    left = db.scalars(select(Post).where(Post.company_id == company.id,
                                         Post.role == Role.COMPANY_ADMIN)).all()
    assert len(left) == 1

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from domain import audit, deputies, logins, travellers
from domain.access import Right, Role, Scope
from domain.audit import Act
from domain.errors import Conflict, Invalid, NotFound
from domain.messages import Email
from tests.conftest import NOON
from tests.factories import MORNING, NOBODY
from tests.queries import queries

FRIDAY, NEXT = date(2026, 11, 20), date(2026, 11, 26)
SECOND = timedelta(seconds=1)


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def karin(make, company):
    return make.admin(company, given_name="Karin", surname="Lind", email="karin@bolaget.example")


@pytest.fixture
def dan(make, company):
    """A deputy who is nothing but a traveller."""
    return make.as_person(make.traveller(company, "Dan", "Lund", email="dan@bolaget.example"))


def name(store, db, deputy, *, by, first_on=FRIDAY, last_on=NEXT, now=NOON):
    with store.transaction(db):
        return deputies.name(db, deputy, first_on=first_on, last_on=last_on, by=by, now=now)


def sign_in(store, db, person, token, *, now):
    with store.transaction(db):
        number = db.info["vault"].open(person.personnummer_sealed, "personnummer")
        logins.begin(db, number, given_name=person.given_name, surname=person.surname, token=token,
                     language="sv", now=now)


def stands_in(store, db, person, moment):
    """Whether the person has anybody's post at the moment."""
    sign_in(store, db, person, f"{person.id} {moment}", now=moment)
    return logins.actor(db, f"{person.id} {moment}", now=moment).on_behalf_of is not None


def letters(db):
    return [(each.template, each.to) for each in db.scalars(select(Email).order_by(Email.put_at))]


def test_a_deputy_has_the_posts_rights_but_may_lend_them_to_nobody(store, db, make, company, karin,
                                                                   dan):
    name(store, db, dan, by=make.actor(karin))
    deputy = make.actor(dan)
    assert (deputy.on_behalf_of.name, deputy.scope) == ("Karin Lind", Scope(company.id))
    assert deputy.roles == {Role.COMPANY_ADMIN, Role.TRAVELLER}
    assert [deputy.may(right) for right in (
        Right.SEND_TICKETS, Right.MANAGE_COMPANY, Right.MANAGE_ADMINISTRATORS,
        Right.NAME_DEPUTY)] == [True, True, False, False]


@pytest.mark.parametrize(("first_on", "begins", "last_on", "ends"), [
    (date(2026, 11, 23), datetime(2026, 11, 22, 23, tzinfo=UTC),
     date(2026, 11, 29), datetime(2026, 11, 29, 23, tzinfo=UTC)),
    (date(2027, 3, 28), datetime(2027, 3, 27, 23, tzinfo=UTC),  # the clocks go forward that day
     date(2027, 3, 28), datetime(2027, 3, 28, 22, tzinfo=UTC)),
    (date(2027, 3, 1), datetime(2027, 2, 28, 23, tzinfo=UTC),
     date(2027, 3, 31), datetime(2027, 3, 31, 22, tzinfo=UTC)),
    (date(2027, 10, 31), datetime(2027, 10, 30, 22, tzinfo=UTC),  # and back that day
     date(2027, 10, 31), datetime(2027, 10, 31, 23, tzinfo=UTC))],
    ids=["winter", "forward", "into summer", "back"])
def test_it_begins_and_ends_by_itself_at_swedish_midnights(store, db, make, karin, dan, first_on,
                                                           begins, last_on, ends):
    name(store, db, dan, by=make.actor(karin), first_on=first_on, last_on=last_on)
    assert [stands_in(store, db, dan, moment) for moment in (
        begins - SECOND, begins, ends - SECOND, ends)] == [False, True, True, False]


def test_the_deputy_is_told_the_days(store, db, make, company, karin, dan):
    name(store, db, dan, by=make.actor(karin))
    assert letters(db) == [("deputy_named", "dan@bolaget.example")]
    [event, *_] = audit.latest(db, within=Scope(company.id)).rows
    assert (event.act, event.by_name, event.details) == (Act.DEPUTY_NAMED, "Karin Lind", {
        "person": "Dan Lund", "first": "2026-11-20", "last": "2026-11-26"})


def test_what_a_deputy_does_is_written_on_behalf_of_the_holder(store, db, make, company, karin,
                                                               dan):
    name(store, db, dan, by=make.actor(karin))
    by, rut = make.actor(dan), make.traveller(company)
    with store.transaction(db):
        travellers.end(db, rut, by=by, now=NOON)
    event = audit.latest(db, within=Scope(company.id)).rows[0]
    assert (event.by_name, event.for_name) == ("Dan Lund", "Karin Lind")


@pytest.mark.parametrize(("first_on", "last_on", "field"), [
    (date(2026, 11, 19), NEXT, "first_on"), (NEXT, FRIDAY, "last_on"),
    (FRIDAY, FRIDAY + timedelta(days=180), "last_on")])
def test_days_that_will_not_do_are_refused_beside_their_field(store, db, make, karin, dan,
                                                              first_on, last_on, field):
    with pytest.raises(Invalid) as refused:
        name(store, db, dan, by=make.actor(karin), first_on=first_on, last_on=last_on)
    assert refused.value.field == field


def test_180_days_and_a_single_one_will_do(store, db, make, karin, dan):
    by = make.actor(karin)
    name(store, db, dan, by=by, first_on=FRIDAY, last_on=FRIDAY)
    name(store, db, dan, by=by, first_on=NEXT, last_on=NEXT + timedelta(days=179))


def test_there_is_one_deputy_at_a_time(store, db, make, company, karin, dan):
    eva, by = make.admin(company, given_name="Eva"), make.actor(karin)
    name(store, db, dan, by=by)
    with pytest.raises(Invalid):
        name(store, db, eva, by=by, first_on=NEXT, last_on=NEXT)
    name(store, db, eva, by=by, first_on=NEXT + timedelta(days=1), last_on=date(2026, 12, 24))
    assert [each.person_id for each in deputies.of_post(db, by.post_id, now=NOON)] == [
        dan.id, eva.id]


def test_nobody_is_their_own_deputy_nor_names_one_for_somebody_else(store, db, make, karin, dan):
    with pytest.raises(Invalid):
        name(store, db, karin, by=make.actor(karin))
    name(store, db, dan, by=make.actor(karin))
    with pytest.raises(NotFound):
        name(store, db, karin, by=make.actor(dan), first_on=date(2026, 12, 1),
             last_on=date(2026, 12, 1))


def test_ending_it_takes_the_rights_at_once_and_both_are_told_but_who_did_it(store, db, make, karin,
                                                                             dan):
    by = make.actor(karin)
    deputyship = name(store, db, dan, by=by)
    with store.transaction(db):
        deputies.end(db, deputies.find(db, deputyship.id, by=by), by=by, now=NOON)
    assert not stands_in(store, db, dan, NOON)
    assert letters(db)[1:] == [("deputy_ended", "dan@bolaget.example")]
    with pytest.raises(Conflict), store.transaction(db):
        deputies.end(db, deputyship, by=by, now=NOON)


def test_the_deputy_may_end_it_and_the_holder_is_told(store, db, make, karin, dan):
    deputyship = name(store, db, dan, by=make.actor(karin))
    with store.transaction(db):
        deputies.end(db, deputies.own(db, deputyship.id, person_id=dan.id),
                     by=make_oneself(db, store, dan), now=NOON)
    assert letters(db)[1:] == [("deputy_ended", "karin@bolaget.example")]


def make_oneself(db, store, person):
    return logins.Actor(person_id=person.id, name=person.name,
                        personnummer_index=person.personnummer_index, roles=frozenset())


def test_an_administrator_of_the_company_may_end_anybodys(store, db, make, company, karin, dan):
    verkstad = make.department(company)
    eva = make.department_admin(verkstad, given_name="Eva")
    deputyship = name(store, db, dan, by=make.actor(eva))
    assert deputies.find(db, deputyship.id, by=make.actor(karin)) == deputyship
    for stranger in (make.department_admin(verkstad), make.admin(make.company("Annat AB"))):
        with pytest.raises(NotFound):
            deputies.find(db, deputyship.id, by=make.actor(stranger))
        with pytest.raises(NotFound):
            deputies.own(db, deputyship.id, person_id=stranger.id)


def test_a_traveller_who_leaves_the_company_stands_in_no_longer(store, db, make, company, karin):
    traveller = make.traveller(company, "Dan", "Lund")
    dan = make.as_person(traveller)
    make.clerk(number=db.info["vault"].open(dan.personnummer_sealed, "personnummer"))
    name(store, db, dan, by=make.actor(karin))
    assert stands_in(store, db, dan, NOON)
    with store.transaction(db):
        travellers.end(db, traveller, by=NOBODY, now=MORNING)
    assert not stands_in(store, db, dan, NOON + SECOND)
    assert deputies.of_company(db, company.id, now=NOON) == []


def test_a_traveller_is_known_as_the_one_who_signs_in(store, db, make, company):
    traveller = make.traveller(company, "Dan", "Lund", email="dan@bolaget.example")
    with store.transaction(db):
        person = deputies.known_as(db, traveller, now=NOON)
    assert (person.personnummer_index, person.email) == (
        traveller.personnummer_index, "dan@bolaget.example")


def test_one_without_a_personnummer_cannot_be_a_deputy(store, db, make, company):
    traveller = make.traveller(company)
    with store.transaction(db):
        traveller.personnummer_sealed = None
    with pytest.raises(Invalid) as refused:
        deputies.known_as(db, traveller, now=NOON)
    assert refused.value.field == "deputy"


def test_an_administrator_wears_one_hat_at_a_time(store, db, make, company, karin):
    verkstad = make.department(company)
    dan = make.department_admin(verkstad)
    deputyship = name(store, db, dan, by=make.actor(karin))
    sign_in(store, db, dan, "dan", now=NOON)
    own = logins.actor(db, "dan", now=NOON)
    assert (own.on_behalf_of, own.departments, [hat.holder for hat in own.hats]) == (
        None, {verkstad.id}, [None, "Karin Lind"])
    with store.transaction(db):
        logins.wear(db, "dan", deputyship.post_id, now=NOON)
    other = logins.actor(db, "dan", now=NOON)
    assert (other.on_behalf_of.name, other.departments) == ("Karin Lind", None)
    after = logins.actor(db, "dan", now=datetime(2026, 11, 20, 22, tzinfo=UTC))
    assert after.on_behalf_of


def test_a_hat_falls_off_by_itself_when_the_days_are_over(store, db, make, company, karin):
    dan = make.department_admin(make.department(company))
    deputyship = name(store, db, dan, by=make.actor(karin), last_on=FRIDAY)
    over = datetime(2026, 11, 20, 23, tzinfo=UTC)
    sign_in(store, db, dan, "dan", now=over - SECOND)
    with store.transaction(db):
        logins.wear(db, "dan", deputyship.post_id, now=over - SECOND)
    assert logins.actor(db, "dan", now=over - SECOND).on_behalf_of
    assert logins.actor(db, "dan", now=over).on_behalf_of is None
    with pytest.raises(NotFound), store.transaction(db):
        logins.wear(db, "dan", deputyship.post_id, now=over)


def test_lists_ask_as_much_for_three_as_for_one(store, db, make, company, karin, dan):
    by = make.actor(karin)
    name(store, db, dan, by=by)
    db.expunge_all()
    with queries(store) as at_one:
        [(each.person.name, each.post.person.name, each.post.company.name)
         for each in deputies.of_company(db, company.id, now=NOON)]
    for start in (10, 20):
        name(store, db, dan, by=by, first_on=FRIDAY + timedelta(days=start),
             last_on=FRIDAY + timedelta(days=start))
    db.expunge_all()
    with queries(store) as at_three:
        [(each.person.name, each.post.person.name, each.post.company.name)
         for each in deputies.of_company(db, company.id, now=NOON)]
    assert len(at_three) == len(at_one)

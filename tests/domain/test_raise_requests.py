from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from domain import audit, business_travel, people, raise_requests
from domain.access import Principal, Role, Scope
from domain.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from domain.messages import Email, Sms
from domain.raises import Raise, State
from domain.rules import Rules
from tests.conftest import NOON
from tests.factories import NOBODY

FRIDAY = date(2026, 11, 27)
MOST = Rules().credit_limit_max_ore


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company, email="asa@bolaget.example"))


@pytest.fixture
def connection(make, company, admin):
    return make.connection(make.traveller(company), registered=True)


@pytest.fixture
def asked(make, connection):
    return make.raise_request(connection)


def ask(db, store, connection, ore=30_000, until_on=FRIDAY, now=NOON):
    with store.transaction(db):
        return raise_requests.ask(db, connection, ore=ore, until_on=until_on, reason="Resa",
                                  by=NOBODY, now=now)


def grant(db, store, asked, by, now=NOON, **otherwise):
    with store.transaction(db):
        raise_requests.grant(db, asked, by=by, now=now, **otherwise)


def to(db, template):
    return [mail.to for mail in db.scalars(select(Email).where(Email.template == template)
                                           .order_by(Email.to))]


def acts(db, connection):
    return [event.act for event in audit.about(db, connection.traveller_id,
                                               company_id=connection.company_id)]


# Asking.


def test_who_asks_waits_and_the_administrators_read_what_and_why(db, asked):
    assert asked.state_at(NOON) == State.ASKED
    mail = db.scalar(select(Email))
    assert (mail.to, mail.template) == ("asa@bolaget.example", "raise_asked")
    assert mail.values == {"name": "Åsa", "traveller": "Rut Resenär", "ore": 30_000,
                           "until": "2026-11-27", "reason": "Resa till Kalmar"}
    assert acts(db, asked.connection)[0] == audit.Act.TRAVEL_RAISE_ASKED


def test_the_departments_own_administrators_read_it_rather_than_the_whole_companys(
        db, make, store, company, admin):
    room = make.department(company)
    make.department_admin(room, email="verkstad@bolaget.example")
    ask(db, store, make.connection(make.traveller(department=room), registered=True))
    assert to(db, "raise_asked") == ["verkstad@bolaget.example"]


def test_who_asks_is_not_the_one_who_reads_it(db, make, store, company, admin):
    room = make.department(company)
    traveller = make.traveller(department=room)
    person = make.as_person(traveller)
    with store.transaction(db):
        person.email = "rut@bolaget.example"
        people.appoint(db, person, Role.DEPARTMENT_ADMIN, company_id=company.id,
                       departments=[room.id], now=NOON)
    ask(db, store, make.connection(traveller, registered=True))
    assert to(db, "raise_asked") == ["asa@bolaget.example"]


def test_one_request_at_a_time(db, store, asked):
    with pytest.raises(Conflict, match="redan en förfrågan"):
        ask(db, store, asked.connection)
    with store.transaction(db):
        raise_requests.withdraw(db, asked, by=NOBODY, now=NOON)
    ask(db, store, asked.connection)


def test_one_that_nobody_answered_in_time_is_over_and_does_not_hinder_the_next(db, store, asked,
                                                                               company, admin):
    later = NOON + timedelta(days=8)
    assert asked.state_at(later) == State.OVER
    assert raise_requests.waiting(db, within=Scope(company.id), now=later) == []
    assert raise_requests.others(db, within=Scope(company.id), now=later) == [asked]
    with pytest.raises(Invalid, match="Dagen har redan varit"):
        grant(db, store, asked, admin, now=later)
    ask(db, store, asked.connection, until_on=date(2026, 12, 4), now=later)


def test_eight_who_ask_at_once_have_asked_once(db, store, connection):
    def one(_):
        with store.session() as session:
            try:
                mine = session.get(business_travel.Connection, connection.id)
                return ask(session, store, mine)
            except DomainError:
                return None

    with ThreadPoolExecutor(8) as pool:
        assert sum(each is not None for each in pool.map(one, range(8))) == 1
    assert len(db.scalars(select(Raise)).all()) == 1


@pytest.mark.parametrize(("ore", "until_on", "field", "said"), [
    (0, FRIDAY, "ore", "höjas med högst 14 500 kr"),
    (MOST - 50_000 + 1, FRIDAY, "ore", "höjas med högst 14 500 kr"),
    (100, date(2026, 11, 19), "until_on", "har redan varit"),
    (100, date(2027, 1, 22), "until_on", "högst 62 dagar"),
])
def test_what_cannot_be_asked_for_is_told(db, store, connection, ore, until_on, field, said):
    with pytest.raises(Invalid) as refusal:
        ask(db, store, connection, ore, until_on)
    assert (refusal.value.field, said in str(refusal.value).replace("\xa0", " ")) == (field, True)


def test_who_has_the_highest_limit_is_told_so(db, store, make):
    with pytest.raises(Invalid, match="redan den högsta"):
        ask(db, store, make.connection(limit_ore=MOST, registered=True))


def test_only_who_has_registered_and_is_still_connected_asks(db, store, make):
    connection = make.connection()
    with pytest.raises(Conflict, match="inte registrerat"):
        ask(db, store, connection)
    with store.transaction(db):
        business_travel.end(db, connection, by=NOBODY, now=NOON)
    with pytest.raises(Conflict, match="inte längre ansluten"):
        ask(db, store, connection)


# Deciding.


def test_a_grant_is_as_it_was_asked_for_and_the_traveller_is_told(db, store, asked, admin):
    grant(db, store, asked, admin)
    assert (asked.state, asked.granted_ore, asked.granted_until_on, asked.decided_by_id) == (
        State.GRANTED, 30_000, FRIDAY, admin.person_id)
    sms = db.scalar(select(Sms).where(Sms.template == "raise_granted"))
    assert sms.values == {"company": "Bolaget AB", "ore": 30_000, "until": "2026-11-27",
                          "limit_ore": 80_000}
    assert acts(db, asked.connection)[0] == audit.Act.TRAVEL_RAISE_GRANTED


def test_a_grant_may_be_of_another_sum_and_day(db, store, asked, admin):
    grant(db, store, asked, admin, ore=10_000, until_on=date(2026, 11, 24))
    assert (asked.ore, asked.until_on, asked.asked_ore) == (10_000, date(2026, 11, 24), 30_000)


def test_more_than_the_rules_allow_is_not_granted(db, store, asked, admin):
    with pytest.raises(Invalid, match="höjas med högst"):
        grant(db, store, asked, admin, ore=MOST)
    with pytest.raises(Invalid, match="höjas med högst"):
        grant(db, store, asked, admin, ore=0)


def test_a_refusal_gives_its_reason(db, store, asked, admin):
    with store.transaction(db):
        raise_requests.refuse(db, asked, reason="Ta tåget", by=admin, now=NOON)
    assert (asked.state_at(NOON), asked.answer) == (State.REFUSED, "Ta tåget")
    sms = db.scalar(select(Sms).where(Sms.template == "raise_refused"))
    assert sms.values == {"company": "Bolaget AB", "ore": 30_000, "reason": "Ta tåget"}


def test_it_is_decided_once(db, store, asked, admin):
    grant(db, store, asked, admin)
    with pytest.raises(Conflict, match="redan avgjord"):
        grant(db, store, asked, admin)
    with pytest.raises(Conflict, match="redan avgjord"), store.transaction(db):
        raise_requests.refuse(db, asked, reason="Nej", by=admin, now=NOON)
    with pytest.raises(Conflict, match="redan avgjord"), store.transaction(db):
        raise_requests.withdraw(db, asked, by=NOBODY, now=NOON)


def test_two_who_decide_at_once_decide_it_once(db, store, asked, admin):
    def one(_):
        with store.session() as session:
            try:
                grant(session, store, session.get(Raise, asked.id), admin)
                return True
            except DomainError:
                return None

    with ThreadPoolExecutor(4) as pool:
        assert sum(bool(each) for each in pool.map(one, range(4))) == 1
    assert len(db.scalars(select(Sms).where(Sms.template == "raise_granted")).all()) == 1


def test_nobody_decides_their_own_nor_that_of_whom_they_stand_in_for(db, store, asked, admin):
    index = asked.traveller.personnummer_index
    themself = replace(admin, personnummer_index=index)
    deputy = replace(admin, on_behalf_of=Principal(admin.person_id, "Rut", index))
    for who in (themself, deputy):
        assert asked.is_own(who)
        with pytest.raises(NotAllowed, match="din egen"):
            grant(db, store, asked, who)


def test_a_raise_is_ended_before_its_day_and_the_traveller_is_told(db, store, asked, admin):
    with pytest.raises(Conflict, match="gäller inte"), store.transaction(db):
        raise_requests.end(db, asked, by=admin, now=NOON)
    grant(db, store, asked, admin)
    with store.transaction(db):
        raise_requests.end(db, asked, by=admin, now=NOON)
    assert asked.state_at(NOON) == State.OVER
    assert db.scalar(select(Sms).where(Sms.template == "raise_ended"))


# Finding.


def test_what_waits_is_the_oldest_first_and_not_of_those_who_have_left(db, store, make, company,
                                                                       asked):
    later = ask(db, store, make.connection(make.traveller(company), registered=True))
    within = Scope(company.id)
    assert raise_requests.waiting(db, within=within, now=NOON) == [asked, later]
    with store.transaction(db):
        business_travel.end(db, asked.connection, by=NOBODY, now=NOON)
    assert raise_requests.waiting(db, within=within, now=NOON) == [later]
    assert raise_requests.others(db, within=within, now=NOON) == [asked]


def test_a_request_is_found_by_its_company_its_department_and_its_traveller(db, make, asked,
                                                                            company):
    elsewhere = Scope(company.id, frozenset({make.department(company).id}))
    assert raise_requests.find(db, asked.id, within=Scope(company.id)) is asked
    for scope in (Scope(make.company("Annat AB").id), elsewhere):
        with pytest.raises(NotFound):
            raise_requests.find(db, asked.id, within=scope)
    traveller_id = asked.connection.traveller_id
    assert raise_requests.find_own(db, asked.id, traveller_ids=[traveller_id]) is asked
    with pytest.raises(NotFound):
        raise_requests.find_own(db, asked.id, traveller_ids=[])

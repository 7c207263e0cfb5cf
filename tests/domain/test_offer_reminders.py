from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from domain import activations, deputies, offer_decisions, offer_reminders
from domain.messages import Email
from domain.offer_reminders import Kind
from tests.conftest import NOON
from tests.factories import MORNING

DECEMBER = date(2026, 12, 1)
SOON, LAST, PAST = (datetime(2026, *day, 7, 30, tzinfo=NOON.tzinfo)
                    for day in ((11, 28), (11, 30), (12, 1)))


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company):
    return make.admin(company)


@pytest.fixture
def application(make, company, admin):
    """To be decided by the thirtieth."""
    return make.offer_application(make.traveller(company), starts_on=DECEMBER)


def letters(db, template):
    return [(mail.to, mail.values) for mail in db.scalars(
        select(Email).where(Email.template == template).order_by(Email.put_at, Email.to))]


def remind(store, db, now):
    for company_id in offer_reminders.companies_due(db, now=now):
        with store.transaction(db):
            offer_reminders.remind(db, company_id, now=now)


def reminded(db):
    return [(to, values["count"], values["late"])
            for to, values in letters(db, "offers_to_decide")]


def test_who_decides_is_reminded_two_days_before_the_last_and_on_it_and_never_twice(
        store, db, application):
    for now in (NOON, SOON - timedelta(days=1), SOON, SOON, LAST, LAST, PAST):
        remind(store, db, now)
    assert reminded(db) == [("asa@bolaget.example", 1, 0)] * 2


def test_one_letter_tells_of_all_that_wait(make, store, db, company, application):
    make.offer_application(make.traveller(company), starts_on=DECEMBER)
    remind(store, db, PAST)
    assert reminded(db) == [("asa@bolaget.example", 2, 2)]


def test_what_is_decided_is_not_reminded_of(make, store, db, admin, application):
    with store.transaction(db):
        offer_decisions.decline(db, application, reason="Nej", by=make.actor(admin), now=NOON)
    remind(store, db, LAST)
    assert reminded(db) == []


def test_nobody_is_reminded_of_their_own_nor_of_another_department(make, store, db, company,
                                                                   application):
    make.department_admin(make.department(company))
    remind(store, db, LAST)
    assert [to for to, *_ in reminded(db)] == ["asa@bolaget.example"]


def test_who_stands_in_is_reminded_too(make, store, db, company, admin, application):
    deputy = make.as_person(make.traveller(company))
    with store.transaction(db):
        deputies.name(db, deputy, first_on=date(2026, 11, 25), last_on=date(2026, 12, 5),
                      by=make.actor(admin), now=NOON)
    remind(store, db, SOON)
    assert [to for to, *_ in reminded(db)] == ["asa@bolaget.example", "rut@bolaget.example"]


def tell(store, db, due, kind, now):
    found = due(db, now=now, most=9)
    with store.transaction(db):
        offer_reminders.tell(db, found, kind, now=now)
    return len(found)


def test_who_waits_is_told_once_when_the_last_day_has_passed(store, db, application):
    told = [tell(store, db, offer_reminders.waiting_due, Kind.WAITS, now)
            for now in (LAST, PAST, PAST)]
    assert told == [0, 1, 0]
    assert [to for to, _ in letters(db, "offer_waits")] == ["rut@bolaget.example"]


@pytest.fixture
def ending(make, store, db, admin, application):
    """A ticket that was activated on the first of December."""
    with store.transaction(db):
        offer_decisions.approve(db, application, by=make.actor(admin), now=NOON)
    with store.transaction(db):
        activations.activate(db, application.ticket, now=PAST)
    return application


def renewals(db, days):
    return len(offer_reminders.renewals_due(db, now=PAST + timedelta(days=days), most=9))


def test_a_month_before_the_end_the_traveller_is_asked_to_apply_again(store, db, ending):
    assert [renewals(db, days) for days in (330, 336, 364, 366)] == [0, 1, 1, 0]
    told = [tell(store, db, offer_reminders.renewals_due, Kind.RENEWAL,
                 PAST + timedelta(days=336)) for _ in range(2)]
    assert told == [1, 0]
    [(to, values)] = letters(db, "offer_renewal")
    assert (to, values["application"], values["last_on"]) == (
        "rut@bolaget.example", str(ending.id), "2027-12-01")


def test_whoever_has_applied_again_or_leaves_is_not_asked(make, store, db, ending):
    with store.transaction(db):
        ending.traveller.leaves_on = date(2027, 12, 31)
    assert renewals(db, 340) == 0
    with store.transaction(db):
        ending.traveller.leaves_on = None
    make.offer_application(ending.traveller, starts_on=date(2027, 12, 2), renews=ending,
                           at=MORNING + timedelta(days=345))
    assert renewals(db, 346) == 0

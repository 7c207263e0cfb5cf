from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from domain import departments, limit_digests, purchases
from domain.departments import Details
from domain.messages import Email
from domain.products import Product
from jobs import limit_digests as job
from tests.conftest import NOON
from tests.factories import NOBODY, ONE_ZONE

SINGLE = 4200
MORNING_AFTER = datetime(2026, 11, 21, 6, 15, tzinfo=UTC)


@pytest.fixture
def company(make):
    make.price_list()
    company = make.company()
    make.admin(company, email="asa@bolaget.example")
    return company


@pytest.fixture
def room(make, company):
    return make.department(company)


@pytest.fixture
def near(make, db, store):
    """Gives somebody in the department who has used so many single tickets of five."""
    def near(room, times=4, name="Rut", now=NOON):
        connection = make.connection(make.traveller(department=room, given_name=name),
                                     limit_ore=5 * SINGLE, registered=True)
        buy(db, store, connection, times, now)
        return connection
    return near


def buy(db, store, connection, times=1, now=NOON):
    for _ in range(times):
        with store.transaction(db):
            purchases.buy(db, connection, Product.SINGLE, ONE_ZONE, by=NOBODY, now=now)


def letters(db, portal, clock, at=MORNING_AFTER):
    """Those of this morning."""
    clock.at = at
    job.write(portal)
    db.rollback()
    return list(db.scalars(select(Email).where(Email.template == "limit_digest",
                                               Email.put_at == at).order_by(Email.to)))


def test_all_who_are_near_their_limits_are_told_of_together(db, portal, clock, near, room):
    near(room, 5, "Alva")
    near(room, 4, "Noor")
    near(room, 3, "Siv")
    [letter] = letters(db, portal, clock)
    assert (letter.to, letter.values["month"]) == ("asa@bolaget.example", "2026-11")
    assert letter.values["travellers"] == [
        {"name": "Alva Resenär", "spent_ore": 5 * SINGLE, "limit_ore": 5 * SINGLE},
        {"name": "Noor Resenär", "spent_ore": 4 * SINGLE, "limit_ore": 5 * SINGLE}]
    assert letter.values["departments"] == []


def test_nothing_new_writes_nothing(db, portal, clock, near, room):
    assert letters(db, portal, clock) == []
    connection = near(room)
    assert len(letters(db, portal, clock)) == 1
    assert letters(db, portal, clock, MORNING_AFTER + timedelta(days=1)) == []
    buy(db, portal.store, connection)
    assert len(letters(db, portal, clock, MORNING_AFTER + timedelta(days=2))) == 1


def test_it_is_written_once_a_day_at_the_most(db, portal, clock, near, room):
    near(room)
    assert len(letters(db, portal, clock)) == 1
    near(room)
    assert letters(db, portal, clock, MORNING_AFTER + timedelta(hours=16)) == []
    assert len(letters(db, portal, clock, MORNING_AFTER + timedelta(days=1))) == 1


def test_a_department_that_is_near_its_budget_is_told_of(db, portal, clock, near, room, store):
    with store.transaction(db):
        departments.change(db, room, Details("Verkstad", "2", monthly_budget_ore=5 * SINGLE),
                           by=NOBODY, now=NOON)
    near(room, 2)
    near(room, 2)
    [letter] = letters(db, portal, clock)
    assert (letter.values["travellers"], letter.values["departments"]) == ([], [
        {"name": "Verkstad", "spent_ore": 4 * SINGLE, "limit_ore": 5 * SINGLE}])


def test_a_department_administrator_reads_only_of_their_own(db, make, portal, clock, near, room,
                                                            company):
    make.department_admin(room, email="verkstad@bolaget.example")
    make.department_admin(make.department(company, "Lager"), email="lager@bolaget.example")
    near(room, name="Alva")
    near(make.first_department(company), name="Noor")
    told = {letter.to: [each["name"] for each in letter.values["travellers"]]
            for letter in letters(db, portal, clock)}
    assert told == {"asa@bolaget.example": ["Alva Resenär", "Noor Resenär"],
                    "verkstad@bolaget.example": ["Alva Resenär"]}


def test_what_was_reached_in_a_month_that_has_ended_is_not_news(db, portal, clock, near, room):
    near(room)
    assert letters(db, portal, clock, datetime(2026, 12, 1, 6, 15, tzinfo=UTC)) == []
    assert limit_digests.due(db, now=datetime(2026, 12, 2, 6, 15, tzinfo=UTC)) == []


def test_two_who_write_at_once_write_it_once(db, portal, clock, near, room, company, store):
    near(room)
    letters(db, portal, clock)
    with store.transaction(db):
        limit_digests.write(db, company.id, now=MORNING_AFTER)
    assert len(db.scalars(select(Email).where(Email.template == "limit_digest")).all()) == 1

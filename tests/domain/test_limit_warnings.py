from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from domain import business_travel, departments, purchases
from domain.authorisations import Authorisation
from domain.departments import Details
from domain.errors import Invalid
from domain.limit_warnings import BudgetWarning, LimitWarning
from domain.messages import Sms
from domain.products import Product
from tests.conftest import NOON
from tests.factories import NOBODY, ONE_ZONE
from tests.queries import queries

SINGLE = 4200
DECEMBER = datetime(2026, 12, 1, 11, tzinfo=UTC)


@pytest.fixture
def connection(make):
    make.price_list()
    return make.connection(limit_ore=5 * SINGLE, registered=True)


def buy(db, store, connection, times=1, now=NOON):
    for _ in range(times):
        with store.transaction(db):
            ticket = purchases.buy(db, connection, Product.SINGLE, ONE_ZONE, by=NOBODY, now=now)
    return ticket


def told(db):
    return [sms.template for sms in db.scalars(
        select(Sms).where(Sms.template.in_(["limit_warning", "limit_used"]))
        .order_by(Sms.template.desc()))]


def test_the_traveller_is_told_at_four_fifths_and_again_when_all_is_used(db, store, connection):
    buy(db, store, connection, 3)
    assert told(db) == []
    buy(db, store, connection)
    assert told(db) == ["limit_warning"]
    sms = db.scalar(select(Sms).where(Sms.template == "limit_warning"))
    assert (sms.to, sms.values) == ("+46701740605", {
        "spent_ore": 4 * SINGLE, "limit_ore": 5 * SINGLE, "month": "2026-11"})
    buy(db, store, connection)
    assert told(db) == ["limit_warning", "limit_used"]


def test_what_was_paid_back_and_used_again_is_not_told_again(db, store, connection):
    ticket = buy(db, store, connection, 4)
    for _ in range(2):
        with store.transaction(db):
            bought = db.scalar(select(Authorisation).where(Authorisation.ticket_id == ticket.id))
            purchases.refund(db, bought, by=NOBODY, now=NOON)
        ticket = buy(db, store, connection)
    assert told(db) == ["limit_warning"]


def test_another_month_is_told_of_anew(db, store, connection):
    buy(db, store, connection, 4)
    buy(db, store, connection, 4, now=DECEMBER)
    assert told(db) == ["limit_warning", "limit_warning"]


def test_one_purchase_of_all_is_told_once(db, store, connection):
    with store.transaction(db):
        business_travel.change_limit(db, connection, limit_ore=SINGLE, by=NOBODY, now=NOON)
    buy(db, store, connection)
    assert told(db) == ["limit_used"]


def test_what_has_been_raised_is_what_is_warned_of(db, store, make, connection):
    make.raise_request(connection, 5 * SINGLE, granted=True)
    buy(db, store, connection, 7)
    assert told(db) == []
    buy(db, store, connection)
    assert told(db) == ["limit_warning"]


def test_a_purchase_that_is_refused_tells_nobody(db, store, make):
    make.price_list()
    poor = make.connection(limit_ore=SINGLE - 1, registered=True)
    with pytest.raises(Invalid):
        buy(db, store, poor)
    assert (told(db), db.scalars(select(LimitWarning)).all()) == ([], [])


def test_far_from_the_limit_nothing_more_is_asked_of_the_database(db, store, make, connection):
    rich = make.connection(limit_ore=1_000_000, registered=True)
    buy(db, store, rich)
    with queries(store) as asked:
        buy(db, store, rich)
    assert [statement for statement in asked if "warnings" in statement] == []


def test_a_department_is_noted_when_it_is_near_its_budget_and_when_it_is_used(db, store,
                                                                               connection):
    room = connection.traveller.department
    with store.transaction(db):
        departments.change(db, room, Details("Kontoret", "1", monthly_budget_ore=5 * SINGLE),
                           by=NOBODY, now=NOON)
        connection.limit_ore = 1_000_000
    buy(db, store, connection, 3)
    assert db.scalars(select(BudgetWarning)).all() == []
    buy(db, store, connection, 2)
    assert sorted((each.owner_id, each.percent) for each in db.scalars(select(BudgetWarning))) == [
        (room.id, 80), (room.id, 100)]
    assert told(db) == []

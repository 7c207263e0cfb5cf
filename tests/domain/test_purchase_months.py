from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from domain import ledger, purchase_months, reports
from domain.access import Scope
from domain.ledger import Entry
from domain.months import Month
from domain.products import Product
from domain.purchase_months import Total
from tests.conftest import NOON
from tests.factories import COUNTY

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
EARLIER = datetime(2026, 10, 28, 11, tzinfo=UTC)
SINGLE = 4200


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


@pytest.fixture
def connection(make, company):
    return make.connection(make.traveller(company), 1_000_000, registered=True)


@pytest.fixture
def told(db, company):
    """Each month that something is told of."""
    def told(now=NOON, within=None):
        db.rollback()
        found = purchase_months.latest(db, within=within or Scope(company.id), now=now)
        return {month: total for month, total in found.items() if total != Total()}
    return told


def test_a_purchase_is_told_of_at_once_in_its_month(make, connection, told):
    make.purchase(connection, at=NOON)
    make.purchase(connection, at=EARLIER)
    make.purchase(connection, at=NOON)
    assert told() == {OCTOBER: Total(1, SINGLE), NOVEMBER: Total(2, 2 * SINGLE)}


def test_the_month_that_goes_on_is_beside_the_last_twelve(db, company):
    months = list(purchase_months.latest(db, within=Scope(company.id), now=NOON))
    assert (months[0], months[-1], len(months)) == (Month(2025, 11), NOVEMBER, 13)


def test_a_month_begins_at_midnight_in_sweden(make, connection, told):
    midnight = NOVEMBER.start
    make.purchase(connection, at=midnight - timedelta(microseconds=1))
    make.purchase(connection, at=midnight)
    assert told() == {OCTOBER: Total(1, SINGLE), NOVEMBER: Total(1, SINGLE)}


def test_each_month_is_to_the_oere_what_its_specification_and_the_ledger_say(
        make, connection, company, told, store, db):
    make.purchase(connection, Product.DAY, COUNTY, at=EARLIER)
    make.refunded(make.purchase(connection, at=EARLIER), at=EARLIER + timedelta(hours=1))
    make.refunded(make.purchase(connection, at=EARLIER), at=NOON)
    make.purchase(connection, at=NOON)
    for month, total in told().items():
        with store.transaction(db):
            made = reports.make(db, company.id, month, now=NOON)
        entered = db.scalar(select(func.sum(Entry.charge_ore)).where(
            Entry.company_id == company.id, Entry.at >= month.start, Entry.at < month.next.start))
        assert total.charged_ore == made.gross_ore == entered
    assert told()[NOVEMBER].charged_ore == 0  # one is bought and one is credited
    assert ledger.check(db) == []


def test_the_check_of_the_ledger_sees_a_month_that_is_wrong(make, connection, store, db):
    make.purchase(connection, at=NOON)
    with store.transaction(db):
        db.scalars(select(purchase_months.PurchaseMonth)).one().bought_ore += 1
    [difference] = ledger.check(db)
    assert (difference.when, difference.ore) == (NOVEMBER.first_day, 1)


def test_whoever_has_a_department_is_told_of_that_alone(make, company, connection, told):
    verkstad = make.department(company)
    theirs = make.connection(make.traveller(department=verkstad), registered=True)
    make.purchase(theirs, Product.DAY, at=NOON)
    make.purchase(connection, at=NOON)
    ours = Scope(company.id, frozenset({verkstad.id}))
    assert told(within=ours)[NOVEMBER] == Total(1, 8400)
    assert told(within=Scope(make.company().id)) == {}


def test_one_department_of_several_is_told_of(make, db, company, connection):
    theirs = make.connection(make.traveller(department=make.department(company)), registered=True)
    make.purchase(theirs, Product.DAY, at=NOON)
    make.purchase(connection, at=EARLIER)
    within = Scope(company.id)
    assert purchase_months.total(db, OCTOBER, NOVEMBER, within=within) == Total(2, SINGLE + 8400)
    assert purchase_months.total(
        db, OCTOBER, NOVEMBER, within=within,
        department_id=theirs.traveller.department_id) == Total(1, 8400)


def test_what_costs_three_times_the_departments_average_stands_out(make, db, company, connection):
    for _ in range(purchase_months.FROM_SO_MANY - 1):
        make.purchase(connection, at=EARLIER)
    far = purchase_months.far(db, within=Scope(company.id), now=NOON)
    assert far == {}  # they are too few to tell
    make.purchase(connection, at=EARLIER)
    make.purchase(connection, Product.DAY, COUNTY, at=NOON)  # the month that goes on says nothing
    far = purchase_months.far(db, within=Scope(company.id), now=NOON)
    assert far == {connection.traveller.department_id: 3 * SINGLE}

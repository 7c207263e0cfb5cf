import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from domain import reports, sales, statistic_checks, statistic_groups, statistics
from domain.access import Scope
from domain.departments import Department
from domain.months import Month
from domain.products import Product
from domain.sales import Recipient
from domain.services import Service
from domain.specification_lines import CORRECTION, SpecificationLine
from domain.statistic_groups import Per, Sum, Wish
from domain.statistics import NOBODY, Statistic
from domain.tickets import Ticket
from tests.conftest import NOON
from tests.factories import COUNTY, ONE_ZONE
from tests.factories import NOBODY as ANYBODY

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
EARLIER = datetime(2026, 10, 28, 11, tzinfo=UTC)
SINGLE, DAY = 4200, 8400
ALL = [Per.MONTH, Per.DEPARTMENT, Per.SERVICE, Per.PRODUCT]


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


@pytest.fixture
def count(store, db):
    def count(most=statistics.AT_ONCE):
        with store.transaction(db):
            return statistics.count(db, most=most)
    return count


@pytest.fixture
def move(store, db):
    def move(ticket, **when):
        with store.transaction(db):
            db.execute(update(Ticket).where(Ticket.id == ticket.id).values(**when))
    return move


@pytest.fixture
def recall(move):
    return lambda ticket, at: move(ticket, recalled_at=at)


@pytest.fixture
def told(db, company):
    def told(*pers, first=OCTOBER, last=NOVEMBER, within=None, **wish):
        db.rollback()
        found = statistic_groups.grouped(db, Wish(first, last, **wish), *pers,
                                         within=within or Scope(company.id))
        return found[pers[0]] if len(pers) == 1 else found
    return told


def spent(groups):
    return {key: (each.tickets, each.gross_ore) for key, each in groups.items() if each != Sum()}


def test_a_purchase_is_told_of_at_once_and_the_same_when_it_is_counted(
        make, company, told, count):
    ticket = make.ticket(make.traveller(company), at=NOON)
    at_once = told(*ALL)
    assert at_once[Per.MONTH] == {NOVEMBER.first_day: Sum(1, SINGLE, ticket.vat_ore)}
    assert spent(at_once[Per.PRODUCT]) == {"single": (1, SINGLE)}
    assert spent(at_once[Per.SERVICE]) == {"send_ticket": (1, SINGLE)}
    assert spent(at_once[Per.DEPARTMENT]) == {ticket.department_id: (1, SINGLE)}
    assert count() == 1
    assert told(*ALL) == at_once
    assert count() == 0


def test_what_is_recalled_in_its_own_month_is_not_told_of_and_later_it_is_credited(
        make, company, told, count, recall):
    rut = make.traveller(company)
    for counted in (False, True):
        here, later = make.ticket(rut, at=NOON), make.ticket(rut, at=EARLIER)
        if counted:
            count()
        recall(here, NOON)
        recall(later, NOON)
    asked = told(Per.MONTH)
    assert spent(asked) == {OCTOBER.first_day: (2, 2 * SINGLE),
                            NOVEMBER.first_day: (0, -2 * SINGLE)}
    count()
    assert told(Per.MONTH) == asked


def test_a_month_begins_at_midnight_in_sweden(make, company, told, count):
    rut, midnight = make.traveller(company), NOVEMBER.start
    make.ticket(rut, at=midnight - timedelta(microseconds=1))
    make.ticket(rut, at=midnight)
    asked = spent(told(Per.MONTH))
    assert asked == {OCTOBER.first_day: (1, SINGLE), NOVEMBER.first_day: (1, SINGLE)}
    count()
    assert spent(told(Per.MONTH)) == asked


def test_persons_are_told_apart_and_visitors_together(make, store, db, company, told, count):
    rut, per = make.traveller(company), make.traveller(company, "Per")
    make.ticket(rut, at=NOON)
    make.ticket(per, Product.DAY, at=NOON)
    with store.transaction(db):
        room = db.get_one(Department, rut.department_id)
        for name in ("Gunnel Gäst", "Gustav Gäst"):
            sales.sell(db, Service.SEND_TICKET, Product.SINGLE, ONE_ZONE, department=room,
                       to=Recipient(name, "+46701740605"), by=ANYBODY, now=NOON)
    asked = spent(told(Per.PERSON))
    assert asked == {rut.id: (1, SINGLE), per.id: (1, DAY), NOBODY: (2, 2 * SINGLE)}
    count()
    assert spent(told(Per.PERSON)) == asked


def test_purposes_are_those_that_the_travellers_told(make, company, told, count):
    connection = make.connection(make.traveller(company), 1_000_000, registered=True)
    make.purchase(connection, at=NOON, purpose="Kundbesök")
    make.purchase(connection, at=NOON)
    asked = spent(told(Per.PURPOSE))
    assert asked == {"Kundbesök": (1, SINGLE), "": (1, SINGLE)}
    count()
    assert spent(told(Per.PURPOSE)) == asked


def test_the_same_months_of_the_year_before_stand_beside(make, company, told, count, move):
    rut = make.traveller(company)
    make.ticket(rut, at=NOON)
    for product, sold_at in ((Product.DAY, NOON.replace(year=2025)),
                             (Product.SINGLE, NOON.replace(year=2025, month=12))):
        move(make.ticket(rut, product, at=NOON), sold_at=sold_at)
    for _ in range(2):
        [sums] = told(Per.SERVICE, first=NOVEMBER).values()
        assert (sums.gross_ore, sums.tickets_before, sums.gross_before_ore) == (SINGLE, 1, DAY)
        count()


def test_a_correction_counts_in_its_month_and_a_recall_credits_no_more_than_it_left(
        make, store, db, company, told, count, recall):
    ticket = make.ticket(make.traveller(company), at=EARLIER)
    with store.transaction(db):
        reports.make(db, company.id, OCTOBER, now=NOON)
    with store.transaction(db):
        line = db.scalars(select(SpecificationLine)).one()
        columns = {column.name: getattr(line, column.name) for column in line.__table__.c
                   if column.name not in ("id", "report_id")}
        db.add(SpecificationLine(**columns | {
            "entry": CORRECTION, "counted_at": NOON, "price_ore": -1000, "vat_ore": -57}))
    asked = told(Per.MONTH)
    assert spent(asked) == {OCTOBER.first_day: (1, SINGLE), NOVEMBER.first_day: (0, -1000)}
    count()
    assert told(Per.MONTH) == asked
    recall(ticket, NOON + timedelta(days=1))
    for _ in range(2):
        assert spent(told(Per.MONTH))[NOVEMBER.first_day] == (0, -SINGLE)
        count()


def test_trials_and_private_purchases_are_not_told_of_and_do_not_wait(make, db, told, count):
    company = make.trial()
    make.ticket(make.traveller(company), at=NOON)
    make.own_ticket()
    assert count() == 2
    assert count() == 0
    assert db.scalars(select(Statistic)).all() == []
    assert told(Per.MONTH, within=Scope(company.id)) == {}


def test_a_department_or_a_service_may_be_asked_for_alone(make, company, told, count):
    verkstad = make.department(company)
    theirs, ours = make.traveller(department=verkstad), make.traveller(company)
    make.ticket(theirs, Product.DAY, at=NOON)
    make.ticket(ours, at=NOON)
    make.ticket(ours, at=NOON, service=Service.STAFF_OFFER)
    for _ in range(2):
        assert spent(told(Per.MONTH, department_id=verkstad.id)) == {NOVEMBER.first_day: (1, DAY)}
        assert spent(told(Per.MONTH, service=Service.STAFF_OFFER)) == {
            NOVEMBER.first_day: (1, SINGLE)}
        assert spent(told(Per.MONTH, within=Scope(company.id, frozenset({verkstad.id})))) == {
            NOVEMBER.first_day: (1, DAY)}
        assert spent(told(Per.MONTH, within=Scope(make.company().id))) == {}
        count()


def test_many_months_by_chance_are_the_same_as_their_specifications(
        make, store, db, company, told, count, recall):
    chance, rut = random.Random(4711), make.traveller(company)
    rooms = [rut, make.traveller(department=make.department(company))]
    for _ in range(40):
        at = EARLIER + timedelta(days=chance.randrange(24))
        bought = make.ticket(chance.choice(rooms), chance.choice([Product.SINGLE, Product.DAY]),
                             chance.choice([ONE_ZONE, COUNTY]), at=at)
        if chance.random() < 0.3:
            count(chance.randrange(1, 9))
        if chance.random() < 0.3:
            recall(bought, at + timedelta(days=chance.randrange(9)))
    asked = told(Per.MONTH)
    for month in (OCTOBER, NOVEMBER):
        with store.transaction(db):
            made = reports.make(db, company.id, month, now=NOON)
        its = asked[month.first_day]
        assert (its.tickets, its.gross_ore, its.vat_ore) == (
            made.tickets, made.gross_ore, made.vat_ore)
    while count():
        assert statistic_checks.check(db) == []
    assert told(Per.MONTH) == asked


def test_vat_that_is_evened_at_the_close_is_so_in_the_purchase_and_in_its_credit(
        make, store, db, company, told, count, recall):
    kept, later = (make.ticket(make.traveller(company), at=EARLIER) for _ in range(2))
    recall(later, NOON)
    count()
    ids = [kept.id, later.id]
    with store.transaction(db):
        db.execute(update(Ticket).where(Ticket.id.in_(ids)).values(vat_ore=Ticket.vat_ore + 1))
        statistics.change_vat(db, [(Ticket.id.in_(ids), 1)])
    assert statistic_checks.check(db) == []
    vat = kept.vat_ore
    assert [each.vat_ore for _month, each in sorted(told(Per.MONTH).items())] == [2 * vat, -vat]


def test_two_who_count_at_once_do_no_harm(make, store, db, company):
    for _ in range(12):
        make.ticket(make.traveller(company), at=NOON)

    def some(_number):
        with store.session() as session, store.transaction(session):
            return statistics.count(session, most=3)

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(some, range(10))) == 12
    assert statistic_checks.check(db) == []


def test_the_check_sees_what_is_wrong(make, company, store, db, count):
    make.ticket(make.traveller(company), at=NOON)
    count()
    with store.transaction(db):
        db.scalars(select(Statistic)).one().gross_ore += 1
    [wrong] = statistic_checks.check(db)
    assert (wrong.kind, wrong.month_on, wrong.ore) == ("statistics", NOVEMBER.first_day, 1)

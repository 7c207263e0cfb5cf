from datetime import UTC, date, datetime, timedelta

import pytest

from domain import purchase_groups
from domain.access import Scope
from domain.products import Product
from domain.purchase_groups import FROM_SO_MANY, Per
from domain.purchase_searches import Search
from tests.conftest import NOON

LONG_AGO = datetime(2026, 8, 20, 11, tzinfo=UTC)
NOVEMBER = Search(first=date(2026, 11, 1), last=date(2026, 11, 30))
SINGLE, DAY = 4200, 8400


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


@pytest.fixture
def connect(make, company):
    def connect(given_name, department=None):
        return make.connection(make.traveller(company, given_name, "Ek", department=department),
                               1_000_000, registered=True)
    return connect


@pytest.fixture
def grouped(db, company):
    def grouped(per, search=NOVEMBER, **more):
        return purchase_groups.grouped(db, per, search, within=Scope(company.id), now=NOON, **more)
    return grouped


def told(groups):
    return [(each.key, each.purchases, each.refunded, each.gross_ore) for each in groups]


def test_they_are_put_together_by_who_what_and_why(make, company, connect, grouped):
    verkstad = make.department(company)
    rut, alva = connect("Rut"), connect("Alva", verkstad)
    make.purchase(rut, at=NOON, purpose="Kundbesök")
    make.refunded(make.purchase(rut, at=NOON, purpose="Kundbesök"), at=NOON)
    make.purchase(alva, Product.DAY, at=NOON)
    first = rut.traveller.department_id
    assert told(grouped(Per.DEPARTMENT)) == [(verkstad.id, 1, 0, DAY), (first, 2, 1, SINGLE)]
    assert told(grouped(Per.PERSON)) == [(alva.traveller_id, 1, 0, DAY),
                                         (rut.traveller_id, 2, 1, SINGLE)]
    assert told(grouped(Per.PRODUCT)) == [(Product.DAY, 1, 0, DAY), (Product.SINGLE, 2, 1, SINGLE)]
    assert told(grouped(Per.PURPOSE)) == [("", 1, 0, DAY), ("Kundbesök", 2, 1, SINGLE)]
    assert [each.name for each in grouped(Per.DEPARTMENT, most=1)] == ["Verkstad"]


def test_days_are_told_one_by_one_also_those_without_a_purchase(make, connect, grouped):
    rut = connect("Rut")
    for days in (0, 0, 2):
        make.purchase(rut, at=NOON - timedelta(days=days))
    days = grouped(Per.DAY)
    assert [each.key.day for each in days] == list(range(1, 21))  # the month until today
    assert told(days[-3:]) == [(date(2026, 11, 18), 1, 0, SINGLE), (date(2026, 11, 19), 0, 0, 0),
                               (date(2026, 11, 20), 2, 0, 2 * SINGLE)]
    assert grouped(Per.DAY, most=1) == days[-1:]
    assert told(grouped(Per.DAY, Search(words="nobody"))) == [(date(2026, 11, 20), 0, 0, 0)]
    assert grouped(Per.DAY, Search(first=date(2026, 11, 21))) == []


def test_a_day_begins_at_midnight_in_sweden(make, connect, grouped):
    rut, midnight = connect("Rut"), datetime(2026, 11, 17, 23, tzinfo=UTC)
    make.purchase(rut, at=midnight)
    make.purchase(rut, at=midnight - timedelta(seconds=1))
    assert [each.key.day for each in grouped(Per.DAY) if each.purchases] == [17, 18]


def test_a_long_time_is_told_by_month(make, connect, grouped):
    rut = connect("Rut")
    make.purchase(rut, at=LONG_AGO)
    make.purchase(rut, at=NOON)
    months = grouped(Per.DAY, Search())
    assert [(each.key, each.last, each.purchases) for each in months] == [
        (date(2026, 8, 1), date(2026, 8, 31), 1), (date(2026, 9, 1), date(2026, 9, 30), 0),
        (date(2026, 10, 1), date(2026, 10, 31), 0), (date(2026, 11, 1), date(2026, 11, 30), 1)]


def test_a_person_stands_out_among_those_of_the_department(make, connect, grouped):
    often = connect("Rut")
    for _ in range(4):
        make.purchase(often, at=NOON)
    for number in range(FROM_SO_MANY - 2):
        make.purchase(connect(f"Nr {number}"), at=NOON)
    assert [each.far for each in grouped(Per.PERSON)] == [False] * 4  # they are too few to tell
    make.purchase(connect("Alva"), at=NOON)
    assert [each.far for each in grouped(Per.PERSON)] == [True] + [False] * 4

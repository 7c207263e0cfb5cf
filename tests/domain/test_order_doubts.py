"""What is worth a thought before an order is sent."""
from datetime import date, time, timedelta

import pytest

from domain import activations, order_doubts, order_recipients, order_sending, recalls
from domain.departments import Department
from domain.months import moment_of
from domain.products import Product
from tests.conftest import NOON
from tests.factories import MORNING, NOBODY

ANNA, BO = ("Anna Ek", "070-174 06 05"), ("Bo Ek", "070-174 06 06")


@pytest.fixture
def by(make):
    return make.actor(make.admin())


@pytest.fixture
def traveller(make, by, db):
    return make.traveller(department=db.query(Department).filter_by(
        company_id=by.company_id).one())


def doubts(db, order, now=NOON):
    return order_doubts.of(db, order, now=now)


def test_there_is_none_of_one_visitor_and_a_single_ticket(db, make, by):
    assert not doubts(db, make.order(by))


def test_a_mobile_that_is_there_twice_is_told_and_all_but_the_first_can_be_left_out(db, store, make,
                                                                                   by):
    order = make.order(by, ANNA, BO, ("Anna E", "+46 70 174 06 05"), ("Wrong", "1"))
    found = doubts(db, order).repeated
    assert (found.count, found.first) == (1, ["+46701740605"])
    with store.transaction(db):
        order_recipients.leave_out_repeated(db, order)
    assert not doubts(db, order).repeated
    assert [row.left_out for row, _ in order_recipients.listed(db, order)] == [
        False, False, True, False]


def test_the_same_kind_of_ticket_that_was_sent_lately_is_told_by_what_was_bought_alone(
        db, store, make, by, traveller):
    ticket = make.sent_ticket(traveller)
    assert doubts(db, make.order(by, ANNA, BO)).unused.first == ["Anna Ek"]
    assert doubts(db, make.order(by, travellers=[traveller])).unused.count == 1
    assert not doubts(db, make.order(by, ANNA, product=Product.DAY)).unused
    with store.transaction(db):
        activations.activate(db, ticket, now=NOON)
    assert doubts(db, make.order(by, ANNA)).unused, "nobody learns that it was used"
    assert not doubts(db, make.order(by, ANNA), NOON + timedelta(days=8)).unused


def test_a_period_ticket_is_told_as_long_as_it_may_be_valid(db, make, by, traveller):
    make.sent_ticket(traveller, Product.PERIOD_30)
    order = make.order(by, ANNA, product=Product.PERIOD_30)
    assert doubts(db, order, MORNING + timedelta(days=29)).unused
    assert not doubts(db, order, MORNING + timedelta(days=31)).unused


def test_one_that_is_recalled_or_another_companys_is_no_doubt(db, store, make, by, traveller):
    make.sent_ticket(make.traveller(make.company("Annat AB")))
    ticket = make.sent_ticket(traveller)
    with store.transaction(db):
        recalls.recall(db, ticket, by=NOBODY, now=NOON)
    assert not doubts(db, make.order(by, ANNA)).unused


def test_what_an_order_sent_is_a_doubt_of_the_next(db, store, make, by):
    order = make.order(by, ANNA, BO)
    with store.transaction(db):
        order_sending.send(db, order, agreed_ore=8_400, by=by, now=NOON)
    assert doubts(db, make.order(by, ANNA, BO)).unused.count == 2


@pytest.mark.parametrize(("product", "told"), [
    (Product.PERIOD_30, True), (Product.PERIOD_365, True), (Product.FLEX_20_60, False)])
def test_a_period_ticket_to_one_of_the_companys_own_is_a_benefit(db, make, by, traveller, product,
                                                                told):
    assert doubts(db, make.order(by, travellers=[traveller], product=product)).benefit is told
    assert not doubts(db, make.order(by, BO, product=product)).benefit


@pytest.mark.parametrize(("clock", "night"), [
    (time(6, 59), True), (time(7), False), (time(20, 59), False), (time(21), True)])
def test_a_message_in_the_night_is_told_by_the_swedish_clock(db, make, by, clock, night):
    order = make.order(by, send_at=moment_of(date(2026, 12, 1), clock))
    assert doubts(db, order).night is night


def test_the_first_are_named_and_all_are_counted(db, make, by):
    order = make.order(by, *((f"G{each}", f"07017{each % 10:05}") for each in range(20)))
    found = doubts(db, order).repeated
    assert (found.count, len(found.first)) == (10, order_doubts.NAMED)

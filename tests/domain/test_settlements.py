from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import select

from domain import checkouts, customers, payments, settlements, unclear_payments
from domain.messages import Email
from domain.payments import Means, State
from domain.refunds import Reason, Refund
from domain.shop_orders import State as OrderState
from tests.conftest import NOON


@dataclass(frozen=True)
class Heard:
    outcome: str
    ore: int
    currency: str = "SEK"
    to_us: bool = True
    reference: str | None = None
    code: str = ""
    paid_with: str = ""


@pytest.fixture
def order(make):
    return make.shop_order()


@pytest.fixture
def begin(db, store, order):
    def begun(means=Means.SWISH):
        with store.transaction(db):
            payment = payments.begin(db, order, means, now=NOON)
            payments.take_opening(db, payment, now=NOON)
            payments.opened(db, payment, provider_id="p", entrance="t", now=NOON)
        return payment
    return begun


@pytest.fixture
def settle(db, store):
    def settled(payment, outcome, **over):
        heard = replace(Heard(outcome, payment.amount_ore, reference="r"), **over)
        with store.transaction(db):
            return settlements.settle(db, payment.id, heard, now=NOON)
    return settled


def letters(db):
    return sorted(db.scalars(select(Email.template)))


def test_what_is_paid_is_delivered_once_however_often_it_is_told(db, order, begin, settle):
    payment = begin()
    for _ in range(3):
        assert settle(payment, "paid").state == State.PAID
    assert (order.state, order.payment_id) == (OrderState.PAID, payment.id)
    assert letters(db) == ["shop_receipt"]
    assert (payment.entrance, payment.next_look_at, payment.reference) == (None, None, "r")


@pytest.mark.parametrize("outcome", ["declined", "cancelled", "timed_out", "error"])
def test_what_did_not_go_delivers_nothing_unless_it_is_paid_after_all(order, begin, settle,
                                                                      outcome):
    payment = begin()
    assert settle(payment, outcome).state == outcome
    assert settle(payment, "declined").state == outcome, "it is told once"
    assert order.state == OrderState.OPEN
    assert settle(payment, "paid").state == State.PAID
    assert order.state == OrderState.PAID


def test_what_nobody_knows_is_kept_open_and_asked_about(db, order, begin, settle):
    payment = begin()
    settle(payment, "unknown", code="DS24")
    assert (payment.state, payment.is_unsettled) == (State.UNKNOWN, True)
    assert payments.due(db, now=NOON + payments.ASKED_AFTER[0], most=9) == [payment.id]
    assert settle(payment, "open").state == State.UNKNOWN
    settle(payment, "paid")
    assert order.state == OrderState.PAID


def test_what_is_paid_is_paid_whatever_is_told_later(begin, settle):
    payment = begin()
    settle(payment, "paid")
    assert settle(payment, "cancelled").state == State.PAID


@pytest.mark.parametrize("wrong", [{"ore": 1}, {"currency": "NOK"}, {"to_us": False}])
def test_what_is_paid_otherwise_than_agreed_delivers_nothing(db, order, begin, settle, wrong):
    payment = settle(begin(), "paid", **wrong)
    assert (payment.state, payment.code) == (State.UNKNOWN, settlements.MISMATCH)
    assert unclear_payments.listed(db, now=NOON) == [payment]
    assert order.state == OrderState.OPEN
    assert letters(db) == []


def test_the_second_to_pay_the_order_gets_all_of_it_back(db, order, begin, settle):
    first, second = begin(), begin(Means.CARD)
    settle(first, "paid")
    for _ in range(2):
        settle(second, "paid")
    refund = db.scalars(select(Refund)).one()
    assert (refund.payment_id, refund.amount_ore, refund.reason) == (
        second.id, order.total_ore, Reason.PAID_TWICE)
    assert letters(db) == ["refund", "shop_receipt"]


def test_what_is_paid_for_an_order_that_is_cancelled_goes_back(db, store, order, begin, settle):
    payment = begin()
    with store.transaction(db):
        checkouts.cancel(db, order, by=customers.actor_of(order.customer), now=NOON)
    settle(payment, "paid")
    refund = db.scalars(select(Refund)).one()
    assert (refund.amount_ore, refund.reason) == (order.total_ore, Reason.ORDER_CLOSED)


def test_what_nobody_could_pay_is_over_but_not_when_it_is_paid(db, store, begin, settle):
    payment = begin()
    with store.transaction(db):
        ended = settlements.end(db, payment.id, State.ERROR, "no_answer", now=NOON)
    assert ended.code == "no_answer"
    settle(payment, "paid")
    with store.transaction(db):
        assert settlements.end(db, payment.id, State.ERROR, "x", now=NOON).state == State.PAID


def test_sixteen_who_tell_at_once_of_two_payments_deliver_one_and_pay_back_the_other(
        db, store, order, begin):
    told = [begin(means).id for means in Means] * 8
    heard = Heard("paid", order.total_ore, reference="r")

    def tell(payment_id):
        with store.session() as session, store.transaction(session):
            settlements.settle(session, payment_id, heard, now=NOON)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(tell, told))
    db.refresh(order)
    refund = db.scalars(select(Refund)).one()
    assert {refund.payment_id, order.payment_id} == set(told)
    assert letters(db) == ["refund", "shop_receipt"]

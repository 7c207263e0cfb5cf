from datetime import timedelta

import pytest

from domain import payments
from domain.errors import Conflict, NotFound
from domain.payments import ASKED_AFTER, Means, State
from tests.conftest import NOON


@pytest.fixture
def order(make):
    return make.shop_order()


@pytest.fixture
def begin(db, store, order):
    def begun(means=Means.SWISH, *, now=NOON, **over):
        with store.transaction(db):
            return payments.begin(db, over.get("order", order), means, now=now)
    return begun


@pytest.fixture
def opened(db, store, begin):
    def open_one(means=Means.SWISH, *, now=NOON):
        payment = begin(means, now=now)
        with store.transaction(db):
            assert payments.take_opening(db, payment, now=now)
            payments.opened(db, payment, provider_id=f"p{payment.id}", entrance="t", now=now)
        return payment
    return open_one


def test_a_payment_is_of_all_that_the_order_costs(begin, order):
    payment = begin()
    assert (payment.state, payment.amount_ore) == (State.BEGUN, order.total_ore)
    assert len(payment.instruction_id) == 32


def test_the_provider_is_asked_for_it_by_one(db, begin):
    payment = begin()
    assert payments.take_opening(db, payment, now=NOON)
    assert not payments.take_opening(db, payment, now=NOON)


def test_one_that_is_open_is_gone_on_with(begin, opened):
    payment = opened()
    assert begin() is payment
    assert begin(Means.CARD) is not payment
    assert begin(now=NOON + timedelta(minutes=3)) is not payment, "Swish has closed it by then"


def test_nothing_is_paid_anew_while_a_bank_does_not_know(db, store, begin, opened):
    payment = opened()
    with store.transaction(db):
        payments.hold(db, payment.id).state = State.UNKNOWN
    with pytest.raises(Conflict, match="väntar på besked"):
        begin(Means.CARD)


def test_what_is_paid_cannot_be_paid_again(make, begin, order):
    make.paid(order)
    with pytest.raises(Conflict, match="redan betald"):
        begin()


def test_it_is_found_by_whoever_ordered_and_by_the_address_of_the_callback(db, make, begin, order):
    payment = begin()
    assert payments.find(db, payment.id, customer_id=order.customer_id) is payment
    with pytest.raises(NotFound):
        payments.find(db, payment.id, customer_id=make.customer().id)
    assert payments.called(db, payments.callbacks.key(db, payment.id)) is payment
    with pytest.raises(NotFound):
        payments.called(db, str(payment.id))


def test_the_provider_is_asked_more_and_more_seldom_and_by_one_at_a_time(db, opened):
    payment, now = opened(), NOON
    for nth in (0, 1, 2):
        now += ASKED_AFTER[nth]
        assert payments.due(db, now=now - timedelta(seconds=1), most=9) == []
        assert payments.due(db, now=now, most=9) == [payment.id]
        assert payments.take_look(db, payment, now=now)
        assert not payments.take_look(db, payment, now=now)
        db.refresh(payment)

"""Money that goes back, with the real clients and the sandbox in process."""
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import outbox as rows
from domain import payments, refunds, settlements
from domain.payments import Means, Payment
from domain.refunds import Reason, Refund, State
from integrations.nets import Nets
from integrations.swish import Swish
from jobs import outbox
from jobs import payments as jobs
from sandbox.faults import NETS_DOWN, NETS_REFUNDS_FAIL, SWISH_DOWN
from tests.jobs.conftest import Death
from tests.payers import open_at

DOWN = {Means.SWISH: SWISH_DOWN, Means.CARD: NETS_DOWN}


@pytest.fixture
def world(world, wire):
    return replace(world, nets=Nets("http://sandbox/nets", "secret", transport=wire), swish=Swish(
        "http://sandbox/swish-cpcapi/api", payee="1234679304", transport=wire, refunds_apart=0))


@pytest.fixture(params=Means)
def refund(request, db, store, make, stage, world, clock) -> Refund:
    """Of half of what is paid: asked for, and not sent yet."""
    payment = paid(request.param, db, store, make, stage, world, clock)
    with store.transaction(db):
        return refunds.ask(db, payment, payment.amount_ore // 2, reason=Reason.GOODWILL, by=None,
                           now=clock.now())


def paid(means, db, store, make, stage, world, clock) -> Payment:
    order = make.shop_order(at=clock.now())
    with store.transaction(db):
        payment = payments.begin(db, order, means, now=clock.now())
        payments.take_opening(db, payment, now=clock.now())
    opened = open_at(world, payment)
    with store.transaction(db):
        payments.opened(db, payment, provider_id=opened.provider_id, entrance=opened.entrance,
                        now=clock.now())
    (stage.swish if means == Means.SWISH else stage.nets).pay(opened.provider_id)
    with store.transaction(db):
        return settlements.settle(db, payment.id, world.payer(means).look(opened.provider_id),
                                  now=clock.now())


def at_provider(stage, refund):
    """Öre that the provider pays back."""
    if refund.payment.means == Means.CARD:
        return stage.nets.refunded(refund.payment.provider_id)
    return sum(row["ore"] for row in stage.swish.refunds())


def state(db, refund):
    db.rollback()
    db.refresh(refund)
    return refund.state


def send(portal, refund):
    outbox.deliver(portal, refund.message_id)


def later(portal, refund, clock, **long):
    clock.at += timedelta(**long)
    send(portal, refund)
    jobs.settle(portal)


def test_it_is_sent_and_followed_until_it_is_there(portal, db, stage, clock, refund):
    send(portal, refund)
    assert state(db, refund) == State.SENT
    later(portal, refund, clock, seconds=5)
    assert state(db, refund) in (State.DEBITED, State.PAID)
    later(portal, refund, clock, seconds=30)
    assert state(db, refund) == State.PAID
    assert at_provider(stage, refund) == refund.amount_ore


@pytest.mark.parametrize("dies", ["before", "after"])
def test_a_worker_that_dies_sends_it_once(portal, db, stage, clock, wire, refund, dies):
    wire.dies = dies
    with suppress(Death):
        send(portal, refund)
    wire.dies = ""
    later(portal, refund, clock, minutes=2)
    assert at_provider(stage, refund) == refund.amount_ore
    later(portal, refund, clock, minutes=2)
    assert state(db, refund) == State.PAID


def test_an_answer_that_was_lost_is_not_a_second_refund(portal, db, stage, clock, wire, refund):
    wire.answers_lost = True
    send(portal, refund)
    assert state(db, refund) == State.ASKED
    wire.answers_lost = False
    later(portal, refund, clock, seconds=10)
    assert at_provider(stage, refund) == refund.amount_ore
    later(portal, refund, clock, minutes=1)
    assert state(db, refund) == State.PAID


def test_a_provider_that_is_away_is_tried_again(portal, db, stage, clock, refund):
    stage.faults.turn_on(DOWN[refund.payment.means])
    send(portal, refund)
    assert state(db, refund) == State.ASKED
    stage.faults.turn_off(DOWN[refund.payment.means])
    later(portal, refund, clock, seconds=10)
    assert state(db, refund) != State.ASKED


def test_one_that_is_refused_waits_for_a_clerk_and_is_sent_by_another_name(
        portal, db, store, stage, clock, refund):
    with store.transaction(db):
        reference = refund.payment.reference
        refund.payment.reference = "0" * 32
    send(portal, refund)
    assert state(db, refund) == State.FAILED
    [stuck] = rows.troubled(db)
    with store.transaction(db):
        refund.payment.reference = reference
        rows.try_again(db, stuck, now=clock.now())
    later(portal, refund, clock, seconds=1)
    later(portal, refund, clock, minutes=1)
    assert state(db, refund) == State.PAID


def test_one_that_fails_at_the_bank_waits_for_a_clerk(portal, db, store, stage, clock, make,
                                                      world):
    payment = paid(Means.CARD, db, store, make, stage, world, clock)
    with store.transaction(db):
        refund = refunds.ask(db, payment, 100, reason=Reason.GOODWILL, by=None, now=clock.now())
    send(portal, refund)
    stage.faults.turn_on(NETS_REFUNDS_FAIL)
    later(portal, refund, clock, seconds=30)
    assert state(db, refund) == State.FAILED
    assert [each.id for each in rows.troubled(db)] == [refund.message_id]


def test_what_cannot_be_settled_does_not_stand_in_the_way_of_the_others(
        portal, db, store, stage, clock, make, world):
    first, second = (_opened(db, store, make, stage, world, clock) for _ in range(2))
    with store.transaction(db):
        db.get(Payment, first.id).provider_id = "F" * 32
    clock.at += timedelta(seconds=5)
    jobs.settle(portal)
    db.rollback()
    states = dict(db.execute(select(Payment.id, Payment.state)).all())
    assert states == {first.id: payments.State.OPEN, second.id: payments.State.PAID}


def _opened(db, store, make, stage, world, clock):
    order = make.shop_order(at=clock.now())
    with store.transaction(db):
        payment = payments.begin(db, order, Means.SWISH, now=clock.now())
        payments.take_opening(db, payment, now=clock.now())
    opened = open_at(world, payment)
    with store.transaction(db):
        payments.opened(db, payment, provider_id=opened.provider_id, entrance="t",
                        now=clock.now())
    stage.swish.pay(opened.provider_id)
    return payment

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from domain import audit, outbox, refunds
from domain.errors import Conflict
from domain.messages import Email
from domain.outbox import OutboxMessage, Task
from domain.payments import Means
from domain.refunds import Reason, Refund, State
from tests.conftest import NOON


@dataclass(frozen=True)
class Heard:
    outcome: str
    ore: int
    code: str = ""


@pytest.fixture
def order(make):
    return make.shop_order(paid_with=Means.SWISH)


@pytest.fixture
def ask(db, store, order):
    payment = db.scalars(select(refunds.Payment)).one()

    def asked(ore, **over):
        with store.transaction(db):
            return refunds.ask(db, payment, ore, **{"reason": Reason.GOODWILL, "by": None,
                                                    "now": NOON} | over)
    return asked


@pytest.fixture
def hear(db, store):
    def heard(refund, *outcomes, code=""):
        for outcome in outcomes:
            with store.transaction(db):
                refunds.settle(db, refund.id, Heard(outcome, refund.amount_ore, code), now=NOON)
        return db.get(Refund, refund.id).state
    return heard


def test_what_is_asked_for_is_sent_told_and_logged(db, ask, order):
    refund = ask(1_000)
    message = db.get(OutboxMessage, refund.message_id)
    assert (message.task, message.args) == (Task.SEND_REFUND, {"refund_id": str(refund.id)})
    letter = db.scalars(select(Email).where(Email.template == "refund")).one()
    assert (letter.to, letter.values["amount_ore"]) == (order.customer.email, 1_000)
    assert audit.about(db, refund.id, company_id=order.customer_id)[0].details == {
        "amount_ore": 1_000, "reason": "goodwill", "order": order.number}


def test_never_more_goes_back_than_was_paid(ask, order):
    ask(order.total_ore - 100)
    with pytest.raises(Conflict, match="mer än vad som är kvar"):
        ask(101)
    ask(100)
    with pytest.raises(Conflict):
        ask(1)


def test_never_more_goes_back_for_a_line_than_it_cost(ask, order):
    line = order.lines[0]
    ask(line.amount_ore - 1, line_id=line.id)
    assert line.refunded_ore == line.amount_ore - 1
    with pytest.raises(Conflict):
        ask(2, line_id=line.id)


def test_nothing_goes_back_of_what_is_not_paid(db, store, make):
    payment = make.paid(make.shop_order())
    with pytest.raises(Conflict), store.transaction(db):
        db.get(refunds.Payment, payment.id).state = refunds.PaymentState.OPEN
        refunds.ask(db, payment, 100, reason=Reason.GOODWILL, by=None, now=NOON)


def test_whose_account_is_gone_is_not_written_to(db, store, ask, order):
    with store.transaction(db):
        order.customer.deleted_at = NOON
    ask(100)
    assert not db.scalars(select(Email).where(Email.template == "refund")).all()


@pytest.mark.parametrize("told", [
    ["debited", "paid"], ["paid", "debited"], ["paid", "paid"], ["sent", "unknown", "paid"],
    ["debited", "sent", "paid"],
])
def test_it_goes_one_way_in_whatever_order_it_is_told(ask, hear, told):
    assert hear(ask(100), *told) == State.PAID


def test_it_is_on_its_way_until_it_is_paid(db, store, ask, hear):
    refund = ask(100)
    with store.transaction(db):
        refunds.sent(db, refund.id, "r1", now=NOON)
    assert refunds.due(db, now=NOON + refunds.ASKED_AFTER[1], most=9) == [refund.id]
    hear(refund, "debited", "paid")
    assert refunds.due(db, now=NOON + refunds.ASKED_AFTER[-1], most=9) == []


def test_one_that_fails_later_is_brought_before_a_clerk_and_sent_by_another_name(
        db, store, ask, hear):
    refund = ask(100)
    first = refund.instruction_id
    with store.transaction(db):
        refunds.sent(db, refund.id, first, now=NOON)
        outbox.done(db.get(OutboxMessage, refund.message_id), now=NOON)
    assert hear(refund, "failed", code="FF10") == State.FAILED
    [stuck] = outbox.troubled(db)
    assert (stuck.id, stuck.last_error) == (refund.message_id, "FF10")
    with store.transaction(db):
        again = refunds.take_up(db, refund.id)
    assert (again.state, again.instruction_id != first) == (State.ASKED, True)


def test_what_the_provider_has_is_not_sent_again(db, store, ask):
    refund = ask(100)
    with store.transaction(db):
        refunds.sent(db, refund.id, "r1", now=NOON)
        assert refunds.take_up(db, refund.id) is None


def test_its_parts_hold_together_with_the_vat(db, ask, order):
    whole = refunds.parts(db, ask(order.total_ore))
    assert sum(part.ore for part in whole) == order.total_ore
    assert sum(part.vat_ore for part in whole) == order.vat_ore

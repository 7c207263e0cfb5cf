"""Nets's client against the sandbox."""
import json
from datetime import timedelta

import httpx
import pytest

from integrations.errors import Refused, Unknown, Unreachable
from integrations.nets import Item, Nets
from integrations.paying import Outcome, RefundOutcome
from sandbox.faults import CALLBACKS_TURNED, NETS_DOWN, NETS_REFUNDS_FAIL

ITEMS = [Item("1", "Resekort", 4_900, 277, 600), Item("2", "Reskassa", 50_000, 2_830, 600)]


@pytest.fixture
def nets(wire):
    return Nets("http://sandbox/nets", "test-secret", transport=wire)


def opened(nets, **over):
    return nets.open("a" * 32, **{
        "reference": "F-K7QF2M9X", "items": ITEMS, "email": "elin@example.se",
        "return_url": "https://portal.example/mina-sidor/betalning/1",
        "cancel_url": "https://portal.example/mina-sidor/betalning/1/avbruten",
        "terms_url": "https://portal.example/mina-sidor/villkor",
        "callback_url": "https://portal.example/betalning/nets/1",
        "authorization": "F" * 32} | over).provider_id


def called(stage):
    """The events that the portal is told of, in the order that they come."""
    heard = []

    def answer(request):
        assert request.headers["Authorization"] == "F" * 32
        heard.append(json.loads(request.content))
        return httpx.Response(200)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        stage.callbacks.send(client)
    return [each["event"] for each in heard]


def test_a_payment_is_paid_on_their_page_and_charged_at_once(nets, stage):
    id = opened(nets)
    assert nets.look(id).outcome is Outcome.OPEN
    stage.nets.pay(id)
    heard = nets.look(id)
    assert (heard.outcome, heard.ore, heard.currency) == (Outcome.PAID, 54_900, "SEK")
    assert heard.reference
    assert heard.paid_with == "Visa •••• 0004"


def test_the_page_is_in_the_language_of_whoever_pays(nets):
    page = httpx.URL(nets.open("b" * 32, reference="F-1", items=ITEMS, email="e@example.se",
                               return_url="https://a.se", cancel_url="https://a.se",
                               terms_url="https://a.se", callback_url="https://a.se",
                               authorization="F" * 32, language="en").entrance)
    assert page.params["language"] == "en-GB"
    assert page.params["paymentId"]


def test_the_portal_is_told_of_each_step_with_its_own_word(nets, stage):
    stage.nets.pay(opened(nets))
    assert called(stage) == ["payment.reservation.created.v2", "payment.checkout.completed",
                             "payment.charge.created.v2"]


def test_the_steps_can_be_told_of_the_last_first(nets, stage, clock):
    stage.faults.turn_on(CALLBACKS_TURNED)
    stage.nets.pay(opened(nets))
    clock.at += timedelta(seconds=10)
    assert called(stage) == ["payment.charge.created.v2", "payment.checkout.completed",
                             "payment.reservation.created.v2"]


def test_a_card_that_is_refused_leaves_the_payment_open(nets, stage):
    id = opened(nets)
    stage.nets.refuse(id, "decline")
    assert nets.look(id).outcome is Outcome.OPEN
    assert called(stage) == ["payment.reservation.failed"]


def test_what_is_terminated_is_cancelled_and_what_is_paid_is_not(nets, stage):
    open_one, paid = opened(nets), opened(nets)
    nets.cancel(open_one)
    assert nets.look(open_one).outcome is Outcome.CANCELLED
    stage.nets.pay(paid)
    with pytest.raises(Refused):
        nets.cancel(paid)
    assert nets.look(paid).outcome is Outcome.PAID


def test_what_a_bank_holds_and_cannot_be_drawn_is_let_go_of(nets, stage):
    id = opened(nets)
    stage.nets.pay(id, charges=False)
    assert nets.look(id).outcome is Outcome.OPEN
    nets.cancel(id)
    assert nets.look(id).outcome is Outcome.CANCELLED


@pytest.mark.parametrize("wrong", [
    {"items": [Item("1", "Resekort", 4_900, 500, 600)]}, {"items": []},
    {"authorization": "short"}, {"terms_url": "villkor"},
])
def test_what_does_not_hold_together_is_refused(nets, wrong):
    with pytest.raises(Refused):
        opened(nets, **wrong)


def test_a_refund_with_one_key_is_made_once(nets, stage, clock):
    id = opened(nets)
    stage.nets.pay(id)
    paid = nets.look(id).reference
    first = nets.refund("k1", paid=paid, items=ITEMS[:1])
    assert nets.refund("k1", paid=paid, items=ITEMS[:1]) == first
    assert nets.look_refund(first).outcome is RefundOutcome.SENT
    clock.at += timedelta(seconds=4)
    assert nets.look_refund(first).outcome is RefundOutcome.PAID
    with pytest.raises(Refused):
        nets.refund("k2", paid=paid, items=ITEMS)


def test_a_refund_can_fail(nets, stage, clock):
    id = opened(nets)
    stage.nets.pay(id)
    refund = nets.refund("k1", paid=nets.look(id).reference, items=ITEMS)
    stage.faults.turn_on(NETS_REFUNDS_FAIL)
    clock.at += timedelta(seconds=4)
    assert nets.look_refund(refund).outcome is RefundOutcome.FAILED


def test_nets_that_is_away_or_does_not_answer_is_told_apart(nets, stage, wire):
    stage.faults.turn_on(NETS_DOWN)
    with pytest.raises(Unreachable) as away:
        opened(nets)
    assert not isinstance(away.value, Unknown)
    stage.faults.turn_off(NETS_DOWN)
    wire.answers_lost = True
    with pytest.raises(Unknown):
        opened(nets)

"""Swish's client against the sandbox, which is as Swish's own test environment: a message that is
an error code orders that error."""
from datetime import timedelta

import httpx
import pytest

from integrations.errors import Refused, Unknown, Unreachable
from integrations.paying import Outcome, RefundOutcome
from integrations.swish import NOT_FOUND, USED, Swish, written
from sandbox.faults import CALLBACKS_LOST, CALLBACKS_TURNED, CALLBACKS_TWICE, SWISH_DOWN
from sandbox.swish import AT_ONCE, REFUND_AT_ONCE

PAYEE = "1231181189"
ID, OTHER = "0" * 31 + "A", "0" * 31 + "B"
PROOF = "F" * 32


@pytest.fixture
def swish(wire):
    return Swish("http://sandbox/swish-cpcapi/api", payee=PAYEE, transport=wire,
                 refunds_apart=0)


def opened(swish, id=ID, **over):
    return swish.open(id, **{
        "ore": 49_950, "reference": "F-K7QF2M9X", "message": "Resekort", "callback_identifier":
        PROOF, "callback_url": "https://portal.example/betalning/swish/1"} | over)


def paid(swish, stage, id=ID, **over):
    opened(swish, id, **over)
    stage.swish.pay(id)
    return swish.look(id)


def refunded(swish, reference, id=OTHER, **over):
    return swish.refund(id, **{
        "paid": reference, "ore": 20_000, "reference": "F-K7QF2M9X", "message": "Resekort",
        "callback_identifier": PROOF,
        "callback_url": "https://portal.example/betalning/swish/2"} | over)


def called(stage, status=200):
    """What the portal is told of, in the order that it comes."""
    heard = []

    def answer(request):
        heard.append(request)
        return httpx.Response(status)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        stage.callbacks.send(client)
    return heard


def test_a_payment_is_open_until_somebody_pays_it_in_the_app(swish, stage):
    payment = opened(swish)
    assert payment.provider_id == ID
    assert swish.look(ID).outcome is Outcome.OPEN
    assert swish.qr_content(payment.entrance) == f"D{payment.entrance}"
    stage.swish.pay(stage.swish.opened(payment.entrance)["id"])
    heard = swish.look(ID)
    assert (heard.outcome, heard.ore, heard.currency) == (Outcome.PAID, 49_950, "SEK")
    assert heard.to_us
    assert heard.reference


def test_the_app_is_opened_with_the_token_and_the_way_back(wire):
    link = Swish("http://sandbox/x", payee=PAYEE, transport=wire).app_url("t", "https://a.se/b?c")
    assert link == "swish://paymentrequest?token=t&callbackurl=https%3A%2F%2Fa.se%2Fb%3Fc"


def test_the_same_payment_is_not_asked_for_twice(swish):
    opened(swish)
    with pytest.raises(Refused) as again:
        opened(swish)
    assert again.value.code == USED


def test_what_was_paid_to_another_is_not_to_us(swish, stage, wire):
    paid(swish, stage)
    assert not Swish("http://sandbox/swish-cpcapi/api", payee="1230000000",
                     transport=wire).look(ID).to_us


@pytest.mark.parametrize("code", sorted(AT_ONCE))
def test_what_swish_does_not_take_is_refused_with_its_code(swish, code):
    with pytest.raises(Refused) as refused:
        opened(swish, message=code)
    assert refused.value.code == code
    with pytest.raises(Refused) as unknown:
        swish.look(ID)
    assert unknown.value.code == NOT_FOUND


@pytest.mark.parametrize(("code", "outcome"), [
    ("RF07", Outcome.DECLINED), ("BANKIDCL", Outcome.CANCELLED), ("FF10", Outcome.ERROR),
    ("TM01", Outcome.TIMED_OUT), ("DS24", Outcome.UNKNOWN), ("VR01", Outcome.ERROR),
    ("VR02", Outcome.ERROR),
])
def test_what_fails_later_has_its_outcome(swish, clock, code, outcome):
    opened(swish, message=code)
    assert swish.look(ID).outcome is Outcome.OPEN
    clock.at += timedelta(seconds=4)
    assert (swish.look(ID).outcome, swish.look(ID).code) == (outcome, code)


@pytest.mark.parametrize(("wrong", "code"), [
    ({"callback_url": "http://portal.se/"}, "RP03"), ({"callback_url": ""}, "RP03"),
    ({"reference": "a b"}, "FF08"), ({"ore": 0}, "AM06"), ({"ore": 10**15}, "AM02"),
])
def test_what_is_wrong_is_named(swish, wrong, code):
    with pytest.raises(Refused) as refused:
        opened(swish, **wrong)
    assert refused.value.code == code


def test_a_payment_that_nobody_begins_times_out(swish, clock):
    opened(swish)
    clock.at += timedelta(seconds=179)
    assert swish.look(ID).outcome is Outcome.OPEN
    clock.at += timedelta(seconds=1)
    assert swish.look(ID).outcome is Outcome.TIMED_OUT


def test_a_bank_that_did_not_answer_does_later(swish, stage):
    opened(swish)
    stage.swish.fail(ID, "DS24")
    assert swish.look(ID).outcome is Outcome.UNKNOWN
    stage.swish.learn(ID, paid=True)
    assert swish.look(ID).outcome is Outcome.PAID


def test_a_payment_is_cancelled_once_and_not_when_it_is_paid(swish, stage):
    opened(swish)
    swish.cancel(ID)
    assert swish.look(ID).outcome is Outcome.CANCELLED
    paid(swish, stage, OTHER)
    for late in (ID, OTHER):
        with pytest.raises(Refused) as refused:
            swish.cancel(late)
        assert refused.value.code == "RP07"


def test_the_merchant_is_called_with_the_whole_payment_until_it_has_heard(swish, stage, clock):
    paid(swish, stage)
    [first] = called(stage, 503)
    assert first.headers["callbackIdentifier"] == PROOF
    assert called(stage) == []
    clock.at += timedelta(seconds=5)
    [again] = called(stage)
    assert again.content == first.content
    assert b'"status": "PAID"' in again.content
    clock.at += timedelta(hours=1)
    assert called(stage) == []


def test_calls_are_lost_or_doubled_as_it_is_told(swish, stage):
    stage.faults.turn_on(CALLBACKS_LOST)
    paid(swish, stage)
    assert called(stage) == []
    stage.faults.turn_off(CALLBACKS_LOST)
    stage.faults.turn_on(CALLBACKS_TWICE)
    paid(swish, stage, OTHER)
    assert len(called(stage)) == 2


def test_a_refund_is_debited_and_then_paid_with_a_call_each(swish, stage, clock):
    reference = paid(swish, stage).reference
    called(stage)
    assert refunded(swish, reference) == OTHER
    assert swish.look_refund(OTHER).outcome is RefundOutcome.SENT
    for outcome in (RefundOutcome.DEBITED, RefundOutcome.PAID):
        clock.at += timedelta(seconds=4)
        assert swish.look_refund(OTHER).outcome is outcome
        assert len(called(stage)) == 1
    assert swish.look_refund(OTHER).ore == 20_000


def test_the_calls_of_a_refund_can_come_the_last_first(swish, stage, clock):
    reference = paid(swish, stage).reference
    called(stage)
    stage.faults.turn_on(CALLBACKS_TURNED)
    refunded(swish, reference)
    for _ in range(2):
        clock.at += timedelta(seconds=4)
        stage.swish.settle()
    clock.at += timedelta(seconds=20)
    assert [b'"PAID"' in call.content for call in called(stage)] == [True, False]


@pytest.mark.parametrize("code", sorted(REFUND_AT_ONCE))
def test_a_refund_that_swish_does_not_take_is_refused_with_its_code(swish, stage, code):
    reference = paid(swish, stage).reference
    with pytest.raises(Refused) as refused:
        refunded(swish, reference, message=code)
    assert refused.value.code == code


@pytest.mark.parametrize(("code", "outcome"), [
    ("RF07", RefundOutcome.FAILED), ("BANKIDCL", RefundOutcome.FAILED),
    ("FF10", RefundOutcome.FAILED), ("DS24", RefundOutcome.UNKNOWN),
])
def test_a_refund_that_fails_later_has_its_outcome(swish, stage, clock, code, outcome):
    refunded(swish, paid(swish, stage).reference, message=code)
    clock.at += timedelta(seconds=4)
    assert (swish.look_refund(OTHER).outcome, swish.look_refund(OTHER).code) == (outcome, code)


def test_never_more_is_refunded_than_was_paid(swish, stage):
    reference = paid(swish, stage).reference
    refunded(swish, reference, ore=49_000)
    with pytest.raises(Refused) as refused:
        refunded(swish, reference, "C" * 32, ore=951)
    assert refused.value.code == "RF08"
    refunded(swish, reference, "D" * 32, ore=950)


def test_what_the_demo_says_was_paid_is_refunded(swish, clock):
    refunded(swish, "DEMO" + "A" * 28)
    for _step in range(2):
        clock.at += timedelta(seconds=4)
        outcome = swish.look_refund(OTHER).outcome
    assert outcome == "paid"


def test_a_payment_of_the_year_before_last_cannot_be_refunded(swish, stage, clock):
    reference = paid(swish, stage).reference
    clock.at += timedelta(days=396)
    with pytest.raises(Refused) as refused:
        refunded(swish, reference)
    assert refused.value.code == "RF02"


def test_swish_that_is_away_or_does_not_answer_is_told_apart(swish, stage, wire):
    stage.faults.turn_on(SWISH_DOWN)
    with pytest.raises(Unreachable) as away:
        opened(swish)
    assert not isinstance(away.value, Unknown)
    stage.faults.turn_off(SWISH_DOWN)
    wire.answers_lost = True
    with pytest.raises(Unknown):
        opened(swish)


def test_a_message_is_as_much_of_it_as_swish_takes():
    assert written("Ändring & köp: <100 %>, \"Jönköping\"! " * 3).startswith(
        'Ändring  köp: 100 , "Jönköping"!')
    assert len(written("å" * 90)) == 50

"""Case by case, against the real clients: what whoever pays is told, and what becomes of the order.

Swish's test environment orders an error by the message, and the message is the order's number."""
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select

from domain import refunds
from domain.errors import Conflict
from domain.payments import Means, State
from domain.refunds import Reason, Refund
from sandbox.faults import (
    CALLBACKS_LATE,
    CALLBACKS_LOST,
    CALLBACKS_TURNED,
    CALLBACKS_TWICE,
    NETS_DOWN,
    SWISH_DOWN,
)
from tests.web.till import Till

AT_ONCE = {
    "FF08": "Det ligger inte hos dig", "RP03": "Det ligger inte hos dig",
    "BE18": "Det ligger inte hos dig", "RP01": "Det ligger inte hos dig",
    "PA01": "Det ligger inte hos dig", "PA02": "Det ligger inte hos dig",
    "AM06": "för litet för Swish", "AM02": "för stort för Swish",
    "AM03": "Det ligger inte hos dig", "RP02": "Det ligger inte hos dig",
    "RP06": "En annan betalning är öppen", "RP09": "Det ligger inte hos dig",
    "ACMT03": "inte anslutet till Swish", "ACMT01": "inte aktivt i Swish",
    "ACMT07": "Det ligger inte hos dig", "UNKW": "Det ligger inte hos dig",
}
LATER = {
    "RF07": (State.DECLINED, "Banken nekade"),
    "BANKIDCL": (State.CANCELLED, "Du avbröt i BankID"),
    "FF10": (State.ERROR, "fel hos banken"),
    "TM01": (State.TIMED_OUT, "inom tre minuter"),
    "DS24": (State.UNKNOWN, "Betala inte igen"),
    "VR01": (State.ERROR, "på grund av ålder"),
    "VR02": (State.ERROR, "en annan person"),
}
PAID_BY_CARD = ("payment.reservation.created.v2", "payment.checkout.completed",
                "payment.charge.created.v2")


@pytest.fixture
def till(portal, browser, db, stage, make, clock):
    return Till(portal, browser, db, stage, make, clock)


def named(till, code):
    with till.portal.store.transaction(till.db):
        till.order.number = code


@pytest.mark.parametrize("code", AT_ONCE)
def test_what_swish_does_not_take_is_told_and_can_be_tried_again(till, code):
    named(till, code)
    page = till.begin()
    assert AT_ONCE[code] in page.said
    assert "Inga pengar har dragits" in page.said
    assert (till.payment.state, till.payment.code, till.state) == (State.ERROR, code, "open")
    till.begin(Means.CARD)
    till.pay()
    till.come_back()
    assert till.state == "paid"


@pytest.mark.parametrize("heard", ["callback", "sweep", "return"])
@pytest.mark.parametrize("code", LATER)
def test_what_swish_says_later_is_told_however_it_is_heard(till, code, heard):
    state, words = LATER[code]
    named(till, code)
    till.begin()
    till.clock.at += timedelta(seconds=5)
    till.stage.swish.settle()
    {"callback": till.tell, "sweep": till.sweep, "return": till.come_back}[heard]()
    assert (till.payment.state, till.payment.code, till.state) == (state, code, "open")
    assert words in till.look().said
    assert till.letters() == []
    if state != State.UNKNOWN:
        till.begin(Means.CARD)
        assert till.payment.state == State.OPEN


@pytest.mark.parametrize("paid", [True, False])
def test_what_a_bank_did_not_know_is_settled_when_it_does(till, paid):
    till.begin()
    till.stage.swish.fail(till.at_provider, "DS24")
    till.tell()
    with pytest.raises(Conflict, match="väntar på besked"):
        till.begin(Means.CARD)
    till.stage.swish.learn(till.at_provider, paid=paid)
    till.clock.at += timedelta(hours=2)
    till.sweep()
    assert till.payment.state == (State.PAID if paid else State.DECLINED)
    assert till.state == ("paid" if paid else "open")
    assert till.letters() == ["shop_receipt" if paid else "payment_not_made"]


def test_a_browser_that_was_closed_is_not_needed(till):
    till.begin()
    till.pay()
    assert till.tell() == [200]
    assert (till.state, till.letters()) == ("paid", ["shop_receipt"])


@pytest.mark.parametrize("means", Means)
@pytest.mark.parametrize("fault", [CALLBACKS_TWICE, CALLBACKS_TURNED, CALLBACKS_LATE])
def test_what_is_told_twice_turned_or_late_is_one_delivery(till, means, fault):
    till.stage.faults.turn_on(fault)
    till.begin(means)
    till.pay()
    till.clock.at += timedelta(seconds=90)
    assert set(till.tell()) == {200}
    assert (till.state, till.letters()) == ("paid", ["shop_receipt"])


@pytest.mark.parametrize("means", Means)
def test_what_is_never_told_is_asked_for(till, means):
    till.stage.faults.turn_on(CALLBACKS_LOST)
    till.begin(means)
    till.pay()
    assert till.tell() == []
    till.clock.at += timedelta(seconds=2)
    till.sweep()
    assert (till.state, till.letters()) == ("paid", ["shop_receipt"])


@pytest.mark.parametrize("events", list(permutations(PAID_BY_CARD)), ids=lambda each: " ".join(
    name.split(".")[1] for name in each))
def test_what_nets_tells_in_any_order_and_twice_is_one_delivery(till, events):
    till.begin(Means.CARD)
    till.pay()
    told = {name: call for call in till.told() for name in PAID_BY_CARD
            if f'"{name}"'.encode() in call.content}
    for name in events:
        for _ in range(2):
            assert till.hear(told[name]) == 200
    till.come_back()
    assert (till.state, till.letters()) == ("paid", ["shop_receipt"])


@pytest.mark.parametrize("why", ["decline", "3ds"])
def test_a_card_that_is_refused_can_be_tried_again_on_their_page_or_given_up(till, why):
    till.begin(Means.CARD)
    till.stage.nets.refuse(till.at_provider, why)
    assert till.tell() == [200]
    assert till.payment.state == State.OPEN
    assert "Banken nekade kortet" in till.follow(till.look("/avbruten")).said


def test_money_that_is_held_and_cannot_be_drawn_is_let_go_of(till):
    till.begin(Means.CARD)
    till.stage.nets.pay(till.at_provider, charges=False)
    till.tell()
    assert (till.payment.state, till.state) == (State.OPEN, "open")
    till.clock.at += timedelta(hours=1)
    till.sweep()
    assert (till.payment.state, till.state) == (State.TIMED_OUT, "open")
    assert till.stage.nets.find(till.at_provider)["reserved"] == 0


@pytest.mark.parametrize("means", Means)
def test_who_tells_before_the_page_is_back_and_who_is_told_after_agree(till, means):
    till.begin(means)
    till.pay()
    till.tell()
    page = till.look()
    assert page.location == f"/mina-sidor/kop/{till.order.id}"
    till.come_back()
    assert till.letters() == ["shop_receipt"]


@pytest.mark.parametrize(("means", "fault"), [(Means.SWISH, SWISH_DOWN), (Means.CARD, NETS_DOWN)])
def test_a_provider_that_tells_and_does_not_answer_is_asked_to_tell_again(till, means, fault):
    till.begin(means)
    till.pay()
    till.stage.faults.turn_on(fault)
    assert set(till.tell()) == {503}
    till.stage.faults.turn_off(fault)
    till.clock.at += timedelta(seconds=5)
    assert set(till.tell()) == {200}
    assert till.state == "paid"


@pytest.mark.parametrize("first", Means)
def test_paid_by_both_means_one_goes_back(till, first):
    bought = {}
    for means in Means:
        till.begin(means)
        bought[means] = till.id, till.at_provider
    second = next(means for means in Means if means != first)
    for means in (first, second):
        till.id, till.means = bought[means][0], means
        till.pay()
        till.tell()
    assert (till.state, till.order.payment_id) == ("paid", bought[first][0])
    refund = till.db.scalars(select(Refund)).one()
    assert (refund.payment_id, refund.amount_ore, refund.reason) == (
        bought[second][0], till.order.total_ore, Reason.PAID_TWICE)
    assert till.letters() == ["refund", "shop_receipt"]


def test_the_other_payment_is_cancelled_once_one_is_paid(till):
    till.begin(Means.CARD)
    other = till.id
    till.begin(Means.SWISH)
    till.pay()
    till.tell()
    till.clock.at += timedelta(seconds=2)
    till.sweep()
    till.id = other
    assert till.payment.state == State.CANCELLED
    assert till.stage.nets.find(till.at_provider)["terminated_at"]


def test_whoever_knows_not_the_word_is_told_nothing_and_makes_us_ask_nobody(till, wire):
    till.begin()
    till.pay()
    [call] = till.told()
    wire.cut = True
    client = till.client
    for url, headers in ((str(call.url)[:-1] + "x", call.headers),
                         (str(call.url), {"callbackIdentifier": "F" * 32}), (str(call.url), {})):
        assert client.post(url, json={"status": "PAID"}, headers=dict(headers) | {
            "Host": "portal.example"}).status_code == 404
    assert till.state == "open"


def test_a_callback_that_lies_is_not_believed(till):
    till.begin()
    payment = till.payment
    url = f"http://portal.example/betalning/swish/{refunds.callbacks.key(till.db, payment.id)}"
    proof = refunds.callbacks.proof(till.db, payment.id)
    assert till.client.post(url, json={"status": "PAID", "amount": 1},
                            headers={"callbackIdentifier": proof}).status_code == 200
    assert (till.payment.state, till.state) == (State.OPEN, "open")

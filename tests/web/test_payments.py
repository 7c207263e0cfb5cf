from datetime import timedelta

import pytest

from domain.payments import Means, State
from sandbox.faults import NETS_DOWN, SWISH_DOWN
from tests.web.till import Till, leads

PHONE = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)"}
HTMX = {"HX-Request": "true"}


@pytest.fixture
def till(portal, browser, db, stage, make, clock):
    return Till(portal, browser, db, stage, make, clock)


def test_swish_on_a_desktop_is_a_qr_code_that_waits_without_scripts(till):
    page = till.begin()
    assert page.all("img")[0]["alt"] == "QR-kod för Swish"
    assert leads(page) == ["5"]
    assert till.payment.state == State.OPEN


def test_swish_on_a_phone_opens_the_app_and_leads_back(till):
    till.begin()
    page = till.browser.get(till.url, **PHONE)
    [link] = [href for href in page.links() if "/swish/app?token=" in href]
    assert link.endswith(f"betalning%2F{till.id}%2Fater")
    till.pay()
    assert till.come_back().location.endswith(f"/mina-sidor/kop/{till.order.id}")
    assert till.state == "paid"


def test_a_card_is_paid_with_on_a_page_that_is_not_ours(till):
    page = till.begin(Means.CARD)
    assert leads(page) == [f"0; url={till.payment.entrance}"]
    assert "Inget kortnummer når oss" in page.said
    till.pay()
    till.come_back()
    assert till.state == "paid"
    assert till.payment.paid_with == "Visa •••• 0004"


def test_a_card_that_was_not_used_leads_back_and_can_be_tried_again(till):
    till.begin(Means.CARD)
    page = till.follow(till.look("/avbruten"))
    assert "Betalningen avbröts" in page.said
    assert "Inga pengar har dragits" in page.said
    assert f"/mina-sidor/kop/{till.order.id}" in page.links()
    till.begin(Means.CARD)
    till.pay()
    till.come_back()
    assert till.state == "paid"


def test_the_page_asks_by_itself_more_and_more_seldom_and_says_what_is_new(till):
    till.begin()
    first = till.browser.get(till.url, **HTMX)
    [there] = [attrs for attrs in first.all("div") if attrs.get("id") == "payment"]
    assert there["hx-trigger"] == "every 2s"
    assert till.browser.get(there["hx-get"], **HTMX).status == 204
    till.clock.at += timedelta(seconds=40)
    later = till.browser.get(there["hx-get"], **HTMX)
    [there] = [attrs for attrs in later.all("div") if attrs.get("id") == "payment"]
    assert there["hx-trigger"] == "every 5s"
    till.stage.swish.decline(till.at_provider)
    till.clock.at += timedelta(seconds=10)
    assert "Betalningen nekades" in till.browser.get(there["hx-get"], **HTMX).said


def test_a_page_that_waits_is_led_to_the_order_when_it_is_paid(till):
    till.begin()
    till.pay()
    till.clock.at += timedelta(seconds=2)
    answer = till.browser.get(till.url, **HTMX).response
    assert answer.headers["HX-Redirect"] == f"/mina-sidor/kop/{till.order.id}"


def test_a_payment_is_cancelled_by_the_one_who_pays(till):
    till.begin()
    page = till.follow(till.browser.post(f"{till.url}/avbrott"))
    assert "Betalningen avbröts" in page.said
    assert till.stage.swish.find(till.at_provider)["status"] == "CANCELLED"


def test_cancelling_too_late_is_paying(till):
    till.begin()
    till.pay()
    till.browser.post(f"{till.url}/avbrott")
    assert till.state == "paid"


@pytest.mark.parametrize(("means", "fault"), [(Means.SWISH, SWISH_DOWN), (Means.CARD, NETS_DOWN)])
def test_a_provider_that_is_away_has_drawn_nothing(till, means, fault):
    till.stage.faults.turn_on(fault)
    page = till.begin(means)
    assert "Inga pengar har dragits. Det ligger inte hos dig." in page.said
    assert till.payment.state == State.ERROR
    till.stage.faults.turn_off(fault)
    till.begin(means)
    till.pay()
    till.come_back()
    assert till.state == "paid"


@pytest.mark.parametrize("means", Means)
def test_an_answer_that_was_lost_opens_no_door_and_is_closed(till, wire, means):
    wire.answers_lost = True
    page = till.begin(means)
    assert "Vi får inget svar just nu. Du har inte betalat något." in page.said
    wire.answers_lost = False
    till.clock.at += timedelta(seconds=61)
    till.sweep()
    assert till.payment.state in (State.CANCELLED, State.ERROR)
    assert not till.stage.swish.open()
    assert till.state == "open"


def test_a_payment_that_nobody_went_on_to_is_closed_without_asking(till, wire):
    till.begin()
    with till.portal.store.transaction(till.db):
        payment = till.payment
        payment.state, payment.provider_id, payment.looks = State.BEGUN, None, 0
    wire.cut = True
    till.clock.at += timedelta(seconds=61)
    till.sweep()
    assert (till.payment.state, till.payment.code) == (State.CANCELLED, "never_asked")


def test_two_tabs_pay_once(till):
    till.begin()
    first = till.id
    till.begin()
    assert till.id == first


def test_nobody_is_asked_to_pay_anew_while_the_bank_has_not_answered(till):
    till.begin()
    with till.portal.store.transaction(till.db):
        till.payment.state = State.UNKNOWN
    page = till.browser.get(f"/mina-sidor/kop/{till.order.id}")
    assert ("Betala inte igen" in page.said, till.url in page.links()) == (True, True)
    assert ("Avbryt köpet" in page.said, "Köpet är inte betalt" in page.said) == (False, False)


def test_another_ones_payment_is_not_there(till, app):
    till.begin()
    till.browser.log_in(till.make.customer())
    for path in ("", "/ater", "/avbruten"):
        assert till.look(path).status == 404
    assert till.browser.post(f"{till.url}/avbrott").status == 404

from datetime import timedelta

import pytest

from domain.payments import State
from tests.browser import Browser
from tests.queries import queries
from tests.web.till import Till

PAGE = "/intern/betalningar/"


@pytest.fixture
def till(portal, app, db, stage, make, clock):
    """Somebody whose bank has not answered for two hours."""
    till = Till(portal, Browser(app), db, stage, make, clock)
    till.begin()
    stage.swish.fail(till.at_provider, "DS24")
    till.tell()
    clock.at += timedelta(hours=2)
    return till


@pytest.fixture
def clerk(browser, make):
    return browser.log_in(make.clerk())


def acts(till, act):
    return f"{PAGE}{till.id}/{act}"


def test_a_clerk_sees_what_nobody_knows_and_asks_again(clerk, till):
    assert "1 betalning utreds" in clerk.get("/intern/ko/").said
    assert till.order.number in clerk.get(PAGE).said
    clerk.post(acts(till, "fraga"))
    assert "Det finns inget besked än" in clerk.get(PAGE).said
    till.stage.swish.learn(till.at_provider, paid=True)
    clerk.post(acts(till, "fraga"))
    assert till.state == "paid"
    assert till.order.number not in clerk.get(PAGE).said


def test_what_a_clerk_has_closed_is_delivered_if_it_is_paid_after_all(clerk, till):
    clerk.post(acts(till, "avslut"))
    assert (till.payment.state, till.state) == (State.ERROR, "open")
    assert clerk.post(acts(till, "avslut")).status == 404
    till.stage.swish.learn(till.at_provider, paid=True)
    till.come_back()
    assert till.state == "paid"


def test_the_list_asks_as_often_for_three_as_for_one(clerk, till, store, portal, app, make, clock):
    with queries(store) as one:
        clerk.get(PAGE)
    for _ in range(2):
        other = Till(portal, Browser(app), till.db, till.stage, make, clock)
        other.begin()
        other.stage.swish.fail(other.at_provider, "DS24")
        other.tell()
    clock.at += timedelta(hours=2)
    with queries(store) as three:
        assert other.order.number in clerk.get(PAGE).said
    assert len(one) == len(three)

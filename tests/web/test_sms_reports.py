from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select

from domain.messages import Sms, State
from jobs import outbox
from tests.browser import Browser
from tests.conftest import NOON


@pytest.fixture
def sms(make, db, portal, world):
    """A text message that the provider has taken."""
    make.sent_ticket()
    for message_id in world.queue.rung:
        outbox.deliver(portal, message_id)
    return db.scalars(select(Sms)).one()


def report(browser, sms_id, status, *, key="report-key", **form):
    return browser.post(f"/aterrapport/sms/{sms_id}?key={key}",
                        {"id": "s1", "status": status} | form).status


def state(db, sms):
    db.rollback()
    db.refresh(sms)
    return sms.state


def test_a_report_tells_that_the_message_arrived_and_when(browser, sms, db):
    assert report(browser, sms.id, "delivered", delivered="2026-11-20T11:00:07.500000") == 204
    assert state(db, sms) == State.DELIVERED
    assert sms.delivered_at == NOON.replace(second=7, microsecond=500_000)


def test_a_report_tells_that_the_message_did_not_arrive(browser, sms, db):
    assert report(browser, sms.id, "failed") == 204
    assert state(db, sms) == State.FAILED


def test_sent_says_nothing_new(browser, sms, db):
    assert report(browser, sms.id, "sent") == 204
    assert state(db, sms) == State.SENT


def test_a_report_may_come_again_or_late(browser, sms, db):
    for status in ("delivered", "delivered", "failed", "sent"):
        assert report(browser, sms.id, status) == 204
    assert state(db, sms) == State.DELIVERED


@pytest.mark.parametrize("key", ["", "wrong", "å", "report-key "])
def test_a_report_without_the_key_is_not_believed(browser, sms, db, key):
    assert report(browser, sms.id, "failed", key=key) == 404
    assert state(db, sms) == State.SENT


def test_a_portal_without_a_key_believes_no_report(browser, app, config, sms):
    app.config["PORTAL"] = replace(config, sms_report_key="")
    assert report(browser, sms.id, "failed", key="") == 404


def test_what_is_not_a_report_is_refused(browser, sms):
    assert report(browser, sms.id, "lost") == 400
    assert report(browser, sms.id, "delivered", delivered="soon") == 400
    assert browser.post(f"/aterrapport/sms/{sms.id}?key=report-key").status == 400


def test_a_report_about_nothing_is_not_found(browser):
    assert report(browser, uuid4(), "delivered") == 404


def test_the_provider_needs_no_token_of_a_form(app, sms):
    browser = Browser(app)
    app.config["WTF_CSRF_ENABLED"] = True
    assert report(browser, sms.id, "delivered") == 204
    assert browser.post("/sprak", {"language": "en"}).status == 400

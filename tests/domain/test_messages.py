from uuid import uuid4

import pytest

from domain import messages, outbox
from domain.errors import NotFound
from domain.messages import State
from tests.conftest import NOON
from tests.factories import MORNING


@pytest.fixture
def sms(make, db):
    ticket = make.sent_ticket()
    return messages.about(db, [ticket.id])[ticket.id]


def test_an_sms_waits_with_its_words_and_a_task_to_send_it(make, db):
    ticket = make.sent_ticket()
    sms = messages.about(db, [ticket.id])[ticket.id]
    assert (sms.state, sms.to, sms.template) == (State.WAITING, ticket.mobile, "ticket")
    assert sms.values == {"company": "", "product": "single", "number": ticket.number}
    [message] = [outbox.find(db, id) for id in outbox.due(db, now=MORNING, most=10)]
    assert (message.task, message.args) == ("send_sms", {"sms_id": str(sms.id)})


def test_once_sent_the_words_are_forgotten(store, db, sms):
    with store.transaction(db):
        messages.sending(sms, now=MORNING)
        messages.sent(sms, now=NOON)
    assert (sms.state, sms.values, sms.sent_at) == (State.SENT, None, NOON)


def test_the_first_time_that_the_provider_was_asked_is_kept(store, db, sms):
    for now in (MORNING, NOON):
        with store.transaction(db):
            messages.sending(sms, now=now)
    assert (sms.state, sms.sending_at) == (State.SENDING, MORNING)


def test_a_refused_sms_keeps_its_words_and_is_shown_to_the_company(store, db, sms):
    with store.transaction(db):
        messages.refused(sms, "46elks refused: not allowed")
    assert messages.undelivered(db, company_id=sms.company_id) == [sms]
    assert messages.undelivered(db, company_id=uuid4()) == []
    assert (sms.state, sms.problem) == (State.FAILED, "46elks refused: not allowed")
    assert sms.values is not None


def test_a_cancelled_sms_is_no_failure(store, db, sms):
    with store.transaction(db):
        messages.cancel(sms)
    assert (sms.state, sms.values) == (State.CANCELLED, None)
    assert messages.undelivered(db, company_id=sms.company_id) == []


def report(store, db, sms, *, delivered):
    with store.transaction(db):
        messages.delivery_reported(db, sms.id, delivered=delivered, now=NOON)


def test_a_report_tells_what_became_of_an_sms(store, db, sms):
    with store.transaction(db):
        messages.sent(sms, now=MORNING)
    report(store, db, sms, delivered=False)
    assert (sms.state, sms.problem) == (State.FAILED, "not delivered")
    report(store, db, sms, delivered=True)
    assert (sms.state, sms.delivered_at, sms.problem) == (State.DELIVERED, NOON, None)


def test_a_late_report_does_not_take_a_delivery_back(store, db, sms):
    report(store, db, sms, delivered=True)
    report(store, db, sms, delivered=False)
    with store.transaction(db):
        messages.sent(sms, now=NOON)
    assert sms.state == State.DELIVERED


def test_a_report_is_proof_that_the_provider_has_the_sms(store, db, sms):
    with store.transaction(db):
        messages.sending(sms, now=MORNING)
    report(store, db, sms, delivered=True)
    assert (sms.sent_at, sms.values) == (NOON, None)


def test_a_report_of_what_was_never_sent_is_not_found(db):
    with pytest.raises(NotFound):
        messages.delivery_reported(db, uuid4(), delivered=True, now=NOON)


def test_the_latest_sms_about_a_thing_is_the_one_that_counts(store, db, sms):
    with store.transaction(db):
        newer = messages.put_sms(db, "ticket", to=sms.to, about_id=sms.about_id,
                                 company_id=sms.company_id, now=NOON)
    assert messages.about(db, [sms.about_id]) == {sms.about_id: newer}

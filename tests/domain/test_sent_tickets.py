from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import messages, sent_tickets
from domain.access import Scope
from domain.audit import Act, Event
from domain.errors import Conflict, NotFound
from domain.messages import Sms
from domain.services import Service
from tests.conftest import NOON
from tests.factories import MORNING, NOBODY

LATER = NOON + timedelta(minutes=1)


def failed(db, store, ticket):
    with store.transaction(db):
        messages.refused(messages.about(db, [ticket.id])[ticket.id], "no such number")


def resend(db, ticket, *, mobile="+46701740608", now=LATER):
    sent_tickets.resend(db, ticket, mobile=mobile, by=NOBODY, now=now)


def test_the_newest_comes_first_and_what_travellers_bought_is_not_there(db, make):
    traveller = make.traveller()
    old, new = make.sent_ticket(traveller), make.sent_ticket(traveller, at=NOON)
    make.ticket(traveller, service=Service.BUSINESS_TRAVEL)
    offered = make.ticket(traveller, service=Service.STAFF_OFFER, at=LATER)
    make.sent_ticket()
    page = sent_tickets.listed(db, within=Scope(traveller.company_id), now=NOON)
    assert (page.rows, page.after) == ([offered, new, old], None)


def test_every_ticket_is_on_one_page_also_when_many_were_sent_at_once(db, make):
    traveller = make.traveller()
    sent = {make.sent_ticket(traveller, at=at) for at in [MORNING] * 3 + [NOON] * 2}
    seen, after = [], None
    while True:
        page = sent_tickets.listed(db, within=Scope(traveller.company_id), now=NOON,
                                   after=after, most=2)
        seen += page.rows
        after = page.after
        if after is None:
            break
    assert (len(seen), set(seen)) == (5, sent)


@pytest.mark.parametrize("after", ["x", "|", "2026-11-20|", "0001-01-01T00:00:00+05:00|x"])
def test_a_page_that_is_not_there_is_not_found(db, make, after):
    with pytest.raises(NotFound):
        sent_tickets.listed(db, within=Scope(make.company().id), now=NOON, after=after)


def test_a_message_that_failed_is_sent_again_to_the_number_that_is_given(db, store, make):
    ticket = make.sent_ticket()
    failed(db, store, ticket)
    with store.transaction(db):
        resend(db, ticket)
    first, second = db.scalars(select(Sms).order_by(Sms.put_at))
    assert (first.state, second.state) == (messages.State.FAILED, messages.State.WAITING)
    assert (second.to, second.about_id, ticket.mobile) == ("+46701740608", ticket.id,
                                                           "+46701740608")
    [event] = db.scalars(select(Event).where(Event.act == Act.MESSAGE_RETRIED))
    assert (event.thing_id, event.details) == (ticket.id, {"holder": "Rut Resenär"})


def test_a_message_on_its_way_is_not_sent_again(db, make):
    with pytest.raises(Conflict):
        resend(db, make.sent_ticket())


def test_a_ticket_that_was_bought_in_the_phone_has_no_message_to_send(db, make):
    with pytest.raises(Conflict):
        resend(db, make.ticket(service=Service.BUSINESS_TRAVEL))


def test_a_ticket_that_has_gone_out_is_not_sent_again(db, store, make):
    ticket = make.sent_ticket()
    failed(db, store, ticket)
    with pytest.raises(Conflict):
        resend(db, ticket, now=ticket.useless_at)

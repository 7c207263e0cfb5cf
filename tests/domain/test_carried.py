from datetime import timedelta
from uuid import uuid4

import pytest

from domain import carried, tickets
from domain.errors import NotFound
from domain.products import Product
from tests.conftest import NOON
from tests.factories import MORNING

DAY = timedelta(days=1)


def test_the_link_of_the_latest_message_opens_the_ticket_and_no_earlier_one(db, store, make):
    ticket = make.sent_ticket()
    with store.transaction(db):
        first, second = (tickets.link(db, ticket.id, uuid4()) for _ in range(2))
    assert carried.with_link(db, second) is ticket
    for token in (first, "", "something", str(ticket.id)):
        with pytest.raises(NotFound, match="senaste sms"):
            carried.with_link(db, token)


def test_a_message_that_is_sent_twice_carries_the_same_link(db, store, make):
    ticket, message_id = make.sent_ticket(), uuid4()
    with store.transaction(db):
        assert tickets.link(db, ticket.id, message_id) == tickets.link(db, ticket.id, message_id)


def test_another_persons_ticket_is_not_found(db, make):
    ticket = make.ticket()
    assert carried.find(db, ticket.id, traveller_ids=[ticket.traveller_id]) is ticket
    for ids in ([], [make.traveller().id]):
        with pytest.raises(NotFound):
            carried.find(db, ticket.id, traveller_ids=ids)


def test_what_is_active_comes_first_then_what_can_be_used_then_what_has_been(db, store, make):
    traveller = make.traveller()
    active, resting, spent, fresh, used, dead = (
        make.ticket(traveller, product, at=MORNING - days * DAY) for product, days in (
            (Product.PERIOD_365, 300), (Product.FLEX_10_30, 20), (Product.FLEX_10_30, 40),
            (Product.SINGLE, 10), (Product.SINGLE, 1), (Product.SINGLE, 310)))
    with store.transaction(db):
        for ticket, at in ((active, 300), (resting, 5), (spent, 40), (used, 1)):
            tickets.activate(db, ticket, now=NOON - at * DAY)
        dead.activate_by = NOON
    make.ticket()
    mine = carried.by_travellers(db, [traveller.id], now=NOON)
    assert mine == [active, fresh, resting, used, spent, dead]
    assert carried.by_travellers(db, [traveller.id], now=NOON, most=3) == mine[:3]

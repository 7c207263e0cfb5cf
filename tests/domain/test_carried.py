from datetime import timedelta
from uuid import uuid4

import pytest

from domain import activations, carried
from domain.errors import NotFound
from domain.products import Product
from tests.conftest import NOON
from tests.factories import MORNING, personnummer

DAY = timedelta(days=1)


def test_the_link_of_the_latest_message_opens_the_ticket_and_no_earlier_one(db, store, make):
    ticket = make.sent_ticket()
    with store.transaction(db):
        first, second = (carried.link(db, ticket.id, uuid4()) for _ in range(2))
    assert carried.with_link(db, second) is ticket
    for token in (first, "", "something", str(ticket.id)):
        with pytest.raises(NotFound, match="senaste sms"):
            carried.with_link(db, token)


def test_a_message_that_is_sent_twice_carries_the_same_link(db, store, make):
    ticket, message_id = make.sent_ticket(), uuid4()
    with store.transaction(db):
        assert carried.link(db, ticket.id, message_id) == carried.link(db, ticket.id, message_id)


def test_another_persons_ticket_is_not_found(db, make):
    me = make.traveller()
    ticket = make.ticket(me)
    assert carried.find(db, ticket.id, mine=[me], now=NOON) is ticket
    for mine in ([], [make.traveller(given_name="Någon")]):
        with pytest.raises(NotFound):
            carried.find(db, ticket.id, mine=mine, now=NOON)


def test_what_is_active_comes_first_then_what_can_be_used_then_what_has_been(db, store, make):
    traveller = make.traveller()
    active, resting, spent, fresh, used, dead = (
        make.ticket(traveller, product, at=MORNING - days * DAY) for product, days in (
            (Product.PERIOD_365, 300), (Product.FLEX_10_30, 20), (Product.FLEX_10_30, 40),
            (Product.SINGLE, 10), (Product.SINGLE, 1), (Product.SINGLE, 310)))
    with store.transaction(db):
        for ticket, at in ((active, 300), (resting, 5), (spent, 40), (used, 1)):
            activations.activate(db, ticket, now=NOON - at * DAY)
        dead.activate_by = NOON
    make.ticket()
    mine = carried.by_travellers(db, [traveller.id], now=NOON)
    assert mine == [active, fresh, resting, used, spent, dead]
    assert carried.by_travellers(db, [traveller.id], now=NOON, most=3) == mine[:3]


@pytest.fixture
def visits(make, store, db):
    """A ticket that was sent to a number as to a visitor."""
    def visits(mobile="+46701740605"):
        ticket = make.ticket(make.traveller(given_name="Värd", mobile="+46701740601"))
        with store.transaction(db):
            ticket.traveller_id, ticket.mobile = None, mobile
        return ticket
    return visits


def test_what_is_sent_to_my_number_as_to_a_visitor_is_found_by_it(db, make, visits):
    me, mine, other = make.traveller(), visits(), visits("+46701740699")
    assert carried.by_number(db, [me], now=NOON) == [mine]
    assert carried.find(db, mine.id, mine=[me], now=NOON) is mine
    assert not carried.is_owned(mine, [me])
    with pytest.raises(NotFound):
        carried.find(db, other.id, mine=[me], now=NOON)


def test_what_was_sent_to_the_number_before_i_was_registered_is_not_mine(db, store, make, visits):
    me, earlier = make.traveller(), visits()
    with store.transaction(db):
        me.registered_at = earlier.sold_at + DAY
    assert carried.by_number(db, [me], now=NOON) == []


def test_a_number_that_two_people_have_tells_neither(db, store, make, visits):
    me, other = make.traveller(), make.traveller(given_name="Sambo")
    visits()
    assert carried.by_number(db, [me], now=NOON) == []
    with store.transaction(db):
        other.ended_at = NOON
    assert len(carried.by_number(db, [me], now=NOON)) == 1


def test_the_same_person_at_two_companies_shares_with_nobody(db, make, visits):
    number = personnummer(900)
    mine = [make.traveller(make.company(name), number=number) for name in ("Ett AB", "Två AB")]
    ticket = visits()
    assert carried.by_number(db, mine, now=NOON) == [ticket]


def test_what_is_used_or_sent_to_another_traveller_is_not_found_by_number(db, store, make, visits):
    me, used, anothers = make.traveller(), visits(), make.ticket(make.traveller(
        given_name="Annan", mobile="+46701740606"))
    with store.transaction(db):
        activations.activate(db, used, now=NOON - DAY)
        anothers.mobile = me.mobile
    assert carried.by_number(db, [me], now=NOON) == []


def test_a_ticket_is_not_on_the_phone_before_its_message_is_to_be_sent(db, store, make):
    me = make.traveller()
    ticket = make.ticket(me)
    with store.transaction(db):
        ticket.send_at = NOON + DAY
    assert carried.by_travellers(db, [me.id], now=NOON) == []
    with pytest.raises(NotFound):
        carried.find(db, ticket.id, mine=[me], now=NOON)
    assert carried.by_travellers(db, [me.id], now=NOON + DAY) == [ticket]

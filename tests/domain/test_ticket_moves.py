from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import block_list, card_tickets, holdings, ticket_moves, validations
from domain.audit import Act, Event
from domain.errors import Conflict, Invalid
from domain.messages import Sms
from domain.months import days_later
from domain.products import Product
from domain.tickets import State
from domain.validations import Reading, Result
from tests.conftest import NOON
from tests.factories import COUNTY, MORNING, NOBODY

MOBILE = "+46701740605"


@pytest.fixture
def customer(make):
    return make.customer(mobile=MOBILE)


@pytest.fixture
def card(make, customer):
    return make.customer_card(customer)


@pytest.fixture
def move(db, store):
    def move(*args, now=NOON, **to):
        with store.transaction(db):
            return ticket_moves.move_all(db, *args, by=NOBODY, now=now, **to)
    return move


def blocked(db, store, card, at=NOON):
    with store.transaction(db):
        card.blocked_at = at


@pytest.fixture
def read(db, store):
    def read(number, at=NOON):
        with store.transaction(db):
            return validations.take(db, Reading(number, number, at), now=NOON)[0]
    return read


def test_what_is_moved_to_another_card_has_another_number_and_the_same_time_left(
        db, make, customer, card, move):
    ticket, other = make.card_period(card, activated_at=MORNING), make.customer_card(customer)
    former, until = ticket.number, ticket.active_until
    assert move(card, to_card=other) == [ticket]
    assert (ticket.card_id, ticket.active_until) == (other.id, until)
    assert ticket.number != former
    assert block_list.is_blocked(db, former)


def test_several_unused_ones_of_a_kind_go_together(make, customer, card, move):
    for _ in range(3):
        make.card_period(card)
    assert len(move(card, to_card=make.customer_card(customer))) == 3


def test_they_are_not_put_among_unused_ones_of_another_kind(make, customer, card, move):
    other = make.customer_card(customer)
    make.card_period(card)
    make.card_period(other, trip=COUNTY)
    with pytest.raises(Invalid, match="annat slag"):
        move(card, to_card=other)


def test_moved_to_the_phone_it_comes_as_a_link(db, make, customer, card, move):
    ticket = make.card_period(card)
    move(card, to_mobile=MOBILE)
    assert (ticket.card_id, ticket.mobile, ticket.card_entry) == (None, MOBILE, None)
    [sms] = db.scalars(select(Sms).where(Sms.about_id == ticket.id))
    assert (sms.to, sms.template, sms.values["number"]) == (MOBILE, "own_ticket", ticket.number)
    assert holdings.held(db, ticket, None) == holdings.Held.NOWHERE


def test_an_employers_ticket_moves_too_but_the_employer_is_not_told_the_number(
        db, store, make, customer, card, move):
    ticket = make.card_ticket(card, Product.SINGLE)
    move(card, to_mobile=MOBILE)
    assert (ticket.card_id, ticket.mobile) == (None, "")
    assert db.scalar(select(Sms.to).where(Sms.about_id == ticket.id)) == MOBILE


def test_what_is_used_up_or_out_of_time_stays(db, make, card):
    used = make.card_period(card, at=MORNING - timedelta(days=60),
                            activated_at=MORNING - timedelta(days=60))
    assert used.state(NOON) == State.EXPIRED
    assert ticket_moves.movable(db, card, now=NOON) == []


def test_the_time_of_a_blocked_card_stands_still_until_its_replacement_is_packed(
        db, store, make, customer, card, move):
    active, unused = make.card_period(card, activated_at=MORNING), make.card_period(card)
    blocked(db, store, card)
    packed = days_later(NOON, 4)
    move(card, to_card=make.customer_card(customer), now=packed)
    assert active.active_until == days_later(MORNING, 34)
    assert unused.activate_by == days_later(MORNING, 94)


def test_what_ran_out_after_the_card_was_blocked_is_moved(db, store, make, customer, card, move):
    active = make.card_period(card, activated_at=MORNING)
    blocked(db, store, card, days_later(MORNING, 29))
    packed = days_later(MORNING, 33)
    move(card, to_card=make.customer_card(customer), now=packed)
    assert active.active_until == days_later(packed, 1)


def test_somewhere_to_move_to_is_one_place(make, customer, card, move):
    with pytest.raises(Conflict):
        move(card)
    with pytest.raises(Conflict):
        move(card, to_card=make.customer_card(customer), to_mobile=MOBILE)


def test_the_bus_is_told_of_it_on_the_new_card_and_no_more_on_the_old(db, store, make, customer,
                                                                       card, move):
    ticket, other = make.card_period(card), make.customer_card(customer)
    with store.transaction(db):
        card_tickets.fetch(db, after=0, now=NOON)
    move(card, to_card=other)
    with store.transaction(db):
        [(listed, number)] = card_tickets.fetch(db, after=1, now=NOON).rows
    assert (listed, number) == (ticket, other.number)


def test_a_reading_of_the_old_number_opens_nothing(make, customer, card, move, read):
    former = make.card_period(card).number
    move(card, to_card=make.customer_card(customer))
    assert (read(former).result, read(former).reason) == (Result.BLACKLIST, "blocked")


def test_an_offline_reading_from_before_the_move_counts(make, customer, card, move, read):
    ticket = make.card_period(card)
    former = ticket.number
    move(card, to_card=make.customer_card(customer))
    assert read(former, at=NOON - timedelta(hours=1)).activated
    assert ticket.activated_at == NOON - timedelta(hours=1)


def test_the_log_of_the_customer_tells_of_the_move(db, make, customer, card, move):
    ticket = make.card_period(card)
    move(card, to_card=make.customer_card(customer))
    event = db.scalar(select(Event).where(Event.act == Act.ACCOUNT_TICKET_MOVED))
    assert (event.chain_id, event.thing_id, event.details["number"]) == (
        customer.id, ticket.id, ticket.number)
    assert card.number not in str(event.details)

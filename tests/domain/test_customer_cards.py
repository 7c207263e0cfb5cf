from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from domain import (
    card_tickets,
    card_trips,
    customer_cards,
    customers,
    purse_entries,
    validations,
)
from domain.audit import Act, Event
from domain.card_numbers import make_card
from domain.card_trips import Means
from domain.customer_cards import State
from domain.errors import Conflict, Invalid, NotFound, TooMany
from domain.rules import Rules
from domain.travel_cards import TravelCard
from domain.validations import Reading, Result
from tests.conftest import NOON
from tests.factories import NOBODY

NUMBER = make_card(4711, Rules())


@pytest.fixture
def customer(make):
    return make.customer()


@pytest.fixture
def card(make, customer):
    return make.customer_card(customer, label="Mitt kort")


@pytest.fixture
def does(db, store):
    def do(verb, *args, now=NOON, **kwargs):
        with store.transaction(db):
            return verb(db, *args, by=NOBODY, now=now, **kwargs)
    return do


@pytest.fixture
def read(db, store):
    def read(ticket, event_id="1", at=NOON, now=None):
        with store.transaction(db):
            return validations.take(db, Reading(event_id, ticket.number, at),
                                    now=now or at)[0]
    return read


def listed(db, store):
    with store.transaction(db):
        return card_tickets.fetch(db, after=0, now=NOON)


def test_a_card_that_nobody_has_is_registered_with_the_customers_mobile(db, does, customer):
    card = does(customer_cards.register, customer, NUMBER, label="Mitt kort")
    assert (card.customer_id, card.mobile, card.label) == (
        customer.id, customer.mobile, "Mitt kort")
    assert customer_cards.listed(db, customer.id) == [card]


def test_an_employer_may_load_it(does, make, customer):
    card = does(customer_cards.register, customer, NUMBER)
    assert make.card_ticket(card).card_id == card.id


def test_a_card_is_registered_for_a_child(does, make, customer):
    child = make.child(customer)
    assert does(customer_cards.register, customer, NUMBER, child=child).child is child


def test_nobody_elses_child_is_given_a_card(does, make, customer):
    with pytest.raises(NotFound):
        does(customer_cards.register, customer, NUMBER, child=make.child())


def test_a_card_that_the_customer_has_is_registered_once(does, customer, card):
    with pytest.raises(Invalid, match="redan bland dina kort"):
        does(customer_cards.register, customer, card.number)


def test_somebody_elses_card_is_not_taken_and_it_is_not_told_whose(does, make, card):
    with pytest.raises(Invalid, match="redan registrerat") as refusal:
        does(customer_cards.register, make.customer(), card.number)
    assert "Kajsa" not in str(refusal.value)


def test_a_companys_card_is_not_taken(does, make, customer):
    with pytest.raises(Invalid, match="hör till en arbetsgivare"):
        does(customer_cards.register, customer, make.card().number)


def test_a_card_that_a_clerk_has_registered_comes_to_who_has_its_mobile(does, make, customer):
    card = make.private_card(mobile=customer.mobile, name="Kajsa Kund")
    assert does(customer_cards.register, customer, card.number) is card
    assert (card.customer_id, card.name, card.words) == (customer.id, "", "")


def test_one_with_another_mobile_is_for_customer_service(does, make, customer):
    card = make.private_card(mobile="+46701740699")
    with pytest.raises(Invalid, match="Kundservice"):
        does(customer_cards.register, customer, card.number)


def test_a_blocked_card_that_nobody_has_stays_so(db, store, does, make, customer):
    card = make.private_card(mobile=customer.mobile)
    with store.transaction(db):
        card.blocked_at = NOON
    with pytest.raises(Invalid, match="spärrat"):
        does(customer_cards.register, customer, card.number)


@pytest.mark.parametrize("most", ["card_tries_per_hour", "card_tries_per_address"])
def test_so_many_numbers_may_be_tried_in_an_hour(db, store, customer, most):
    """By one customer from anywhere, and by anybody from one address."""
    with store.transaction(db):
        for number in range(getattr(Rules(), most)):
            count(db, customer, most, number)
        with pytest.raises(TooMany):
            count(db, customer, most, -1)


def count(db, customer, most, number):
    one = most == "card_tries_per_hour"
    customer_cards.count_try(db, customer.id if one else UUID(int=number + 1),
                             str(number) if one else "here", now=NOON)


def test_a_new_card_is_one_that_nobody_has_had(does, make, customer):
    with pytest.raises(Invalid, match="redan registrerat"):
        does(customer_cards.add_new, customer, make.private_card().number)


def test_another_customers_card_is_not_found(db, make, card):
    with pytest.raises(NotFound):
        customer_cards.find(db, card.id, customer_id=make.customer().id)


def test_a_card_is_renamed_and_given_to_a_child(does, make, customer, card):
    child = make.child(customer)
    does(customer_cards.rename, card, "Skolkortet", child=child)
    assert (card.label, card.child_id) == ("Skolkortet", child.id)


def test_a_card_that_is_removed_keeps_what_it_carries_and_loses_whose_it_was(
        db, store, does, make, customer, card):
    ticket = make.card_period(make.purse(card))
    with store.transaction(db):
        card_trips.record(db, card, NOON, zone=181, means=Means.PURSE, now=NOON)
    does(customer_cards.remove, card)
    assert (card.customer_id, card.mobile, card.label) == (None, None, "")
    assert (ticket.card_id, purse_entries.balance(db, card.id)) == (card.id, 15_000)
    assert card_trips.latest(db, card, now=NOON) == []
    other = make.customer()
    assert does(customer_cards.register, other, card.number).customer_id == other.id


def test_a_frozen_or_blocked_card_is_not_removed(db, store, does, card):
    does(customer_cards.freeze, card)
    with pytest.raises(Conflict, match="fryst"):
        does(customer_cards.remove, card)
    with store.transaction(db):
        card.frozen_at, card.blocked_at = None, NOON
    with pytest.raises(Conflict, match="historik"):
        does(customer_cards.remove, card)


def test_nothing_on_a_frozen_card_is_accepted_until_it_is_thawed(does, make, card, read):
    ticket = make.card_period(card)
    does(customer_cards.freeze, card)
    answer = read(ticket)
    assert (answer.result, answer.reason, ticket.activated_at) == (
        Result.BLACKLIST, "frozen", None)
    does(customer_cards.thaw, card)
    assert read(ticket, "2").result == Result.OK


def test_a_ride_before_the_freezing_that_is_told_after_it_stands(does, make, card, read):
    ticket = make.card_period(card)
    does(customer_cards.freeze, card, now=NOON + timedelta(minutes=10))
    assert read(ticket, now=NOON + timedelta(minutes=20)).result == Result.OK


def test_a_bus_is_told_that_a_card_is_frozen_and_that_it_is_thawed(db, store, does, make, card):
    make.card_period(make.purse(card))
    first = listed(db, store)
    does(customer_cards.freeze, card)
    frozen = listed(db, store)
    assert (first.frozen, frozen.frozen, frozen.last > first.last) == (
        set(), {card.number}, True)
    does(customer_cards.thaw, card)
    assert listed(db, store).frozen == set()


def test_to_freeze_twice_is_to_freeze_once(db, does, card):
    for minute in range(2):
        does(customer_cards.freeze, card, now=NOON + timedelta(minutes=minute))
    assert (card.frozen_at, customer_cards.state(card)) == (NOON, State.FROZEN)
    assert len(list(db.scalars(select(Event).where(Event.act == Act.ACCOUNT_CARD_FROZEN)))) == 1


def test_a_blocked_card_is_neither_frozen_nor_thawed(db, store, does, card):
    with store.transaction(db):
        card.blocked_at = NOON
    for verb in (customer_cards.freeze, customer_cards.thaw):
        with pytest.raises(Conflict, match="spärrat"):
            does(verb, card)


def test_the_cards_follow_the_customers_mobile(db, store, customer, card):
    with store.transaction(db):
        customer.mobile = "+46701740699"
        customer_cards.mobile_changed(db, customer)
    db.refresh(card)
    assert card.mobile == "+46701740699"


def test_no_name_of_a_card_or_a_child_is_in_the_log(db, does, make, customer):
    child = make.child(customer, "Kim")
    card = does(customer_cards.register, customer, NUMBER, label="Kims kort", child=child)
    does(customer_cards.rename, card, "Kims nya", child=child)
    for event in db.scalars(select(Event).where(Event.chain_id == customer.id)):
        assert event.details == {"card": f"•••• {NUMBER[-4:]}"}


@pytest.mark.parametrize("verb", [customer_cards.remove, customer_cards.freeze])
@pytest.mark.parametrize("meanwhile", [{"blocked_at": NOON}, {"customer_id": None}])
def test_what_happens_to_a_card_at_the_same_moment_is_seen(db, store, customer, card, verb,
                                                           meanwhile):
    by = customers.actor_of(customer)
    with pytest.raises(Conflict), store.transaction(db):
        assert (card.customer_id, card.blocked_at) == (customer.id, None)
        db.execute(update(TravelCard).where(TravelCard.id == card.id).values(meanwhile)
                   .execution_options(synchronize_session=False))
        verb(db, card, by=by, now=NOON)

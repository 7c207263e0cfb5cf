from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DatabaseError

from domain import card_blocks, customer_cards, customers, purse_lists, purse_loads, purses
from domain.card_blocks import To
from domain.errors import Conflict
from domain.months import Month
from domain.purse_entries import Kind, Purse, PurseEntry
from domain.purse_loads import Ended, PurseLoad
from domain.purses import Charged, Difference, Lack, Shortfall
from domain.travel_cards import TravelCard
from tests.chromium import everything
from tests.conftest import NOON
from tests.domain.paying import Paying

SINGLE = 4200


@pytest.fixture
def card(make):
    make.price_list()
    return make.customer_card()


@pytest.fixture
def charge(db, store):
    def charge(card, ore=SINGLE, event="1", at=NOON, now=None, **late):
        with store.transaction(db):
            return purses.charge(db, card, ore, event, at, 181, now=now or at, **late)
    return charge


def entries(db, card):
    return [(each.kind, each.amount_ore) for each in db.scalars(
        select(PurseEntry).where(PurseEntry.card_id == card.id)
        .order_by(PurseEntry.amount_ore.desc()))]


@pytest.mark.parametrize("statement", [update(PurseEntry).values(amount_ore=0),
                                       delete(PurseEntry)], ids=["update", "delete"])
def test_the_ledger_only_grows(db, make, card, statement):
    make.purse(card, 20_000)
    with pytest.raises(DatabaseError, match="the ledger only grows"):
        db.execute(statement)


def test_a_payment_activates_what_waits_and_is_taken_of_it(db, make, card, charge):
    load = make.purse_load(card, 20_000)
    assert charge(card) == Charged(SINGLE, 20_000, 20_000 - SINGLE)
    assert entries(db, card) == [(Kind.LOADED, 20_000), (Kind.CHARGED, -SINGLE)]
    assert (load.activated_at, purses.verify(db)) == (NOON, [])


def test_of_a_payment_on_board_the_ledger_tells_the_month_alone(db, make, card, charge):
    charge(make.purse(card, 20_000))
    [at] = db.scalars(select(PurseEntry.at).where(PurseEntry.kind == Kind.CHARGED))
    assert at == Month(2026, 11).start


def test_what_is_asked_for_is_taken_whole_or_not_at_all(db, make, card, charge):
    load = make.purse_load(make.purse(card, 1000), 3000)
    assert charge(card) == Charged(0, 0, 1000, Lack.EMPTY)
    assert (load.activated_at, db.scalar(select(Shortfall))) == (None, None)


def test_a_late_payment_takes_what_is_there_and_writes_down_what_is_missing(db, make, card, charge):
    make.purse(card, 1000)
    done = charge(card, now=NOON + timedelta(hours=3), late=True)
    assert done == Charged(1000, 0, 0, Lack.EMPTY)
    [short] = purses.shortfalls(db)
    assert (short.missing_ore, short.because, short.at) == (3200, Lack.EMPTY, NOON)
    for days, seen in ((59, [3200]), (60, [])):
        assert [each.missing_ore for each in purses.latest_shortfalls(
            db, card, now=NOON + timedelta(days=days))] == seen


def test_whoever_registers_a_card_is_not_told_what_was_missing_before(db, store, make, card,
                                                                      charge):
    charge(card, late=True)
    with store.transaction(db):
        card.registered_at = NOON
    assert purses.latest_shortfalls(db, card, now=NOON) == []


def test_what_was_loaded_after_the_ride_does_not_pay_for_it(db, make, card, charge):
    load = make.purse_load(card, at=NOON + timedelta(minutes=5))
    assert charge(card, now=NOON + timedelta(hours=1), late=True).taken_ore == 0
    assert load.activated_at is None


def test_a_reader_whose_clock_is_behind_finds_what_has_just_been_loaded(make, card, charge):
    make.purse_load(card, at=NOON)
    assert charge(card, at=NOON - timedelta(minutes=2), now=NOON).taken_ore == SINGLE


def test_the_same_event_is_taken_once_also_when_its_reading_is_forgotten(db, make, card, charge):
    charge(make.purse(card, 20_000))
    with pytest.raises(Conflict):
        charge(card)
    assert purses.balance(db, card.id) == 20_000 - SINGLE


def test_a_frozen_card_pays_nothing_and_a_ride_before_that_is_paid(db, store, make, card, charge):
    make.purse(card, 20_000)
    with store.transaction(db):
        customer_cards.freeze(db, card, by=None, now=NOON)
    later = NOON + timedelta(minutes=1)
    assert charge(card, at=later).lack == Lack.FROZEN
    assert charge(card, event="2", at=later, late=True).lack == Lack.FROZEN
    assert [each.missing_ore for each in purses.shortfalls(db)] == [SINGLE]
    assert charge(card, event="3", at=NOON - later.resolution, now=later, late=True).lack is None


def test_all_that_is_there_and_waits_is_moved_once(db, store, make, card):
    make.purse_load(make.purse(card, 500), 10_000)
    other, move = make.customer_card(), uuid4()
    assert purses.content(db, card.id, now=NOON) == 10_500
    for moved in (10_500, 0):
        with store.transaction(db):
            assert purses.take_all(db, card, kind=Kind.MOVED_OUT, source_id=move,
                                   now=NOON) == moved
            purses.put(db, other, moved, kind=Kind.MOVED_IN, source_id=move, now=NOON)
    assert (purses.balance(db, card.id), purses.balance(db, other.id)) == (0, 10_500)
    assert purses.verify(db) == []


def test_what_is_put_twice_for_the_same_reason_is_put_once(db, store, card):
    source = uuid4()
    for _ in range(2):
        with store.transaction(db):
            purses.put(db, card, 700, kind=Kind.MOVED_IN, source_id=source, now=NOON)
    assert purses.balance(db, card.id) == 700


def test_a_purse_that_is_not_the_sum_of_its_entries_is_told(db, store, make, card):
    make.purse(card, 20_000)
    with store.transaction(db):
        db.execute(update(Purse).values(balance_ore=20_100))
    assert purses.verify(db) == [Difference(card.id, 100)]


def test_a_load_that_was_used_and_is_not_there_is_told(db, store, make, card):
    load = make.purse_load(card)
    with store.transaction(db):
        load.activated_at = NOON
    assert purses.verify(db) == [Difference(card.id, 20_000, of_loads=True)]


def test_no_purse_can_be_below_zero_whoever_writes(db, make, card):
    make.purse(card, 100)
    with pytest.raises(DatabaseError):
        db.execute(update(Purse).values(balance_ore=-1))


def test_when_somebody_paid_is_forgotten_and_what_was_missing_is_not(db, store, make, card, charge):
    load = make.purse_load(card, 1000)
    charge(card, late=True)
    for days, known in ((60, True), (61, False)):
        with store.transaction(db):
            purses.forget(db, now=NOON + timedelta(days=days))
        db.expire_all()
        [short] = purses.shortfalls(db)
        assert (bool(short.at), load.activated_at == NOON, short.missing_ore) == (
            known, known, 3200)


def test_whatever_happens_in_whatever_order_purses_add_up(store, db, make):
    run_state_machine_as_test(
        lambda: Paying(store, db, make),
        settings=settings(max_examples=60 if everything() else 10, stateful_step_count=25,
                          deadline=None, database=None,
                          suppress_health_check=list(HealthCheck)))


# Sixteen at once.


def test_sixteen_who_pay_at_once_take_no_more_than_there_is(db, make, card, at_once):
    make.purse_load(make.purse(card, SINGLE), 4 * SINGLE + 1)
    card_id = card.id

    def pay(session, number):
        return purses.charge(session, session.get_one(TravelCard, card_id), SINGLE, str(number),
                             NOON, 181, now=NOON)

    done = at_once(pay)
    assert sum(each.taken_ore for each in done) == 5 * SINGLE
    db.rollback()
    assert (purses.balance(db, card.id), purses.verify(db)) == (1, [])


def test_whoever_pays_while_the_card_is_blocked_pays_before_or_not_at_all(db, make, card, at_once):
    make.purse_load(make.purse(card, 50_000), 20_000)
    other = make.customer_card(db.get_one(customers.Customer, card.customer_id))
    card_id, customer_id, other_id = card.id, card.customer_id, other.id

    def do(session, number):
        mine = session.get_one(TravelCard, card_id)
        if number == 5:
            by = customers.actor_of(session.get_one(customers.Customer, customer_id))
            return card_blocks.block(session, mine, To.CARD, by=by, now=NOON,
                                     other=session.get_one(TravelCard, other_id)).purse_ore
        late = {"late": True} if number % 2 else {}
        return purses.charge(session, mine, SINGLE, str(number), NOON, 181, now=NOON,
                             **late).taken_ore

    taken = at_once(do)
    moved = taken.pop(5)
    assert moved + sum(taken) == 70_000
    db.rollback()
    assert (purses.balance(db, card.id), purses.balance(db, other.id)) == (0, moved)
    late = sum(taken[number] for number in (1, 3, *range(6, 15, 2)))
    missing = sum(each.missing_ore for each in purses.shortfalls(db))
    assert (late + missing, purses.verify(db)) == (7 * SINGLE, [])


def test_a_load_is_used_or_ended_and_never_both(db, make, card, at_once):
    loads, card_id = [make.purse_load(card, SINGLE).id for _ in range(4)], card.id

    def do(session, number):
        if number % 4:
            mine = session.get_one(PurseLoad, loads[number % 4])
            return purse_loads.end(session, mine, Ended.REFUNDED, by=None, now=NOON)
        return purses.charge(session, session.get_one(TravelCard, card_id), SINGLE, str(number),
                             NOON, 181, now=NOON)

    at_once(do)
    db.rollback()
    db.expire_all()
    for load in db.scalars(select(PurseLoad)):
        assert bool(load.activated_at) != bool(load.ended_at)
    assert purses.verify(db) == []



def test_the_list_is_fetched_while_purses_are_loaded_paid_with_and_ended(db, make, card, at_once):
    cards = [card.id, make.purse(make.customer_card(), 50_000).id]
    loads = [make.purse_load(db.get_one(TravelCard, of), SINGLE).id for of in cards * 8]

    def do(session, number):
        mine = session.get_one(TravelCard, cards[number % 2])
        if number % 4 == 0:
            return purse_lists.fetch(session, after=number, now=NOON)
        if number % 4 == 1:
            load = session.get_one(PurseLoad, loads[number])
            return purse_loads.end(session, load, Ended.REFUNDED, by=None, now=NOON)
        if number % 4 == 2:
            return purse_loads.put(session, mine, SINGLE, source_id=uuid4(), by=None, now=NOON)
        return purses.charge(session, mine, SINGLE, str(number), NOON, 181, now=NOON)

    at_once(do)
    db.rollback()
    assert purses.verify(db) == []
    rows = at_once(lambda session, _: purse_lists.fetch(session, after=0, now=NOON).rows)[0]
    assert {row.number: row.balance_ore for row in rows} == {
        db.get_one(TravelCard, of).number: purses.balance(db, of) for of in cards}

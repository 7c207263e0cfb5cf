from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import func, select, update

from domain import (
    audit,
    block_list,
    card_blocks,
    card_trips,
    customers,
    packing,
    parcels,
    purse_entries,
    purse_loads,
    purses,
    validations,
)
from domain.block_list import Blocked, Reason
from domain.card_blocks import CardBlock, To
from domain.card_numbers import make_card
from domain.card_trips import Means
from domain.errors import Conflict, Invalid
from domain.messages import Email
from domain.months import days_later, working_days_later
from domain.parcels import Address, Parcel
from domain.products import Product
from domain.rules import Rules
from domain.tickets import State
from domain.travel_cards import TravelCard
from domain.validations import Reading
from tests.conftest import NOON
from tests.factories import COUNTY, MORNING, NOBODY

NEW = make_card(4711, Rules())


@pytest.fixture
def customer(make):
    return make.customer()


@pytest.fixture
def card(make, customer):
    return make.customer_card(customer, label="Mitt kort")


@pytest.fixture
def other(make, customer):
    return make.customer_card(customer, label="Det andra")


@pytest.fixture
def block(db, store, customer, card):
    def block(to=To.POST, *, now=NOON, **where):
        with store.transaction(db):
            return card_blocks.block(db, card, to, by=customers.actor_of(customer), now=now,
                                     **where)
    return block


def parcel(db):
    return db.scalar(select(Parcel))


def test_what_would_move_is_shown_before(db, make, card, other):
    ticket = make.card_period(make.purse(card, 5_000))
    make.purse_load(card, 20_000)
    seen = card_blocks.preview(db, card, now=NOON)
    assert (seen.purse_ore, seen.loads_ore, seen.tickets, seen.cards) == (
        25_000, 20_000, [ticket], [other])
    assert seen.ways == [To.POST, To.CARD, To.PHONE]


@pytest.mark.parametrize(("ore", "posted", "left"), [(999, 0, 999), (1_000, 1_000, 0)])
def test_a_purse_of_less_than_ten_kronor_is_not_posted(db, make, card, ore, posted, left):
    seen = card_blocks.preview(db, make.purse(card, ore), now=NOON)
    assert (seen.posted_ore, seen.left_ore) == (posted, left)


def test_the_new_card_carries_what_was_there_at_that_moment(db, store, make, customer, card, block):
    ticket = make.card_period(make.purse(card), activated_at=MORNING)
    make.purse_load(card, 20_000)
    former, until = ticket.number, ticket.active_until
    block()
    assert (parcel(db).purse_ore, purses.content(db, card.id, now=NOON)) == (35_000, 0)
    with store.transaction(db):
        new = packing.pack(db, parcel(db), NEW, by=NOBODY, now=days_later(NOON, 3))
    assert (new.customer_id, new.label, purse_entries.balance(db, new.id)) == (
        customer.id, "Mitt kort", 35_000)
    assert (ticket.card_id, ticket.number != former) == (new.id, True)
    assert ticket.active_until == days_later(until, 3)


def test_a_new_card_is_promised_within_five_working_days(db, make, card, block):
    make.purse(card)
    block()
    assert parcel(db).promised_on == working_days_later(NOON, 5)


def test_it_goes_to_the_customers_address_or_to_another_for_this_once(
        db, make, customer, card, block):
    make.purse(card)
    home = Address.of(customer)
    block(address=replace(home, street="Lillgatan 2"))
    assert (parcel(db).address, customer.street) == (
        replace(home, street="Lillgatan 2"), "Storgatan 1")


def test_all_of_it_may_go_to_another_card_at_once(db, make, card, other, block):
    ticket = make.card_period(make.purse(card, 500))
    made = block(To.CARD, other=other)
    assert (ticket.card_id, ticket.state(NOON)) == (other.id, State.UNACTIVATED)
    assert (purse_entries.balance(db, other.id), made.purse_ore, made.left_ore) == (500, 500, 0)
    assert (parcel(db), purses.verify(db)) == (None, [])


def test_the_tickets_may_go_to_the_phone_and_the_purse_then_by_post(db, make, customer, card,
                                                                    block):
    ticket = make.card_period(make.purse(card))
    block(To.PHONE)
    assert (ticket.card_id, ticket.mobile) == (None, customer.mobile)
    assert parcel(db).purse_ore == 15_000


def test_no_card_is_posted_with_nothing_on_it(db, make, card, block):
    make.card_period(make.purse(card, 500))
    made = block(To.PHONE)
    assert (parcel(db), made.left_ore, purse_entries.balance(db, card.id)) == (None, 500, 500)


def test_a_small_purse_stays_when_the_period_is_posted(db, make, card, block):
    make.card_period(make.purse(card, 500))
    made = block()
    assert (parcel(db).purse_ore, made.left_ore, purse_entries.balance(db, card.id)) == (
        0, 500, 500)


def test_an_empty_card_is_blocked_and_nothing_is_posted(db, card, block):
    assert card_blocks.preview(db, card, now=NOON).ways == [To.NOWHERE]
    block(To.NOWHERE)
    assert (card.blocked_at, parcel(db)) == (NOON, None)


def test_what_is_used_up_or_recalled_does_not_move(db, store, make, card):
    ticket = make.card_period(card, Product.DAY, activated_at=MORNING)
    assert card_blocks.preview(db, card, now=days_later(NOON, 2)).tickets == []
    assert card_blocks.preview(db, card, now=NOON).tickets == [ticket]


def test_what_an_employer_has_put_on_the_card_moves_too(make, card, other, block):
    ticket = make.card_ticket(card)
    block(To.CARD, other=other)
    assert ticket.card_id == other.id


def test_no_reader_accepts_the_card_or_what_was_on_it(db, store, make, card, block):
    ticket = make.card_period(make.purse(card))
    block()
    with store.transaction(db):
        answer, _ = validations.take(db, Reading("1", ticket.number, NOON), now=NOON)
    assert answer.reason == "blocked"
    listed = {each.number: each.reason for each in db.scalars(select(Blocked))}
    assert listed == {ticket.number: Reason.LOST, card.number: Reason.CARD}
    assert block_list.active(db, now=NOON) == {ticket.number: Reason.LOST}


def test_a_frozen_card_is_blocked_as_any_other(db, store, make, card, block):
    with store.transaction(db):
        make.purse(card).frozen_at = MORNING
    block()
    assert (card.frozen_at, parcel(db).purse_ore) == (None, 15_000)


def test_a_card_is_blocked_once(db, make, card, block):
    make.purse(card)
    block()
    with pytest.raises(Conflict, match="redan spärrat"):
        block()
    assert db.scalar(select(func.count()).select_from(Parcel)) == 1


def test_two_at_once_move_it_once(db, store, make, customer, card):
    make.purse(card)
    card_id, actor = card.id, customers.actor_of(customer)
    db.rollback()
    ready = Barrier(2)

    def block() -> bool:
        with store.session() as session:
            ready.wait()
            try:
                with store.transaction(session):
                    card_blocks.block(session, session.get_one(TravelCard, card_id), To.POST,
                                      by=actor, now=NOON)
            except Conflict:
                return False
        return True

    with ThreadPoolExecutor(2) as threads:
        done = [each.result() for each in [threads.submit(block) for _ in range(2)]]
    assert sorted(done) == [False, True]
    assert db.scalars(select(Parcel.purse_ore)).all() == [15_000]
    assert purses.verify(db) == []


def test_a_way_that_is_closed_meanwhile_is_refused_and_nothing_is_done(make, card, block):
    with pytest.raises(Invalid, match="har ändrats"):
        block(To.POST)
    assert card.blocked_at is None


@pytest.mark.parametrize("whose", ["nobody", "another", "itself"])
def test_it_moves_only_to_another_card_of_the_account(make, card, other, block, whose):
    make.purse(card)
    to = {"nobody": None, "another": make.customer_card(), "itself": card}[whose]
    with pytest.raises(Invalid, match="vilket kort"):
        block(To.CARD, other=to)
    assert card.blocked_at is None


def test_tickets_that_do_not_go_together_are_not_put_on_one_card(make, card, other, block):
    make.card_period(card)
    make.card_period(other, trip=COUNTY)
    with pytest.raises(Invalid, match="annat slag"):
        block(To.CARD, other=other)


def test_the_customer_is_written_to(db, make, customer, card, block):
    make.purse(card)
    block()
    [email] = db.scalars(select(Email).where(Email.template == "card_blocked"))
    assert (email.to, email.values["way"]) == (customer.email, "post")


def test_the_log_tells_what_moved_and_not_where_to(db, make, customer, card, block):
    make.purse(card)
    block()
    [event] = [each for each in audit.about(db, card.id, company_id=customer.id)
               if each.act == audit.Act.ACCOUNT_CARD_BLOCKED]
    assert event.details == {"card": f"•••• {card.number[-4:]}", "to": "post",
                             "amount_ore": 15_000}


def test_the_blocked_card_remembers_what_became_of_it(db, make, card, other, block):
    make.purse(card)
    block(To.CARD, other=other)
    kept = card_blocks.of_card(db, card)
    assert (kept.to_card, kept.purse_ore, kept.at) == (other, 15_000, NOON)
    assert db.scalar(select(func.count()).select_from(CardBlock)) == 1


def test_a_load_that_has_run_out_stays_for_a_clerk(db, make, card):
    load = make.purse_load(make.purse(card))
    late = days_later(NOON, 100)
    assert card_blocks.preview(db, card, now=late).purse_ore == 15_000
    assert [each for each, _ in purse_loads.expired(db, now=late)] == [load]
    assert parcels.of_customer(db, card.customer_id) == []


def test_a_card_that_has_just_come_to_another_account_is_not_blocked(
        db, store, make, customer, card, other):
    by, stranger = customers.actor_of(customer), make.customer()
    with pytest.raises(Conflict, match="inte längre"), store.transaction(db):
        assert card.customer_id == customer.id
        db.execute(update(TravelCard).where(TravelCard.id == card.id)
                   .values(customer_id=stranger.id).execution_options(synchronize_session=False))
        card_blocks.block(db, card, To.NOWHERE, by=by, now=NOON)


def test_a_reader_that_has_the_ticket_does_not_wait_for_who_blocks_its_card(
        db, store, make, customer, card):
    ticket = make.card_period(card)
    card_id, actor = card.id, customers.actor_of(customer)

    def block():
        with store.session() as session, store.transaction(session):
            card_blocks.block(session, session.get_one(TravelCard, card_id), To.PHONE, by=actor,
                              now=NOON)

    with ThreadPoolExecutor(1) as thread:
        with store.transaction(db):
            db.refresh(ticket, with_for_update=True)
            blocking = thread.submit(block)
            with pytest.raises(TimeoutError):
                blocking.result(timeout=0.3)
            card_trips.record(db, card, NOON, zone=181, means=Means.TICKET, now=NOON)
        blocking.result(timeout=60)
    db.expire_all()
    assert ticket.card_id is None

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from domain import card_holdings, card_tickets, recalls, validations
from domain.card_tickets import Stage
from domain.errors import Conflict, Invalid
from domain.months import days_later
from domain.outbox import OutboxMessage
from domain.products import Product
from domain.services import Service
from domain.validations import Reading
from tests.conftest import NOON
from tests.factories import COUNTY, MORNING, NOBODY, ONE_ZONE


@pytest.fixture
def card(make):
    return make.card()


@pytest.fixture
def fetch(db, store):
    def fetch(after=0, now=NOON, most=1_000):
        with store.transaction(db):
            return card_tickets.fetch(db, after=after, now=now, most=most)
    return fetch


def numbers(entries):
    return [(ticket.number, card) for ticket, card in entries.rows]


def test_a_ticket_on_a_card_needs_no_message(db, make, card):
    make.card_ticket(card)
    assert db.query(OutboxMessage).count() == 0


def test_a_card_carries_several_tickets_of_one_kind(db, make, card):
    for _ in range(5):
        make.card_ticket(card, Product.SINGLE)
    assert len(card_tickets.of_card(db, card)) == 5


@pytest.mark.parametrize(("product", "trip"), [
    (Product.PERIOD_30, ONE_ZONE), (Product.SINGLE, COUNTY)])
def test_unused_tickets_of_two_kinds_are_not_on_one_card(make, card, product, trip):
    make.card_ticket(card, Product.SINGLE)
    with pytest.raises(Invalid, match="annat slag"):
        make.card_ticket(card, product, trip)


def test_another_kind_may_follow_once_the_first_is_recalled(db, store, make, card):
    ticket = make.card_ticket(card, Product.SINGLE)
    with store.transaction(db):
        recalls.recall(db, ticket, by=NOBODY, now=NOON)
    make.card_ticket(card, Product.PERIOD_30)


def test_of_many_cards_those_that_may_not_be_loaded_are_told(db, store, make):
    free, other, lost = make.card(), make.card(), make.card()
    make.card_ticket(other, Product.SINGLE)
    with store.transaction(db):
        card_holdings.block(db, lost, by=NOBODY, now=NOON)
    found = card_tickets.refused(db, [free.id, other.id, lost.id], Product.PERIOD_30, ONE_ZONE,
                                 now=NOON)
    assert {card: str(why)[:11] for card, why in found.items()} == {
        other.id: "På kortet f", lost.id: "Kortet är s"}


def test_business_travel_is_never_on_a_card(make, card):
    with pytest.raises(Invalid, match="bara i mobilen"):
        make.card_ticket(card, service=Service.BUSINESS_TRAVEL)


def test_nothing_is_sent_to_a_card_that_is_blocked(db, store, make, card):
    with store.transaction(db):
        card_holdings.block(db, card, by=NOBODY, now=NOON)
    with pytest.raises(Invalid, match="spärrat"):
        make.card_ticket(card)


def test_what_the_ticket_system_has_fetched_is_on_the_card_when_it_asks_for_more(
        db, make, card, fetch):
    ticket = make.card_ticket(card)
    assert card_tickets.stage(db, ticket, card, now=NOON) == Stage.ON_ITS_WAY
    first = fetch()
    assert numbers(first) == [(ticket.number, card.number)]
    db.refresh(ticket)
    assert card_tickets.stage(db, ticket, card, now=NOON) == Stage.ON_ITS_WAY
    assert numbers(fetch(first.last)) == []
    db.refresh(ticket)
    assert card_tickets.stage(db, ticket, card, now=NOON) == Stage.ON_CARD


def test_a_ticket_that_is_not_there_in_a_day_is_late(db, make, card):
    ticket = make.card_ticket(card)
    then = MORNING + timedelta(hours=24, seconds=1)
    assert card_tickets.stage(db, ticket, card, now=then) == Stage.LATE


def test_a_ticket_that_is_sent_later_is_listed_when_its_time_comes(db, store, make, card, fetch):
    ticket = make.card_ticket(card)
    with store.transaction(db):
        ticket.send_at = days_later(NOON, 3)
    assert card_tickets.stage(db, ticket, card, now=NOON) == Stage.LATER
    assert numbers(fetch()) == []
    assert numbers(fetch(now=days_later(NOON, 3))) == [(ticket.number, card.number)]


def test_a_recalled_ticket_is_not_listed(db, store, make, card, fetch):
    ticket = make.card_ticket(card)
    with store.transaction(db):
        recalls.recall(db, ticket, by=NOBODY, now=NOON)
    assert numbers(fetch()) == []
    assert card_tickets.stage(db, ticket, card, now=NOON) == Stage.RECALLED


def test_what_is_worth_nothing_any_more_is_not_listed(make, card, fetch):
    make.card_ticket(card)
    assert numbers(fetch(now=days_later(NOON, 800))) == []


def test_a_long_list_is_fetched_in_parts(make, card, fetch):
    sent = [make.card_ticket(card, at=MORNING + timedelta(minutes=n)).number for n in range(5)]
    found, after = [], 0
    for _ in range(3):
        part = fetch(after, most=2)
        found, after = found + [number for number, _ in numbers(part)], part.last
    assert found == sent


def test_a_place_beyond_the_end_is_answered_with_the_end(make, card, fetch):
    make.card_ticket(card)
    assert fetch(4_711).last == 1


def test_a_card_is_loaded_or_blocked_first(db, store, make, card):
    """Sent at the same moment as the card is blocked, a ticket is refused or blocked with it."""
    make.card_ticket(card)
    card_id, ready = card.id, Barrier(2)
    db.rollback()

    def attempt(verb) -> bool:
        with store.session() as session:
            try:
                ready.wait()
                with store.transaction(session):
                    verb(session, session.get_one(type(card), card_id))
            except (Conflict, Invalid):
                return False
        return True

    def load(session, card):
        card_tickets.check(session, card, Service.SEND_TICKET, Product.PERIOD_30, ONE_ZONE,
                           now=NOON)

    def block(session, card):
        card_holdings.block(session, card, by=NOBODY, now=NOON)

    with ThreadPoolExecutor(2) as threads:
        threads.submit(attempt, load)
        assert threads.submit(attempt, block).result()


def test_many_who_fetch_at_once_see_the_same_list(store, make, card):
    for n in range(20):
        make.card_ticket(card, at=MORNING + timedelta(minutes=n))

    def fetch(_):
        with store.session() as session, store.transaction(session):
            return [(ticket.card_entry, ticket.number)
                    for ticket, _ in card_tickets.fetch(session, after=0, now=NOON).rows]

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(fetch, range(8)))
    assert all(each == found[0] for each in found)
    assert [entry for entry, _ in found[0]] == list(range(1, 21))


def test_what_is_sold_just_as_its_card_is_blocked_is_neither_listed_nor_accepted(
        db, store, make, card, fetch):
    ticket = make.card_ticket(card)
    with store.transaction(db):
        card.blocked_at = NOON  # as if the one did not see the other
    assert numbers(fetch()) == []
    with store.transaction(db):
        answer, _ = validations.take(db, Reading("1", ticket.number, NOON), now=NOON)
    assert answer.reason == "blocked"

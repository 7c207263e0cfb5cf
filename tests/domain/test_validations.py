from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import inspect, select

from domain import block_list, card_holdings, card_tickets, recalls, validations
from domain.audit import Act, Event
from domain.errors import Conflict, Invalid, NotFound
from domain.months import days_later
from domain.products import Product
from domain.tickets import State
from domain.validations import Reading, Result, Validation
from tests.conftest import NOON
from tests.factories import COUNTY, MORNING, NOBODY

OFFLINE = int(Result.OK)


@pytest.fixture
def card(make):
    return make.card()


@pytest.fixture
def ticket(make, card):
    return make.card_ticket(card)


@pytest.fixture
def read(db, store):
    def read(ticket, event_id="1", at=NOON, now=None, **reading):
        with store.transaction(db):
            answer, _ = validations.take(db, Reading(event_id, ticket.number, at, **reading),
                                         now=now or at)
        return answer
    return read


def recall(db, store, ticket, now=NOON):
    with store.transaction(db):
        recalls.recall(db, ticket, by=NOBODY, now=now)


def test_the_first_reading_starts_the_ticket(ticket, read):
    answer = read(ticket, zone=181)
    assert (answer.result, answer.activated, ticket.state(NOON)) == (0, True, State.ACTIVE)
    assert answer.active_until == days_later(NOON, 30).isoformat()


def test_the_next_changes_nothing(ticket, read):
    read(ticket)
    answer = read(ticket, "2", days_later(NOON, 2))
    assert (answer.result, answer.activated, ticket.activated_at) == (0, False, NOON)


def test_a_flex_ticket_takes_a_day_with_the_first_reading_of_each(make, card, read):
    flex = make.card_ticket(card, Product.FLEX_10_30)
    read(flex)
    read(flex, "2", NOON + timedelta(hours=5))
    assert flex.days_left == 9
    read(flex, "3", days_later(NOON, 2))
    assert flex.days_left == 8


def test_it_is_not_started_in_another_zone(ticket, read):
    answer = read(ticket, zone=183)
    assert (answer.result, answer.reason, ticket.activated_at) == (Result.SPATIAL, "zone", None)


def test_a_ticket_for_the_county_holds_in_all_its_zones(make, card, read):
    assert read(make.card_ticket(card, trip=COUNTY), zone=188).result == Result.OK


def test_a_recalled_ticket_is_refused(db, store, ticket, read):
    recall(db, store, ticket)
    assert read(ticket).reason == "recalled"


def test_a_ride_that_is_reported_after_the_recall_does_not_undo_it(db, store, ticket, read):
    recall(db, store, ticket, now=NOON + timedelta(minutes=10))
    answer = read(ticket, at=NOON, now=NOON + timedelta(minutes=20), result=OFFLINE)
    assert (answer.result, answer.activated) == (Result.BLACKLIST, False)
    assert (ticket.activated_at, bool(ticket.recalled_at)) == (None, True)


def test_what_a_lost_card_carries_is_refused(db, store, card, ticket, read):
    with store.transaction(db):
        card_holdings.block(db, card, by=NOBODY, now=NOON)
    assert read(ticket).reason == "blocked"


def test_an_expired_ticket_is_refused(ticket, read):
    read(ticket)
    assert read(ticket, "2", days_later(NOON, 31)).reason == "expired"


def test_a_ticket_is_not_started_before_it_was_bought(ticket, read):
    assert read(ticket, at=MORNING - timedelta(hours=1), now=NOON).reason == "not_begun"


def test_a_reading_that_is_reported_late_starts_the_ticket_as_of_then(ticket, read):
    read(ticket, at=NOON, now=days_later(NOON, 1), result=OFFLINE)
    assert ticket.activated_at == NOON


def test_an_earlier_reading_that_comes_last_changes_nothing(ticket, read):
    read(ticket, at=NOON)
    answer = read(ticket, "2", NOON - timedelta(hours=2), now=NOON, result=OFFLINE)
    assert (answer.result, ticket.activated_at) == (0, NOON)


def test_what_a_reader_refused_is_noted_and_starts_nothing(ticket, read):
    answer = read(ticket, result=int(Result.SPATIAL))
    assert (answer.result, answer.reason, ticket.activated_at) == (Result.SPATIAL, "noted", None)


def test_a_ticket_in_a_phone_is_not_started_by_a_reader(make, read):
    ticket = make.sent_ticket()
    assert (read(ticket).reason, ticket.activated_at) == ("not_activated", None)


def test_no_trial_ticket_is_accepted(make, read):
    card = make.card(make.trial())
    assert read(make.card_ticket(card)).reason == "trial"


def test_a_reading_that_comes_twice_is_answered_as_the_first_time(db, store, ticket):
    reading = Reading("1", ticket.number, NOON)
    for new in (True, False):
        with store.transaction(db):
            answer, was_new = validations.take(db, reading, now=NOON)
        assert (answer.activated, was_new) == (True, new)
    assert ticket.days_used == 1


def test_the_same_id_for_another_reading_is_a_conflict(ticket, read):
    read(ticket)
    with pytest.raises(Conflict, match="samma eventId"):
        read(ticket, at=NOON + timedelta(minutes=1))


def test_nothing_is_kept_of_a_reading_of_what_is_no_ticket(db, ticket, read):
    with pytest.raises(NotFound):
        read(replace(Reading("", "AAAA-BBBBBB", NOON), number="AAAA-BBBBBB"))
    assert db.scalar(select(Validation)) is None


@pytest.mark.parametrize(("at", "said"), [
    (NOON + timedelta(minutes=6), "går före"), (NOON - timedelta(days=8), "för gammal")])
def test_a_reading_from_the_future_or_long_ago_is_refused(ticket, read, at, said):
    with pytest.raises(Invalid, match=said):
        read(ticket, at=at, now=NOON)


def test_a_clock_that_is_a_little_ahead_starts_nothing_in_the_future(ticket, read):
    read(ticket, at=NOON + timedelta(minutes=4), now=NOON)
    assert ticket.activated_at == NOON


def test_where_and_when_a_ticket_was_read_is_not_kept(db, ticket, read):
    read(ticket, zone=181)
    columns = {column.key for column in inspect(Validation).columns}
    assert columns == {"event_id", "said", "answer", "received_at"}
    assert "181" not in str(db.scalar(select(Validation.answer)))


def test_the_employer_is_told_nothing_of_it(db, ticket, read):
    read(ticket)
    [event] = db.scalars(select(Event).where(Event.act == Act.TICKET_ACTIVATED))
    assert event.chain_id.int == 0


def test_readings_are_forgotten(db, store, ticket, read):
    read(ticket)
    with store.transaction(db):
        validations.forget(db, before=days_later(NOON, 1))
    assert db.scalar(select(Validation)) is None


def test_a_ticket_that_is_started_is_listed_anew(db, store, card, ticket, read):
    def fetch(after):
        with store.transaction(db):
            return card_tickets.fetch(db, after=after, now=NOON)

    first = fetch(0)
    read(ticket)
    again = fetch(first.last)
    assert [(each.number, each.active_until) for each, _ in again.rows] == [
        (ticket.number, days_later(NOON, 30))]


def test_that_a_card_was_read_is_not_seen_by_when_its_ticket_came_there(ticket, read):
    read(ticket)
    assert ticket.available_at is None


def test_a_tap_and_a_recall_at_once_do_one_thing(db, store, ticket):
    number, ticket_id = ticket.number, ticket.id
    db.rollback()
    ready = Barrier(2)

    def tap() -> bool:
        with store.session() as session:
            ready.wait()
            with store.transaction(session):
                answer, _ = validations.take(session, Reading("1", number, NOON), now=NOON)
        return answer.activated

    def take_back() -> bool:
        with store.session() as session:
            try:
                ready.wait()
                with store.transaction(session):
                    recalls.recall(session, session.get_one(type(ticket), ticket_id), by=NOBODY,
                                   now=NOON)
            except Conflict:
                return False
        return True

    with ThreadPoolExecutor(2) as threads:
        tapped, recalled = threads.submit(tap), threads.submit(take_back)
    db.refresh(ticket)
    assert tapped.result() != recalled.result()
    assert (bool(ticket.activated_at), bool(ticket.recalled_at)) == (
        tapped.result(), recalled.result())
    assert block_list.is_blocked(db, number) == recalled.result()


def test_a_report_that_comes_many_times_at_once_is_taken_once(store, make, card):
    flex = make.card_ticket(card, Product.FLEX_10_30)
    number = flex.number

    def tap(_):
        with store.session() as session, store.transaction(session):
            return validations.take(session, Reading("1", number, NOON), now=NOON)[1]

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(tap, range(16))) == 1

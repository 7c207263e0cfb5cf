from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest

from domain import block_list, recalls
from domain.block_list import Reason
from tests.conftest import NOON
from tests.factories import NOBODY

SOON = NOON + timedelta(days=1)


def add(session, *numbers, reason=Reason.RECALLED, until=SOON):
    for number in numbers:
        block_list.add(session, number, reason=reason, until=until, now=NOON)


def numbered(session, **kwargs):
    return [(entry.id, entry.number) for entry in block_list.entries(session, **kwargs)]


def test_entries_are_numbered_in_the_order_they_were_added(db, store):
    with store.transaction(db):
        add(db, "A", "B")
    with store.transaction(db):
        add(db, "C")
    assert numbered(db) == [(1, "A"), (2, "B"), (3, "C")]
    assert numbered(db, after=1, most=1) == [(2, "B")]


def test_added_twice_it_is_listed_once_for_the_first_reason(db, store):
    with store.transaction(db):
        add(db, "A", "A")
    with store.transaction(db):
        add(db, "B", "A", reason=Reason.LOST)
    assert numbered(db) == [(1, "A"), (2, "B")]
    assert block_list.active(db, now=NOON) == {"A": Reason.RECALLED, "B": Reason.LOST}


def test_a_ticket_is_blocked_from_when_it_is_added_unless_that_is_taken_back(db, store):
    with pytest.raises(ZeroDivisionError), store.transaction(db):
        add(db, "A")
        assert block_list.is_blocked(db, "A")
        1 / 0  # noqa: B018
    assert not block_list.is_blocked(db, "A")
    with store.transaction(db):
        add(db, "B")
    assert block_list.is_blocked(db, "B")
    assert numbered(db) == [(1, "B")]


def test_what_is_worth_nothing_anyway_is_not_listed_but_stays_blocked(db, store):
    with store.transaction(db):
        add(db, "A")
    assert block_list.active(db, now=SOON) == {}
    assert block_list.is_blocked(db, "A")


def test_a_reader_never_misses_an_entry_that_is_committed_later(store):
    """Two who write at once: the second gets its number when the first is done."""
    begun, seen = Event(), []

    def slow():
        with store.session() as session, store.transaction(session):
            add(session, "slow")
            begun.set()

    def quick():
        begun.wait()
        for at in range(20):
            with store.session() as session, store.transaction(session):
                add(session, f"quick {at}")
            with store.session() as session:
                seen.append(numbered(session))

    with ThreadPoolExecutor(5) as threads:
        for each in [threads.submit(slow), *(threads.submit(quick) for _ in range(4))]:
            each.result()
    for entries in seen:
        assert [id for id, _ in entries] == list(range(1, len(entries) + 1))
    assert max(map(len, seen)) == 21


def test_a_recalled_ticket_is_blocked_for_as_long_as_anybody_could_have_used_it(db, store, make):
    ticket = make.sent_ticket()
    with store.transaction(db):
        recalls.recall(db, ticket, by=NOBODY, now=NOON)
    [entry] = block_list.entries(db)
    assert (entry.number, entry.reason, entry.until) == (
        ticket.number, Reason.RECALLED, ticket.useless_at)


def test_the_list_is_held_at_the_end_and_not_when_a_part_is_done(db, store):
    with store.transaction(db):
        with db.begin_nested():
            add(db, "1")
        assert numbered(db) == []
        add(db, "2")
    assert numbered(db) == [(1, "1"), (2, "2")]

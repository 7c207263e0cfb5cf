from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from domain import audit, holdings
from domain.audit import Event
from domain.errors import Conflict
from domain.holdings import Held, Holding
from tests.conftest import NOON
from tests.factories import NOBODY

DAY = timedelta(days=1)
ONE, OTHER = "one phone's secret", "another phone's secret"


@pytest.fixture
def ticket(make):
    return make.sent_ticket()


@pytest.fixture
def does(db, store):
    """One of the verbs, in a transaction of its own."""
    def does(verb, *args, **kwargs):
        with store.transaction(db):
            return verb(db, *args, **kwargs)
    return does


def test_the_first_phone_that_opens_a_ticket_holds_it(db, does, ticket):
    assert holdings.held(db, ticket, ONE) == Held.NOWHERE
    assert does(holdings.take, ticket, ONE, now=NOON)
    assert not does(holdings.take, ticket, OTHER, now=NOON)
    assert [holdings.held(db, ticket, each) for each in (ONE, OTHER, None, "")] == [
        Held.HERE, Held.ELSEWHERE, Held.ELSEWHERE, Held.ELSEWHERE]


def test_opening_it_again_changes_nothing(db, does, ticket):
    assert [does(holdings.take, ticket, ONE, now=NOON) for _ in range(3)] == [True] * 3
    assert db.get(Holding, ticket.id).moves == 0


def test_only_a_hash_of_the_phones_secret_is_kept(db, does, ticket):
    does(holdings.take, ticket, ONE, now=NOON)
    kept = db.get(Holding, ticket.id).phone_hash
    assert (len(kept), ONE.encode() in kept) == (32, False)


def test_only_the_phone_that_holds_it_may_do_more(does, ticket):
    does(holdings.take, ticket, ONE, now=NOON)
    does(holdings.keep, ticket, ONE, now=NOON)
    with pytest.raises(Conflict, match="annan telefon"):
        does(holdings.keep, ticket, OTHER, now=NOON)


def test_a_moved_ticket_is_the_other_phones_alone(db, does, ticket):
    does(holdings.take, ticket, ONE, now=NOON)
    does(holdings.move, ticket, OTHER, by=None, now=NOON)
    assert holdings.held(db, ticket, ONE) == Held.ELSEWHERE
    assert holdings.held(db, ticket, OTHER) == Held.HERE
    with pytest.raises(Conflict):
        does(holdings.keep, ticket, ONE, now=NOON)


def test_that_it_moved_is_told_to_no_company(db, does, ticket):
    does(holdings.take, ticket, ONE, now=NOON)
    does(holdings.move, ticket, OTHER, by=NOBODY, now=NOON)
    [event] = db.scalars(select(Event).where(Event.act == audit.Act.TICKET_MOVED))
    assert (event.chain_id, event.department_id) == (audit.AUTHORITY, None)


def test_opening_is_written_in_no_log(db, does, ticket):
    before = len(db.scalars(select(Event)).all())
    does(holdings.take, ticket, ONE, now=NOON)
    assert len(db.scalars(select(Event)).all()) == before


def test_a_move_to_the_phone_that_has_it_does_not_count(db, does, ticket):
    for _ in range(10):
        does(holdings.move, ticket, ONE, by=None, now=NOON)
    assert db.get(Holding, ticket.id).moves == 0


def test_a_ticket_is_moved_five_times_in_thirty_days(db, does, ticket):
    does(holdings.take, ticket, ONE, now=NOON)
    for turn in range(5):
        does(holdings.move, ticket, (OTHER, ONE)[turn % 2], by=None, now=NOON + turn * DAY)
    with pytest.raises(Conflict, match="för många gånger"):
        does(holdings.move, ticket, ONE, by=None, now=NOON + 29 * DAY)
    assert holdings.held(db, ticket, OTHER) == Held.HERE
    does(holdings.move, ticket, ONE, by=None, now=NOON + 30 * DAY)
    does(holdings.move, ticket, OTHER, by=None, now=NOON + 31 * DAY)


def test_a_used_ticket_is_not_moved(does, ticket):
    does(holdings.take, ticket, ONE, now=NOON)
    with pytest.raises(Conflict, match="inte att använda längre"):
        does(holdings.move, ticket, OTHER, by=None, now=ticket.activate_by)


def test_one_that_is_let_go_of_is_the_next_phones(db, does, ticket):
    does(holdings.take, ticket, ONE, now=NOON)
    does(holdings.release, ticket.id)
    assert does(holdings.take, ticket, OTHER, now=NOON)


def test_who_held_it_is_forgotten_when_nobody_can_use_it(db, does, ticket):
    does(holdings.take, ticket, ONE, now=NOON)
    does(holdings.forget, now=ticket.activate_by + 364 * DAY)
    assert holdings.held(db, ticket, ONE) == Held.HERE
    does(holdings.forget, now=ticket.activate_by + 366 * DAY)
    assert holdings.held(db, ticket, ONE) == Held.NOWHERE


def at_once(store, ticket, verb, phones: list[str]) -> list:
    """What each of the phones was answered; all begin together."""
    barrier = Barrier(len(phones))

    def attempt(secret):
        with store.session() as session:
            mine = session.get_one(type(ticket), ticket.id)
            barrier.wait()
            with store.transaction(session):
                return verb(session, mine, secret)

    with ThreadPoolExecutor(len(phones)) as threads:
        return list(threads.map(attempt, phones))


def test_of_many_phones_that_open_it_at_once_exactly_one_holds_it(db, store, ticket):
    phones = [f"phone {number}" for number in range(8)]
    taken = at_once(store, ticket, lambda session, mine, secret: holdings.take(
        session, mine, secret, now=NOON), phones)
    assert sum(taken) == 1
    assert [holdings.held(db, ticket, each) == Held.HERE for each in phones] == taken


def test_of_phones_that_move_it_at_once_one_has_it_and_each_move_counts(db, does, store, ticket):
    does(holdings.take, ticket, ONE, now=NOON)
    phones = [f"phone {number}" for number in range(4)]
    at_once(store, ticket, lambda session, mine, secret: holdings.move(
        session, mine, secret, by=None, now=NOON), phones)
    assert [holdings.held(db, ticket, each) for each in phones].count(Held.HERE) == 1
    assert holdings.held(db, ticket, ONE) == Held.ELSEWHERE
    db.expire_all()
    assert db.get(Holding, ticket.id).moves == 4

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from domain import card_holdings, purse_lists, purse_loads
from domain.audit import Act, Event
from domain.customers import Customer
from domain.errors import Conflict
from domain.months import days_later
from domain.purse_loads import Ended, Stage
from domain.rules import rules
from tests.conftest import NOON
from tests.factories import MORNING, NOBODY

OVER = days_later(MORNING, 90)


@pytest.fixture
def card(make):
    return make.customer_card()


@pytest.fixture
def load(make, card):
    return make.purse_load(card)


@pytest.fixture
def stage(db, store, load):
    def stage(now=NOON):
        db.refresh(load)
        return purse_loads.stage(db, load, now=now)
    return stage


@pytest.fixture
def forfeiting(db):
    """The rules say that what nobody uses is forfeited."""
    db.info["rules"] = replace(rules(db), topup_forfeits=1)


def end(db, store, load, how=Ended.REFUNDED, now=NOON):
    with store.transaction(db):
        purse_loads.end(db, load, how, by=NOBODY, now=now)


def fetch(db, store, after, now=NOON):
    with store.transaction(db):
        return purse_lists.fetch(db, after=after, now=now).last


def test_it_is_on_its_way_until_the_ticket_system_knows_of_it_and_then_waits(db, store, stage):
    assert (stage(), stage(MORNING + timedelta(hours=25))) == (Stage.ON_ITS_WAY, Stage.LATE)
    last = fetch(db, store, 0)
    assert stage() == Stage.ON_ITS_WAY
    fetch(db, store, last)
    assert stage() == stage(MORNING + timedelta(hours=25)) == Stage.WAITING


def test_it_can_be_used_for_ninety_days(db, make, card, load, stage):
    second = timedelta(seconds=1)
    assert [len(purse_loads.waiting(db, card.id, now=now)) for now in (OVER - second, OVER)] == [
        1, 0]
    assert (stage(OVER - second), stage(OVER)) == (Stage.LATE, Stage.EXPIRED)


def test_what_is_put_twice_by_one_line_of_an_order_is_one_load(db, store, card):
    source, found = uuid4(), []
    for _ in range(2):
        with store.transaction(db):
            found.append(purse_loads.put(db, card, 10_000, source_id=source, by=NOBODY, now=NOON))
    assert found[0] is found[1]
    [event] = db.query(Event).where(Event.act == Act.PURSE_LOADED)
    assert (event.chain_id, event.details["amount_ore"]) == (card.customer_id, 10_000)


def test_a_blocked_card_is_not_loaded(db, store, card):
    with store.transaction(db):
        card_holdings.block(db, card, by=NOBODY, now=NOON)
    with pytest.raises(Conflict, match="spärrat"), store.transaction(db):
        purse_loads.put(db, card, 10_000, source_id=uuid4(), by=NOBODY, now=NOON)


def test_what_nobody_uses_waits_for_a_clerk(db, store, load, stage):
    with store.transaction(db):
        assert purse_loads.forfeit(db, now=days_later(OVER, 100), most=10) == 0
    assert (purse_loads.expired(db, now=OVER), purse_loads.expired_count(db, now=OVER)) == (
        [(load, db.get(Customer, load.card.customer_id))], 1)
    end(db, store, load, now=OVER)
    assert (stage(), purse_loads.expired(db, now=OVER)) == (Stage.REFUNDED, [])


def test_it_is_ended_once(db, store, load):
    end(db, store, load)
    with pytest.raises(Conflict, match="redan avslutad"):
        end(db, store, load, Ended.FORFEITED)


def test_one_that_has_been_used_is_not_ended(db, store, card, load):
    with store.transaction(db):
        assert purse_loads.activate(db, card.id, at=NOON, now=NOON) == 20_000
    with pytest.raises(Conflict, match="har använts"):
        end(db, store, load)


def test_if_the_rules_say_so_it_is_forfeited_once_no_bus_can_report_its_use(
        db, store, forfeiting, load, stage):
    for days, ended in ((6, 0), (7, 1), (8, 0)):
        with store.transaction(db):
            assert purse_loads.forfeit(db, now=days_later(OVER, days), most=10) == ended
    assert stage() == Stage.FORFEITED
    [event] = db.query(Event).where(Event.act == Act.PURSE_LOAD_FORFEITED)
    assert (event.thing_id, event.by_name) == (load.id, "")


def test_the_newest_is_told_first(db, make, card, load):
    newer = make.purse_load(card, at=NOON)
    assert purse_loads.of_card(db, card.id) == [newer, load]

from datetime import timedelta

import pytest

from domain import card_trips, customer_cards, purses
from domain.products import zones
from domain.purse_loads import PurseLoad
from sandbox.bus import Bus
from sandbox.bus_purses import ADJOINING
from sandbox.store import Store
from tests.conftest import NOON
from tests.sandbox import Wire


@pytest.fixture
def bus(app, clock):
    """Meets the portal over the wire, which a test may cut."""
    bus = Bus(Store(":memory:"), clock, "http://portal.example", "the ticket system's")
    bus._client._transport = bus.wire = Wire(app)
    return bus


@pytest.fixture
def card(make):
    make.price_list()
    return make.purse(make.customer_card(), 10_000)


def said(lamp):
    return lamp.words.replace("\N{NO-BREAK SPACE}", " ")


def left(db, card):
    db.rollback()
    return purses.balance(db, card.id)


def test_a_payment_is_green_and_tells_what_is_left(bus, db, make, card):
    make.purse_load(card, 20_000)
    lamp = bus.pay(card.number, 181, 181)
    assert (lamp.green, said(lamp)) == (
        True, "Laddat 200 kr. Betalt 42 kr, gäller till 13:00. Kvar 258 kr")
    assert said(bus.pay(card.number, 181, 181)) == "Redan betalt, gäller till 13:00. Kvar 258 kr"
    assert left(db, card) == 25_800


def test_with_too_little_it_is_red_and_says_how_little(bus, db, card):
    lamp = bus.pay(card.number, 182, 186)
    assert (lamp.green, said(lamp), left(db, card)) == (
        False, "För lite på reskassan: 100 kr", 10_000)


@pytest.mark.parametrize("offline", [False, True])
def test_a_frozen_card_is_red(bus, db, store, card, offline):
    with store.transaction(db):
        customer_cards.freeze(db, card, by=None, now=NOON)
    bus.poll()
    bus.turn(offline=offline)
    assert said(bus.pay(card.number, 181, 181)) == "Fryst kort"


@pytest.mark.parametrize("number", ["", "4711", "9752000000000000", "../x", "1 2?a=b#"])
def test_what_is_no_card_is_red(bus, card, number):
    assert bus.pay(number, 181, 181).words == "Okänt kort"


def test_having_fetched_it_the_bus_says_so(bus, db, make, card):
    load = make.purse_load(card)
    assert bus.poll()
    db.rollback()
    assert db.get_one(PurseLoad, load.id, populate_existing=True).available_at == NOON


@pytest.mark.parametrize("out", ["by choice", "by a cut wire"])
def test_without_a_net_the_bus_takes_what_it_knows_of_and_reports_later(bus, db, clock, make, card,
                                                                        out):
    make.purse_load(card, 2000)
    bus.poll()
    bus.wire.cut = out == "by a cut wire"
    bus.turn(offline=not bus.wire.cut)
    for words in ("Betalt 80 kr, gäller till 13:30. Kvar 40 kr",
                  "För lite på reskassan: 40 kr"):
        assert said(bus.pay(card.number, 181, 183)) == words
    assert (bus.unreported(), left(db, card)) == (1, 10_000)
    clock.at += timedelta(hours=2)
    bus.wire.cut = False
    bus.turn(offline=False)
    assert bus.poll()
    assert (bus.unreported(), left(db, card)) == (0, 4000)
    assert [trip.at for trip in card_trips.latest(db, card, now=clock.now())] == [NOON]


def test_an_answer_that_is_lost_takes_nothing_twice(bus, db, card):
    bus.poll()
    bus.turn(offline=True)
    bus.pay(card.number, 181, 181)
    bus.turn(offline=False)
    bus.wire.answers_lost = True
    assert not bus.poll()
    bus.wire.answers_lost = False
    assert bus.poll()
    assert left(db, card) == 5800


def test_two_buses_without_a_net_take_what_there_is_and_the_rest_is_missing(bus, app, db, clock,
                                                                            card):
    other = Bus(Store(":memory:"), clock, "http://portal.example", "the ticket system's")
    other._client._transport = Wire(app)
    for each in (bus, other):
        each.poll()
        each.turn(offline=True)
    assert bus.pay(card.number, 181, 183).green
    assert other.pay(card.number, 185, 186).green
    for each in (bus, other):
        each.turn(offline=False)
        assert each.poll()
    assert left(db, card) == 0
    assert [short.missing_ore for short in purses.shortfalls(db)] == [6000]


def test_a_bus_that_has_fetched_nothing_takes_nothing_without_a_net(bus, card):
    bus.turn(offline=True)
    assert said(bus.pay(card.number, 181, 181)) == "Läsaren når ingen prislista"


def test_the_bus_knows_which_zones_adjoin():
    assert {number: set(zone.adjoining) for number, zone in zones().items()} == ADJOINING

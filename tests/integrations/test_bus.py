from datetime import timedelta
from io import BytesIO
from urllib.parse import unquote
from uuid import uuid4

import pytest
from sqlalchemy import select

from domain import card_holdings, carried, recalls
from domain.products import Product
from domain.tickets import Ticket
from sandbox.bus import Bus
from sandbox.store import Store
from tests.conftest import NOON
from tests.documents.symbols import drawn
from tests.factories import COUNTY, NOBODY
from tests.sandbox import Wire
from tests.web.inspector import SVG, code


@pytest.fixture
def bus(app, clock):
    """Meets the portal over the wire, which a test may cut."""
    bus = Bus(Store(":memory:"), clock, "http://portal.example", "the ticket system's")
    bus._client._transport = bus.wire = Wire(app)
    return bus


@pytest.fixture
def card(make):
    return make.card()


@pytest.fixture
def ticket(make, card):
    return make.card_ticket(card)


def fresh(db, ticket):
    db.rollback()
    db.refresh(ticket)
    return ticket


def test_a_card_that_nothing_is_sent_to_is_red(bus, card):
    lamp = bus.tap_card(card.number, 181)
    assert (lamp.green, lamp.words) == (False, "Inget på kortet")


def test_a_tap_starts_the_ticket_and_is_green(bus, db, card, ticket):
    lamp = bus.tap_card(card.number, 181)
    assert (lamp.green, lamp.words) == (True, "Giltig till 20/12 12:00")
    assert fresh(db, ticket).activated_at == NOON
    assert bus.tap_card(card.number, 181).green


def test_in_another_zone_it_is_red_and_nothing_is_started(bus, db, card, ticket):
    lamp = bus.tap_card(card.number, 183)
    assert (lamp.green, lamp.words) == (False, "Gäller inte i den här zonen")
    assert fresh(db, ticket).activated_at is None


def test_having_fetched_it_the_bus_says_so(bus, db, ticket):
    assert bus.poll()
    assert fresh(db, ticket).available_at == NOON


def test_a_recalled_ticket_is_red(bus, db, store, card, ticket):
    bus.poll()
    with store.transaction(db):
        recalls.recall(db, ticket, by=NOBODY, now=NOON)
    assert bus.tap_card(card.number, 181).words == "Biljetten är återkallad"


def test_a_lost_card_is_red(bus, db, store, card, ticket):
    bus.poll()
    with store.transaction(db):
        card_holdings.block(db, card, by=NOBODY, now=NOON)
    assert bus.tap_card(card.number, 181).words == "Spärrad"


def test_of_several_tickets_one_is_started_at_a_time(bus, db, clock, make, card):
    for _ in range(2):
        make.card_ticket(card, Product.SINGLE, COUNTY)
    for _ in range(3):
        assert bus.tap_card(card.number, 185).green
    db.rollback()
    assert len(db.scalars(select(Ticket).where(Ticket.activated_at.is_not(None))).all()) == 1
    clock.at += timedelta(hours=3)
    assert bus.tap_card(card.number, 185).green
    clock.at += timedelta(hours=3)
    lamp = bus.tap_card(card.number, 185)
    assert (lamp.green, lamp.words) == (False, "Har gått ut")


def test_a_trial_ticket_is_red(bus, make):
    card = make.card(make.trial())
    make.card_ticket(card)
    assert bus.tap_card(card.number, 181).words == "Provbiljett"


@pytest.mark.parametrize("out", ["by choice", "by a cut wire"])
def test_without_a_net_the_bus_judges_alone_and_reports_later(bus, db, clock, card, ticket, out):
    bus.poll()
    bus.wire.cut = out == "by a cut wire"
    bus.turn(offline=not bus.wire.cut)
    assert bus.tap_card(card.number, 181).green
    assert not bus.tap_card(card.number, 183).green
    assert (bus.unreported(), fresh(db, ticket).activated_at) == (1, None)
    clock.at += timedelta(hours=2)
    assert bus.tap_card(card.number, 181).green
    bus.wire.cut = False
    bus.turn(offline=False)
    assert bus.poll()
    assert (bus.unreported(), fresh(db, ticket).activated_at) == (0, NOON)


def test_a_ride_without_a_net_is_reported_though_the_ticket_was_recalled_since(
        bus, db, store, clock, card, ticket):
    bus.poll()
    bus.turn(offline=True)
    assert bus.tap_card(card.number, 181).green
    with store.transaction(db):
        recalls.recall(db, ticket, by=NOBODY, now=NOON + timedelta(minutes=1))
    clock.at += timedelta(minutes=2)
    bus.turn(offline=False)
    assert bus.poll()
    assert (bus.unreported(), fresh(db, ticket).activated_at) == (0, None)
    assert not bus.tap_card(card.number, 181).green


def test_an_answer_that_is_lost_starts_nothing_twice(bus, db, card, make):
    flex = make.card_ticket(card, Product.FLEX_10_30)
    bus.poll()
    bus.turn(offline=True)
    bus.tap_card(card.number, 181)
    bus.turn(offline=False)
    bus.wire.answers_lost = True
    assert not bus.poll()
    bus.wire.answers_lost = False
    assert bus.poll()
    assert fresh(db, flex).days_used == 1


def test_a_flex_ticket_takes_one_day_at_a_time_also_without_a_net(bus, db, clock, make, card):
    flex = make.card_ticket(card, Product.FLEX_10_30)
    bus.poll()
    bus.turn(offline=True)
    for _ in range(3):
        bus.tap_card(card.number, 181)
        clock.at += timedelta(hours=25)
    bus.turn(offline=False)
    bus.poll()
    assert fresh(db, flex).days_used == 3


def test_a_portal_that_was_restored_is_read_from_the_start(bus, ticket, card):
    bus._learn("whitelist", "4711")
    assert bus.poll()
    assert bus.cards() == [card.number]


def test_a_phone_that_shows_an_active_ticket_is_green_in_its_zone(bus, db, store, browser, make):
    ticket = make.sent_ticket()
    with store.transaction(db):
        at = f"/b/{carried.link(db, ticket.id, uuid4())}"
    browser.post(f"{at}/telefon")
    browser.post(f"{at}/aktivering")
    picture = BytesIO()
    drawn(unquote(code(browser.get(at)).removeprefix(SVG))).save(picture, "PNG")
    assert bus.tap_phone(picture.getvalue(), 181).green
    assert bus.tap_phone(picture.getvalue(), 183).words == "Gäller inte i zon 183"


def test_what_is_no_code_is_red(bus):
    assert bus.tap_phone(b"\x89PNG", 181).green is False
    assert bus.tap_phone(b"", 181).words == "Ingen biljett"

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from domain import activations, ticket_changes
from domain.audit import Act, Event
from domain.errors import Conflict, Invalid
from domain.months import days_later
from domain.products import Extent, Product, Trip
from domain.ticket_changes import Wish
from domain.tickets import Ticket
from domain.travel_cards import TravelCard
from tests.conftest import NOON
from tests.factories import COUNTY, MORNING, NOBODY, born

OTHER_ZONE = Trip(Extent.ZONES_1, (182,))
TWO_ZONES = Trip(Extent.ZONES_2, (181, 182))
FIRST = date(2026, 12, 10)


@pytest.fixture
def customer(make):
    return make.customer(number=born(date(2006, 12, 20)))


@pytest.fixture
def ticket(make, customer):
    return make.own_ticket(customer, valid_from=FIRST)


@pytest.fixture
def carry_out(db, store):
    def carry_out(ticket, now=NOON, paid_ore=0, **wish):
        with store.transaction(db):
            ticket_changes.carry_out(db, ticket, replace(Wish.of(ticket), **wish),
                                     paid_ore=paid_ore, by=NOBODY, now=now)
    return carry_out


def price(db, ticket, now=NOON, **wish):
    return ticket_changes.price_of(db, ticket, replace(Wish.of(ticket), **wish), now=now)


def test_another_first_day_and_as_many_other_zones_cost_nothing(db, ticket):
    assert price(db, ticket, valid_from=date(2026, 12, 24)) == 0
    assert price(db, ticket, valid=OTHER_ZONE) == 0


def test_they_cost_nothing_either_when_the_price_has_risen(db, make, ticket, carry_out):
    make.coming_list()
    later = days_later(NOON, 1)
    carry_out(ticket, now=later, valid=OTHER_ZONE)
    assert (ticket.zones, ticket.price_ore) == ("182", 69_000)


def test_a_dearer_one_costs_the_difference(db, ticket):
    assert price(db, ticket, valid=TWO_ZONES) == 40_000
    assert price(db, ticket, product=Product.PERIOD_365) == 621_000


@pytest.mark.parametrize("cheaper", [Product.PERIOD_30_STUDENT, Product.PERIOD_30_YOUTH])
def test_a_cheaper_one_is_refused_in_words(db, ticket, cheaper):
    with pytest.raises(Invalid, match="billigare än den du har"):
        price(db, ticket, product=cheaper)


def test_it_keeps_its_number_and_says_what_it_is_now(db, ticket, carry_out):
    number = ticket.number
    carry_out(ticket, paid_ore=40_000, valid=TWO_ZONES, valid_from=date(2026, 12, 24))
    assert (ticket.number, ticket.trip, ticket.valid_from) == (
        number, TWO_ZONES, date(2026, 12, 24))
    assert (ticket.price_ore, ticket.vat_ore) == (109_000, 6_170)
    assert ticket.activate_by.date() == date(2027, 12, 23)
    event = db.scalar(select(Event).where(Event.act == Act.ACCOUNT_TICKET_CHANGED))
    assert (event.chain_id, event.details["price_ore"]) == (ticket.customer_id, 40_000)


def test_what_costs_more_is_not_done_before_it_is_paid(ticket, carry_out):
    with pytest.raises(Conflict, match="Betala mellanskillnaden"):
        carry_out(ticket, valid=COUNTY)


def test_what_was_agreed_on_and_paid_is_done_though_the_price_rose_meanwhile(make, ticket,
                                                                             carry_out):
    make.coming_list()
    carry_out(ticket, now=days_later(NOON, 1), paid_ore=40_000, valid=TWO_ZONES)
    assert ticket.price_ore == 109_000


@pytest.mark.parametrize(("day", "ok"), [
    (date(2026, 11, 20), True), (date(2026, 11, 19), False), (date(2027, 1, 10), True),
    (date(2027, 1, 11), False)])
def test_the_new_first_day_is_within_a_month_and_not_past(db, ticket, day, ok):
    if ok:
        assert price(db, ticket, valid_from=day) == 0
    else:
        with pytest.raises(Invalid, match=r"Startdagen har redan varit|inom en månad"):
            price(db, ticket, valid_from=day)


def test_a_month_from_the_last_of_a_long_one_is_the_last_of_a_short(make, customer):
    ticket = make.own_ticket(customer, valid_from=date(2027, 1, 31))
    assert ticket_changes.latest(ticket, now=NOON) == date(2027, 2, 28)
    assert ticket_changes.earliest(ticket, now=NOON) == date(2026, 12, 31)


def test_changed_twice_it_is_still_within_a_month_of_the_day_that_was_bought(db, ticket,
                                                                            carry_out):
    carry_out(ticket, valid_from=date(2027, 1, 10))
    with pytest.raises(Invalid, match="2027-01-10"):
        price(db, ticket, valid_from=date(2027, 1, 11))


def test_the_age_is_asked_of_the_new_first_day(db, make, customer):
    ticket = make.own_ticket(customer, Product.PERIOD_30_YOUTH, valid_from=FIRST)
    with pytest.raises(Invalid, match="högst 19 år"):
        price(db, ticket, valid_from=date(2026, 12, 20))


def test_nothing_is_changed_once_it_has_begun(db, store, make, ticket, customer):
    with pytest.raises(Conflict, match="har börjat"):
        price(db, ticket, now=days_later(NOON, 20), valid=OTHER_ZONE)
    without_day = make.own_ticket(customer)
    assert price(db, without_day, valid=OTHER_ZONE) == 0
    with store.transaction(db):
        activations.activate(db, without_day, now=NOON)
    with pytest.raises(Conflict, match="har börjat"):
        price(db, without_day, valid=OTHER_ZONE)


def test_an_employers_ticket_and_one_that_is_no_period_are_not_changed(db, make, customer):
    for other in (make.sent_ticket(product=Product.PERIOD_30),
                  make.own_ticket(customer, Product.DAY)):
        with pytest.raises(Conflict, match="Bara en period"):
            price(db, other, valid=OTHER_ZONE)


def test_nothing_is_changed_into_itself_or_into_no_period(db, ticket):
    with pytest.raises(Invalid, match="så biljetten är nu"):
        price(db, ticket)
    with pytest.raises(Invalid, match="annan period"):
        price(db, ticket, product=Product.FLEX_20_60)


def test_one_on_a_card_begins_before_it_has_to_be_used_and_is_listed_anew(db, store, make,
                                                                         customer, carry_out):
    ticket = make.card_period(make.customer_card(customer), at=MORNING)
    with store.transaction(db):
        ticket.card_entry, ticket.valid_from = 4, date(2027, 2, 10)
    assert ticket_changes.latest(ticket, now=NOON) == date(2027, 2, 18)
    carry_out(ticket, valid=OTHER_ZONE)
    assert (ticket.card_entry, ticket.activate_by) == (None, days_later(MORNING, 90))


def test_one_of_several_alike_on_a_card_stays_as_they_are(db, make, customer):
    card = make.customer_card(customer)
    one, _other = make.card_period(card), make.card_period(card)
    with pytest.raises(Invalid, match="annat slag"):
        price(db, one, valid=OTHER_ZONE)


def test_whoever_changes_a_ticket_waits_for_who_has_its_card_and_has_nothing_meanwhile(
        db, store, make, customer):
    card = make.customer_card(customer)
    ticket = make.card_period(card)
    ticket_id = ticket.id

    def change():
        with store.session() as session, store.transaction(session):
            wanted = session.get_one(Ticket, ticket_id)
            ticket_changes.carry_out(session, wanted, replace(
                Wish.of(wanted), valid=OTHER_ZONE), by=NOBODY, now=NOON)

    with ThreadPoolExecutor(1) as thread:
        with store.transaction(db):
            db.refresh(card, with_for_update={"of": TravelCard})
            changing = thread.submit(change)
            with pytest.raises(TimeoutError):
                changing.result(timeout=0.3)
            db.refresh(ticket, with_for_update=True)
        changing.result(timeout=60)
    db.expire_all()
    assert ticket.zones == "182"

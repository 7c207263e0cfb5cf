"""A company that does not pay is stopped from buying, and resumed."""
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from domain import (
    companies,
    company_stops,
    offer_decisions,
    order_sending,
    purchases,
    receivables,
    sales,
)
from domain.errors import Conflict, Invalid
from domain.messages import Email
from domain.products import Product
from domain.sales import Recipient
from tests.conftest import NOON
from tests.factories import ONE_ZONE

DAY = date(2026, 11, 27)
THEN = NOON + timedelta(days=7)


@pytest.fixture
def clerk(make):
    return make.actor(make.clerk())


@pytest.fixture
def stop(store, db, clerk):
    def stop(company, day=DAY):
        with store.transaction(db):
            return company_stops.announce(db, company, day, "Två fakturor är inte betalda.",
                                          by=clerk, now=NOON)
    return stop


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


def send(store, db, make, company, now):
    admin = make.actor(make.admin(company))
    with store.transaction(db):
        return sales.send(db, Product.SINGLE, ONE_ZONE, to=Recipient("Gäst", "+46701740605"),
                          department=make.first_department(company), by=admin, now=now)


def test_it_buys_until_the_day_that_it_was_told_and_not_after(store, db, make, company, stop):
    stop(company)
    assert send(store, db, make, company, THEN - timedelta(hours=13)).price_ore
    with pytest.raises(Invalid, match="kan inte köpa"):
        send(store, db, make, company, THEN)


def test_its_travellers_buy_nothing_on_its_invoice(store, db, make, company, stop):
    connection = make.connection(make.traveller(company), registered=True)
    stop(company)
    with pytest.raises(Invalid, match="kan inte köpa"), store.transaction(db):
        purchases.buy(db, connection, Product.SINGLE, ONE_ZONE, by=make.actor(
            make.as_person(connection.traveller)), now=THEN)


def test_what_was_authorised_before_the_stop_is_captured_after_it(store, db, make, company, stop):
    connection = make.connection(make.traveller(company), registered=True)
    actor = make.actor(make.as_person(connection.traveller))
    stop(company)
    midnight = company.stops_at
    with store.transaction(db):
        room = purchases.authorise(db, connection, Product.SINGLE, ONE_ZONE, by=actor,
                                   now=midnight - timedelta(minutes=1))
    with store.transaction(db):
        ticket = purchases.capture(db, room, by=actor, now=midnight + timedelta(minutes=1))
    assert ticket.price_ore == room.price_ore


def test_an_order_that_is_written_is_not_sent(store, db, make, company, stop):
    admin = make.actor(make.admin(company))
    order = make.order(admin, ("Gäst", "+46701740605"))
    stop(company)
    with pytest.raises(Invalid, match="kan inte köpa"), store.transaction(db):
        order_sending.send(db, order, agreed_ore=None, by=admin, now=THEN)


def test_nobody_applies_for_a_staff_offer_there_and_none_is_granted(store, db, make, company, stop):
    application = make.offer_application(make.traveller(company))
    stop(company)
    with pytest.raises(Invalid, match="kan inte köpa"):
        make.offer_application(make.traveller(company), starts_on=DAY, at=THEN)
    with pytest.raises(Invalid, match="kan inte köpa"), store.transaction(db):
        offer_decisions.approve(db, application, by=make.actor(make.admin(company)), now=THEN)


def test_its_administrators_are_told_when_and_why(db, make, company, stop):
    make.admin(company)
    stop(company)
    letters = list(db.scalars(select(Email).where(Email.template == "company_stopping")))
    assert {each.to for each in letters} == {"asa@bolaget.example", "faktura@bolaget.example"}
    assert letters[0].values["stops_on"] == "2026-11-27"
    assert "inte betalda" in letters[0].values["reason"]


@pytest.mark.parametrize("day", [date(2026, 11, 20), date(2026, 11, 26), date(2028, 1, 1)])
def test_it_is_told_in_time(company, stop, day):
    with pytest.raises(Invalid) as refusal:
        stop(company, day)
    assert refusal.value.field == "stops_on"


def test_it_is_stopped_once(db, company, stop):
    stop(company)
    with pytest.raises(Conflict):
        stop(company)


def test_it_is_resumed_at_once(store, db, make, company, stop, clerk):
    stop(company)
    with store.transaction(db):
        company_stops.lift(db, company, by=clerk, now=THEN)
    companies.check_buys(company, now=THEN)
    assert company_stops.listed(db, now=THEN) == []
    with pytest.raises(Conflict), store.transaction(db):
        company_stops.lift(db, company, by=clerk, now=THEN)
    stop(company, date(2026, 12, 24))


def test_those_that_are_stopped_are_listed_with_what_they_owe(store, db, make, stop):
    invoice = make.invoice()
    with store.transaction(db):
        receivables.open_of(db, invoice, now=NOON)
    stop(invoice.company)
    [(listed, owed)] = company_stops.listed(db, now=NOON + timedelta(days=60))
    assert (listed.company, owed) == (invoice.company, invoice.gross_ore)

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from domain import business_travel, ledger, people, purchases, reissues, reports, standings
from domain.access import Scope
from domain.authorisations import Authorisation
from domain.errors import Conflict, Invalid
from domain.ledger import Entry
from domain.months import Month
from domain.products import Product
from domain.services import Service
from domain.tickets import Ticket
from tests.conftest import NOON
from tests.factories import ONE_ZONE

SINGLE = 4200
"""What a ticket in one zone costs, in öre."""


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company))


@pytest.fixture
def traveller(make, company):
    return make.traveller(company)


@pytest.fixture
def buy(db, store, admin):
    def buy(connection, now=NOON):
        with store.transaction(db):
            return purchases.buy(db, connection, Product.SINGLE, ONE_ZONE, by=admin, now=now)
    return buy


def standing(db, connection, now=NOON):
    [found] = standings.of_connections(db, [connection], now=now)
    return found


def test_a_purchase_is_a_ticket_and_counts_against_the_month(db, buy, make, traveller):
    connection = make.connection(traveller, 10_000, registered=True)
    ticket = buy(connection)
    assert (ticket.service, ticket.price_ore, ticket.traveller_id) == (
        Service.BUSINESS_TRAVEL, SINGLE, traveller.id)
    assert (standing(db, connection).spent_ore, standing(db, connection).left_ore) == (
        SINGLE, 10_000 - SINGLE)


def test_messages_about_what_is_bought_are_in_the_travellers_language(db, store, buy, make,
                                                                        traveller):
    person, connection = make.as_person(traveller), make.connection(traveller, registered=True)
    with store.transaction(db):
        people.speak(db, person.id, "en")
    assert buy(connection).language == "en"


def test_a_purchase_over_the_limit_is_refused_and_nothing_is_sold(db, buy, make, traveller):
    connection = make.connection(traveller, 2 * SINGLE - 1, registered=True)
    buy(connection)
    with pytest.raises(Invalid) as refusal:
        buy(connection)
    assert "Du har 41,99\N{NO-BREAK SPACE}kr kvar" in str(refusal.value)
    assert standing(db, connection).spent_ore == SINGLE
    assert len(db.scalars(select(Ticket)).all()) == 1


def test_the_last_krona_can_be_spent(db, buy, make, traveller):
    connection = make.connection(traveller, SINGLE, registered=True)
    buy(connection)
    assert standing(db, connection).left_ore == 0


def test_sixteen_buyers_at_once_never_pass_the_limit(db, store, make, traveller, admin):
    connection = make.connection(traveller, 5 * SINGLE + 1, registered=True)

    def buy(_number):
        with store.session() as session:
            try:
                with store.transaction(session):
                    mine = business_travel.find(session, connection.id,
                                                within=Scope(connection.company_id))
                    purchases.buy(session, mine, Product.SINGLE, ONE_ZONE, by=admin, now=NOON)
            except Invalid:
                return False
            return True

    with ThreadPoolExecutor(16) as pool:
        bought = list(pool.map(buy, range(16)))
    assert (sum(bought), standing(db, connection).spent_ore) == (5, 5 * SINGLE)
    assert len(db.scalars(select(Ticket)).all()) == 5


@pytest.mark.parametrize("month", [Month(2026, 12), Month(2026, 4), Month(2026, 11)])
def test_the_month_starts_over_at_swedish_midnight(db, buy, make, traveller, month):
    connection = make.connection(traveller, SINGLE, registered=True)
    midnight = month.start
    buy(connection, now=midnight - timedelta(seconds=1))
    assert standing(db, connection, now=midnight - timedelta(seconds=1)).left_ore == 0
    buy(connection, now=midnight)
    assert standing(db, connection, now=midnight).spent_ore == SINGLE


def test_a_limit_below_what_is_spent_only_stops_further_purchases(db, store, buy, make, traveller,
                                                                  admin):
    connection = make.connection(traveller, 2 * SINGLE, registered=True)
    buy(connection)
    with store.transaction(db):
        business_travel.change_limit(db, connection, limit_ore=100, by=admin, now=NOON)
    assert (standing(db, connection).spent_ore, standing(db, connection).left_ore) == (SINGLE, 0)
    with pytest.raises(Invalid):
        buy(connection)


def test_a_higher_limit_holds_at_once(db, store, buy, make, traveller, admin):
    connection = make.connection(traveller, SINGLE, registered=True)
    buy(connection)
    with store.transaction(db):
        business_travel.change_limit(db, connection, limit_ore=2 * SINGLE, by=admin, now=NOON)
    assert buy(connection).price_ore == SINGLE


def test_a_price_that_was_authorised_is_the_price_though_the_list_has_changed(
        db, store, make, traveller, admin):
    connection = make.connection(traveller, registered=True)
    make.coming_list(starts_on=date(2026, 12, 1), dearer=1000)
    before = Month(2026, 12).start - timedelta(minutes=5)
    with store.transaction(db):
        authorised = purchases.authorise(db, connection, Product.SINGLE, ONE_ZONE, by=admin,
                                         now=before)
    with store.transaction(db):
        ticket = purchases.capture(db, authorised, by=admin, now=before + timedelta(minutes=10))
    assert (ticket.price_ore, ticket.price_list_id) == (SINGLE, authorised.price_list_id)
    with store.transaction(db):
        later = purchases.buy(db, connection, Product.SINGLE, ONE_ZONE, by=admin,
                              now=before + timedelta(minutes=10))
    assert later.price_ore == SINGLE + 1000
    assert ledger.check(db) == []


def test_a_ticket_that_is_made_anew_with_another_number_is_the_same_purchase(
        db, store, buy, make, traveller, admin):
    connection = make.connection(traveller, registered=True)
    ticket = buy(connection)
    number = ticket.number
    make.coming_list(starts_on=date(2026, 11, 21), dearer=1000)
    with store.transaction(db):
        reissues.reissue(db, ticket, text=False, by=admin, now=NOON + timedelta(days=1))
    assert (ticket.number != number, ticket.price_ore) == (True, SINGLE)
    assert standing(db, connection).spent_ore == SINGLE
    assert ledger.check(db) == []


def test_what_is_reserved_is_let_go_when_the_traveller_gets_another_mobile_number(
        db, store, make, traveller, admin):
    connection = make.connection(traveller, registered=True)
    with store.transaction(db):
        authorised = purchases.authorise(db, connection, Product.SINGLE, ONE_ZONE, by=admin,
                                         now=NOON)
    with store.transaction(db):
        business_travel.reconnect(db, connection, by=admin, now=NOON)
    assert standing(db, connection).spent_ore == 0
    with pytest.raises(Conflict), store.transaction(db):
        purchases.capture(db, authorised, by=admin, now=NOON)


def test_the_specification_is_the_ledger_to_the_ore(db, store, buy, make, traveller, admin):
    """Bought in one month and paid back in the next: each month says what its entries say."""
    connection = make.connection(traveller, 100_000, registered=True)
    last_evening = Month(2026, 12).start - timedelta(minutes=5)
    kept, paid_back = buy(connection, now=NOON), buy(connection, now=last_evening)
    with store.transaction(db):
        straddling = purchases.authorise(db, connection, Product.DAY, ONE_ZONE, by=admin,
                                         now=last_evening)
    with store.transaction(db):
        purchases.capture(db, straddling, by=admin, now=last_evening + timedelta(minutes=10))
        of_it = db.scalar(select(Authorisation).where(Authorisation.ticket_id == paid_back.id))
        purchases.refund(db, of_it, by=admin, now=last_evening + timedelta(minutes=10))
    told = {}
    for month in (Month(2026, 11), Month(2026, 12)):
        with store.transaction(db):
            report = reports.make(db, connection.company_id, month, now=NOON + timedelta(days=60))
        told[month] = (report.gross_ore, sum(db.scalars(select(Entry.charge_ore).where(
            Entry.at >= month.start, Entry.at < month.next.start))))
    assert told == {Month(2026, 11): (2 * kept.price_ore, 2 * SINGLE),
                    Month(2026, 12): (straddling.price_ore - SINGLE, straddling.price_ore - SINGLE)}


def test_one_who_has_not_registered_buys_nothing(buy, make, traveller):
    with pytest.raises(Conflict):
        buy(make.connection(traveller))


def test_one_whose_connection_has_ended_buys_nothing(db, store, buy, make, traveller, admin):
    connection = make.connection(traveller, registered=True)
    with store.transaction(db):
        business_travel.end(db, connection, by=admin, now=NOON)
    with pytest.raises(Conflict):
        buy(connection)

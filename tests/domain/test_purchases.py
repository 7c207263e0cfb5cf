from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import business_travel, purchases, standings
from domain.access import Scope
from domain.errors import Conflict, Invalid
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


def test_one_who_has_not_registered_buys_nothing(buy, make, traveller):
    with pytest.raises(Conflict):
        buy(make.connection(traveller))


def test_one_whose_connection_has_ended_buys_nothing(db, store, buy, make, traveller, admin):
    connection = make.connection(traveller, registered=True)
    with store.transaction(db):
        business_travel.end(db, connection, by=admin, now=NOON)
    with pytest.raises(Conflict):
        buy(connection)

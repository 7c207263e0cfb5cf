import pytest

from domain import audit, business_travel, codes, leavers, offers, travellers
from domain.access import Scope
from domain.errors import Conflict
from domain.products import Product
from tests.conftest import NOON
from tests.factories import ONE_ZONE


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company))


@pytest.fixture
def traveller(make, company):
    return make.traveller(company)


def leave(db, store, traveller, admin):
    with store.transaction(db):
        leavers.leave(db, traveller, by=admin, now=NOON)


def test_everything_stops_in_one_transaction(db, store, make, company, traveller, admin):
    connection, application = make.connection(traveller), make.offer_application(traveller)
    leave(db, store, traveller, admin)
    assert (traveller.ended_at, connection.ended_at) == (NOON, NOON)
    assert application.state == offers.State.WITHDRAWN
    assert codes.current(db, [connection.id]) == {}
    assert travellers.listed(db, within=Scope(company.id)).rows == []
    acts = {event.act for event in audit.about(db, traveller.id, company_id=company.id)}
    assert {audit.Act.TRAVELLER_ENDED, audit.Act.TRAVEL_ENDED, audit.Act.OFFER_WITHDRAWN} <= acts


def test_what_has_been_decided_and_paid_for_remains(db, store, make, traveller, admin):
    application = make.offer_application(traveller)
    with store.transaction(db):
        ticket = offers.approve(db, application, by=admin, now=NOON)
    leave(db, store, traveller, admin)
    assert (application.state, ticket.traveller_id) == (offers.State.APPROVED, traveller.id)


def test_a_leaver_buys_nothing_more(db, store, make, traveller, admin):
    make.price_list()
    connection = make.connection(traveller, registered=True)
    leave(db, store, traveller, admin)
    with pytest.raises(Conflict), store.transaction(db):
        business_travel.buy(db, connection, Product.SINGLE, ONE_ZONE, by=admin, now=NOON)


def test_leaving_twice_is_a_conflict(db, store, traveller, admin):
    leave(db, store, traveller, admin)
    with pytest.raises(Conflict):
        leave(db, store, traveller, admin)


def test_what_will_stop_is_told_before(db, make, traveller):
    connection, application = make.connection(traveller), make.offer_application(traveller)
    assert leavers.stopping(db, traveller) == leavers.Stopping(connection, [application])


def test_one_who_comes_back_is_not_connected(db, store, make, company, traveller, admin):
    make.connection(traveller, registered=True)
    leave(db, store, traveller, admin)
    number = db.info["vault"].open(traveller.personnummer_sealed, "personnummer")
    again = make.traveller(company, number=number)
    assert business_travel.of_traveller(db, again) is None
    assert make.connection(again).limit_ore == 50_000

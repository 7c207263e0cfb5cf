import pytest

from domain import audit, pauses, purchases, standings
from domain.errors import Conflict
from domain.products import Product
from domain.standings import State
from tests.conftest import NOON
from tests.factories import ONE_ZONE


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


@pytest.fixture
def traveller(make, company):
    return make.traveller(company)


@pytest.fixture
def connection(make, traveller):
    return make.connection(traveller, registered=True)


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company))


@pytest.fixture
def do(db, store, connection, admin):
    def do(verb, *args):
        with store.transaction(db):
            return verb(db, connection, *args, by=admin, now=NOON)
    return do


def test_while_it_is_paused_nothing_is_bought_and_afterwards_all_is_as_before(db, do, connection):
    do(pauses.pause)
    [standing] = standings.of_connections(db, [connection], now=NOON)
    assert standing.state(NOON) == State.PAUSED
    with pytest.raises(Conflict) as refusal:
        do(purchases.buy, Product.SINGLE, ONE_ZONE)
    assert str(refusal.value).startswith("Tjänsteresor är pausat")
    do(pauses.resume)
    assert do(purchases.buy, Product.SINGLE, ONE_ZONE).price_ore == 4200


def test_what_is_reserved_is_released_by_a_pause(db, do, connection):
    reserved = do(purchases.authorise, Product.SINGLE, ONE_ZONE)
    do(pauses.pause)
    [standing] = standings.of_connections(db, [connection], now=NOON)
    assert (reserved.state, standing.spent_ore) == ("voided", 0)
    do(pauses.resume)
    with pytest.raises(Conflict):
        do(lambda session, _connection, **said: purchases.capture(session, reserved, **said))


@pytest.mark.parametrize("twice", [[pauses.pause, pauses.pause], [pauses.resume]])
def test_what_is_so_already_is_a_conflict(do, twice):
    with pytest.raises(Conflict):
        for verb in twice:
            do(verb)


def test_both_are_events_about_the_traveller(db, do, traveller):
    do(pauses.pause)
    do(pauses.resume)
    acts = [each.act for each in audit.about(db, traveller.id, company_id=traveller.company_id)]
    assert acts[:2] == [audit.Act.TRAVEL_RESUMED, audit.Act.TRAVEL_PAUSED]

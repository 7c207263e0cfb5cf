from domain import app_wares, pauses
from domain.errors import Conflict, NoRoom
from domain.products import COMPANY_PRODUCTS, Product, trips
from tests.conftest import NOON
from tests.factories import NOBODY, ONE_ZONE
from tests.queries import queries


def wares(db, connection, *places):
    return {each.price.product: each for each in app_wares.of_connection(
        db, connection, places or [ONE_ZONE], now=NOON)}


def test_all_that_is_sold_has_its_price_and_the_dear_its_reason(make, db):
    make.price_list()
    found = wares(db, make.connection(registered=True))
    assert tuple(found) == COMPANY_PRODUCTS
    assert found[Product.SINGLE].refusal is None
    assert isinstance(found[Product.PERIOD_365].refusal, NoRoom)


def test_while_it_is_paused_nothing_is_sold(make, db, store):
    make.price_list()
    connection = make.connection(registered=True)
    with store.transaction(db):
        pauses.pause(db, connection, by=NOBODY, now=NOON)
    assert all(isinstance(each.refusal, Conflict) for each in wares(db, connection).values())


def test_what_the_department_may_not_have_says_so(make, db):
    make.price_list()
    connection = make.connection(registered=True)
    with make.store.transaction(db):
        connection.traveller.department.products = [Product.SINGLE]
    found = wares(db, connection)
    assert found[Product.SINGLE].refusal is None
    assert "avdelningen" in str(found[Product.DAY].refusal)


def test_one_place_and_all_of_them_ask_as_much_of_the_database(make, db, store):
    make.price_list()
    connection = make.connection(registered=True)
    wares(db, connection)  # the prices are remembered
    numbers = []
    for places in ([ONE_ZONE], list(trips().values())):
        db.expire_all()
        db.rollback()
        with queries(store) as statements:
            wares(db, connection, *places)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]

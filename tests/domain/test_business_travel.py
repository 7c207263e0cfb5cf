
import pytest
from sqlalchemy import select

from domain import audit, business_travel, codes, standings, travellers
from domain.access import Scope
from domain.codes import Outcome
from domain.errors import Conflict, Invalid, NotFound
from domain.messages import Sms
from domain.standings import State
from domain.travellers import Details
from tests.conftest import NOON
from tests.factories import personnummer


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
def connect(db, store, admin):
    def connect(traveller, limit_ore=50_000):
        with store.transaction(db):
            return business_travel.connect(db, traveller, limit_ore=limit_ore, by=admin, now=NOON)
    return connect


def standing(db, connection, now=NOON):
    [found] = standings.of_connections(db, [connection], now=now)
    return found


def test_connecting_orders_a_code_for_the_travellers_phone(db, connect, traveller, company, world):
    rung = len(world.queue.rung)
    connection = connect(traveller)
    sms = db.scalar(select(Sms))
    assert (sms.to, sms.template, sms.company_id) == ("+46701740605", "allpay_code", company.id)
    assert sms.values == {"company": "Bolaget AB", "user_name": connection.user_name, "days": 7}
    assert standing(db, connection).state(NOON) == State.CODE_WAITING
    assert len(world.queue.rung) - rung == 1


def test_connecting_twice_is_a_conflict(connect, traveller):
    connect(traveller)
    with pytest.raises(Conflict):
        connect(traveller)


@pytest.mark.parametrize("limit_ore", [0, -1, 1_500_001])
def test_a_limit_outside_what_is_allowed_is_refused(connect, traveller, limit_ore):
    with pytest.raises(Invalid) as refusal:
        connect(traveller, limit_ore)
    assert (refusal.value.field, str(refusal.value)) == (
        "limit", "Kreditgränsen ska vara mellan 1 kr och 15\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}"
                 "kr i månaden.")


def test_the_highest_limit_is_allowed(connect, traveller):
    assert connect(traveller, 1_500_000).limit_ore == 1_500_000


def test_one_without_a_mobile_number_is_not_connected(db, connect, make, company):
    traveller = make.traveller(company, mobile=None)
    with pytest.raises(Invalid) as refusal:
        connect(traveller)
    assert (refusal.value.field, business_travel.of_traveller(db, traveller)) == ("mobile", None)


def test_one_who_has_left_is_not_connected(db, store, connect, traveller, admin):
    with store.transaction(db):
        travellers.end(db, traveller, by=admin, now=NOON)
    with pytest.raises(Conflict):
        connect(traveller)


def test_a_connection_that_has_ended_is_not_found(db, store, make, traveller, admin):
    connection = make.connection(traveller, registered=True)
    with store.transaction(db):
        business_travel.end(db, connection, by=admin, now=NOON)
    with pytest.raises(NotFound):
        business_travel.find(db, connection.id, within=Scope(connection.company_id))


def test_the_code_and_the_user_name_together_register(db, store, connect, traveller, admin):
    connection = connect(traveller)
    with store.transaction(db):
        digits = codes.issue(db, standing(db, connection).code.id, now=NOON)

    def register(user_name, digits):
        with store.transaction(db):
            return business_travel.register(db, connection, user_name=user_name, digits=digits,
                                            by=admin, now=NOON)

    assert register("AP00000000", digits) == register(connection.user_name, "") == Outcome.WRONG
    assert register(f" {connection.user_name.lower()}", f"{digits[:3]} {digits[3:]} ") == (
        Outcome.REDEEMED)
    assert standing(db, connection).state(NOON) == State.REGISTERED
    newest = audit.about(db, traveller.id, company_id=traveller.company_id)
    assert audit.Act.TRAVEL_REGISTERED in [event.act for event in newest]


def test_a_new_code_may_go_to_a_mended_number(db, store, connect, traveller, admin):
    connection = connect(traveller)
    first = standing(db, connection).code.id
    with store.transaction(db):
        business_travel.send_new_code(db, connection, mobile="+46701740609", by=admin, now=NOON)
    assert standing(db, connection).code.id != first
    assert (traveller.mobile, standing(db, connection).sms.to) == ("+46701740609", "+46701740609")


def test_a_new_code_is_not_sent_to_one_who_has_registered(db, store, make, traveller, admin):
    connection = make.connection(traveller, registered=True)
    with pytest.raises(Conflict), store.transaction(db):
        business_travel.send_new_code(db, connection, by=admin, now=NOON)


def test_a_new_code_needs_a_number_to_go_to(db, store, connect, traveller, admin):
    connection = connect(traveller)
    with store.transaction(db):
        travellers.change(db, traveller, traveller.department, Details("Rut", "Ek", None, None),
                          by=admin, now=NOON)
    with pytest.raises(Invalid), store.transaction(db):
        business_travel.send_new_code(db, connection, by=admin, now=NOON)


def test_another_companys_connection_is_not_found(db, make, company):
    with pytest.raises(NotFound):
        business_travel.find(db, make.connection().id, within=Scope(company.id))


def test_a_person_has_the_open_connection_of_each_employer_the_oldest_employment_first(db, store,
                                                                                       make):
    number = personnummer(900)
    late, early, ended = (make.traveller(make.company(name), number=number)
                          for name in ("Ett AB", "Två AB", "Förr AB"))
    make.traveller(make.company("Utan AB"), number=number)
    make.connection(make.traveller(make.company("Annan AB")))
    theirs = [make.connection(each) for each in (late, early, ended)]
    with store.transaction(db):
        late.registered_at, theirs[2].ended_at = NOON, NOON
    assert business_travel.of_person(db, late.personnummer_index) == [theirs[1], theirs[0]]


def test_who_has_left_has_no_connection_to_buy_by(db, store, make):
    connection = make.connection()
    with store.transaction(db):
        connection.traveller.ended_at = NOON
    assert business_travel.of_person(db, connection.traveller.personnummer_index) == []

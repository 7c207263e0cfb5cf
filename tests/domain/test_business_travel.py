from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import audit, business_travel, codes, messages, travellers
from domain.access import Scope
from domain.business_travel import State
from domain.codes import Outcome
from domain.errors import Conflict, Invalid, NotFound
from domain.messages import Sms
from domain.months import Month, days_later
from domain.products import Product
from domain.services import Service
from domain.tickets import Ticket
from domain.travellers import Details
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
def connect(db, store, admin):
    def connect(traveller, limit_ore=50_000):
        with store.transaction(db):
            return business_travel.connect(db, traveller, limit_ore=limit_ore, by=admin, now=NOON)
    return connect


@pytest.fixture
def buy(db, store, admin):
    def buy(connection, now=NOON):
        with store.transaction(db):
            return business_travel.buy(db, connection, Product.SINGLE, ONE_ZONE, by=admin, now=now)
    return buy


def standing(db, connection, now=NOON):
    [found] = business_travel.standings(db, [connection], now=now)
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
                    business_travel.buy(session, mine, Product.SINGLE, ONE_ZONE, by=admin, now=NOON)
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


def test_one_who_has_not_registered_buys_nothing(buy, connect, traveller):
    with pytest.raises(Conflict):
        buy(connect(traveller))


def test_one_whose_connection_has_ended_buys_nothing(db, store, buy, make, traveller, admin):
    connection = make.connection(traveller, registered=True)
    with store.transaction(db):
        business_travel.end(db, connection, by=admin, now=NOON)
    with pytest.raises(Conflict):
        buy(connection)
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


def sent(db, store, connection, *, at, state=messages.State.DELIVERED, wrong_tries=0):
    with store.transaction(db):
        found = standing(db, connection)
        codes.issue(db, found.code.id, now=at)
        found.code.wrong_tries, found.sms.state = wrong_tries, state


@pytest.mark.parametrize(("how", "state", "troubled"), [
    ({"at": NOON}, State.CODE_SENT, False),
    ({"at": NOON - timedelta(days=4, hours=23)}, State.CODE_SENT, False),
    ({"at": NOON - timedelta(days=5)}, State.CODE_SENT, True),
    ({"at": NOON - timedelta(days=7)}, State.CODE_EXPIRED, True),
    ({"at": NOON, "wrong_tries": 4}, State.CODE_SENT, False),
    ({"at": NOON, "wrong_tries": 5}, State.CODE_LOCKED, True),
    ({"at": NOON, "state": messages.State.FAILED}, State.CODE_FAILED, True),
    ({"at": NOON, "state": messages.State.SENDING}, State.CODE_WAITING, False),
])
def test_how_far_a_code_has_come_and_whether_it_needs_help(db, store, make, traveller, how, state,
                                                           troubled):
    connection = make.connection(traveller)
    sent(db, store, connection, **how)
    assert standing(db, connection).state(NOON) == state
    found = business_travel.troubled(db, within=Scope(traveller.company_id), now=NOON)
    assert [each.connection.id for each in found] == [connection.id] * troubled


def test_nobody_is_troubled_about_those_who_registered_left_or_got_a_new_code(db, store, make,
                                                                              company, admin):
    registered, ended, renewed = (make.connection(make.traveller(company)) for _ in range(3))
    for connection in (registered, ended, renewed):
        sent(db, store, connection, at=NOON, state=messages.State.FAILED)
    with store.transaction(db):
        registered.registered_at = NOON
        business_travel.end(db, ended, by=admin, now=NOON)
        business_travel.send_new_code(db, renewed, by=admin, now=NOON)
    assert business_travel.troubled(db, within=Scope(company.id), now=NOON) == []


def test_a_company_is_troubled_about_its_own_only(db, store, make, company):
    sent(db, store, make.connection(), at=NOON - timedelta(days=9))
    assert business_travel.troubled(db, within=Scope(company.id), now=NOON) == []


def test_a_code_expires_in_the_state_at_the_very_moment(db, store, make, traveller):
    connection = make.connection(traveller)
    sent(db, store, connection, at=NOON)
    ends = days_later(NOON, 7)
    assert [standing(db, connection).state(moment) for moment in (ends - timedelta(seconds=1), ends)
            ] == [State.CODE_SENT, State.CODE_EXPIRED]


def test_the_connected_are_listed_with_their_standing(db, make, company):
    alva, bo, _unconnected = (make.traveller(company, name, "Ek") for name in ("Alva", "Bo", "C"))
    make.connection(bo, 70_000)
    make.connection(alva, registered=True)
    page = travellers.listed(db, within=Scope(company.id),
                             among=business_travel.connected(company.id))
    standings = business_travel.of_travellers(db, [row.id for row in page.rows], now=NOON)
    assert [(row.given_name, standings[row.id].connection.limit_ore) for row in page.rows] == [
        ("Alva", 50_000), ("Bo", 70_000)]


def test_another_companys_connection_is_not_found(db, make, company):
    with pytest.raises(NotFound):
        business_travel.find(db, make.connection().id, within=Scope(company.id))

import random
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DatabaseError

from domain import (
    business_travel,
    departments,
    ledger,
    outbox,
    purchases,
    raise_requests,
    spendings,
)
from domain.authorisations import Authorisation, State
from domain.business_travel import Connection
from domain.departments import Details
from domain.errors import Conflict
from domain.ledger import Difference, Entry, Kind
from domain.months import Month
from domain.products import Product
from domain.raises import Raise
from domain.spendings import DepartmentSpending, Spending
from domain.tickets import Ticket
from tests.chromium import everything
from tests.conftest import NOON
from tests.domain.buying import Buying
from tests.factories import NOBODY, ONE_ZONE
from tests.queries import queries

SINGLE = 4200


@pytest.fixture
def connection(make):
    make.price_list()
    return make.connection(limit_ore=100_000, registered=True)


@pytest.fixture
def bought(db, store, connection):
    with store.transaction(db):
        return purchases.buy(db, connection, Product.SINGLE, ONE_ZONE, by=NOBODY, now=NOON)


def test_a_purchase_is_two_entries(db, bought, connection):
    entries = db.scalars(select(Entry).order_by(Entry.step)).all()
    assert [(each.kind, each.room_ore, each.charge_ore) for each in entries] == [
        (Kind.RESERVE, SINGLE, 0), (Kind.CAPTURE, 0, SINGLE)]
    assert {(each.connection_id, each.department_id, each.month_on, each.at)
            for each in entries} == {
        (connection.id, bought.department_id, Month(2026, 11).first_day, NOON)}


def test_what_a_purchase_adds_is_written_by_a_statement_a_table_and_not_read_again(
        db, store, connection):
    with queries(store) as asked:
        with store.transaction(db):
            ticket = purchases.buy(db, connection, Product.SINGLE, ONE_ZONE, by=NOBODY, now=NOON)
            db.flush()
            written = [each.split()[2] for each in asked if each.startswith("INSERT")]
        asked.clear()
        assert (ticket.version, ticket.days_used, ticket.note, ticket.counted, ticket.trial,
                ticket.activated_at) == (1, 0, "", 0, False, None)
    assert written[-3:] == ["tickets", "business_travel_authorisations", "business_travel_ledger"]
    assert asked == []


def test_what_was_just_bought_is_changed_as_any_other_ticket(db, store, bought):
    with store.session() as other, store.transaction(other):
        other.get_one(Ticket, bought.id).note = "theirs"
    with pytest.raises(Conflict), store.transaction(db):
        db.expunge(bought)
        db.add(bought)
        bought.note = "mine"
    db.expire_all()
    assert (db.get_one(Ticket, bought.id).note, bought.version) == ("theirs", 2)


def test_what_was_written_goes_with_the_rest_of_a_broken_transaction(db, store, connection):
    with pytest.raises(Conflict), store.transaction(db):
        purchases.buy(db, connection, Product.SINGLE, ONE_ZONE, by=NOBODY, now=NOON)
        db.flush()
        raise Conflict("Det går inte.")
    with store.transaction(db):
        purchases.buy(db, connection, Product.SINGLE, ONE_ZONE, by=NOBODY, now=NOON)
    assert [db.scalar(select(func.count()).select_from(each))
            for each in (Ticket, Authorisation, Entry)] == [1, 1, 2]
    assert ledger.check(db) == []


def test_what_a_savepoint_takes_back_is_not_in_the_session(db, store, connection):
    with store.transaction(db):
        with pytest.raises(Conflict), db.begin_nested():
            ticket = purchases.buy(db, connection, Product.SINGLE, ONE_ZONE, by=NOBODY, now=NOON)
            db.flush()
            raise Conflict("Det går inte.")
        assert ticket not in db
        purchases.buy(db, connection, Product.SINGLE, ONE_ZONE, by=NOBODY, now=NOON)
    assert db.scalar(select(func.count()).select_from(Ticket)) == 1


def test_what_is_bought_together_with_something_else_is_written_too(db, store, connection):
    with store.transaction(db):
        purchases.buy(db, connection, Product.SINGLE, ONE_ZONE, by=NOBODY, now=NOON)
        message = outbox.put(db, outbox.Task.SEND_SMS, now=NOON)
    db.expire_all()
    assert db.get(outbox.OutboxMessage, message.id) is message
    assert [db.scalar(select(func.count()).select_from(each))
            for each in (Ticket, Authorisation, Entry)] == [1, 1, 2]


@pytest.mark.parametrize("statement", [update(Entry).values(room_ore=0), delete(Entry)],
                         ids=["update", "delete"])
def test_the_ledger_only_grows(db, bought, statement):
    with pytest.raises(DatabaseError, match="the ledger only grows"):
        db.execute(statement)


def test_a_counter_that_is_not_the_sum_of_its_entries_is_told(db, store, bought, connection):
    assert ledger.check(db) == []
    with store.transaction(db):
        db.execute(update(Spending).values(spent_ore=5000))
        db.execute(update(DepartmentSpending).values(spent_ore=4000))
    month_on = Month(2026, 11).first_day
    assert ledger.check(db) == [Difference(connection.id, month_on, 800),
                                Difference(bought.department_id, month_on, -200)]


def test_a_purchase_that_is_not_in_the_ledger_is_told(db, make, connection):
    ticket = make.ticket(connection.traveller, service="business_travel", at=NOON)
    assert ledger.check(db) == [Difference(ticket.company_id, NOON, SINGLE)]


def test_nothing_is_both_captured_and_released(db, store, bought):
    authorisation = db.scalar(select(Authorisation))
    with pytest.raises(Conflict), store.transaction(db):
        ledger.release(db, [authorisation], State.VOIDED, now=NOON)
    assert ledger.check(db) == []


def test_whatever_happens_in_whatever_order_limits_hold_and_the_ledger_adds_up(store, db, make):
    run_state_machine_as_test(
        lambda: Buying(store, db, make),
        settings=settings(max_examples=60 if everything() else 12, stateful_step_count=30,
                          deadline=None, database=None,
                          suppress_health_check=list(HealthCheck)))


# Sixteen at once.


def used(db, counter, owner):
    db.rollback()
    return spendings.spent(db, counter, [owner.id], now=NOON).get(owner.id, 0)


def test_sixteen_who_authorise_at_once_pass_neither_limit_nor_budget(db, store, make, connection,
                                                                     at_once):
    department = connection.traveller.department
    colleague = make.connection(make.traveller(department=department), 3 * SINGLE,
                                registered=True)
    with store.transaction(db):
        departments.change(db, department, Details("Kontoret", "1000",
                                                   monthly_budget_ore=6 * SINGLE - 1),
                           by=NOBODY, now=NOON)

    def authorise(session, number):
        mine = session.get(Connection, (connection if number % 4 == 0 else colleague).id)
        return purchases.authorise(session, mine, Product.SINGLE, ONE_ZONE, by=NOBODY, now=NOON)

    made = [each for each in at_once(authorise) if each]
    assert (len(made), used(db, DepartmentSpending, department)) == (5, 5 * SINGLE)
    assert used(db, Spending, colleague) <= 3 * SINGLE
    assert ledger.check(db) == []


def test_sixteen_who_settle_one_authorisation_at_once_settle_it_once(db, store, connection,
                                                                     at_once):
    with store.transaction(db):
        authorised = purchases.authorise(db, connection, Product.SINGLE, ONE_ZONE, by=NOBODY,
                                         now=NOON)

    def settle(session, number):
        mine = session.get(Authorisation, authorised.id)
        if number % 2:
            return purchases.capture(session, mine, by=NOBODY, now=NOON)
        return purchases.void(session, mine, now=NOON) or "void"

    assert sum(each is not None for each in at_once(settle)) == 1
    assert db.scalar(select(func.count()).select_from(Entry)) == 2
    assert ledger.check(db) == []


def test_sixteen_who_buy_pay_back_and_let_go_at_once_leave_a_ledger_that_adds_up(
        db, make, connection, at_once):
    colleague = make.connection(make.traveller(department=connection.traveller.department), 20_000,
                                registered=True)

    def churn(session, number):
        chance = random.Random(number)
        mine = session.get(Connection, chance.choice([connection, colleague]).id)
        made = purchases.authorise(session, mine, Product.SINGLE, ONE_ZONE, by=NOBODY, now=NOON)
        outcome = chance.choice(["open", "void", "captured", "refunded"])
        if outcome == "void":
            purchases.void(session, made, now=NOON)
        if outcome in ("captured", "refunded"):
            purchases.capture(session, made, by=NOBODY, now=NOON)
        if outcome == "refunded":
            purchases.refund(session, made, by=NOBODY, now=NOON)
        return outcome

    def sweep_or_churn(session, number):
        if number % 4 == 0:
            return purchases.expire(session, now=NOON + timedelta(hours=1), most=3)
        return churn(session, number)

    at_once(sweep_or_churn)
    at_once(sweep_or_churn)
    assert 0 <= used(db, Spending, connection) <= 100_000
    assert 0 <= used(db, Spending, colleague) <= 20_000
    assert ledger.check(db) == []


def test_sixteen_who_buy_while_more_is_granted_and_taken_back_pass_no_limit(db, make, at_once):
    make.price_list()
    poor = make.connection(limit_ore=2 * SINGLE, registered=True)
    asked = make.raise_request(poor, 3 * SINGLE)

    def do(session, number):
        if number == 4:
            return raise_requests.grant(session, session.get(Raise, asked.id), by=NOBODY, now=NOON)
        if number == 11:
            return raise_requests.end(session, session.get(Raise, asked.id), by=NOBODY, now=NOON)
        return purchases.buy(session, session.get(Connection, poor.id), Product.SINGLE, ONE_ZONE,
                             by=NOBODY, now=NOON)

    bought = sum(each is not None for each in at_once(do))
    assert 2 <= bought <= 5
    assert used(db, Spending, poor) == bought * SINGLE
    assert ledger.check(db) == []


def test_whoever_leaves_while_they_buy_leaves_nothing_reserved(db, connection, at_once):
    def do(session, number):
        mine = session.get(Connection, connection.id)
        if number == 7:
            return business_travel.end(session, mine, by=NOBODY, now=NOON)
        return purchases.authorise(session, mine, Product.SINGLE, ONE_ZONE, by=NOBODY, now=NOON)

    at_once(do)
    assert used(db, Spending, connection) == 0
    assert db.scalars(select(Authorisation).where(Authorisation.state == State.OPEN)).all() == []
    assert ledger.check(db) == []

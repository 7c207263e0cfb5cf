import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from blueprints import retention_reports as retention_names
from domain import customer_deletion, customer_retention, customers, retention_reports
from domain.card_trips import CardTrip
from domain.customers import Customer
from domain.messages import Email, Sms
from domain.outbox import OutboxMessage
from domain.payments import Means, Payment
from domain.purse_loads import PurseLoad
from domain.retention_reports import RetentionReport
from domain.service_acts import ServiceAct
from domain.service_documents import ServiceDocument
from domain.shop_orders import Kind, ShopOrder
from domain.shop_wares import Wish
from jobs import outbox, retention
from tests.conftest import NOON
from tests.remains import MARKERS, life, marks, remains


@pytest.fixture
def night(portal, clock):
    """The nightly job, so long after noon."""
    def night(**wait):
        clock.at = NOON + timedelta(**wait)
        retention.forget_old(portal)
    return night


@pytest.fixture
def leave(store, db):
    def leave(customer):
        with store.transaction(db):
            customer_deletion.delete_account(db, customer, acknowledged=True, now=NOON,
                                             by=customers.actor_of(customer))
    return leave


def count(db, table):
    db.rollback()
    return db.scalar(select(func.count()).select_from(table))


def deliver_all(portal, db):
    """Letters are said to have been sent, as a worker would."""
    for table in (Email, Sms):
        for letter in db.scalars(select(table)):
            letter.state, letter.sent_at, letter.values = "sent", NOON, None
    for message in db.scalars(select(OutboxMessage)):
        message.done_at, message.next_try_at = NOON, None
    db.commit()


def test_of_who_has_left_nothing_is_found_when_their_tickets_are_over(
        portal, db, make, night, leave, caplog):
    caplog.set_level(logging.DEBUG)
    kajsa = life(make)
    marked = marks(db, kajsa)
    leave(kajsa)
    deliver_all(portal, db)
    night(days=1)
    assert {table for table, _ in remains(db, marked)} == {"tickets"}
    night(days=500)
    assert remains(db, marked) == {}
    assert not [mark for mark in marked if isinstance(mark, str) and mark in caplog.text]


def test_of_who_stays_nothing_is_kept_longer_than_the_terms_say(portal, db, make, night):
    life(make)
    deliver_all(portal, db)
    there = (CardTrip, ServiceDocument, Email, Sms)
    assert all(count(db, table) for table in there)
    night(days=58)
    assert all(count(db, table) for table in there)
    night(days=60)
    assert [bool(count(db, table)) for table in there] == [False, True, True, True]
    night(days=366)
    assert not any(count(db, table) for table in there)
    night(days=731)
    marked = [MARKERS[name] for name in ("agent", "reason", "other email")]
    assert remains(db, marked) == {}
    assert remains(db, [MARKERS["email"]]).keys() == {("customers", "email"),
                                                      ("customers", "email_key")}
    assert remains(db, [MARKERS["street"]]).keys() == {("customers", "street")}


def test_a_load_that_nobody_is_left_to_ask_about_is_forfeited(db, make, night, leave):
    card = make.customer_card()
    kajsa = customers.find(db, card.customer_id)
    make.shop_order(kajsa, Wish(kind=Kind.PURSE, card=card, purse_ore=20_000),
                    paid_with=Means.SWISH)
    leave(kajsa)
    load = db.scalars(select(PurseLoad)).one()
    for days, ended in ((91, None), (99, "forfeited")):
        night(days=days)
        db.rollback()
        db.refresh(load)
        assert load.ended_as == ended


def test_bookkeeping_is_kept_through_the_seventh_year_and_no_longer(
        db, make, portal, clock, leave):
    stays = life(make)
    leaves = make.customer()
    make.parcel(leaves, posted=True)
    leave(leaves)
    for at, kept in ((datetime(2033, 12, 31, 22, 59, tzinfo=UTC), 2),
                     (datetime(2033, 12, 31, 23, 1, tzinfo=UTC), 1)):
        clock.at = at
        retention.forget_old(portal)
        assert count(db, Customer) == kept
    assert db.scalar(select(Customer.id)) == stays.id
    assert set(db.scalars(select(ShopOrder.customer_id))) == {stays.id}
    assert set(db.scalars(select(Payment.order_id))) == set(db.scalars(select(ShopOrder.id)))


def test_each_kind_has_a_word_for_the_clerks():
    assert set(retention_names.NAMES) == set(customer_retention.KINDS)


def test_each_night_says_what_it_did_and_nothing_of_whom(portal, db, make, night):
    kajsa = life(make)
    deliver_all(portal, db)
    night(days=1)
    night(days=366)
    first, last = db.scalars(select(RetentionReport).order_by(RetentionReport.ran_at))
    assert first.counts == {}
    assert last.counts["documents"] == 1
    assert {"trips", "letters", "addresses", "logins", "carts"} <= last.counts.keys()
    page = retention_reports.listed(db, most=1)
    assert (page.rows, page.after) == ([last], last.ran_at.isoformat())
    assert retention_reports.listed(db, before=last.ran_at).rows == [first]
    assert db.scalar(select(ServiceAct.reason).where(ServiceAct.customer_id == kajsa.id))


def test_a_letter_that_waits_is_not_sent_to_who_has_left(portal, db, make, leave):
    kajsa = life(make)
    leave(kajsa)
    outbox.sweep(portal)
    db.rollback()
    states = {letter.template: letter.state for letter in db.scalars(select(Email))}
    assert {state for name, state in states.items() if name != "customer_deleted"} == {"cancelled"}


def test_one_kind_that_breaks_stops_no_other_and_is_heard_of(db, night, monkeypatch):
    def breaks(_session, _now):
        raise LookupError("a table is away")

    monkeypatch.setitem(customer_retention.KINDS, "trips", breaks)
    with pytest.raises(ExceptionGroup) as heard:
        night(days=1)
    assert [str(each) for each in heard.value.exceptions] == ["a table is away"]
    assert count(db, RetentionReport) == 1

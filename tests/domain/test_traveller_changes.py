from dataclasses import replace

import pytest
from sqlalchemy import select

from domain import codes, messages, purchases, traveller_changes
from domain.audit import Act, Event
from domain.errors import Conflict, Invalid
from domain.messages import Sms
from tests.conftest import NOON
from tests.factories import NOBODY, ONE_ZONE

NEW = "+46701740609"


@pytest.fixture
def traveller(make):
    return make.traveller()


def change(db, store, traveller, **changes):
    with store.transaction(db):
        traveller_changes.change(db, traveller, traveller.department,
                                 replace(traveller.details, **changes), by=NOBODY, now=NOON)


def waiting(db):
    return [(sms.template, sms.to) for sms in db.scalars(select(Sms)) if sms.values]


def test_a_new_number_is_connected_anew(db, store, make, traveller):
    connection = make.connection(traveller, registered=True)
    [before] = codes.current(db, [connection.id]).values()
    change(db, store, traveller, mobile=NEW)
    [code] = codes.current(db, [connection.id]).values()
    assert (connection.registered_at, code.id != before.id) == (None, True)
    assert waiting(db) == [("allpay_code", NEW)]
    with pytest.raises(Conflict), store.transaction(db):
        purchases.buy(db, connection, "single", ONE_ZONE, by=NOBODY, now=NOON)
    assert Act.TRAVEL_RECONNECTED in db.scalars(select(Event.act)).all()


def test_a_change_of_something_else_leaves_the_connection_alone(db, store, make, traveller):
    connection = make.connection(traveller, registered=True)
    change(db, store, traveller, surname="Ny")
    assert connection.registered_at is not None
    assert waiting(db) == [("allpay_code", traveller.mobile)]


def test_one_who_is_connected_keeps_a_number(db, store, make, traveller):
    make.connection(traveller)
    with pytest.raises(Invalid) as refusal:
        change(db, store, traveller, mobile=None)
    assert refusal.value.field == "mobile"


def test_a_ticket_on_its_way_goes_to_the_new_number(db, store, make, traveller):
    ticket = make.sent_ticket(traveller)
    change(db, store, traveller, mobile=NEW)
    first = db.scalar(select(Sms).where(Sms.to != NEW))
    assert (first.state, ticket.mobile) == (messages.State.CANCELLED, NEW)
    assert waiting(db) == [("ticket", NEW)]


def test_a_ticket_that_has_been_sent_stays_where_it_is(db, store, make, traveller):
    ticket, former = make.sent_ticket(traveller), traveller.mobile
    with store.transaction(db):
        messages.sent(db.scalar(select(Sms)), now=NOON)
    change(db, store, traveller, mobile=NEW)
    assert (ticket.mobile, waiting(db)) == (former, [])


def test_one_who_becomes_protected_goes_by_the_alias_on_their_tickets(db, store, make, traveller):
    ticket = make.ticket(traveller)
    change(db, store, traveller, given_name="Linn", surname="Alm", protected=True)
    db.refresh(ticket)
    assert ticket.holder == "Linn Alm"

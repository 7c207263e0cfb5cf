"""An order is sent once, whole, at the price that was shown."""
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from domain import (
    order_recipients,
    order_sending,
    price_lists,
    ticket_orders,
    trial_limits,
)
from domain.access import Principal
from domain.audit import Act, Event
from domain.departments import Department
from domain.errors import Conflict, Invalid
from domain.messages import Sms
from domain.months import moment_of
from domain.outbox import OutboxMessage, Task
from domain.services import Service
from domain.ticket_orders import State
from domain.tickets import Ticket
from tests.conftest import NOON
from tests.factories import personnummer

TWO = (("Anna Ek", "070-174 06 05"), ("Bo Ek", "070-174 06 06"))


@pytest.fixture
def by(make):
    return make.actor(make.admin())


def send(store, session, order, agreed_ore, *, by, now=NOON):
    with store.transaction(session):
        return order_sending.send(session, order, agreed_ore=agreed_ore, by=by, now=now)


def sent(db) -> list[Ticket]:
    db.rollback()
    db.expire_all()
    return list(db.scalars(select(Ticket).order_by(Ticket.id)))


def big(make, by, number=60, **wish):
    return make.order(by, *((f"Gäst {each}", f"07017{each:05}") for each in range(number)), **wish)


def test_each_gets_a_ticket_in_the_order_of_the_list_and_a_message(db, store, make, by):
    order = make.order(by, *TWO, note="Kurs", cost_centre="77")
    assert send(store, db, order, 8_400, by=by)
    tickets = sent(db)
    assert [(each.holder, each.mobile, each.price_ore, each.note, each.cost_centre, each.order_id,
             each.sold_at, each.activate_by, each.service) for each in tickets] == [
        (name, mobile, 4_200, "Kurs", "77", order.id, NOON, NOON.replace(year=2027),
         Service.SEND_TICKET) for name, mobile in (("Anna Ek", "+46701740605"),
                                                   ("Bo Ek", "+46701740606"))]
    assert {sms.about_id for sms in db.scalars(select(Sms))} == {each.id for each in tickets}
    assert (order.state, order.total, order.done) == (State.SENT, 2, 2)


def test_each_gets_as_many_as_was_said_with_numbers_of_their_own(db, store, make, by):
    order = make.order(by, *TWO, quantity=3)
    send(store, db, order, 6 * 4_200, by=by)
    assert [each.holder for each in sent(db)] == ["Anna Ek"] * 3 + ["Bo Ek"] * 3
    assert len({each.number for each in sent(db)}) == 6


def test_each_ticket_is_an_event_on_whose_behalf_it_was_sent(db, store, make, by):
    deputy = replace(by, on_behalf_of=Principal(by.person_id, "Åsa Öberg", b""))
    send(store, db, make.order(by, *TWO), 8_400, by=deputy)
    events = db.scalars(select(Event).where(Event.act == Act.TICKET_SENT).order_by(Event.seq)).all()
    assert [event.details["holder"] for event in events] == ["Anna Ek", "Bo Ek"]
    assert [event.thing_id for event in events] == [each.id for each in sent(db)]
    assert {event.for_name for event in events} == {"Åsa Öberg"}


def test_the_message_waits_until_its_time_and_the_price_is_that_of_today(db, store, make, by):
    later = moment_of(date(2026, 12, 24), NOON.time())
    send(store, db, make.order(by, *TWO, send_at=later), 8_400, by=by)
    assert {each.send_at for each in sent(db)} == {later}
    assert set(db.scalars(select(OutboxMessage.next_try_at))) == {later}


def test_the_senders_own_line_and_the_language_are_in_the_message(db, store, make, by):
    order = make.order(by, ("John", "070-174 06 05", "en"), greeting="Välkommen på onsdag.")
    send(store, db, order, 4_200, by=by)
    [sms] = db.scalars(select(Sms))
    assert (sms.language, sms.values["greeting"]) == ("en", "Välkommen på onsdag.")


def test_a_new_price_asks_again_and_nothing_is_sent(db, store, make, by):
    order = make.order(by, *TWO)
    with store.transaction(db):
        price_lists.publish(db, "Ny", [
            "product;extent;area;price_ore_incl_vat;vat_basis_points;valid_from",
            "single;zones_1;;9900;600;2026-11-02"], now=NOON)
    with pytest.raises(Invalid, match="kostar 198"):
        send(store, db, order, 8_400, by=by)
    assert (sent(db), order.state) == ([], State.DRAFT)
    assert send(store, db, order, 19_800, by=by)


def test_an_order_that_is_sent_is_not_sent_again(db, store, make, by):
    order = make.order(by, *TWO)
    send(store, db, order, 8_400, by=by)
    with pytest.raises(Conflict, match="redan skickad"):
        send(store, db, order, 8_400, by=by)
    assert len(sent(db)) == 2


@pytest.mark.parametrize("number", [2, 60])
def test_two_who_press_the_button_at_once_send_once(db, store, make, by, number):
    order_id, agreed = big(make, by, number).id, number * 4_200
    db.rollback()
    together = Barrier(2)

    def press(_):
        with store.session() as session:
            order = ticket_orders.find(session, order_id, by=by)
            together.wait()
            try:
                return send(store, session, order, agreed, by=by)
            except Conflict:
                return False

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, range(2))) == [False, True]
    assert db.scalar(select(func.count()).select_from(OutboxMessage)) == (1 if number > 25 else 2)


def test_a_big_order_is_left_to_a_worker_who_goes_on_where_another_died(db, store, make, by,
                                                                       monkeypatch):
    monkeypatch.setattr(order_sending, "AT_ONCE", 25)
    order = big(make, by)
    send(store, db, order, 60 * 4_200, by=by)
    assert (sent(db), list(db.scalars(select(OutboxMessage.task)))) == ([], [Task.SEND_ORDER])
    with store.transaction(db):
        assert order_sending.carry_on(db, order.id, now=NOON)
    with pytest.raises(RuntimeError), store.transaction(db):
        order_sending.carry_on(db, order.id, now=NOON)
        raise RuntimeError
    assert (len(sent(db)), order.done, order.state) == (25, 25, State.SENDING)
    with store.session() as another:
        for _ in range(5):
            with store.transaction(another):
                order_sending.carry_on(another, order.id, now=NOON)
    names = [each.holder for each in sent(db)]
    assert names == [f"Gäst {number}" for number in range(60)]
    assert db.scalar(select(func.count()).select_from(Sms)) == 60
    assert (order.done, order.state) == (60, State.SENT)
    assert db.scalar(select(func.count()).where(Event.act == Act.TICKET_SENT)) == 60


def test_what_is_made_twice_for_one_place_breaks(db, store, make, by):
    order = big(make, by)
    send(store, db, order, 60 * 4_200, by=by)
    with store.transaction(db):
        order_sending.carry_on(db, order.id, now=NOON)
    with store.transaction(db):
        order.state, order.done = State.SENDING, 0
        for row in db.scalars(select(order_recipients.OrderRecipient)):
            row.sent = False
    with pytest.raises(Conflict), store.transaction(db):
        order_sending.carry_on(db, order.id, now=NOON)
    assert len(sent(db)) == 60


def test_who_may_not_any_more_is_shown_before_anything_is_sent(db, store, make, by):
    company_id = by.company_id
    traveller = make.traveller(department=db.scalar(select(Department).where(
        Department.company_id == company_id)))
    order = make.order(by, travellers=[traveller])
    with store.transaction(db):
        traveller.ended_at = NOON
    assert not send(store, db, order, 4_200, by=by)
    [wrong] = order_recipients.wrong(db, order)
    assert (wrong.refusal.message, order.state) == ("Resenären är avslutad.", State.DRAFT)
    with pytest.raises(Invalid, match="rätta eller hoppa över"):
        send(store, db, order, 0, by=by)


def test_a_new_mobile_is_shown_before_anything_is_sent(db, store, make, by):
    traveller = make.traveller(department=db.scalar(select(Department)))
    order = make.order(by, travellers=[traveller])
    with store.transaction(db):
        traveller.mobile = "+46701740699"
    assert not send(store, db, order, 4_200, by=by)
    assert order_recipients.find(db, order, 1).mobile == "+46701740699"
    assert send(store, db, order, 4_200, by=by)


def test_what_waited_too_long_is_asked_about(db, store, make, by):
    later = moment_of(date(2026, 11, 20), (NOON + timedelta(hours=3)).time())
    order = make.order(by, *TWO, send_at=later)
    with pytest.raises(Invalid, match="redan varit"):
        send(store, db, order, 8_400, by=by, now=NOON + timedelta(hours=4))


def test_a_trial_is_not_passed_by_an_order(db, store, make):
    trial = make.trial()
    [person] = db.scalars(select(trial_limits.Trial))
    assert person.company_id == trial.id
    admin = make.actor(make.admin(trial, number=personnummer(4711)))
    order = big(make, admin)
    with pytest.raises(Invalid, match="50 kvar"):
        send(store, db, order, 60 * 4_200, by=admin)
    few = make.order(admin, *TWO)
    send(store, db, few, 8_400, by=admin)
    assert [each.trial for each in sent(db)] == [True, True]

"""Big orders of tickets, from the button to the phones."""
import pytest
from sqlalchemy import func, select

from domain import order_sending
from domain.messages import Sms
from domain.ticket_orders import State, TicketOrder
from domain.tickets import Ticket
from jobs import outbox as jobs
from jobs import ticket_orders
from tests.conftest import NOON


@pytest.fixture
def order(make, store, db, monkeypatch):
    monkeypatch.setattr(order_sending, "AT_ONCE", 30)
    by = make.actor(make.admin())
    order = make.order(by, *((f"G{each}", f"+4670174{each:04}") for each in range(70)))
    with store.transaction(db):
        order_sending.send(db, order, agreed_ore=70 * 4_200, by=by, now=NOON)
    return order


def counts(store) -> tuple[int, int]:
    with store.session() as session:
        return tuple(session.scalar(select(func.count()).select_from(table))
                     for table in (Ticket, Sms))


def state(store) -> State:
    with store.session() as session:
        return session.scalar(select(TicketOrder.state))


def test_a_worker_makes_the_tickets_and_their_messages_are_rung_for(portal, store, order, world,
                                                                    stage):
    jobs.deliver_each(portal, world.queue.rung[:1])
    assert (counts(store), state(store), len(world.queue.rung)) == ((70, 70), State.SENT, 71)
    jobs.deliver_each(portal, world.queue.rung)
    assert len(stage.phones.phones()) == 70


def test_a_worker_that_died_half_way_is_followed_by_one_that_goes_on(portal, store, order, world,
                                                                    clock, monkeypatch):
    carry_on, calls = order_sending.carry_on, []

    def dying(*args, **kwargs):
        calls.append(1)
        if len(calls) == 2:
            carry_on(*args, **kwargs)
            raise SystemExit
        return carry_on(*args, **kwargs)

    monkeypatch.setattr(order_sending, "carry_on", dying)
    with pytest.raises(SystemExit):
        jobs.deliver(portal, world.queue.rung[0])
    assert (counts(store), state(store)) == ((30, 30), State.SENDING)
    clock.at = clock.at.replace(minute=5)
    jobs.sweep(portal)
    assert (counts(store), state(store)) == ((70, 70), State.SENT)


def test_it_is_harmless_the_second_time(portal, store, order, world):
    with store.session() as session:
        for _ in range(2):
            ticket_orders.send(portal, session, order_id=order.id)
    assert counts(store) == (70, 70)

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import (
    audit,
    checkouts,
    customer_cards,
    customers,
    purse_loads,
    refunds,
    shop_deliveries,
)
from domain.messages import Email, Sms
from domain.products import Extent, Product, Trip
from domain.shop_orders import Kind, State
from domain.shop_wares import Wish
from domain.tickets import Ticket
from tests.conftest import NOON
from tests.factories import COUNTY, NEW_CARD, ONE_ZONE

TICKET = Wish(kind=Kind.TICKET, product=Product.SINGLE, trip=ONE_ZONE)
TWO_ZONES = Trip(Extent.ZONES_2, (181, 182))
CARD_WITH_PERIOD = Wish(kind=Kind.NEW_CARD, purse_ore=20_000, product=Product.PERIOD_30,
                        trip=ONE_ZONE)


@pytest.fixture
def customer(make):
    return make.customer()


@pytest.fixture
def card(make, customer):
    return make.customer_card(customer)


def purse(card):
    return Wish(kind=Kind.PURSE, card=card, purse_ore=20_000)


def period(card, trip=ONE_ZONE):
    return Wish(kind=Kind.PERIOD, card=card, product=Product.PERIOD_30, trip=trip)


def test_what_is_paid_is_delivered(db, make, customer, card):
    order = make.shop_order(customer, NEW_CARD, purse(card), period(card), TICKET,
                            paid_with="swish")
    new_card, inside, load, on_card, to_phone = order.lines
    assert order.state == State.PAID
    assert make.parcel_of(new_card).address.city == "Jönköping"
    assert inside.done_at is None, "its card is not packed"
    assert purse_loads.find(db, load.done_id).amount_ore == 20_000
    assert db.get(Ticket, on_card.done_id).card_id == card.id
    assert db.get(Ticket, to_phone.done_id).mobile == customer.mobile
    assert db.scalars(select(Sms.template)).all() == ["own_ticket"]


def test_a_receipt_is_sent(db, make, customer):
    order = make.shop_order(customer, TICKET, paid_with="swish")
    letter = db.scalars(select(Email)).one()
    assert (letter.template, letter.to, letter.about_id) == (
        "shop_receipt", customer.email, order.id)


def test_what_was_bought_for_a_new_card_is_put_on_it_when_it_is_packed(db, store, make, customer):
    order = make.shop_order(customer, CARD_WITH_PERIOD, paid_with="swish")
    line, _, ticket = order.lines
    card = make.customer_card(customer, 4711)
    for _ in range(2):
        with store.transaction(db):
            shop_deliveries.fill(db, line, card, by=None, now=NOON)
    assert [each.amount_ore for each in purse_loads.of_card(db, card.id)] == [20_000]
    assert db.get(Ticket, ticket.done_id).price_ore == ticket.amount_ore
    assert {each.card_id for each in order.lines} == {card.id}


def test_the_same_payment_twice_delivers_once(db, store, make, customer, card):
    order = make.shop_order(customer, purse(card))
    payment = make.paid(order)
    with store.transaction(db):
        assert shop_deliveries.paid(db, order, payment, now=NOON)
    assert len(purse_loads.of_card(db, card.id)) == 1


def test_a_second_payment_pays_for_nothing(db, make, customer, card):
    order = make.shop_order(customer, purse(card))
    first = make.paid(order)
    make.paid(order)
    assert order.payment_id == first.id
    assert len(purse_loads.of_card(db, card.id)) == 1


def test_a_late_payment_is_for_goods_while_nobody_has_cancelled(db, store, make, customer, card):
    order = make.shop_order(customer, purse(card), at=NOON)
    with store.transaction(db):
        checkouts.expire(db, now=NOON + timedelta(hours=2), most=10)
    make.paid(order, at=NOON + timedelta(hours=3))
    assert order.state == State.PAID
    assert len(purse_loads.of_card(db, card.id)) == 1


def test_a_payment_of_what_was_cancelled_is_not_for_goods(db, store, make, customer, card):
    order = make.shop_order(customer, purse(card))
    with store.transaction(db):
        checkouts.cancel(db, order, by=customers.actor_of(customer), now=NOON)
    make.paid(order)
    assert order.state == State.CANCELLED
    assert purse_loads.of_card(db, card.id) == []


def test_nothing_is_delivered_to_who_has_deleted_their_account(db, store, make, customer):
    order = make.shop_order(customer, TICKET)
    with store.transaction(db):
        checkouts.expire(db, now=NOON + timedelta(days=1), most=10)
        customer.deleted_at = NOON
    make.paid(order)
    assert (order.state, order.lines[0].done_at) == (State.EXPIRED, None)


def test_what_cannot_be_delivered_is_refunded_and_the_rest_delivered(db, store, make, customer,
                                                                     card):
    order = make.shop_order(customer, TICKET, purse(card), TICKET)
    with store.transaction(db):
        card.blocked_at = NOON
    payment = make.paid(order)
    *tickets, load = sorted(order.lines, key=lambda each: each.kind == Kind.PURSE)
    assert [bool(each.done_at) for each in tickets] == [True, True]
    assert (load.done_at, load.refunded_ore) == (None, 20_000)
    assert "spärrat" in load.refused_because
    [refund] = refunds.of_order(db, order.id)
    assert (refund.payment_id, refund.amount_ore, refund.line_id) == (payment.id, 20_000, load.id)


def test_what_did_not_go_leaves_no_trace_and_the_log_keeps_the_rest(db, store, make, customer,
                                                                    card):
    order = make.shop_order(customer, TICKET, period(card))
    make.card_ticket(card, trip=COUNTY)
    make.paid(order)
    assert order.lines[1].refused_because
    assert not db.scalars(select(Ticket).where(Ticket.customer_id == customer.id,
                                               Ticket.card_id == card.id)).all()
    acts = list(db.scalars(select(audit.Event.act).where(audit.Event.chain_id == customer.id)
                           .order_by(audit.Event.seq)))
    assert acts.count(audit.Act.ACCOUNT_TICKET_BOUGHT) == 1
    assert acts[-1] == audit.Act.SHOP_ORDER_PAID


def test_a_price_that_has_risen_meanwhile_is_not_paid(db, make, customer):
    order = make.shop_order(customer, TICKET, at=NOON)
    make.coming_list(dearer=300)
    make.paid(order, at=NOON + timedelta(days=60))
    assert db.get(Ticket, order.lines[0].done_id).price_ore == order.total_ore


def test_a_card_for_a_child_is_known_by_its_name(db, make, customer):
    child = make.child(customer)
    order = make.shop_order(customer, Wish(**vars(NEW_CARD) | {"child": child}),
                            paid_with="swish")
    assert make.parcel_of(order.lines[0]).child is child


def test_what_costs_nothing_needs_no_payment(db, store, make, customer):
    order = make.shop_order(customer, Wish(kind=Kind.NEW_CARD))
    order.total_ore = 0
    with store.transaction(db):
        assert shop_deliveries.paid(db, order, None, now=NOON)
    assert make.parcel_of(order.lines[0])


def test_a_ticket_that_has_changed_since_its_change_was_ordered_is_not_paid_for_twice(
        db, make, customer):
    ticket = make.own_ticket(customer)
    dearer = Wish(kind=Kind.CHANGE, ticket=ticket, product=Product.PERIOD_30, trip=TWO_ZONES)
    first, second = (make.shop_order(customer, each) for each in (dearer, replace(
        dearer, product=Product.PERIOD_365)))
    make.paid(first)
    make.paid(second)
    assert (first.refunded_ore, second.refunded_ore) == (0, second.total_ore)
    assert (ticket.trip, ticket.product) == (TWO_ZONES, Product.PERIOD_30)


def test_what_was_bought_for_a_card_that_has_left_the_account_is_refunded(
        db, store, make, customer, card):
    order = make.shop_order(customer, purse(card), period(card))
    with store.transaction(db):
        customer_cards.remove(db, card, by=customers.actor_of(customer), now=NOON)
    make.paid(order)
    assert order.refunded_ore == order.total_ore
    assert purse_loads.of_card(db, card.id) == []

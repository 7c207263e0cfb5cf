from datetime import timedelta

import pytest
from sqlalchemy import null, select, update

from domain import (
    carts,
    customer_cards,
    customer_deletion,
    customers,
    email_changes,
    password_resets,
)
from domain.audit import Act, Event
from domain.customers import Customer
from domain.email_changes import EmailChange, End
from domain.errors import Conflict, Invalid, NotFound
from domain.messages import Email
from domain.messages import State as LetterState
from domain.payments import Means
from domain.shop_orders import Kind, State
from domain.shop_wares import Wish
from tests.conftest import NOON
from tests.factories import MORNING
from tests.remains import MARKERS, life, marks, remains


@pytest.fixture
def leave(store, db):
    def leave(customer, *, acknowledged=True, at=NOON):
        with store.transaction(db):
            customer_deletion.delete_account(db, customer, acknowledged=acknowledged,
                                             by=customers.actor_of(customer), now=at)
    return leave


def test_afterwards_nothing_tells_who_it_was(db, make, leave):
    kajsa = life(make)
    marked = marks(db, kajsa)
    assert remains(db, marked)
    leave(kajsa)
    farewell = db.scalars(select(Email).where(Email.template == "customer_deleted")).one()
    assert set(remains(db, marked)) == {("emails", "to"), ("emails", "values"),
                                        ("tickets", "holder"), ("tickets", "mobile")}
    assert (farewell.to, farewell.values["name"]) == (MARKERS["email"], "Kajsalena Zetterkvist")


def test_what_bookkeeping_needs_is_kept(db, make, leave):
    kajsa = make.customer()
    order = make.shop_order(kajsa, Wish(kind=Kind.NEW_CARD), paid_with=Means.CARD)
    parcel = make.parcel_of(order.lines[0])
    make.pack(parcel)
    make.post(parcel)
    leave(kajsa)
    db.expire_all()
    assert (order.total_ore, order.customer_id, order.name) == (2_000, kajsa.id, "")
    assert db.scalar(select(Event.act).where(Event.act == Act.CUSTOMER_DELETED))


def test_the_same_person_may_come_back_as_somebody_new(db, make, leave):
    number = "197001012383"
    leave(make.customer(number=number, email="kajsa@ek.example"))
    assert make.customer(number=number, email="kajsa@ek.example").deleted_at is None


def test_what_is_unfinished_comes_first(db, make, leave):
    waiting = make.customer()
    make.shop_order(waiting)
    expecting = make.customer()
    make.parcel(expecting)
    asking = make.customer()
    make.parcel_case(make.parcel(asking, posted=True))
    for customer, told in ((waiting, "väntar på att betalas"), (expecting, "nytt kort är beställt"),
                           (asking, "En fråga om en försändelse")):
        with pytest.raises(Conflict, match=told):
            leave(customer)
    frozen = make.customer_card()
    with make.store.transaction(db):
        frozen.frozen_at = NOON
    with pytest.raises(Conflict, match="fryst"):
        leave(customers.find(db, frozen.customer_id))


def test_what_is_paid_too_late_is_paid_back(db, make, store, leave):
    order = make.shop_order()
    with store.transaction(db):
        order.state = State.EXPIRED
    leave(customers.find(db, order.customer_id))
    db.expire_all()
    make.paid(order)
    assert (order.state, order.lines[0].done_at) == (State.CANCELLED, None)


def test_what_is_on_a_card_is_given_up_knowingly(db, make, leave):
    card = make.purse(make.customer_card(), 9_900)
    customer = customers.find(db, card.customer_id)
    assert customer_deletion.left(db, customer, now=NOON).purse_ore == 9_900
    with pytest.raises(Invalid) as refused:
        leave(customer, acknowledged=False)
    assert refused.value.field == "acknowledged"
    leave(customer)
    assert customer_cards.listed(db, customer.id) == []


def test_a_ticket_is_its_holders_until_it_cannot_be_used(db, make, store, leave):
    ticket = make.own_ticket(make.customer("Kajsa", "Ek"))
    leave(db.get_one(Customer, ticket.customer_id))
    db.expire_all()
    assert ticket.holder == "Kajsa Ek"
    with store.transaction(db):
        assert customer_deletion.forget_holders(db, now=MORNING + timedelta(days=500)) == 1
    db.expire_all()
    assert (ticket.holder, ticket.mobile, ticket.link_hash) == ("", "", None)


def test_who_has_left_is_found_no_more(db, make, leave):
    kajsa = make.customer()
    make.customer_login(kajsa, token="kund.hers")
    with make.store.transaction(db):
        carts.opened(db, customer_id=kajsa.id, now=NOON)
    leave(kajsa)
    with pytest.raises(NotFound):
        customers.find(db, kajsa.id)


def test_no_letter_tells_of_an_address_that_they_had_before(db, make, store, leave):
    kajsa = make.customer(email="gammal@ek.example")
    with store.transaction(db):
        password_resets.ask(db, kajsa.email, language="sv", now=MORNING)
        email_changes.ask(db, kajsa, "ny@ek.example", by=customers.actor_of(kajsa), now=MORNING)
    for end in End:
        with store.transaction(db):
            change = db.scalars(select(EmailChange)).one()
            secret = email_changes.issue(db, change.id, end, now=MORNING)
            email_changes.agree(db, change, secret, now=MORNING)
    with store.transaction(db):
        db.execute(update(Email).values(state=LetterState.SENT, values=null()))
    leave(kajsa)
    assert set(db.scalars(select(Email.to).where(Email.template != "customer_deleted"))) == {""}

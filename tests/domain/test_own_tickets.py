import pytest
from sqlalchemy import select

from domain import own_tickets, recalls
from domain.errors import Conflict, NotFound, TooMany
from domain.messages import Sms, State
from domain.products import Product
from tests.conftest import NOON
from tests.factories import NOBODY


@pytest.fixture
def resend(db, store):
    def resend(ticket):
        with store.transaction(db):
            own_tickets.resend(db, ticket, by=NOBODY, now=NOON)
    return resend


def test_somebody_elses_ticket_is_not_found(db, make):
    ticket, other = make.own_ticket(), make.customer()
    assert own_tickets.find(db, ticket.id, customer_id=ticket.customer_id) == ticket
    with pytest.raises(NotFound):
        own_tickets.find(db, ticket.id, customer_id=other.id)
    with pytest.raises(NotFound):
        own_tickets.find(db, make.sent_ticket().id, customer_id=other.id)


def test_what_can_be_used_comes_first_wherever_it_lies(db, store, make):
    customer = make.customer()
    card = make.customer_card(customer)
    unused, active = make.own_ticket(customer, Product.SINGLE), make.card_period(
        card, activated_at=NOON)
    over = make.own_ticket(customer)
    with store.transaction(db):
        recalls.recall_unused(db, over, by=NOBODY, now=NOON)
    mine = own_tickets.listed(db, customer.id, now=NOON)
    assert [(each.ticket, each.card) for each in mine] == [
        (active, card), (unused, None), (over, None)]


def test_the_link_is_sent_again_to_the_number_of_today(db, store, make, resend):
    ticket = make.own_ticket()
    with store.transaction(db):
        own_tickets.customers.find(db, ticket.customer_id).mobile = "+46701740699"
    resend(ticket)
    first, again = db.scalars(select(Sms).where(Sms.about_id == ticket.id).order_by(Sms.to))
    assert (first.state, again.state) == (State.CANCELLED, State.WAITING)
    assert again.to == ticket.mobile == "+46701740699"


def test_it_is_sent_again_some_times_an_hour(make, resend):
    ticket = make.own_ticket()
    for _ in range(3):
        resend(ticket)
    with pytest.raises(TooMany):
        resend(ticket)


def test_one_on_a_card_has_no_link(make, resend):
    with pytest.raises(Conflict):
        resend(make.card_period(make.customer_card()))

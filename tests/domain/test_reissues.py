from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import (
    activations,
    block_list,
    carried,
    holdings,
    messages,
    recalls,
    reissues,
    reports,
    sales,
    tickets,
    travellers,
)
from domain.access import Scope
from domain.audit import Act, Event
from domain.errors import Conflict, NotFound
from domain.holdings import Held
from domain.messages import Sms
from domain.months import Month
from domain.products import Product
from domain.sales import Recipient
from domain.tickets import State
from domain.travellers import Traveller
from tests.conftest import NOON
from tests.factories import NOBODY, ONE_ZONE

DAY = timedelta(days=1)


@pytest.fixture
def ticket(make):
    return make.sent_ticket(product=Product.DAY)


@pytest.fixture
def anew(db, store):
    def reissue(ticket, *, text=True, now=NOON):
        with store.transaction(db):
            reissues.reissue(db, ticket, text=text, by=NOBODY, now=now)
    return reissue


def visitors(db, store, make):
    department = make.first_department(make.company())
    make.price_list()
    with store.transaction(db):
        return sales.send(db, Product.DAY, ONE_ZONE, to=Recipient("Gäst", "+46701740608"),
                          department=department, by=NOBODY, now=NOON)


def test_the_ticket_has_a_new_number_and_the_old_one_is_blocked(db, anew, ticket):
    former = ticket.number
    anew(ticket)
    assert ticket.number != former
    assert block_list.active(db, now=NOON) == {former: block_list.Reason.LOST}
    assert [each.number for each in reissues.of_ticket(db, ticket)] == [former]


def test_what_the_lost_phone_carried_opens_nothing(db, store, anew, ticket):
    with store.transaction(db):
        token = carried.link(db, ticket.id, ticket.id)
        holdings.take(db, ticket, "the lost phone", now=NOON)
        ticket.bundle = b"signed"
    anew(ticket)
    db.expire_all()
    with pytest.raises(NotFound):
        carried.with_link(db, token)
    assert (ticket.bundle, holdings.held(db, ticket, "the lost phone")) == (None, Held.NOWHERE)


def test_a_new_link_goes_to_the_number_that_is_registered_now(db, store, anew, ticket):
    with store.transaction(db):
        db.get_one(Traveller, ticket.traveller_id).mobile = "+46701740609"
    anew(ticket)
    first, second = db.scalars(select(Sms).order_by(Sms.put_at))
    assert (first.state, first.values) == (messages.State.CANCELLED, None)
    assert (second.template, second.to, ticket.mobile) == (
        "ticket_reissued", "+46701740609", "+46701740609")
    assert second.values["number"] == ticket.number


def test_nothing_is_sent_unless_it_is_asked_for(db, anew, ticket):
    anew(ticket, text=False)
    assert [sms.state for sms in db.scalars(select(Sms))] == [messages.State.CANCELLED]


def test_an_active_ticket_keeps_the_time_that_is_left(db, store, anew, ticket):
    with store.transaction(db):
        activations.activate(db, ticket, now=NOON)
    until = ticket.active_until
    anew(ticket, now=NOON + timedelta(hours=1))
    assert (ticket.active_until, ticket.state(NOON + timedelta(hours=1))) == (until, State.ACTIVE)


def test_it_is_the_same_purchase_and_the_log_keeps_both_numbers(db, anew, ticket):
    former, within = ticket.number, Scope(ticket.company_id)
    before = tickets.month_so_far(db, within=within, now=NOON)
    anew(ticket)
    assert tickets.month_so_far(db, within=within, now=NOON) == before
    [event] = db.scalars(select(Event).where(Event.act == Act.TICKET_REISSUED))
    assert event.details == {"holder": "Rut Resenär", "number": ticket.number, "former": former}


def test_the_month_has_one_line_for_it(db, store, anew, ticket):
    anew(ticket)
    with store.transaction(db):
        report = reports.make(db, ticket.company_id, Month.of(NOON), now=NOON + 30 * DAY)
    assert (report.tickets, report.gross_ore) == (1, ticket.price_ore)


def test_one_that_is_used_up_is_made_anew_as_well_so_that_nothing_is_told(db, store, anew, ticket):
    with store.transaction(db):
        activations.activate(db, ticket, now=NOON)
    later = NOON + 3 * DAY
    assert reissues.refusal(db, ticket, now=later) is None
    anew(ticket, now=later)
    assert ticket.state(later) == State.EXPIRED


def test_a_visitors_lost_phone_is_not_covered(db, store, make):
    refused = reissues.refusal(db, visitors(db, store, make), now=NOON)
    assert "registrerade resenärer" in refused.message


def test_one_whose_traveller_has_left_is_not_covered(db, store, ticket):
    with store.transaction(db):
        travellers.end(db, db.get_one(Traveller, ticket.traveller_id), by=NOBODY, now=NOON)
    assert reissues.refusal(db, ticket, now=NOON)


def test_a_recalled_one_is_not_made_anew(db, store, anew, ticket):
    with store.transaction(db):
        recalls.recall(db, ticket, by=NOBODY, now=NOON)
    with pytest.raises(Conflict, match="återkallad"):
        anew(ticket)


def test_it_is_made_anew_twice_at_most_and_not_at_once(db, anew, ticket):
    anew(ticket)
    with pytest.raises(Conflict, match="nyss"):
        anew(ticket, now=NOON + timedelta(hours=23))
    anew(ticket, now=NOON + DAY)
    with pytest.raises(Conflict, match="2 gånger"):
        anew(ticket, now=NOON + 9 * DAY)
    assert len(reissues.of_ticket(db, ticket)) == 2


def test_a_private_customers_is_made_anew_and_sent_to_the_number_they_have_now(db, store, make,
                                                                               anew):
    ticket = make.own_ticket()
    customer = reissues.registered(db, ticket)
    with store.transaction(db):
        customer.mobile = "+46701740699"
    former = ticket.number
    anew(ticket)
    assert (ticket.mobile, block_list.is_blocked(db, former)) == ("+46701740699", True)
    sms = db.scalar(select(Sms).where(Sms.template == "own_ticket_reissued"))
    assert (sms.to, sms.company_id, "company" in sms.values) == (ticket.mobile, None, False)
    event = db.scalar(select(Event).where(Event.act == Act.ACCOUNT_TICKET_REISSUED))
    assert (event.chain_id, event.details) == (
        customer.id, {"number": ticket.number, "former": former})

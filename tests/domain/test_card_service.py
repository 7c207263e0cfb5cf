from datetime import date, timedelta

import pytest
from sqlalchemy import select

from domain import card_service, purses, service_acts
from domain.audit import Act, Event
from domain.card_blocks import To
from domain.card_numbers import make_card
from domain.customers import Customer
from domain.errors import Conflict, Invalid, NotFound
from domain.messages import Email
from domain.parcels import Parcel
from domain.rules import Rules
from domain.service_acts import Kind, Why
from tests.conftest import NOON
from tests.factories import MORNING

NEW = make_card(987_654, Rules())
SHOWN = Why("Visade kort och kvitto.")


@pytest.fixture
def by(make):
    return make.actor(make.clerk())


@pytest.fixture
def do(store, db, by):
    def do(verb, *args, **kwargs):
        with store.transaction(db):
            return verb(db, *args, by=by, now=NOON, **kwargs)
    return do


def owner(db, card):
    return db.get_one(Customer, card.customer_id)


def test_a_card_is_blocked_for_the_customer_and_a_new_one_sent(db, make, do):
    card = make.purse(make.customer_card(), 15_000)
    do(card_service.block, owner(db, card), card, To.POST, Why("Ringde, stulet."))
    assert (card.blocked_at, db.scalars(select(Parcel)).one().purse_ore) == (NOON, 15_000)
    assert [act.kind for act in service_acts.of_customer(db, card.customer_id)] == [
        Kind.CARD_REPLACED]
    event = db.scalar(select(Event).where(Event.act == Act.CARD_REPLACED))
    assert event.details == {"card": f"•••• {card.number[-4:]}"}


def test_what_was_on_a_damaged_card_is_on_the_new_one_without_payment(db, make, do):
    card = make.purse(make.customer_card(label="Jobbet"), 15_000)
    ticket = make.card_period(card)
    new = do(card_service.recharge, owner(db, card), card, NEW, SHOWN)
    assert (new.number, new.label, new.customer_id) == (NEW, "Jobbet", card.customer_id)
    db.expire_all()
    assert (card.blocked_at, ticket.card_id) == (NOON, new.id)
    assert (purses.balance(db, card.id), purses.balance(db, new.id)) == (0, 15_000)
    assert purses.verify(db) == []


def test_a_damaged_card_with_nothing_on_it_is_changed_too(db, make, do):
    card = make.customer_card()
    new = do(card_service.recharge, owner(db, card), card, NEW, SHOWN)
    db.expire_all()
    assert (card.blocked_at, new.blocked_at) == (NOON, None)


def test_the_new_card_has_to_be_unused(db, make, do):
    card, other = make.customer_card(), make.customer_card()
    with pytest.raises(Invalid):
        do(card_service.recharge, owner(db, card), card, other.number, SHOWN)
    db.expire_all()
    assert card.blocked_at is None


@pytest.mark.parametrize(("first", "last", "days"), [
    (date(2026, 11, 21), date(2026, 11, 25), 5), (date(2026, 11, 1), date(2026, 11, 21), 2),
    (date(2026, 12, 15), date(2027, 1, 31), 6), (date(2026, 11, 20), date(2026, 11, 20), 1),
    (date(2026, 11, 1), date(2026, 12, 31), 30)])
def test_a_period_gets_back_the_days_of_the_certificate_that_it_was_valid(
        db, make, do, first, last, days):
    ticket = make.card_period(make.customer_card(), activated_at=MORNING)
    until = ticket.active_until
    assert do(card_service.adjust, db.get_one(Customer, ticket.customer_id), ticket, first, last,
              Why("Läkarintyg uppvisat.")) == days
    assert ticket.active_until == until + timedelta(days=days)
    [letter] = db.scalars(select(Email).where(Email.template == "period_adjusted"))
    assert (letter.values["days"], letter.values["started"]) == (days, 1)


def test_one_that_nobody_has_begun_may_be_begun_later(db, make, do):
    ticket = make.card_period(make.customer_card())
    by_then = ticket.activate_by
    do(card_service.adjust, db.get_one(Customer, ticket.customer_id), ticket, date(2026, 12, 1),
       date(2026, 12, 10), Why("Läkarintyg uppvisat."))
    assert ticket.activate_by.date() == by_then.date() + timedelta(days=10)


@pytest.mark.parametrize(("first", "last", "field"), [
    (date(2026, 1, 1), date(2026, 1, 31), "first"), (date(2026, 12, 2), date(2026, 12, 1), "last"),
    (date(2027, 1, 1), date(2027, 1, 2), "first")])
def test_days_when_it_was_not_valid_give_nothing(db, make, do, first, last, field):
    ticket = make.card_period(make.customer_card(), activated_at=MORNING)
    with pytest.raises(Invalid) as refused:
        do(card_service.adjust, db.get_one(Customer, ticket.customer_id), ticket, first, last,
           Why("Läkarintyg uppvisat."))
    assert refused.value.field == field
    assert service_acts.of_customer(db, ticket.customer_id) == []


def test_only_the_customers_own_period_is_adjusted(db, make):
    ticket = make.own_ticket()
    with pytest.raises(NotFound):
        card_service.find_ticket(db, ticket.id, customer_id=make.customer().id)


def test_nothing_is_done_for_who_has_left(db, make, do, store):
    card = make.customer_card()
    with store.transaction(db):
        owner(db, card).deleted_at = NOON
    with pytest.raises(Conflict, match="borttaget"):
        do(card_service.block, owner(db, card), card, To.NOWHERE, SHOWN)

import pytest
from sqlalchemy import select

from domain import (
    children,
    customer_cards,
    customer_merges,
    customer_terms,
    customers,
    parcels,
    purses,
    shop_orders,
)
from domain.audit import Act, Event
from domain.customers import Customer
from domain.errors import Conflict, NotFound
from domain.messages import Email
from domain.payments import Means
from domain.service_acts import Why
from domain.shop_orders import Kind as Ware
from domain.shop_wares import Wish
from domain.terms import Kind
from tests.conftest import NOON
from tests.remains import MARKERS, life, remains


@pytest.fixture
def kept(make):
    return make.customer("Kajsa", "Ek", email="kvar@ek.example", mobile="+46701740699")


@pytest.fixture
def merge(store, db, make):
    by = make.actor(make.clerk())

    def merge(kept, closed):
        with store.transaction(db):
            customer_merges.merge(db, db.get_one(Customer, kept.id),
                                  db.get_one(Customer, closed.id), Why("Hade två konton."),
                                  by=by, now=NOON)
    return merge


def test_all_that_was_on_the_other_comes_to_the_one_that_is_kept(db, make, kept, merge):
    closed = make.customer("Kajsa", "Ek", email="bort@ek.example")
    child, card = make.child(closed), make.purse(make.customer_card(closed), 5_000)
    ticket = make.own_ticket(closed)
    order = make.shop_order(closed, Wish(kind=Ware.NEW_CARD), paid_with=Means.CARD)
    seen = customer_merges.preview(db, closed)
    assert (seen.children, seen.cards, seen.purse_ore, seen.tickets, seen.orders,
            seen.parcels) == (1, 1, 5_000, 1, 1, 1)
    merge(kept, closed)
    assert [each.id for each in children.of_customer(db, kept.id)] == [child.id]
    assert [each.id for each in customer_cards.listed(db, kept.id)] == [card.id]
    assert (card.mobile, purses.balance(db, card.id)) == ("+46701740699", 5_000)
    assert ticket.customer_id == kept.id
    assert shop_orders.find(db, order.id, customer_id=kept.id) is order
    assert len(parcels.of_customer(db, kept.id)) == 1


def test_the_other_is_closed_and_nothing_tells_that_it_was(db, make, kept, merge):
    closed = life(make)
    merge(kept, closed)
    assert db.get_one(Customer, closed.id).deleted_at == NOON
    marked = [MARKERS[name] for name in ("email", "other email", "agent", "city")]
    assert remains(db, marked).keys() <= {("emails", "values"), ("parcels", "city"),
                                           ("shop_orders", "city")}
    merged = list(db.scalars(select(Event.chain_id).where(Event.act == Act.CUSTOMERS_MERGED)))
    assert sorted(merged) == sorted([kept.id, closed.id])


def test_the_customer_is_told(db, make, kept, merge):
    merge(kept, make.customer(email="bort@ek.example"))
    [letter] = db.scalars(select(Email).where(Email.template == "customers_merged"))
    assert (letter.to, letter.values["closed"]) == ("kvar@ek.example", "bort@ek.example")


def test_both_may_have_accepted_the_terms_and_begun_a_cart(db, make, kept, merge, store):
    closed = make.customer()
    for each in (kept, closed):
        make.cart(each)
        with store.transaction(db):
            customer_terms.accept(db, [Kind.CUSTOMER], by=customers.actor_of(each), now=NOON)
    merge(kept, closed)
    assert len(customer_terms.accepted_by(db, kept.id)) == 1


def test_neither_is_one_that_is_closed_or_blocked(db, make, kept, merge, store):
    blocked = make.customer(blocked_at=NOON, blocked_because="Missbruk.")
    with pytest.raises(Conflict, match="avstängt"):
        merge(kept, blocked)
    closed = make.customer()
    merge(kept, closed)
    with pytest.raises(Conflict, match="borttaget"):
        merge(kept, closed)
    for nobody in (closed, kept):
        with pytest.raises(NotFound):
            customer_merges.other(db, kept, nobody.id)
    with pytest.raises(Conflict):
        merge(kept, kept)

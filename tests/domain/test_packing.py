from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from domain import card_blocks, customer_cards, packing, purse_loads, purses, shop_orders
from domain.card_blocks import To
from domain.card_numbers import make_card, show_card
from domain.customers import actor_of
from domain.errors import Conflict, Invalid
from domain.packing import PACKED, UNPACKED, Counts
from domain.parcels import Parcel, State
from domain.products import Product
from domain.rules import Rules
from domain.shop_orders import Kind
from domain.shop_wares import Wish
from domain.tickets import Ticket
from tests.conftest import NOON
from tests.factories import ONE_ZONE

NUMBER, OTHER = make_card(4711, Rules()), make_card(4712, Rules())
FULL = Wish(kind=Kind.NEW_CARD, label="Skolkortet", purse_ore=20_000, product=Product.PERIOD_30,
            trip=ONE_ZONE)


@pytest.fixture
def clerk(make):
    return make.actor(make.clerk())


@pytest.fixture
def customer(make):
    return make.customer()


@pytest.fixture
def pack(store, db, clerk):
    def pack(parcel, number=NUMBER, session=db):
        with store.transaction(session):
            return packing.pack(session, session.get_one(Parcel, parcel.id), number, by=clerk,
                                now=NOON)
    return pack


def replacement(store, db, customer, card):
    """The parcel of a card that its owner has just blocked."""
    with store.transaction(db):
        card_blocks.block(db, card, To.POST, by=actor_of(customer), now=NOON)
    return db.scalar(select(Parcel).where(Parcel.old_card_id == card.id))


def test_the_oldest_order_is_first(db, make):
    late = make.parcel(at=NOON)
    early = make.parcel(at=NOON - timedelta(days=1))
    assert packing.listed(db, UNPACKED) == [early, late]
    assert packing.listed(db, UNPACKED, most=1) == [early]


def test_what_is_due_is_counted(db, make):
    make.parcel(at=datetime(2026, 11, 16, 11, tzinfo=UTC))               # promised the 19th
    make.parcel(at=datetime(2026, 11, 17, 11, tzinfo=UTC), packed=True)  # the 20th
    make.parcel(at=NOON)
    make.parcel(at=datetime(2026, 11, 10, 11, tzinfo=UTC), posted=True)
    assert packing.counts(db, date(2026, 11, 20)) == Counts(unpacked=2, packed=1, overdue=1,
                                                            due_today=1)


def test_a_packed_card_is_the_customers_with_what_was_ordered_on_it(db, make, customer, pack):
    parcel = make.parcel(customer, FULL)
    card = pack(parcel)
    assert (card.customer_id, card.label, card.number) == (customer.id, "Skolkortet", NUMBER)
    assert [load.amount_ore for load in purse_loads.waiting(db, card.id, now=NOON)] == [20_000]
    assert [each.product for each in db.scalars(
        select(Ticket).where(Ticket.card_id == card.id))] == [Product.PERIOD_30]
    assert db.get_one(Parcel, parcel.id).state == State.PACKED


def test_a_childs_card_is_the_childs(make, customer, pack):
    child = make.child(customer)
    card = pack(make.parcel(customer, Wish(kind=Kind.NEW_CARD, child=child)))
    assert (card.child_id, card.customer_id) == (child.id, customer.id)


def test_a_blocked_cards_content_goes_on_the_new_one(store, db, make, customer, pack):
    old = make.purse(make.customer_card(customer, label="Mitt kort"), 15_000)
    make.card_period(old, activated_at=NOON - timedelta(hours=1))
    parcel = replacement(store, db, customer, old)
    assert (parcel.purse_ore, purses.balance(db, old.id)) == (15_000, 0)
    new = pack(parcel)
    assert (purses.balance(db, new.id), new.label) == (15_000, "Mitt kort")
    [moved] = db.scalars(select(Ticket).where(Ticket.card_id == new.id))
    assert moved.activated_at == NOON - timedelta(hours=1)
    assert purses.verify(db) == []


def test_a_card_that_was_taken_for_another_is_exchanged(store, db, make, customer, clerk, pack):
    parcel = make.parcel(customer, FULL)
    wrong = pack(parcel)
    with store.transaction(db):
        right = packing.exchange(db, parcel, OTHER, by=clerk, now=NOON)
    assert customer_cards.listed(db, customer.id) == [right]
    assert (parcel.card, right.label) == (right, "Skolkortet")
    assert (wrong.blocked_at, wrong.customer_id) == (NOON, None)
    assert [purses.content(db, each.id, now=NOON) for each in (wrong, right)] == [0, 20_000]
    [ticket] = db.scalars(select(Ticket).where(Ticket.card_id == right.id))
    assert ticket.product == Product.PERIOD_30
    assert shop_orders.of_card(db, wrong.id) == []
    assert purses.verify(db) == []


def test_the_card_of_a_posted_parcel_is_not_exchanged(store, db, make, clerk):
    parcel = make.parcel(posted=True)
    with pytest.raises(Conflict, match="inte postad"), store.transaction(db):
        packing.exchange(db, parcel, OTHER, by=clerk, now=NOON)


def test_the_same_number_twice_is_once(db, make, customer, pack):
    parcel = make.parcel(customer)
    assert pack(parcel) is pack(parcel)
    assert len(purse_loads.of_card(db, parcel.card_id)) == 1


def test_another_number_for_a_packed_parcel_is_a_conflict(make, pack):
    parcel = make.parcel()
    pack(parcel)
    with pytest.raises(Conflict, match="redan packad"):
        pack(parcel, OTHER)


def test_a_number_that_somebody_has_is_refused(db, make, pack):
    parcel, card = make.parcel(), make.customer_card()
    with pytest.raises(Invalid, match="redan registrerat"):
        pack(parcel, card.number)
    assert db.get_one(Parcel, parcel.id).state == State.ORDERED


@pytest.mark.parametrize(("parcels", "numbers"), [(1, (NUMBER, OTHER)), (2, (NUMBER, NUMBER))])
def test_of_two_clerks_at_once_one_has_the_parcel_or_the_number(store, db, make, customer, clerk,
                                                              parcels, numbers):
    ids = [make.parcel(customer).id for _ in range(parcels)]
    db.rollback()

    def pack(parcel_id, number):
        with store.session() as session:
            try:
                with store.transaction(session):
                    packing.pack(session, session.get_one(Parcel, parcel_id), number, by=clerk,
                                 now=NOON)
            except (Conflict, Invalid):
                return 0
            return 1

    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(pack, [ids[0], ids[-1]], numbers)) == 1
    [card] = customer_cards.listed(db, customer.id)
    assert len(purse_loads.of_card(db, card.id)) == 1


def test_a_parcel_that_somebody_changes_meanwhile_is_a_conflict(store, db, make, customer, clerk):
    parcel = make.parcel(customer)
    with pytest.raises(Conflict), store.transaction(db):
        db.get_one(Parcel, parcel.id)
        db.connection().exec_driver_sql("UPDATE parcels SET version = version + 1")
        packing.pack(db, parcel, OTHER, by=clerk, now=NOON)
    assert customer_cards.listed(db, customer.id) == []


def test_what_is_right_is_packed_and_what_is_wrong_is_told(store, db, make, clerk):
    right, wrong, used, twice = (make.parcel() for _ in range(4))
    card = make.customer_card()
    with store.transaction(db):
        packed = packing.pack_each(db, {
            right.id: show_card(NUMBER), wrong.id: NUMBER[:-1] + "0",
            used.id: card.number, twice.id: NUMBER}, by=clerk, now=NOON)
    assert packed.done == [right]
    assert {db.get_one(Parcel, each): str(no) for each, no in packed.refused.items()} == {
        wrong: "Kortnumret stämmer inte. Kontrollera siffrorna.",
        used: f"Kortet •••• {card.number[-4:]} är redan registrerat. Ta ett annat kort.",
        twice: f"Kortet •••• {NUMBER[-4:]} är redan registrerat. Ta ett annat kort."}
    assert [each.state for each in (right, wrong, used)] == [
        State.PACKED, State.ORDERED, State.ORDERED]


def test_a_packed_parcel_leaves_the_list(db, make, pack):
    parcel = make.parcel()
    pack(parcel)
    assert (packing.listed(db, UNPACKED), packing.listed(db, PACKED)) == ([], [parcel])
    assert packing.chosen(db, [parcel.id]) == [parcel]

import pytest
from sqlalchemy import select

from domain import purse_loads, service_acts, service_refunds
from domain.audit import Act, Event
from domain.customers import Customer
from domain.errors import Conflict, Invalid, NotFound
from domain.payments import Means
from domain.products import Product
from domain.purse_loads import PurseLoad
from domain.refunds import Reason, Refund
from domain.service_acts import Why
from domain.shop_orders import Kind, ShopOrder
from domain.shop_wares import Wish
from domain.tickets import Ticket
from tests.conftest import NOON
from tests.factories import ONE_ZONE

SORRY = Why("Köpte fel.")


@pytest.fixture
def by(make):
    return make.actor(make.clerk())


@pytest.fixture
def do(store, db, by):
    def do(verb, *args, **kwargs):
        with store.transaction(db):
            return verb(db, *args, by=by, now=NOON, **kwargs)
    return do


@pytest.fixture
def kajsa(make):
    return make.customer()


@pytest.fixture
def pay_back(do, db):
    def pay_back(order, lines, amount=None):
        return do(service_refunds.refund, db.get_one(Customer, order.customer_id), order, lines,
                  amount, SORRY)
    return pay_back


def asked(db):
    return [(each.amount_ore, each.reason) for each in db.scalars(
        select(Refund).order_by(Refund.amount_ore))]


def test_a_ticket_that_nobody_has_used_is_taken_back_with_the_money(db, make, kajsa, pay_back):
    order = make.shop_order(kajsa, Wish(kind=Kind.TICKET, product=Product.SINGLE, trip=ONE_ZONE),
                            paid_with=Means.CARD)
    assert pay_back(order, order.lines) == order.total_ore
    assert asked(db) == [(order.total_ore, Reason.GOODWILL)]
    assert db.scalars(select(Ticket)).one().recalled_at == NOON
    with pytest.raises(Invalid):
        pay_back(order, order.lines)


def test_a_part_is_paid_back_and_the_goods_kept(db, make, kajsa, pay_back):
    order = make.shop_order(kajsa, Wish(kind=Kind.TICKET, product=Product.SINGLE, trip=ONE_ZONE),
                            paid_with=Means.CARD)
    assert pay_back(order, order.lines, 500) == 500
    assert (asked(db), order.lines[0].refunded_ore) == ([(500, Reason.GOODWILL)], 500)
    assert db.scalars(select(Ticket)).one().recalled_at is None
    with pytest.raises(Invalid):
        pay_back(order, order.lines, order.total_ore)


def test_a_card_that_is_not_packed_is_not_sent_and_nor_is_what_was_to_lie_on_it(
        db, make, kajsa, pay_back):
    order = make.shop_order(kajsa, Wish(kind=Kind.NEW_CARD, purse_ore=20_000),
                            paid_with=Means.SWISH)
    card = next(line for line in order.lines if line.kind == Kind.NEW_CARD)
    assert pay_back(order, [card]) == 22_000
    db.expire_all()
    assert sum(amount for amount, _ in asked(db)) == 22_000
    assert make.parcel_of(card).cancelled_at == NOON


def test_what_has_been_used_is_the_customers_though_the_money_goes_back(
        db, make, kajsa, pay_back):
    parcel = make.parcel(kajsa, Wish(kind=Kind.NEW_CARD, purse_ore=20_000), packed=True)
    order = db.scalars(select(ShopOrder)).one()
    card = next(line for line in order.lines if line.kind == Kind.NEW_CARD)
    assert pay_back(order, [card]) == card.amount_ore
    db.expire_all()
    assert parcel.cancelled_at is None


def test_it_is_in_the_log_also_when_nothing_could_be_taken_back(db, make, kajsa, pay_back):
    make.parcel(kajsa, Wish(kind=Kind.NEW_CARD, purse_ore=20_000), packed=True)
    order = db.scalars(select(ShopOrder)).one()
    pay_back(order, [line for line in order.lines if line.kind == Kind.NEW_CARD])
    assert {Act.CUSTOMER_REFUNDED, Act.REFUND_ASKED} <= set(db.scalars(select(Event.act)))


def test_a_load_is_ended_before_its_money_goes_back(db, make, kajsa, do):
    card = make.customer_card(kajsa)
    make.shop_order(kajsa, Wish(kind=Kind.PURSE, card=card, purse_ore=20_000),
                    paid_with=Means.SWISH)
    load = db.scalars(select(PurseLoad)).one()
    assert do(service_refunds.end_load, kajsa, load, Why("Har flyttat.")) == 20_000
    assert asked(db) == [(20_000, Reason.NOT_USED)]
    assert purse_loads.waiting(db, card.id, now=NOON) == []
    with pytest.raises(Conflict):
        do(service_refunds.end_load, kajsa, load, Why("Igen."))
    assert len(service_acts.of_customer(db, kajsa.id)) == 1


def test_an_order_that_nobody_has_paid_is_not_paid_back(make, kajsa, pay_back):
    order = make.shop_order(kajsa)
    with pytest.raises(Conflict, match="inte betald"):
        pay_back(order, order.lines)


def test_a_part_is_of_one_line(make, kajsa, pay_back):
    order = make.shop_order(kajsa, paid_with=Means.SWISH)
    with pytest.raises(Invalid, match="Välj en rad"):
        pay_back(order, order.lines, 100)


def test_a_load_is_looked_for_on_the_customers_own_cards(db, make, kajsa):
    load = make.purse_load(make.customer_card())
    with pytest.raises(NotFound):
        service_refunds.find_load(db, load.id, customer_id=kajsa.id)

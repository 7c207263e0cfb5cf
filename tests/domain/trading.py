"""One who does at random all that can happen to money: orders, pays, is told of it or not, gets it
back, uses it, and dies in between. The providers are the sandbox, asked by the real clients."""
from contextlib import suppress
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from domain import (
    card_blocks,
    cart_prices,
    carts,
    checkouts,
    customer_cards,
    customers,
    packing,
    payments,
    purses,
    service_refunds,
    settlements,
)
from domain.card_blocks import To
from domain.card_numbers import make_card
from domain.errors import DomainError
from domain.outbox import OutboxMessage, Task
from domain.parcels import Parcel
from domain.payments import Means, Payment
from domain.payments import State as PaymentState
from domain.products import Product
from domain.purse_entries import Purse
from domain.purse_loads import PurseLoad
from domain.refunds import Refund
from domain.refunds import State as RefundState
from domain.rules import rules
from domain.service_acts import Why
from domain.shop_orders import Kind, ShopOrder, ShopOrderLine
from domain.shop_orders import State as OrderState
from domain.shop_wares import Wish
from domain.travel_cards import TravelCard
from jobs import outbox as outbox_jobs
from jobs import payments as payment_jobs
from sandbox.nets_payments import NotNow
from sandbox.swish_requests import NoSuchRequest, TooLate
from tests.conftest import NOON
from tests.domain.crashing import Crash, Crashing
from tests.factories import NOBODY, ONE_ZONE
from tests.payers import open_at

WHICH = st.integers(0, 4)
"""Of what there is, the newest first."""
CRASHES = st.none() | st.none() | st.integers(0, 25)
"""Before so many further statements, or at the latest before the commit."""
MEANS = st.sampled_from([[Means.SWISH], [Means.CARD], [Means.CARD, Means.SWISH]])
"""Both when somebody tries the other too."""
DIES = st.sampled_from(["", "", "", "before", "after"])
"""When a payment is opened at a provider: before it has it, or when it has."""
THINGS = st.lists(st.sampled_from(["purse", "new card", "ticket"]), min_size=1, max_size=2)
WAITS = st.sampled_from([timedelta(seconds=5)] * 6 + [
    timedelta(minutes=4), timedelta(minutes=61), timedelta(days=1)])


class Trading(RuleBasedStateMachine):
    def __init__(self, portal, db, make, stage):
        super().__init__()
        self.portal, self.db, self.make, self.stage = portal, db, make, stage
        self.world, self.clock = portal.world, portal.world.clock
        self.clock.at = max(self.clock.at, NOON)
        make.price_list()
        self.customer_id = make.customer().id
        for _ in range(2):
            self.new_card()
        self.doors, self.events, self.travelled = [], 0, 0

    # How it is done.

    @property
    def now(self):
        return self.clock.now()

    @property
    def by(self):
        return customers.actor_of(customers.find(self.db, self.customer_id))

    def attempt(self, verb, crash, *args, **kwargs):
        """What the verb gives; Crash when the process dies, and None when it is refused."""
        try:
            with (Crashing(self.portal.store.engine, crash) as crashing,
                  self.portal.store.transaction(self.db)):
                done = verb(self.db, *args, **kwargs, now=self.now)
                crashing.at_the_latest()
        except Crash:
            self.db.invalidate()  # the next one has another connection to the database
            return Crash
        except DomainError:
            return None
        return done

    def some(self, newest, which, *where):
        table = newest.class_
        found = self.db.scalars(select(table).where(*where).order_by(newest.desc(), table.id)).all()
        return found[which % len(found)] if found else None

    def payment(self, which):
        return self.some(Payment.begun_at, which,
                         Payment.order.has(customer_id=self.customer_id))

    def an_order(self, which, *where):
        return self.some(ShopOrder.placed_at, which, ShopOrder.customer_id == self.customer_id,
                         *where)

    def new_card(self):
        customer = customers.find(self.db, self.customer_id)
        self.make.customer_card(customer)

    def cards(self):
        return customer_cards.usable(self.db, self.customer_id)

    # What may happen.

    @initialize(means=MEANS, told=st.integers(0, 1))
    def has_bought(self, means, told):
        self.buy(["purse", "ticket"], 0, means, None, None, "")
        self.pay(0, len(means), told, None)

    @rule(things=THINGS, which=WHICH, means=MEANS, crash=CRASHES, then=CRASHES, dies=DIES)
    def buy(self, things, which, means, crash, then, dies):
        if self.order(things, which, crash) not in (None, Crash):
            for each in means:
                self.begin(0, each, None, then, dies)

    def order(self, things, which, crash):
        def place(db, *, now):
            customer, cards = customers.find(db, self.customer_id), self.cards()
            wishes = {"purse": Wish(kind=Kind.PURSE, card=cards[which % len(cards)],
                                    purse_ore=20_000),
                      "new card": Wish(kind=Kind.NEW_CARD, purse_ore=10_000),
                      "ticket": Wish(kind=Kind.TICKET, product=Product.SINGLE, trip=ONE_ZONE)}
            cart = carts.opened(db, customer_id=customer.id, now=now)
            for thing in things:
                carts.put(db, cart, wishes[thing], customer=customer, now=now)
            total = cart_prices.of(db, cart, customer, now=now).total_ore
            return checkouts.place(db, cart, agreed_ore=total, by=self.by, now=now)
        return self.attempt(place, crash)

    @rule(which=WHICH, means=st.sampled_from(Means), crash=CRASHES, then=CRASHES,
          dies=DIES)
    def begin(self, which, means, crash, then, dies):
        """As the web does: the process may die before the provider has it, and after."""
        order = self.an_order(which, ShopOrder.state == OrderState.OPEN)
        payment = order and self.attempt(payments.begin, crash, order, means)
        if payment in (None, Crash) or dies == "before":
            return
        if not self.attempt(payments.take_opening, None, payment):
            return
        opened = open_at(self.world, payment)
        if dies == "after":
            return
        done = self.attempt(payments.opened, then, payment, provider_id=opened.provider_id,
                            entrance=opened.entrance)
        if done is not Crash:
            self.doors.insert(0, (payment.means, opened.provider_id))

    @precondition(lambda self: self.doors)
    @rule(which=WHICH, many=st.integers(1, 2), told=st.integers(0, 2), crash=CRASHES)
    def pay(self, which, many, told, crash):
        for means, provider_id in self.doors[which % len(self.doors):][:many]:
            with suppress(TooLate, NoSuchRequest, NotNow):
                (self.stage.swish if means == Means.SWISH else self.stage.nets).pay(provider_id)
            self.tell(self.db.scalars(select(Payment).where(
                Payment.provider_id == provider_id)).one(), told, crash)

    @precondition(lambda self: self.doors)
    @rule(which=WHICH, code=st.sampled_from(["RF07", "DS24", "DS24"]))
    def does_not_pay(self, which, code):
        means, provider_id = self.doors[which % len(self.doors)]
        try:
            if means == Means.SWISH:
                self.stage.swish.fail(provider_id, code)
            else:
                self.stage.nets.pay(provider_id, charges=False)
        except (TooLate, NoSuchRequest, NotNow):
            pass

    @precondition(lambda self: self.doors)
    @rule(which=WHICH, paid=st.booleans())
    def the_bank_knows(self, which, paid):
        self.stage.swish.learn(self.doors[which % len(self.doors)][1], paid=paid)

    @rule(which=WHICH, crash=CRASHES, times=st.integers(1, 2))
    def is_told(self, which, crash, times):
        payment = self.payment(which)
        if payment is None or payment.provider_id is None:
            return
        self.tell(payment, times, crash)

    def tell(self, payment, times, crash):
        payment_id, heard = payment.id, self.world.payer(payment.means).look(payment.provider_id)
        for _ in range(times):
            self.attempt(settlements.settle, crash, payment_id, heard)

    @rule(crash=CRASHES)
    def ask(self, crash):
        self.wait(timedelta(seconds=5))
        with suppress(Crash), Crashing(self.portal.store.engine, crash):
            payment_jobs.settle(self.portal)

    @rule(which=WHICH, crash=CRASHES)
    def cancel(self, which, crash):
        order = self.an_order(which, ShopOrder.state == OrderState.OPEN)
        if order:
            self.attempt(checkouts.cancel, crash, order, by=self.by)

    @rule(crash=CRASHES)
    def expire(self, crash):
        self.attempt(checkouts.expire, crash, most=100)

    @rule(which=WHICH, ore=st.none() | st.integers(1, 30_000), crash=CRASHES)
    def give_back(self, which, ore, crash):
        order = self.an_order(which, ShopOrder.state == OrderState.PAID)
        if order:
            line = order.lines[which % len(order.lines)]
            self.attempt(service_refunds.refund, crash,
                         customers.find(self.db, self.customer_id), line.order, [line], ore,
                         Why("Kunden ångrade sig."), by=NOBODY)

    @rule(crash=CRASHES, again=st.booleans())
    def send(self, crash, again):
        """Again when the lease of a worker that died is out."""
        for message_id in self.db.scalars(select(OutboxMessage.id).where(
                OutboxMessage.task == Task.SEND_REFUND, OutboxMessage.done_at.is_(None))).all():
            self.db.rollback()
            with suppress(Crash), Crashing(self.portal.store.engine, crash):
                outbox_jobs.deliver(self.portal, message_id)
            if again:
                self.wait(timedelta(minutes=1))
                outbox_jobs.deliver(self.portal, message_id)

    @rule(which=WHICH, crash=CRASHES)
    def pack(self, which, crash):
        parcel = self.some(Parcel.ordered_at, which, Parcel.customer_id == self.customer_id,
                           Parcel.packed_at.is_(None), Parcel.cancelled_at.is_(None))
        if parcel:
            number = make_card(next(self.make._numbers), rules(self.db))
            self.attempt(packing.pack, crash, parcel, number, by=NOBODY)

    @rule(which=WHICH, crash=CRASHES)
    def block(self, which, crash):
        cards = self.cards()
        card, other = cards[which % len(cards)], cards[(which + 1) % len(cards)]
        done = self.attempt(card_blocks.block, crash, card, To.CARD, other=other, by=self.by)
        if done not in (None, Crash):
            self.new_card()

    @rule(which=WHICH, price=st.sampled_from([4_200, 12_000]), late=st.booleans(), crash=CRASHES)
    def travel(self, which, price, late, crash):
        cards, self.events = self.cards(), self.events + 1
        done = self.attempt(purses.charge, crash, cards[which % len(cards)], price,
                            f"{self.customer_id}-{self.events}", self.now, late=late)
        if done not in (None, Crash):
            self.travelled += done.taken_ore

    @rule(long=WAITS)
    def wait(self, long):
        self.clock.at += long
        self.stage.swish.settle()

    # What is so at any time.

    @invariant()
    def money_in_is_goods_refunds_and_what_is_open(self):
        self.db.rollback()
        self.db.expire_all()
        there = goods = back = still_open = 0
        for payment in self.db.scalars(select(Payment).where(
                Payment.order.has(customer_id=self.customer_id))):
            came = self.paid_at_provider(payment)
            there += came
            if payment.state == PaymentState.PAID:
                assert came == payment.amount_ore
                goods, back = goods + self.goods(payment), back + payment.refunded_ore
                self.check_refunds(payment)
            elif came:
                assert payment.is_unsettled
                assert payment.next_look_at, "somebody will ask"
                still_open += came
        assert there == goods + back + still_open

    def goods(self, payment):
        """What was delivered for it, or is about to be, in öre."""
        order = payment.order
        if order.payment_id != payment.id:
            assert payment.refunded_ore == payment.amount_ore
            return 0
        for line in order.lines:
            waits = line.within_id is not None and not line.done_at
            assert line.done_at or waits or line.refunded_ore == line.amount_ore
        return sum(line.amount_ore - line.refunded_ore for line in order.lines)

    def check_refunds(self, payment):
        asked = self.db.scalars(select(Refund).where(Refund.payment_id == payment.id)).all()
        assert sum(each.amount_ore for each in asked) == payment.refunded_ore <= payment.amount_ore
        sent = self.paid_back_at_provider(payment)
        assert sent <= payment.refunded_ore
        assert sent >= sum(each.amount_ore for each in asked if each.state in (
            RefundState.SENT, RefundState.DEBITED, RefundState.PAID))

    @invariant()
    def purses_add_up_and_none_is_below_zero(self):
        assert purses.verify(self.db) == []
        cards = select(TravelCard.id).where(TravelCard.customer_id == self.customer_id)
        balances = self.db.scalars(select(Purse.balance_ore).where(Purse.card_id.in_(cards))).all()
        assert all(ore >= 0 for ore in balances)
        lines = select(ShopOrderLine.id).where(
            ShopOrderLine.order.has(customer_id=self.customer_id))
        loads = self.db.scalars(select(PurseLoad).where(PurseLoad.source_id.in_(lines))).all()
        unused = sum(load.amount_ore for load in loads if not load.activated_at)
        paid_in = sum(load.amount_ore for load in loads)
        assert paid_in == sum(balances) + unused + self.travelled

    def paid_at_provider(self, payment):
        if payment.means == Means.SWISH:
            row = self.stage.swish._store.row("select * from swish_payments where id = :id",
                                              id=payment.instruction_id)
            return row["ore"] if row and row["status"] == "PAID" else 0
        return sum(row["charged"] for row in self.at_nets(payment))

    def paid_back_at_provider(self, payment):
        if payment.means == Means.CARD:
            return sum(self.stage.nets.refunded(row["id"]) for row in self.at_nets(payment))
        return self.stage.swish._store.row(
            "select coalesce(sum(ore), 0) as ore from swish_refunds where "
            "payment_reference = :reference and status != 'ERROR'",
            reference=payment.reference)["ore"]

    def at_nets(self, payment):
        return self.stage.nets._store.rows(
            "select * from nets_payments where json_extract(said, '$.myReference') = :id",
            id=payment.instruction_id)

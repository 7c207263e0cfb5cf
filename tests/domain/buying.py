"""One who does at random all that can happen to limits, and knows beforehand what becomes of it."""
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import event, select

from domain import activations, business_travel, departments, ledger, purchases, reports, spendings
from domain.authorisations import Authorisation, State
from domain.errors import DomainError
from domain.ledger import Entry
from domain.months import Month, days_later
from domain.products import Product
from domain.rules import Rules
from domain.spendings import DepartmentSpending, Spending
from domain.tickets import Ticket
from tests.factories import NOBODY, ONE_ZONE

PRICES = {Product.SINGLE: 4200, Product.DAY: 8400}
RULES = Rules()
BEGINNINGS = [datetime(2026, 3, 31, 21, 40, tzinfo=UTC), datetime(2026, 10, 31, 22, 40, tzinfo=UTC),
              datetime(2026, 12, 15, 8, tzinfo=UTC)]
WAITS = [timedelta(minutes=4), timedelta(minutes=15), timedelta(hours=30), timedelta(days=31)]
WHO = st.integers(0, 1)
WHICH = st.integers(0, 99)
CRASHES = st.none() | st.none() | st.integers(0, 12)
"""Before so many further statements, or at the latest before the commit."""


class Crash(Exception):
    """The process died."""


@dataclass
class Promise:
    """An authorisation as it ought to be."""

    id: UUID
    connection_id: UUID
    price_ore: int
    at: datetime
    state: State = State.OPEN
    ticket_id: UUID | None = None
    sold_at: datetime | None = None
    activated: bool = False
    """So that nothing is paid back."""

    @property
    def expires_at(self):
        return self.at + timedelta(minutes=RULES.authorisation_minutes)


class Buying(RuleBasedStateMachine):
    """Two colleagues in one department."""

    def __init__(self, store, db, make):
        super().__init__()
        self.store, self.db, self.make = store, db, make
        make.price_list()
        self.department = make.first_department(make.company(approved_at=BEGINNINGS[0]))
        self.travellers = [make.traveller(department=self.department) for _ in range(2)]
        self.connections = [make.connection(each, 20_000, registered=True)
                            for each in self.travellers]
        self.limits, self.budget = [20_000, 20_000], None
        self.promises: list[Promise] = []
        self.used, self.charged = Counter(), Counter()

    @initialize(at=st.sampled_from(BEGINNINGS))
    def begin(self, at):
        self.now = self.begun_at = at

    @property
    def month(self):
        return Month.of(self.now)

    def attempt(self, verb, crash, *args, refused=False, **kwargs):
        """What the verb gives; None when it is refused as it ought to be, or the process dies."""
        try:
            with Crashing(self.store.engine, crash) as crashing, self.store.transaction(self.db):
                done = verb(self.db, *args, **kwargs, now=self.now)
                crashing.at_the_latest()
        except Crash:
            return None
        except DomainError:
            assert refused
            return None
        assert not refused
        return done or True

    # What may happen.

    @rule(who=WHO, product=st.sampled_from(list(PRICES)), at_once=st.booleans(), crash=CRASHES)
    def authorise(self, who, product, at_once, crash):
        connection, price = self.connections[who], PRICES[product]
        verb = purchases.buy if at_once else purchases.authorise
        made = self.attempt(verb, crash, connection, product, ONE_ZONE, by=NOBODY,
                            refused=not self.fits(who, price))
        if made:
            self.count(connection.id, self.month, price)
            self.promises.append(Promise(self.id_of(made), connection.id, price, self.now))
        if made and at_once:
            self.captured(self.promises[-1], made)

    def fits(self, who, price):
        used, of_all = (self.used[key, self.month] for key in (
            self.connections[who].id, self.department.id))
        return used + price <= self.limits[who] and (
            self.budget is None or of_all + price <= self.budget)

    def id_of(self, made):
        if isinstance(made, Authorisation):
            return made.id
        return self.db.scalar(select(Authorisation.id).where(Authorisation.ticket_id == made.id))

    @precondition(lambda self: self.promises)
    @rule(which=WHICH, crash=CRASHES)
    def capture(self, which, crash):
        promise, kept = self.one(which)
        ticket = self.attempt(
            purchases.capture, crash, kept, by=NOBODY,
            refused=promise.state != State.OPEN or self.now >= promise.expires_at)
        if ticket:
            self.captured(promise, ticket)

    def captured(self, promise, ticket):
        promise.state, promise.ticket_id, promise.sold_at = State.CAPTURED, ticket.id, self.now
        self.charged[self.month] += promise.price_ore

    @precondition(lambda self: self.promises)
    @rule(which=WHICH, crash=CRASHES)
    def void(self, which, crash):
        promise, kept = self.one(which)
        if self.attempt(purchases.void, crash, kept, refused=promise.state != State.OPEN):
            self.release(promise, State.VOIDED)

    @rule(crash=CRASHES)
    def sweep(self, crash):
        if self.attempt(purchases.expire, crash, most=100):
            for promise in self.promises:
                if promise.state == State.OPEN and promise.expires_at <= self.now:
                    self.release(promise, State.EXPIRED)

    @precondition(lambda self: self.promises)
    @rule(which=WHICH, crash=CRASHES)
    def refund(self, which, crash):
        promise, kept = self.one(which)
        refused = (promise.state != State.CAPTURED or promise.activated
                   or self.now >= days_later(promise.sold_at, RULES.recall_days))
        if self.attempt(purchases.refund, crash, kept, by=NOBODY, refused=refused):
            promise.state = State.REFUNDED
            self.charged[self.month] -= promise.price_ore
            if self.month == Month.of(promise.at):
                self.count(promise.connection_id, self.month, -promise.price_ore)

    @precondition(lambda self: any(each.state == State.CAPTURED for each in self.promises))
    @rule(which=WHICH)
    def activate(self, which):
        bought = [each for each in self.promises if each.state == State.CAPTURED]
        promise = bought[which % len(bought)]
        if not promise.activated:
            with self.store.transaction(self.db):
                activations.activate(self.db, self.db.get(Ticket, promise.ticket_id), now=self.now)
            promise.activated = True

    @rule(who=WHO, limit=st.sampled_from([1, 4199, 4200, 12_600, 20_000, 50_000]), crash=CRASHES)
    def change_limit(self, who, limit, crash):
        if self.attempt(business_travel.change_limit, crash, self.connections[who],
                        limit_ore=limit, by=NOBODY):
            self.limits[who] = limit

    @rule(budget=st.sampled_from([None, 4200, 16_800, 25_000, 60_000]), crash=CRASHES)
    def change_budget(self, budget, crash):
        details = departments.Details(departments.FIRST, "1000", monthly_budget_ore=budget)
        if self.attempt(departments.change, crash, self.department, details, by=NOBODY):
            self.budget = budget

    @rule(who=WHO, crash=CRASHES)
    def leave(self, who, crash):
        """And come back, with another connection."""
        ended = self.connections[who]
        if self.attempt(business_travel.end, crash, ended, by=NOBODY):
            for promise in self.promises:
                if promise.state == State.OPEN and promise.connection_id == ended.id:
                    self.release(promise, State.VOIDED)
            self.connections[who] = self.make.connection(
                self.travellers[who], self.limits[who], registered=True)

    @rule(long=st.sampled_from(WAITS))
    def wait(self, long):
        self.now += long

    @rule()
    def wait_until_the_month_is_almost_over(self):
        self.now = max(self.now, self.month.next.start - timedelta(minutes=5))

    # What is so at any time.

    @invariant()
    def counters_are_the_sums_of_the_entries_and_as_expected(self):
        self.db.rollback()
        assert ledger.check(self.db) == []
        for counter, ids in ((Spending, [each.id for each in self.connections]),
                             (DepartmentSpending, [self.department.id])):
            spent = spendings.spent(self.db, counter, ids, now=self.now)
            assert all(ore >= 0 for ore in spent.values())
            assert [spent.get(key, 0) for key in ids] == [
                self.used[key, self.month] for key in ids]

    @invariant()
    def every_authorisation_is_in_its_state(self):
        states = dict(self.db.execute(
            select(Authorisation.id, Authorisation.state)
            .where(Authorisation.department_id == self.department.id)).all())
        assert states == {each.id: each.state for each in self.promises}

    def teardown(self):
        """Each month's specification is what its entries charge."""
        month = Month.of(self.begun_at)
        while month <= self.month:
            with self.store.transaction(self.db):
                made = reports.make(self.db, self.department.company_id, month, now=self.now)
            assert made.gross_ore == self.charged[month] == self.entered(month)
            month = month.next

    def entered(self, month):
        return sum(self.db.scalars(select(Entry.charge_ore).where(
            Entry.company_id == self.department.company_id, Entry.at >= month.start,
            Entry.at < month.next.start)))

    def one(self, which):
        promise = self.promises[which % len(self.promises)]
        return promise, self.db.get(Authorisation, promise.id)

    def release(self, promise, state):
        promise.state = state
        self.count(promise.connection_id, Month.of(promise.at), -promise.price_ore)

    def count(self, connection_id, month, ore):
        for key in (connection_id, self.department.id):
            self.used[key, month] += ore


class Crashing:
    """The process dies within the transaction, before so many further statements."""

    def __init__(self, engine, after):
        self.engine, self.left = engine, after

    def __enter__(self):
        if self.left is not None:
            event.listen(self.engine, "before_cursor_execute", self.count)
        return self

    def __exit__(self, *_):
        if self.left is not None:
            event.remove(self.engine, "before_cursor_execute", self.count)

    def count(self, *_):
        self.left -= 1
        if self.left < 0:
            raise Crash

    def at_the_latest(self):
        if self.left is not None:
            raise Crash

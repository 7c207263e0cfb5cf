"""One who does at random all that can happen to limits, and knows beforehand what becomes of it."""
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from domain import (
    activations,
    business_travel,
    departments,
    ledger,
    pauses,
    purchase_months,
    purchases,
    raise_requests,
    raises,
    reports,
    spendings,
)
from domain.access import Scope
from domain.authorisations import Authorisation, State
from domain.business_travel import Connection
from domain.departments import Department
from domain.errors import DomainError
from domain.ledger import Entry
from domain.months import Month, days_later, today
from domain.products import Product
from domain.raises import Raise
from domain.rules import Rules
from domain.spendings import DepartmentSpending, Spending
from domain.tickets import Ticket
from tests.domain.crashing import Crash, Crashing
from tests.factories import NOBODY, ONE_ZONE

PRICES = {Product.SINGLE: 4200, Product.DAY: 8400}
RULES = Rules(credit_limit_max_ore=60_000)
BEGINNINGS = [datetime(2026, 3, 31, 21, 40, tzinfo=UTC), datetime(2026, 10, 31, 22, 40, tzinfo=UTC),
              datetime(2026, 12, 15, 8, tzinfo=UTC)]
WAITS = [timedelta(minutes=4), timedelta(minutes=15), timedelta(hours=30), timedelta(days=31)]
WHO = st.integers(0, 1)
WHICH = st.integers(0, 99)
CRASHES = st.none() | st.none() | st.integers(0, 12)
"""Before so many further statements, or at the latest before the commit."""


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


@dataclass
class Request:
    """For a raise, as it ought to be."""

    id: UUID
    connection_id: UUID
    ore: int
    until_on: date
    state: raises.State = raises.State.ASKED

    def in_force(self, now):
        return self.state == raises.State.GRANTED and today(now) <= self.until_on

    def waits(self, now):
        return self.state == raises.State.ASKED and today(now) <= self.until_on


class Buying(RuleBasedStateMachine):
    """Two colleagues in one department."""

    def __init__(self, store, db, make):
        super().__init__()
        self.store, self.db, self.make = store, db, make
        db.info["rules"] = RULES
        make.price_list()
        department = make.first_department(make.company(approved_at=BEGINNINGS[0]))
        self.department_id, self.company_id = department.id, department.company_id
        self.travellers = [make.traveller(department=department).id for _ in range(2)]
        self.limits, self.budget, self.paused = [20_000, 20_000], None, [False, False]
        self.connected = [self.connect(0), self.connect(1)]
        self.promises: list[Promise] = []
        self.requests: list[Request] = []
        self.used, self.charged = Counter(), Counter()

    def connect(self, who):
        with self.store.transaction(self.db):
            connection = Connection(
                company_id=self.company_id, traveller_id=self.travellers[who],
                limit_ore=self.limits[who], connected_at=BEGINNINGS[0],
                registered_at=BEGINNINGS[0])
            self.db.add(connection)
        return connection.id

    def connection(self, who):
        return self.db.get(Connection, self.connected[who])

    def limit(self, connection_id):
        """That is in force now."""
        raised = sum(each.ore for each in self.requests
                     if each.connection_id == connection_id and each.in_force(self.now))
        who = self.connected.index(connection_id)
        return min(RULES.credit_limit_max_ore, self.limits[who] + raised)

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
            self.db.invalidate()  # the next one has another connection to the database
            return None
        except DomainError:
            assert refused
            return None
        assert not refused
        return done or True

    # What may happen.

    @rule(who=WHO, product=st.sampled_from(list(PRICES)), at_once=st.booleans(), crash=CRASHES)
    def authorise(self, who, product, at_once, crash):
        price = PRICES[product]
        verb = purchases.buy if at_once else purchases.authorise
        made = self.attempt(verb, crash, self.connection(who), product, ONE_ZONE, by=NOBODY,
                            refused=self.paused[who] or not self.fits(who, price))
        if made:
            self.count(self.connected[who], self.month, price)
            self.promises.append(Promise(self.id_of(made), self.connected[who], price, self.now))
        if made and at_once:
            self.captured(self.promises[-1], made)

    def fits(self, who, price):
        used, of_all = (self.used[key, self.month] for key in (
            self.connected[who], self.department_id))
        return used + price <= self.limit(self.connected[who]) and (
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
        if self.attempt(business_travel.change_limit, crash, self.connection(who),
                        limit_ore=limit, by=NOBODY):
            self.limits[who] = limit

    @rule(who=WHO, ore=st.sampled_from([4200, 8400, 40_000]), days=st.sampled_from([0, 1, 40]),
          crash=CRASHES)
    def ask_for_more(self, who, ore, days, crash):
        mine, until_on = self.connected[who], today(self.now) + timedelta(days=days)
        refused = not self.may_be_raised(mine, ore) or any(
            each.connection_id == mine and each.waits(self.now) for each in self.requests)
        asked = self.attempt(raise_requests.ask, crash, self.connection(who), ore=ore,
                             until_on=until_on, reason="", by=NOBODY, refused=refused)
        if asked:
            self.requests.append(Request(asked.id, mine, ore, until_on))

    def may_be_raised(self, connection_id, ore):
        return self.limit(connection_id) + ore <= RULES.credit_limit_max_ore

    @precondition(lambda self: self.requests)
    @rule(which=WHICH, ore=st.sampled_from([4200, 8400]), crash=CRASHES)
    def grant(self, which, ore, crash):
        """Not always what was asked for."""
        request, kept = self.request(which)
        mine = request.connection_id
        refused = not (mine in self.connected and request.waits(self.now)
                       and self.may_be_raised(mine, ore))
        if self.attempt(raise_requests.grant, crash, kept, ore=ore, by=NOBODY, refused=refused):
            request.state, request.ore = raises.State.GRANTED, ore

    @precondition(lambda self: self.requests)
    @rule(which=WHICH, crash=CRASHES)
    def end_the_raise(self, which, crash):
        request, kept = self.request(which)
        refused = not (request.connection_id in self.connected and request.in_force(self.now))
        if self.attempt(raise_requests.end, crash, kept, by=NOBODY, refused=refused):
            request.state = raises.State.OVER

    @rule(budget=st.sampled_from([None, 4200, 16_800, 25_000, 60_000]), crash=CRASHES)
    def change_budget(self, budget, crash):
        details = departments.Details(departments.FIRST, "1000", monthly_budget_ore=budget)
        kept = self.db.get(Department, self.department_id)
        if self.attempt(departments.change, crash, kept, details, by=NOBODY):
            self.budget = budget

    @rule(who=WHO, crash=CRASHES)
    def pause_or_resume(self, who, crash):
        verb = pauses.resume if self.paused[who] else pauses.pause
        if self.attempt(verb, crash, self.connection(who), by=NOBODY):
            self.paused[who] = not self.paused[who]
            self.release_all_of(who)

    @rule(who=WHO, crash=CRASHES)
    def leave(self, who, crash):
        """And come back, with another connection."""
        if self.attempt(business_travel.end, crash, self.connection(who), by=NOBODY):
            self.release_all_of(who)
            self.connected[who], self.paused[who] = self.connect(who), False

    def release_all_of(self, who):
        for promise in self.promises:
            if promise.state == State.OPEN and promise.connection_id == self.connected[who]:
                self.release(promise, State.VOIDED)

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
        for counter, ids in ((Spending, self.connected),
                             (DepartmentSpending, [self.department_id])):
            spent = spendings.spent(self.db, counter, ids, now=self.now)
            assert all(ore >= 0 for ore in spent.values())
            assert [spent.get(key, 0) for key in ids] == [
                self.used[key, self.month] for key in ids]

    @invariant()
    def what_is_left_is_told_as_it_is(self):
        rooms = raises.rooms(self.db, self.connected, now=self.now)
        assert [(room.limit_ore, room.spent_ore) for room in map(rooms.get, self.connected)] == [
            (self.limit(key), self.used[key, self.month]) for key in self.connected]

    @invariant()
    def every_authorisation_is_in_its_state(self):
        states = dict(self.db.execute(
            select(Authorisation.id, Authorisation.state)
            .where(Authorisation.department_id == self.department_id)).all())
        assert states == {each.id: each.state for each in self.promises}

    def teardown(self):
        """Each month's specification is what its entries charge."""
        month = Month.of(self.begun_at)
        while month <= self.month:
            with self.store.transaction(self.db):
                made = reports.make(self.db, self.company_id, month, now=self.now)
            counted = purchase_months.total(self.db, month, month, within=Scope(self.company_id))
            assert {made.gross_ore, self.entered(month), counted.charged_ore} == {
                self.charged[month]}
            month = month.next

    def entered(self, month):
        return sum(self.db.scalars(select(Entry.charge_ore).where(
            Entry.company_id == self.company_id, Entry.at >= month.start,
            Entry.at < month.next.start)))

    def request(self, which):
        request = self.requests[which % len(self.requests)]
        return request, self.db.get(Raise, request.id)

    def one(self, which):
        promise = self.promises[which % len(self.promises)]
        return promise, self.db.get(Authorisation, promise.id)

    def release(self, promise, state):
        promise.state = state
        self.count(promise.connection_id, Month.of(promise.at), -promise.price_ore)

    def count(self, connection_id, month, ore):
        for key in (connection_id, self.department_id):
            self.used[key, month] += ore

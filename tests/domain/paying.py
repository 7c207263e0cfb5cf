"""One who does at random all that can happen to the purses of two cards, and knows beforehand what
becomes of the money."""
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain import purse_loads, purses
from domain.errors import DomainError
from domain.purse_entries import Kind
from domain.purse_loads import Ended, PurseLoad
from domain.rules import Rules
from domain.travel_cards import TravelCard
from tests.conftest import NOON
from tests.domain.crashing import Crash, Crashing

RULES = Rules(topup_days=10, topup_forfeits=1, card_report_days=7)
WHO = st.integers(0, 1)
WHICH = st.integers(0, 99)
PRICES = st.sampled_from([4200, 6300, 12_000])
CRASHES = st.none() | st.none() | st.integers(0, 12)
"""Before so many further statements, or at the latest before the commit."""
WAITS = st.sampled_from([timedelta(minutes=5), timedelta(hours=30), timedelta(days=5)])


@dataclass
class Load:
    """As it ought to be."""

    id: UUID
    card: int
    ore: int
    paid_at: datetime
    expires_at: datetime
    over: str = ""

    def usable(self, at):
        return not self.over and self.paid_at <= at < self.expires_at


class Paying(RuleBasedStateMachine):
    def __init__(self, store, db, make):
        super().__init__()
        self.store, self.db, self.now = store, db, NOON
        db.info["rules"] = RULES
        self.cards = [make.customer_card().id for _ in range(2)]
        self.balance, self.loads, self.events = [0, 0], [], 0
        self.sums = Counter()

    def card(self, who):
        return self.db.get_one(TravelCard, self.cards[who])

    def attempt(self, verb, crash, *args, refused=False, **kwargs):
        """What the verb gives; Crash when the process dies, and None when it is refused as it ought
        to be."""
        try:
            with Crashing(self.store.engine, crash) as crashing, self.store.transaction(self.db):
                done = verb(self.db, *args, **kwargs, now=self.now)
                crashing.at_the_latest()
        except Crash:
            self.db.invalidate()  # the next one has another connection to the database
            return Crash
        except DomainError:
            assert refused
            return None
        assert not refused
        return done

    # What may happen.

    @rule(who=WHO, ore=st.sampled_from([10_000, 20_000]), crash=CRASHES)
    def load(self, who, ore, crash):
        made = self.attempt(purse_loads.put, crash, self.card(who), ore, source_id=uuid4(), by=None)
        if made is not Crash:
            self.loads.append(Load(made.id, who, ore, made.paid_at, made.expires_at))
            self.sums["paid in"] += ore

    @rule(who=WHO, price=PRICES, crash=CRASHES)
    def pay(self, who, price, crash):
        waits = self.waiting(who, self.now)
        done = self.attempt(purses.charge, crash, self.card(who), price, self.event(), self.now)
        if done is Crash:
            return
        if self.balance[who] + waits < price:
            assert (done.taken_ore, done.loaded_ore, done.lack) == (0, 0, purses.Lack.EMPTY)
            return
        assert (done.taken_ore, done.loaded_ore, done.lack) == (price, waits, None)
        self.taken(who, self.now, price)

    @rule(who=WHO, price=PRICES, ago=WAITS, crash=CRASHES)
    def pay_where_there_was_no_net(self, who, price, ago, crash):
        at = self.now - ago
        there = self.balance[who] + self.waiting(who, at)
        done = self.attempt(purses.charge, crash, self.card(who), price, self.event(), at,
                            late=True)
        if done is not Crash:
            assert done.taken_ore == min(price, there)
            self.taken(who, at, done.taken_ore)
            self.sums["missing"] += price - done.taken_ore

    @rule(who=WHO, crash=CRASHES)
    def move_all(self, who, crash):
        """To the other card, in one transaction."""
        def move(db, *, now):
            source = uuid4()
            moved = purses.take_all(db, self.card(who), kind=Kind.MOVED_OUT, source_id=source,
                                    now=now)
            purses.put(db, self.card(1 - who), moved, kind=Kind.MOVED_IN, source_id=source, now=now)
            return moved

        there = self.balance[who] + self.waiting(who, self.now)
        moved = self.attempt(move, crash)
        if moved is not Crash:
            assert moved == there
            self.taken(who, self.now, there, means="moved")
            self.balance[1 - who] += moved

    @precondition(lambda self: self.loads)
    @rule(which=WHICH, crash=CRASHES)
    def refund(self, which, crash):
        load = self.loads[which % len(self.loads)]
        done = self.attempt(purse_loads.end, crash, self.db.get_one(PurseLoad, load.id),
                            Ended.REFUNDED, by=None, refused=bool(load.over))
        if done is not Crash and not load.over:
            load.over = "ended"
            self.sums["ended"] += load.ore

    @rule(crash=CRASHES)
    def forfeit(self, crash):
        over = [load for load in self.loads if not load.over
                and load.expires_at <= self.now - timedelta(days=RULES.card_report_days)]
        done = self.attempt(purse_loads.forfeit, crash, most=100)
        if done is not Crash:
            assert done == len(over)
            for load in over:
                load.over = "ended"
                self.sums["ended"] += load.ore

    @rule(long=WAITS)
    def wait(self, long):
        self.now += long

    # What is so at any time.

    @invariant()
    def purses_are_the_sums_of_their_entries_and_as_expected(self):
        self.db.rollback()
        assert purses.verify(self.db) == []
        assert [purses.balance(self.db, card) for card in self.cards] == self.balance
        assert all(ore >= 0 for ore in self.balance)

    @invariant()
    def no_money_is_lost_or_made(self):
        waits = sum(load.ore for load in self.loads if not load.over)
        assert self.sums["paid in"] == (
            sum(self.balance) + waits + self.sums["travelled for"] + self.sums["ended"])

    @invariant()
    def what_was_missing_is_written_down(self):
        assert sum(each.missing_ore for each in purses.shortfalls(self.db, most=1_000)
                   if each.card_id in self.cards) == self.sums["missing"]

    def teardown(self):
        """Nothing is left for the next to forfeit."""
        for load in self.loads:
            if not load.over:
                with self.store.transaction(self.db):
                    purse_loads.end(self.db, self.db.get_one(PurseLoad, load.id), Ended.REFUNDED,
                                    by=None, now=self.now)

    def event(self):
        self.events += 1
        return f"{self.cards[0]}-{self.events}"

    def waiting(self, who, at):
        return sum(load.ore for load in self.loads if load.card == who and load.usable(at))

    def taken(self, who, at, ore, means="travelled for"):
        for load in self.loads:
            if load.card == who and load.usable(at):
                load.over = "used"
                self.balance[who] += load.ore
        self.balance[who] -= ore
        self.sums[means] += ore

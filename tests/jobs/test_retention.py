from datetime import timedelta

from sqlalchemy import func, select

from domain import limits, submissions
from domain.companies import Company
from domain.limits import Tries
from domain.logins import Login
from domain.price_drafts import PriceDraft
from domain.submissions import Submission
from domain.trial_limits import Trial
from jobs import retention
from tests.conftest import NOON


def count(store, table):
    with store.session() as session:
        return session.scalar(select(func.count()).select_from(table))


def test_what_need_not_be_known_any_longer_is_forgotten(portal, store, db, make, clock):
    make.actor(make.admin())
    with store.transaction(db):
        submissions.take(db, make.company().id, now=NOON)
        limits.take(db, "login", "192.0.2.1", per_hour=9, now=NOON)

    def left_after(wait: timedelta):
        clock.at = NOON + wait
        retention.forget_old(portal)
        return [count(store, table) for table in (Tries, Submission, Login)]

    assert left_after(timedelta(hours=1)) == [1, 1, 1]
    assert left_after(timedelta(hours=3)) == [0, 1, 1]
    assert left_after(timedelta(days=3)) == [0, 0, 1]
    assert left_after(timedelta(days=32)) == [0, 0, 0]


def test_a_trial_that_nobody_has_ended_is_forgotten(portal, store, make, clock):
    make.trial()
    clock.at = NOON + timedelta(days=89)
    retention.forget_old(portal)
    assert [count(store, table) for table in (Trial, Company)] == [1, 1]
    clock.at = NOON + timedelta(days=91)
    retention.forget_old(portal)
    assert [count(store, table) for table in (Trial, Company)] == [0, 0]


def test_a_price_list_that_nobody_has_published_is_forgotten(portal, store, make, clock):
    make.price_draft(("single", "county", "", "44", "6"))
    for days, left in ((89, 1), (91, 0)):
        clock.at = NOON + timedelta(days=days)
        retention.forget_old(portal)
        assert count(store, PriceDraft) == left

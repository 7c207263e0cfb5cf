from dataclasses import replace

from sqlalchemy import func, select

from domain import purse_loads
from domain.card_trips import CardTrip, Means, record
from domain.messages import Email
from domain.months import days_later
from domain.purse_loads import Stage
from domain.rules import rules
from jobs import purse_loads as job
from jobs import retention
from tests.conftest import NOON
from tests.factories import MORNING


def test_reminders_are_sent_once_however_often_the_job_runs(db, make, portal, clock):
    for _ in range(3):
        make.purse_load(make.customer_card())
    clock.at = days_later(MORNING, 80)
    job.remind(portal)
    job.remind(portal)
    assert db.scalar(select(func.count()).select_from(Email)) == 3


def test_what_nobody_used_is_forfeited_if_the_rules_say_so(db, store, make, portal, clock):
    load = make.purse_load(make.customer_card())
    clock.at = days_later(MORNING, 97)
    job.forfeit(portal)
    db.refresh(load)
    assert purse_loads.stage(db, load, now=clock.now()) == Stage.EXPIRED
    given = store.session.kw["info"]
    before = given["rules"]
    try:
        given["rules"] = replace(rules(db), topup_forfeits=1)
        job.forfeit(portal)
    finally:
        given["rules"] = before
    db.rollback()
    db.refresh(load)
    assert purse_loads.stage(db, load, now=clock.now()) == Stage.FORFEITED


def test_old_trips_are_really_gone(db, store, make, portal, clock):
    card = make.customer_card()
    with store.transaction(db):
        record(db, card, NOON, zone=181, means=Means.PURSE, now=NOON)
    clock.at = days_later(NOON, 61)
    retention.forget_old(portal)
    db.rollback()
    assert db.scalar(select(func.count()).select_from(CardTrip)) == 0

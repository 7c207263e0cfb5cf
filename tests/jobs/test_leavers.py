from datetime import UTC, date, datetime

import pytest

from domain import leavers
from jobs import leavers as job
from tests.factories import NOBODY

LAST_DAY = date(2026, 11, 30)
MIDNIGHT = datetime(2026, 11, 30, 23, tzinfo=UTC)


@pytest.fixture
def leaving(make, store, db):
    def leaving(company, day=LAST_DAY):
        traveller = make.traveller(company)
        with store.transaction(db):
            leavers.plan(db, traveller, day, recall=False, by=NOBODY, now=datetime(
                2026, 11, 20, 11, tzinfo=UTC))
        return traveller
    return leaving


def test_whoever_has_had_their_last_day_leaves_and_nobody_else(portal, clock, make, db, leaving):
    company = make.company()
    one, other, later = leaving(company), leaving(company), leaving(company, date(2026, 12, 1))
    clock.at = MIDNIGHT
    for _ in range(2):
        job.carry_out(portal)
    db.expire_all()
    assert [each.ended_at for each in (one, other, later)] == [MIDNIGHT, MIDNIGHT, None]


def test_what_was_missed_is_made_good(portal, clock, make, db, leaving):
    traveller = leaving(make.company())
    clock.at = datetime(2026, 12, 9, 4, tzinfo=UTC)
    job.carry_out(portal)
    db.expire_all()
    assert traveller.ended_at == clock.at

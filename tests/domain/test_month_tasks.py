from datetime import UTC, datetime, timedelta

import pytest

from domain import month_checks, month_tasks, receivables
from domain.access import Scope
from domain.month_tasks import Overdue
from domain.months import Month

NOVEMBER = Month(2026, 11)
LAST_DAYS = datetime(2026, 11, 28, 9, tzinfo=UTC)


@pytest.fixture
def company(make):
    return make.company()


def closing(db, company, now=LAST_DAYS):
    return month_tasks.closing(db, within=Scope(company.id), now=now)


def test_the_last_days_of_a_month_one_is_asked_to_go_through_it(store, db, make, company):
    assert closing(db, company) is None  # nothing was bought
    make.ticket(make.traveller(company))
    assert closing(db, company) == NOVEMBER
    assert closing(db, company, LAST_DAYS - timedelta(days=5)) is None
    by = make.actor(make.admin(company))
    with store.transaction(db):
        month_checks.check(db, NOVEMBER, by=by, now=LAST_DAYS)
    assert closing(db, company) is None


def test_what_is_late_is_told_to_who_has_the_whole_company(store, db, make, company):
    invoice = make.invoice(make.traveller(company))
    with store.transaction(db):
        receivables.open_of(db, invoice, now=LAST_DAYS)
    late = datetime(2027, 2, 1, tzinfo=UTC)
    room = make.first_department(company)
    assert month_tasks.overdue(db, within=Scope(company.id), now=LAST_DAYS) is None
    assert month_tasks.overdue(db, within=Scope(company.id), now=late) == Overdue(
        1, invoice.gross_ore)
    assert month_tasks.overdue(db, within=Scope(company.id, frozenset({room.id})), now=late) is None

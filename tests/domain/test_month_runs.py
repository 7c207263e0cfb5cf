from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from domain import audit, month_runs, month_totals, reports
from domain.errors import Conflict, NotFound
from domain.month_runs import MonthClosing, State
from domain.months import Month
from domain.outbox import OutboxMessage, Task
from domain.products import Product
from domain.services import Service
from tests.conftest import NOON
from tests.factories import COUNTY, NOBODY

OCTOBER = Month(2026, 10)


@pytest.fixture
def companies(make):
    return [make.company(name, approved_at=OCTOBER.start) for name in ("Ån AB", "Berget AB")]


@pytest.fixture
def hand_out(store, db, companies):
    def hand_out():
        with store.transaction(db):
            month_runs.hand_out(db, reports.missing(db, now=NOON), now=NOON)
    return hand_out


@pytest.fixture
def run(db, hand_out):
    hand_out()
    return month_runs.find(db, OCTOBER)


def handed_out(db):
    return {message.args["company_id"] for message in db.scalars(
        select(OutboxMessage).where(OutboxMessage.task == Task.CLOSE_MONTHS))}


def progress(db, run):
    found = month_runs.progress(db, [run])[run.id]
    return found.total, found.done, found.failed, found.waiting


def close(store, db, company, *, why=""):
    with store.transaction(db):
        if why:
            month_runs.failed(db, company.id, why, now=NOON)
        else:
            month_runs.done(month_runs.next_of(db, company.id), now=NOON)


def test_each_company_that_lacks_a_month_is_handed_out_once(db, companies, hand_out):
    hand_out()
    hand_out()
    assert handed_out(db) == {str(company.id) for company in companies}
    assert progress(db, month_runs.find(db, OCTOBER)) == (2, 0, 0, 2)


def test_a_run_tells_how_far_it_has_come_and_what_failed(store, db, companies, run):
    close(store, db, companies[0])
    close(store, db, companies[1], why="Det gick inte.")
    assert progress(db, run) == (2, 1, 1, 0)
    [failure] = month_runs.failures(db, run)
    assert (failure.company.name, failure.why, failure.tried_at) == (
        "Berget AB", "Det gick inte.", NOON)
    close(store, db, companies[1])
    assert progress(db, run) == (2, 2, 0, 0)
    assert month_runs.failures(db, run) == []


def test_a_clerk_has_one_company_tried_again(store, db, companies, run, make):
    close(store, db, companies[1], why="Det gick inte.")
    [failure] = month_runs.failures(db, run)
    clerk = make.actor(make.clerk())
    with store.transaction(db):
        month_runs.again(db, failure, by=clerk, now=NOON)
    assert failure.state == State.WAITING
    assert len(db.scalars(select(OutboxMessage).where(
        OutboxMessage.task == Task.CLOSE_MONTHS)).all()) == 3
    [event] = audit.about(db, failure.id, company_id=companies[1].id)
    assert (event.act, event.by_name) == ("month_run_again", clerk.name)


def test_what_is_closed_is_not_tried_again(store, db, companies, run):
    close(store, db, companies[0])
    closing = db.scalars(select(MonthClosing).where(MonthClosing.state == State.DONE)).one()
    with pytest.raises(Conflict), store.transaction(db):
        month_runs.again(db, closing, by=NOBODY, now=NOON)


def test_a_company_is_closed_the_earliest_month_first(store, db, make):
    make.company("Förr AB", approved_at=OCTOBER.previous.previous.start)
    with store.transaction(db):
        month_runs.hand_out(db, reports.missing(db, now=NOON), now=NOON)
    assert [str(each.month) for each in month_runs.listed(db)] == ["2026-10", "2026-09", "2026-08"]
    [company_id] = handed_out(db)
    taken = []
    while closing := month_runs.next_of(db, UUID(company_id)):
        with store.transaction(db):
            month_runs.done(month_runs.next_of(db, closing.company_id), now=NOON)
        taken.append(str(closing.month))
    assert taken == ["2026-08", "2026-09", "2026-10"]


def test_a_month_that_has_not_been_run_is_not_found(db):
    with pytest.raises(NotFound):
        month_runs.find(db, OCTOBER)


def test_what_the_month_came_to_is_told_per_service_over_all_companies(make, db, companies):
    for company, service in zip(companies * 2, [Service.STAFF_OFFER, Service.SEND_TICKET,
                                                Service.SEND_TICKET, Service.SEND_TICKET],
                                strict=True):
        make.ticket(make.traveller(company), Product.PERIOD_30, COUNTY, service=service,
                    at=OCTOBER.start + timedelta(days=2))
    for company in companies:
        make.closed(company)
    assert [(each.service, each.tickets, each.gross_ore, each.net_ore)
            for each in month_totals.of_month(db, OCTOBER)] == [
        ("send_ticket", 3, 3 * 139_000, 3 * 131_132), ("staff_offer", 1, 139_000, 131_132)]
    assert month_totals.of_month(db, OCTOBER.next) == []
